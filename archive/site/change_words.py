"""Words for changes: what is seen, never why somebody did it."""

from __future__ import annotations

from urllib.parse import quote

from archive.site.past import Change

#: Kinds of change; `first` begins a report with several versions.
KINDS = {
    "first": "首次取得",
    "cosmetic": "文字细微不同",
    "text": "文字不同",
    "figures": "数值不同",
    "gone": "未能再取得",
    "back": "重新取得",
}
CAUSES = {
    "page": "页面变更",
    "migration": "网站迁移",
    "reader": "本站重新读取",
    "curation": "本站人工整理",
}
#: What a cause says, for the notes below a list.
MEANINGS = {
    "page": "同一地址前后两次所给不同，或不再给出，或重新给出",
    "migration": "新的文字来自另一地址，原地址的文字其后未再见到",
    "reader": "原件未变，本站的读取程序有改进，读出的结果不同",
    "curation": "原件与读取程序均未变，经人工核定",
}


def kind_word(change: Change) -> str:
    """What is seen, with the number of cells."""
    kind = str(change.row["kind"])
    word = KINDS.get(kind, kind)
    if kind == "back" and change.is_return:
        word = "恢复为先前的文字" if change.compared else word
    elif kind == "back" and change.compared:
        word = "重新取得，内容与先前不同"
    return f"{word}（{len(change.cells)} 格）" if change.cells else word


def change_word(change: Change) -> str:
    """Cause and what is seen."""
    if change.row["kind"] == "first":
        return kind_word(change)
    cause = str(change.row.get("cause") or "page")
    return f"{CAUSES.get(cause, cause)}：{kind_word(change)}"


def change_path(change: Change) -> str:
    """Where a change is shown."""
    if change.compared:
        old, new = (quote(version, safe="") for version in change.compared)
        return f"/bg/{new}/bian?cong={old}"
    version = change.row["to_version"] or change.row["from_version"]
    return f"/bg/{quote(str(version), safe='')}"


def printed(text: str | None) -> str:
    """A cell as printed; nothing printed is told in words."""
    if text is None:
        return "（未读到）"
    return text.strip() or "（空白）"


def day(time: object) -> str:
    """The day of a time."""
    return str(time)[:10]
