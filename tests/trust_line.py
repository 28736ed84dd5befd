"""The line of issue 8 over the test portal: what people decide, and the pages that it is about."""

from __future__ import annotations

import hashlib
import html
import json
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from click.testing import CliRunner

from archive.__main__ import main
from archive.root import DataRoot
from extract import read
from tests.portal import Portal, manifest

#: Reports of which people decide something, by agency and year.
FIGURE, BLANK = ("示例市财政局", 2021), ("示例区审计局", 2021)
PAGE, CAPTURE, SPAN = ("样本县水利局", 2022), ("示例区教育局", 2022), ("示例区卫生健康委员会", 2022)
SCAN = ("示例区示范街道办事处", 2019)
#: Columns that people read: a balance of the report holds then, and its row's sum no more.
CELL, EMPTY = "t3_carried_out_total", "t3_granted_total"
#: Words that the portal's pages say once, each in one report; in the crawl before the change.
SAYS = {PAGE: "哨兵页甲", CAPTURE: "哨兵件乙", SPAN: "哨兵段丙"}
#: The same after it: of the page, of the capture and beside the span.
SAYS_LATER = {PAGE: "哨兵页丁", CAPTURE: "哨兵件戊", SPAN: "哨兵段己"}
AFTER, BEFORE = "本机关经办同志为", "接待时间照旧"
#: What a contributor writes without a thought.
PHONE, SEEN_AT = "13812345678", "https://www.example.org/scan/13912345678"
DAY = "2026-11-20"


class Seen(NamedTuple):
    """A report as the first release has it."""

    report_id: str
    version_id: str
    url: str
    sha256: str


def run(*arguments: str | Path, status: int = 0) -> str:
    """Run `python -m archive …` in this process; what it printed."""
    done = CliRunner().invoke(main, [str(each) for each in arguments])
    assert done.exit_code == status, (arguments, done.exit_code, done.output, done.exception)
    return done.output


def ask(root: DataRoot, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    """Rows of the current release, its texts beside it as `text`."""
    return ask_file(root.current / "nianbao.db", sql, *parameters)


def ask_file(path: Path, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    """Rows of a release's file."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        db.execute("ATTACH ? AS text", (f"file:{path.with_name('text.db')}?mode=ro",))
        return db.execute(sql, parameters).fetchall()


def content_hash(root: DataRoot) -> str:
    """Content hash of the current release."""
    return str(json.loads((root.current / "manifest.json").read_text())["content_hash"])


def seen(root: DataRoot, who: tuple[str, int]) -> Seen:
    """A report of the current release, and the body in which it is read."""
    rows = ask(
        root,
        "SELECT r.report_id, r.version_id, s.url, s.sha256 FROM reports r JOIN sources s "
        "USING (version_id) WHERE r.agency = ? AND r.year = ? AND s.role = 'article'",
        *who,
    )
    assert len(rows) == 1, (who, rows)
    return Seen(*rows[0])


class Pages:
    """The portal's pages of the reports that this is about, and their changes."""

    def __init__(self, portal: Portal) -> None:
        """Plant the words that are looked for."""
        self.portal = portal
        told = manifest(portal.port)["reports"]
        self.urls = {(each["agency"], each["year"]): str(each["url"]) for each in told}
        for who, word in SAYS.items():
            self._say(who, f"{AFTER}{word}，{BEFORE}")

    def later(self) -> tuple[str, str]:
        """Change the page of the corrected figure and of all that is withheld.

        Returns:
            What the page of the figure printed, and what it prints now.
        """
        for who, word in SAYS_LATER.items():
            self._change(who, SAYS[who], word)
        text = self._text(FIGURE)
        figure = next(each for each in read(text.encode()).figures if each.key == CELL)
        before, after = str(figure.printed), str(int(str(figure.value)) + 40_000)
        assert text.count(f">{before}<") == 1, before
        self._change(FIGURE, f">{before}<", f">{after}<")
        return before, after

    def _text(self, who: tuple[str, int]) -> str:
        return self.portal.page(*self._place(who)).body.decode()

    def _place(self, who: tuple[str, int]) -> tuple[str, str]:
        _, _, host, path = self.urls[who].split("/", 3)
        return host.rpartition(":")[0], f"/{path}"

    def _say(self, who: tuple[str, int], words: str) -> None:
        text = self._text(who)
        lines = read(text.encode()).chapters["五"].splitlines()
        line = next(each for each in lines if text.count(each) == 1 and len(each) > 20)
        self._change(who, line, f"{line}{words}。")

    def _change(self, who: tuple[str, int], old: str, new: str) -> None:
        text = self._text(who)
        assert old in text, (who, old)
        self.portal.replace(*self._place(who), text.replace(old, new).encode())


def entry_of(message: str, said: str) -> str:
    """The entry of a 报告错误 message, filled in as its reader is told to.

    Args:
        message: The page with the message, HTML.
        said: The line in the place of `printed = ""`.
    """
    text = html.unescape(re.sub(r"<[^>]+>", "", message))
    found = re.search(r"\[\[figure\]\]\n(?:\w+ = .*\n?)+", text)
    assert found, "the message has no entry"
    filled = re.sub(r'^printed = "".*$', said, found[0], flags=re.M)
    more = {
        "reason": f"错读了左边一格，可来电{PHONE}", "contributor": "示例甲", "checked_by": "示例乙",
        "date": DAY,
    }  # fmt: skip
    for name, value in more.items():
        assert f'{name} = ""' in filled, (name, filled)
        filled = filled.replace(f'{name} = ""', f"{name} = {json.dumps(value)}")
    return re.sub(r"^evidence = .*$", f'evidence = "{SEEN_AT}"', filled, flags=re.M)


def decide_figures(root: DataRoot, *entries: str) -> None:
    """Write the corrections of figures into the root's own folder."""
    folder = root.path / "curation" / "corrections"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "figures.toml").write_text("\n".join(entries), "utf-8")


def withhold(root: DataRoot, page: Seen, capture: Seen, span: Seen) -> None:
    """Write the three decisions to withhold."""
    (root.path / "curation").mkdir(exist_ok=True)
    named = (
        ("page", {"url": page.url}),
        ("capture", {"sha256": capture.sha256}),
        ("span", {"sha256": span.sha256, "chapter": "五", "after": AFTER, "before": f"，{BEFORE}"}),
    )
    told = []
    for what, fields in named:
        fields = {**fields, "reason": "privacy", "date": DAY, "decided_by": "站长"}
        lines = [f"{name} = {json.dumps(value)}" for name, value in fields.items()]
        told += [f"[[{what}]]", *lines, ""]
    (root.path / "curation" / "withheld.toml").write_text("\n".join(told), "utf-8")


def enter(root: DataRoot, folder: Path, sha256: str) -> dict[str, str]:
    """Enter the scan twice, with one slip that is settled; what was entered.

    Returns:
        Figure → text, also the blank cells.
    """
    sheets, cells = [], {}
    for who in ("示例丙", "示例丁"):
        sheet = folder / f"{who}.toml"
        run("enter", "blank", "--data", root.path, "--sha256", sha256, "--form", "2019",
            "--out", sheet)  # fmt: skip
        text = sheet.read_text("utf-8")
        keys = re.findall(r'^(t\d\w+) = "\?"', text.split("[units]")[0], flags=re.M)
        cells = {key: str(3000 + place) if place % 9 else "" for place, key in enumerate(keys)}
        text = text.replace('contributor = ""', f'contributor = "{who}"')
        for name, value in (("agency", SCAN[0]), ("year", str(SCAN[1])), ("scope", "own"),
                            ("title", ""), ("published", "")):  # fmt: skip
            text = text.replace(f'{name} = "?"', f'{name} = "{value}"')
        for key, value in cells.items():
            text = re.sub(rf'^{key} = "\?"', f'{key} = "{value}"', text, count=1, flags=re.M)
        sheet.write_text(re.sub(r'^(t\d\w+) = "\?"', r'\1 = "万元"', text, flags=re.M), "utf-8")
        sheets.append(sheet)
    slip = next(key for key, value in cells.items() if value)
    good = sheets[1].read_text("utf-8")
    sheets[1].write_text(good.replace(f'{slip} = "{cells[slip]}"', f'{slip} = "1"', 1), "utf-8")
    within = root.path / "curation" / "corrections"
    within.mkdir(parents=True, exist_ok=True)
    compare = ("enter", "compare", *sheets, "--out", within / "scan.toml")
    told = run(*compare, status=1)
    assert slip in told, told
    assert "1 to settle" in told, told
    sheets[1].write_text(good, "utf-8")
    run(*compare)
    return cells


def control_of(root: DataRoot, folder: Path) -> DataRoot:
    """A root with the same captures where nobody ever decided anything, and no release was."""
    control = DataRoot(folder)
    folder.mkdir(parents=True)
    for name in ("root.json", "ledger.db", "run.json"):
        if (root.path / name).exists():
            shutil.copy2(root.path / name, folder / name)
    for name in ("warc", "runs"):
        shutil.copytree(root.path / name, folder / name)
    (folder / "curation").mkdir()
    return control


def digest(body: bytes) -> str:
    """SHA-256 of a body."""
    return hashlib.sha256(body).hexdigest()
