"""What a release says that the one before did not."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...manifest import FILES, reading
from ...schema.codes import CHANGE_CAUSE, CHANGE_KIND, WITHHELD_REASON, WITHHELD_WHAT
from ..shelf import manifest_of

NAME = "CHANGES.md"
#: So many of a kind are listed; the rest is counted, and found by a query.
LISTED = 200
#: What names and reasons of others must not begin in Markdown: links, elements.
_MARKUP = re.compile(r"[<\[]")
_COUNTS = {
    "reports": "年报",
    "read": "已读出的年报",
    "agencies": "机关",
    "versions": "版本",
    "figures": "有数的格",
    "findings": "疑点",
    "failed": "其中不相符的核对",
    "informative": "只作说明的核对（不计入疑点）",
    "unread": "未收作年报的文件",
}
_NOT_LISTED = "此前有而此次没有的年报标识；改用新标识的见表 id_history。"
#: What is withheld is no report that was lost; it has a section of its own.
_WITHHELD = "UNION SELECT report_id FROM main.withheld WHERE is_report"
_CAUSES = (
    ("page", "机关网页所载的文字或数值与此前不同、未能再取得或重新取得。只陈述所见。"),
    ("migration", "同一年报改由其他地址取得。"),
    ("reader", "原件的字节未变，读取程序改进后读出的与此前不同。"),
    ("curation", "原件与读取程序都未变，由人工决定。"),
)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the changes: its heading, a sentence, and lines."""

    title: str
    text: str
    lines: tuple[str, ...] = ()


def sections(
    folder: Path,
    manifest: Mapping[str, Any],
    before: Path | None,
    reports: Collection[str] | None = None,
) -> list[Section]:
    """The changes of a release.

    Args:
        folder: The release's folder, with its databases.
        manifest: Its manifest.
        before: Folder of the release that it follows; None if it is the first.
        reports: Those that were written or are no more, if all others are copied from that
            release; None if all were written.
    """
    if before is None:
        return [Section("首次发布", "此前没有发布，没有可以比较的。", tuple(_counts(manifest, {})))]
    with reading(folder / FILES[0], old=before / FILES[0]) as db:
        db.execute("PRAGMA temp_store = MEMORY")
        _tell_written(db, reports)
        found = [
            Section("上一次发布", before.name),
            Section("数量", "此前 → 此次", tuple(_counts(manifest, manifest_of(before)))),
            *_accepted(manifest),
            _ids(db, "新收的年报", "此前没有的年报。", "main", "old"),
            _ids(db, "不再单列的年报", _NOT_LISTED, "old", "main", _WITHHELD),
            *_withheld(db),
            *_changes(db),
        ]
    return [section for section in found if section.text or section.lines]


def write_changes(folder: Path, manifest: Mapping[str, Any], found: list[Section]) -> None:
    """Write CHANGES.md."""
    parts = [f"# 变化：{manifest['release']}\n"]
    for section in found:
        lines = "".join(f"- {_MARKUP.sub(_escaped, line)}\n" for line in section.lines)
        text = _MARKUP.sub(_escaped, section.text)
        parts.append(f"## {section.title}\n\n{text}\n" + (f"\n{lines}" if lines else ""))
    (folder / NAME).write_text("\n".join(parts), "utf-8")


def _escaped(found: re.Match[str]) -> str:
    return "\\" + found[0]


def _counts(now: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[str]:
    old = before.get("counts", {})
    for name, word in _COUNTS.items():
        if name in now["counts"]:
            was = f"{old[name]} → " if name in old else ""
            yield f"{word}：{was}{now['counts'][name]}"
    if before and before.get("reader") != now.get("reader"):
        yield f"读取程序：{before.get('reader', '未记')} → {now.get('reader')}"


def _accepted(manifest: Mapping[str, Any]) -> Iterator[Section]:
    accepted = manifest.get("accepted")
    if accepted:
        yield Section("经确认的减少或变动", f"缘由：{accepted['reason']}", tuple(accepted["what"]))


def _tell_written(db: sqlite3.Connection, reports: Collection[str] | None) -> None:
    """Let `temp.written` have the reports that can be in one of both releases alone."""
    db.execute("CREATE TEMP TABLE written (report_id TEXT PRIMARY KEY) WITHOUT ROWID")
    if reports is not None:
        rows = [(each,) for each in sorted(reports)]
        db.executemany("INSERT INTO written VALUES (?)", rows)
        return
    for one, other in (("main", "old"), ("old", "main")):
        sql = f"SELECT report_id FROM {one}.reports EXCEPT SELECT report_id FROM {other}.reports"
        db.execute(f"INSERT INTO written {sql}")


def _ids(
    db: sqlite3.Connection, title: str, text: str, has: str, lacks: str, but: str = ""
) -> Section:
    # SQLite keeps the order of a CROSS JOIN: a look for each that was written, not for all.
    sql = (
        f"SELECT r.report_id, r.agency, r.year FROM temp.written w CROSS JOIN {has}.reports r "
        f"ON r.report_id = w.report_id WHERE w.report_id NOT IN ("
        f"SELECT o.report_id FROM temp.written w CROSS JOIN {lacks}.reports o "
        f"ON o.report_id = w.report_id {but}) ORDER BY 1"
    )
    lines = tuple(f"{report}：{agency}，{year} 年度" for report, agency, year in db.execute(sql))
    return listed(title, text, lines)


def _withheld(db: sqlite3.Connection) -> Iterator[Section]:
    """What is withheld since, and what is no more: counted by kind and class, ids alone."""
    if not has_table(db, "main", "withheld"):
        return
    had = has_table(db, "old", "withheld")
    before = "SELECT tombstone_id FROM old.withheld" if had else "SELECT 0"
    for title, text, main, other in (
        ("隐去", "不再展示，只留日期与原因类别（表 withheld）；不是未取得，也不表示有误。",
         "main.withheld", before),
        ("不再隐去", "重新展示。", "old.withheld", "SELECT tombstone_id FROM main.withheld"),
    ):  # fmt: skip
        if main == "old.withheld" and not had:
            continue
        sql = (
            f"SELECT what, reason, date, coalesce(version_id, report_id), is_report FROM {main} "
            f"WHERE tombstone_id NOT IN ({other}) ORDER BY date, 4, tombstone_id"
        )
        lines = dict.fromkeys(
            f"{named or '不涉及年报'}：{WITHHELD_WHAT.get(what, what)}，"
            f"{WITHHELD_REASON.get(reason, reason)}，{date}" + "，整份年报" * bool(is_report)
            for what, reason, date, named, is_report in db.execute(sql)
        )
        yield listed(title, text, tuple(lines))


def _changes(db: sqlite3.Connection) -> Iterator[Section]:
    if not has_table(db, "main", "changes"):
        return
    known = (
        "WHERE change_id NOT IN (SELECT change_id FROM old.changes)"
        if has_table(db, "old", "changes")
        else ""
    )
    rows = db.execute(
        "SELECT cause, report_id, kind, from_version, to_version, url, seen_after "
        f"FROM main.changes {known} ORDER BY report_id, number"
    ).fetchall()
    for cause, text in _CAUSES:
        lines = tuple(
            f"{report}：{CHANGE_KIND.get(kind, kind)}（{_versions(old, new)}{seen or '时间未记'}）"
            f"{url or ''}"
            for why, report, kind, old, new, url, seen in rows
            if why == cause and kind != "first"
        )
        yield listed(CHANGE_CAUSE[cause], text, lines)


def _versions(old: str | None, new: str | None) -> str:
    names = [name.rpartition(".")[2] for name in (old, new) if name]
    return f"{' → '.join(names)}，" if names else ""


def listed(title: str, text: str, lines: tuple[str, ...]) -> Section:
    """A section of lines, cut where they are too many; an empty one without any."""
    if not lines:
        return Section(title, "")
    more = (f"另有 {len(lines) - LISTED} 条未列，可查 nianbao.db。",) if len(lines) > LISTED else ()
    return Section(f"{title}（{len(lines)}）", text, lines[:LISTED] + more)


def has_table(db: sqlite3.Connection, schema: str, name: str) -> bool:
    """Whether an attached release has a table or view."""
    sql = f"SELECT count(*) FROM {schema}.sqlite_master WHERE name = ?"
    return bool(db.execute(sql, (name,)).fetchone()[0])
