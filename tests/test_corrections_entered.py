"""Scans that two people enter: work sheets, comparison, and the report in the release."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.__main__ import main
from archive.problems import problems
from archive.root import DataRoot
from extract.forms import forms
from tests.stored import (
    ID,
    SITE,
    TITLE,
    Got,
    Run,
    article,
    build,
    current,
    db,
    flags,
    keep,
    page,
    report_of,
    sources,
    unread,
)  # fmt: skip

PAGE = f"{SITE}/2023/a.html"
REPORT = report_of()
#: A scan of a page: a picture, of which no reader gives a number.
PICTURE = b"\x89PNG\r\n\x1a\n a scan of the report"


def sha(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["enter", *map(str, arguments)])


def fill(sheet: Path, who: str, **cells: str) -> None:
    """Fill a sheet in as one who reads the report, with other texts in some cells."""
    texts = {
        **REPORT.cells, "contributor": who, "agency": "示例市财政局", "year": "2022",
        "scope": "own", "title": TITLE, "published": "2023-01-20", **cells,
    }  # fmt: skip
    made = []
    for line in sheet.read_text("utf-8").splitlines():
        key = line.partition(" ")[0]
        if key in texts and (line.startswith(f'{key} = "') or key in cells):
            text = json.dumps(texts[key], ensure_ascii=False)
            line = re.sub(r'"[^"]*"', lambda _, text=text: text, line, count=1)
        made.append(line)
    head, _, units = "\n".join(made).rpartition("[units]")
    units = re.sub(r'^t2_fee_charged = ".*?"', 't2_fee_charged = "万元"', units, flags=re.M)
    sheet.write_text(f"{head}[units]{units}", "utf-8")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """A page that only shows a scan, built; two sheets are filled in beside it."""
    root = DataRoot(tmp_path_factory.mktemp("entered") / "root")
    body = page('<img src="1.png">', TITLE)
    scan = Got(f"{SITE}/2023/1.png", PICTURE, "", "attachment", PAGE)
    keep(root, Run([Got(PAGE, body), scan], day="2026-11-01"))
    build(root)
    assert current(root) == ("needs_ocr", "v1", "/2023/a.html")
    return root


@pytest.fixture(scope="module")
def sheets(root: DataRoot) -> tuple[Path, Path]:
    """Two sheets, made by digest and by report, that differ in one cell."""
    one, other = root.path / "one.toml", root.path / "other.toml"
    made = run("blank", "--data", root.path, "--sha256", sha(PICTURE), "--out", one)
    assert made.exit_code == 0, made.output
    assert run("blank", "--data", root.path, "--report", ID, "--out", other).exit_code == 0
    assert one.read_text("utf-8") == other.read_text("utf-8")
    fill(one, "anonymous")
    fill(other, "乙", t3_received_new_total="52,495")
    return one, other


@pytest.fixture(scope="module")
def entered(root: DataRoot, sheets: tuple[Path, Path]) -> Path:
    """The joint entry, after the two looked again."""
    one, other = sheets
    differing = run("compare", one, other)
    assert differing.exit_code == 1
    assert "“52,494”, “52,495”" in differing.output
    assert "1 to settle" in differing.output
    text = other.read_text("utf-8").replace("52,495", "52,494")
    other.write_text(text, "utf-8")
    folder = root.path / "curation" / "corrections"
    folder.mkdir(parents=True)
    joint = folder / "scans.toml"
    done = run("compare", one, other, "--out", joint)
    assert done.exit_code == 0, done.output
    assert "is there already" in run("compare", one, other, "--out", joint).output
    build(root)
    return joint


def test_a_scan_becomes_one_report_with_its_page(root: DataRoot, entered: Path) -> None:
    assert current(root) == ("read", "v1", "/2023/1.png")
    assert sources(root) == ["/2023/1.png", "/2023/a.html"]
    assert unread(root) == {}
    assert flags(root) == {"entered_by_hand"}
    (row,) = db(root, "SELECT form, format, title, published FROM versions")
    assert row == ("2021", "picture", TITLE, "2023-01-20")


def test_every_figure_is_hand_read(root: DataRoot, entered: Path) -> None:
    statuses = db(root, "SELECT status, count(*) FROM figure_notes GROUP BY 1")
    slots = {slot.key for slot in forms()["2021"].slots()}
    assert statuses == [("hand_read", len(slots & set(REPORT.cells)))]
    figures = db(root, "SELECT t3_received_new_total, t2_fee_charged FROM figures")
    assert figures == [(52494, 194.1115)]
    unit = db(root, "SELECT unit FROM figure_notes WHERE figure = 't2_fee_charged'")
    assert unit == [("万元",)]


def test_its_checks_are_run(root: DataRoot, entered: Path) -> None:
    ((passed, failed),) = db(root, "SELECT passed, failed FROM reports")
    assert (passed > 50, failed) == (True, 0)


def test_the_table_and_the_changes_tell_it(root: DataRoot, entered: Path) -> None:
    sql = """SELECT kind, state, report_id, version_id, machine_status, contributor, checked_by
FROM corrections"""
    assert db(root, sql) == [
        ("document", "applied", ID, f"{ID}.v1", "needs_ocr", "anonymous", "乙")
    ]
    assert db(root, "SELECT cause, from_version, to_version, detail FROM changes") == [
        ("curation", f"{ID}.v1", f"{ID}.v1", "entered by hand")
    ]


def test_an_entry_that_goes_leaves_the_scan(root: DataRoot, entered: Path) -> None:
    text = entered.read_text("utf-8")
    entered.write_text("", "utf-8")
    try:
        build(root)  # nothing is to be accepted, although a report is read no more
        assert current(root) == ("needs_ocr", "v1", "/2023/a.html")
        assert db(root, "SELECT detail FROM changes ORDER BY number") == [
            ("entered by hand",), ("entry withdrawn",),
        ]  # fmt: skip
    finally:
        entered.write_text(text, "utf-8")
        build(root)


def joint(text: str, body: bytes) -> str:
    """The same entry for another document."""
    return re.sub(r'sha256 = "\w+"', f'sha256 = "{sha(body)}"', text)


def test_a_document_that_the_machine_reads_stays_the_machine_s(
    tmp_path: Path, entered: Path
) -> None:
    """One that it reads alike, and one that it reads otherwise than people did."""
    root = DataRoot(tmp_path / "root")
    alike, other = article(), article(report_of(2021))
    titles = TITLE, TITLE.replace("2022", "2021")
    got = [Got(f"{SITE}/{n}.html", (alike, other)[n], titles[n]) for n in (0, 1)]
    keep(root, Run(got))
    folder = root.path / "curation" / "corrections"
    folder.mkdir(parents=True)
    text = entered.read_text("utf-8")
    (folder / "scans.toml").write_text(joint(text, alike) + joint(text, other), "utf-8")
    build(root)
    sql = "SELECT sha256, report_id, coalesce(void_because, state) FROM corrections ORDER BY 2"
    assert db(root, sql) == [
        (sha(other), f"{ID[:-4]}2021", "machine_reads_it"), (sha(alike), ID, "agrees"),
    ]  # fmt: skip
    assert db(root, "SELECT count(*) FROM figure_notes WHERE status = 'hand_read'") == [(0,)]
    assert db(root, "SELECT count(*) FROM reports WHERE flags IS NULL") == [(2,)]
    lines = "\n".join(problems(root))
    assert "otherwise than people did" in lines
    assert "by itself now" in lines
