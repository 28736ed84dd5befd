"""Corrections by hand through a build: laid over, told, void, taken back, never a page's change."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.agencies import Agency
from archive.corrections.correction import Correction, Corrections
from archive.corrections.overlay import corrected
from archive.histories import ReportHistory, Version
from archive.panel.bundle import write_bundle
from archive.panel.selection import Selection
from archive.problems import problems
from archive.root import DataRoot
from extract import read
from extract.checks import run_checks
from extract.forms import forms
from extract.types import Report
from tests.portal.reports import FictionalReport
from tests.stored import ID, SITE, TITLE, Got, Run, article, build, db, keep, report_of
from tests.test_changes import OtherReader
from tests.test_curation import DECISION

URL = f"{SITE}/a.html"
#: A part of a total of table three, its total, and an amount of money.
PART, TOTAL, MONEY = "t3_received_new_natural", "t3_received_new_total", "t2_fee_charged"
REVIEWS, CARRIED = "t4_review_total", "t3_carried_in_total"
#: What the page prints there; a person reads the true number, as if the machine had misread.
MISREAD = "98765"


def sha(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def entry(figure: str, body: bytes, said: str, **more: str) -> str:
    """An entry; `said` is the line that tells what is printed."""
    fields = {
        "report": ID, "figure": figure, "sha256": sha(body), "reason": f"错读相邻一格 {figure}",
        "evidence": "https://www.example.org/scan", "contributor": "甲", "checked_by": "乙",
        "date": "2026-11-01", **more,
    }  # fmt: skip
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in fields.items()]
    return "\n".join(["[[figure]]", said, *lines, ""])


def decide(root: DataRoot, *entries: str) -> None:
    """Let the root's own folder of decisions hold these corrections."""
    folder = root.path / "curation" / "corrections"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "figures.toml").write_text("\n".join(entries), "utf-8")


def misprint(report: FictionalReport, **cells: str) -> FictionalReport:
    """The report with other texts in some cells."""
    return replace(report, cells={**report.cells, **cells})


def one(root: DataRoot, sql: str) -> tuple[Any, ...]:
    (row,) = db(root, sql)
    return row


def manifest(root: DataRoot) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((root.current / "manifest.json").read_text())
    return told


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


REPORT = report_of()
TRUE = REPORT.cells[PART]
BODY = article(misprint(REPORT, **{PART: MISREAD, MONEY: "77"}))


@dataclass(frozen=True)
class Shot:
    """What a release said while it was current: the oldest are pruned."""

    findings: list[Any]
    versions: list[Any]
    content_hash: str


FOUND = "SELECT \"check\", status FROM current_findings WHERE figures LIKE '%received_new%'"
VERSIONS = "SELECT version_id, text_sha256, figures_sha256 FROM versions"


def shot(root: DataRoot) -> Shot:
    return Shot(db(root, FOUND), db(root, VERSIONS), manifest(root)["content_hash"])


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> tuple[DataRoot, DataRoot, list[Shot]]:
    """A root at its release with two corrections and at the last one; what all three said."""
    root = DataRoot(tmp_path_factory.mktemp("corrections") / "root")
    keep(root, Run([Got(URL, BODY)], day="2026-11-01"))
    build(root)
    shots = [shot(root)]
    decide(
        root,
        entry(PART, BODY, f'printed = "{TRUE}"', contributor="=丙[x](javascript:1)<b>"),
        entry(MONEY, BODY, "blank = true", contributor="anonymous"),
        entry(REVIEWS, BODY, 'printed = "3"'),
    )
    build(root, files=True)
    shots.append(shot(root))
    then = DataRoot(tmp_path_factory.mktemp("corrections") / "then")
    shutil.copytree(root.path, then.path, symlinks=True)
    decide(root)
    build(root)
    return then, root, [*shots, shot(root)]


@pytest.fixture
def with_them(journey: tuple[DataRoot, DataRoot, list[Shot]]) -> DataRoot:
    return journey[0]


@pytest.fixture
def shots(journey: tuple[DataRoot, DataRoot, list[Shot]]) -> list[Shot]:
    return journey[2]


def test_a_correction_is_shown_in_the_place_of_the_reading(with_them: DataRoot) -> None:
    assert one(with_them, f"SELECT {PART}, {MONEY} FROM figures") == (10331, None)
    notes = "SELECT figure, printed, status, flags FROM figure_notes WHERE figure IN ('{}')"
    assert db(with_them, notes.format(f"{PART}', '{MONEY}")) == [
        (MONEY, "", "blank", "hand_read"),
        (PART, TRUE, "hand_read", "grouped"),
    ]


def test_the_machine_s_reading_stays_visible(with_them: DataRoot) -> None:
    sql = """SELECT figure, state, machine_printed, machine_value, machine_status, printed, value,
status, version_id, checked_by FROM corrections ORDER BY 1"""
    assert db(with_them, sql) == [
        (MONEY, "applied", "77", 77, "reported", "", None, "blank", f"{ID}.v1", "乙"),
        (PART, "applied", MISREAD, 98765, "reported", TRUE, 10331, "hand_read", f"{ID}.v1", "乙"),
        (REVIEWS, "applied", "2,449", 2449, "reported", "3", 3, "hand_read", f"{ID}.v1", "乙"),
    ]


def test_the_checks_are_run_again(shots: list[Shot]) -> None:
    before, after, last = shots
    assert before.findings == last.findings
    assert {status for _, status in before.findings} == {"fail"}
    assert after.findings == []


def test_a_correction_is_no_new_version(shots: list[Shot]) -> None:
    assert shots[0].versions == shots[1].versions == shots[2].versions
    assert len(shots[0].versions) == 1


def test_the_content_comes_back_when_a_correction_goes(shots: list[Shot]) -> None:
    assert shots[0].content_hash == shots[2].content_hash != shots[1].content_hash


def test_changes_say_that_people_decided(journey: tuple[DataRoot, DataRoot, Any]) -> None:
    sql = "SELECT cause, kind, from_version, to_version, cells, detail FROM changes ORDER BY number"
    cells = [json.loads(row[4]) for row in db(journey[1], sql)]
    assert cells == [
        {PART: [MISREAD, TRUE], MONEY: ["77", ""], REVIEWS: ["2,449", "3"]},
        {PART: [TRUE, MISREAD], MONEY: ["", "77"], REVIEWS: ["3", "2,449"]},
    ]
    assert [(*row[:4], row[5]) for row in db(journey[1], sql)] == [
        ("curation", "figures", f"{ID}.v1", f"{ID}.v1", "corrected by hand"),
        ("curation", "figures", f"{ID}.v1", f"{ID}.v1", "correction withdrawn"),
    ]


def test_the_downloads_hold_it(with_them: DataRoot) -> None:
    folder = with_them.current
    labels = dict(db(with_them, "SELECT figure, label FROM lines"))
    (wide,) = rows_of(folder / "csv/wide_2021.csv")
    assert (wide[labels[PART]], wide[labels[MONEY]]) == ("10331", "")
    assert wide["非直接读取的列"].split("；") == [labels[PART], labels[REVIEWS]]
    assert wide["未填的列"] == labels[MONEY]
    told = pq.read_table(folder / "parquet/corrections.parquet").to_pylist()
    assert [(row["figure"], row["machine_value"], row["value"]) for row in told] == [
        (MONEY, 77, None), (PART, 98765, 10331), (REVIEWS, 2449, 3),
    ]  # fmt: skip
    tidy = {row["指标"]: row for row in rows_of(folder / "csv/tidy.csv")}
    assert (tidy[PART]["数值"], tidy[PART]["状态"]) == ("10331", "人工读取")
    assert rows_of(folder / "csv/corrections.csv")[1]["贡献者"].startswith("'=丙")


def test_the_release_thanks_and_hostile_names_do_nothing(with_them: DataRoot) -> None:
    folder = with_them.current
    changes = (folder / "CHANGES.md").read_text("utf-8")
    assert "=丙\\[x](javascript:1)\\<b> 读，乙 复核" in changes
    assert "匿名 读，乙 复核" in changes
    assert "(javascript:1)&lt;b&gt;" in (folder / "index.html").read_text("utf-8")
    said = yaml.safe_load((folder / "CITATION.cff").read_text("utf-8"))
    assert said["abstract"].endswith("=丙[x](javascript:1)<b>, 乙, 甲.")
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert [each["title"] for each in package["contributors"][1:]] == [
        "=丙[x](javascript:1)<b>", "乙", "甲",
    ]  # fmt: skip


def test_totals_may_fall_without_an_accepted_loss(with_them: DataRoot) -> None:
    assert one(with_them, f"SELECT {REVIEWS} FROM figures") == (3,)
    assert "accepted" not in manifest(with_them)


def test_a_panel_has_its_own_code_for_it(with_them: DataRoot) -> None:
    out = io.BytesIO()
    write_bundle(with_them.current, Selection(), out, ("csv",))
    with ZipFile(out) as made:
        (name,) = (name for name in made.namelist() if name.endswith("panel.csv"))
        (row,) = csv.DictReader(io.TextIOWrapper(made.open(name), "utf-8-sig"))
    assert [row[REVIEWS], row[f"{REVIEWS}_status"]] == ["3", "hand_read"]
    assert [row[MONEY], row[f"{MONEY}_status"]] == ["", "blank"]


def test_the_build_counts_what_people_read(journey: tuple[DataRoot, DataRoot, Any]) -> None:
    then, last, _ = journey
    assert manifest(then)["counts"]["corrections_applied"] == 3
    assert "corrections_applied" not in manifest(last)["counts"]


# -- when the capture changes ---------------------------------------------------------------


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    return DataRoot(tmp_path / "root")


def test_a_new_capture_is_the_machine_s_again(root: DataRoot) -> None:
    """The page prints another number in the corrected cell: a change of the page, as it was."""
    decide(root, entry(PART, BODY, f'printed = "{TRUE}"'))
    keep(root, Run([Got(URL, BODY)], day="2026-11-01"))
    build(root)
    changed = article(misprint(REPORT, **{PART: "4321", MONEY: "77"}))
    keep(root, Run([Got(URL, changed)], day="2026-11-02"))
    build(root)
    sql = f"SELECT version_id, {PART} FROM figures ORDER BY 1"
    assert db(root, sql) == [(f"{ID}.v1", 10331), (f"{ID}.v2", 4321)]
    assert one(root, "SELECT state, version_id FROM corrections") == ("applied", f"{ID}.v1")
    told = db(root, "SELECT cause, kind, cells FROM changes WHERE kind <> 'first'")
    assert [(*row[:2], json.loads(row[2])) for row in told] == [
        ("page", "figures", {PART: [TRUE, "4321"]})
    ]
    assert any("it holds for" in line and f"{ID}.v2" in line for line in problems(root))


def test_what_only_the_machine_misread_is_no_change_of_the_page(root: DataRoot) -> None:
    """Other bytes in which the machine reads what people read before: no figure changed."""
    decide(root, entry(PART, BODY, f'printed = "{TRUE}"'))
    keep(root, Run([Got(URL, BODY)], day="2026-11-01"))
    keep(root, Run([Got(URL, article(misprint(REPORT, **{MONEY: "77"})))], day="2026-11-02"))
    build(root)
    assert db(root, "SELECT kind, cause, cells FROM changes WHERE kind <> 'first'") == [
        ("cosmetic", "page", "{}")
    ]


def test_other_bytes_in_the_same_words_keep_it(root: DataRoot) -> None:
    again = BODY.replace(b"</body>", b"<!-- 2 --></body>")
    keep(root, Run([Got(URL, BODY)], day="2026-11-01"), Run([Got(URL, again)], day="2026-11-02"))
    decide(root, entry(PART, again, f'printed = "{TRUE}"'))
    build(root)
    assert one(root, f"SELECT {PART} FROM figures") == (10331,)


def test_void_decisions_are_named_with_what_to_do(root: DataRoot) -> None:
    keep(root, Run([Got(URL, BODY)], day="2026-11-01"))
    decide(
        root,
        entry(PART, b"other", f'printed = "{TRUE}"'),
        entry(TOTAL, BODY, 'printed = "5"', report="990100-audit-2022"),
        entry("t2_procurement_amount", BODY, 'printed = "6"'),
        entry(MONEY, BODY, 'printed = "77"'),
    )
    build(root)
    told = dict(db(root, "SELECT figure, coalesce(void_because, state) FROM corrections"))
    assert told == {
        PART: "digest", TOTAL: "no_report", "t2_procurement_amount": "no_figure", MONEY: "agrees",
    }  # fmt: skip
    assert one(root, f"SELECT {PART}, {MONEY} FROM figures") == (98765, 77)
    assert db(root, "SELECT 1 FROM figure_notes WHERE status = 'hand_read'") == []
    lines = "\n".join(problems(root))
    for said in ("read from this body now", "no such report", "of another form", "by itself now"):
        assert said in lines


def test_a_later_reader_that_agrees_takes_the_figure_back(root: DataRoot) -> None:
    page = article(REPORT)
    keep(root, Run([Got(URL, page)], day="2026-11-01"))
    sql = f"SELECT state, machine_printed, {PART} FROM corrections, figures"
    with OtherReader("first", PART, 98765):
        build(root)
        decide(root, entry(PART, page, f'printed = "{TRUE}"'))
        build(root)
        assert one(root, sql) == ("applied", MISREAD, 10331)
    build(root)
    assert one(root, sql) == ("agrees", TRUE, 10331)
    assert db(root, "SELECT 1 FROM figure_notes WHERE status = 'hand_read'") == []
    told = db(root, "SELECT cause, cells FROM changes ORDER BY number")
    assert [(cause, json.loads(cells)) for cause, cells in told] == [
        ("curation", {PART: [MISREAD, TRUE]}),
        ("reader", {PART: [MISREAD, TRUE]}),
    ]


def test_an_old_id_leads_on_and_the_latest_decision_counts(root: DataRoot) -> None:
    name = "示例市某某分局"
    report = report_of(agency=name)
    page, title = article(report), f"{name}2022年政府信息公开工作年度报告"
    keep(root, Run([Got(URL, page, title)], day="2026-11-01"))
    (root.path / "curation").mkdir()
    build(root)
    (old,) = one(root, "SELECT report_id FROM reports")
    (root.path / "curation" / "agencies.toml").write_text(DECISION, "utf-8")
    new = "990100-public_security-mou-2022"
    decide(
        root,
        entry(PART, page, 'printed = "71"', report=old),
        entry(TOTAL, page, 'printed = "72"', report=old),
        entry(TOTAL, page, 'printed = "73"', report=new, date="2026-11-02"),
    )
    build(root)
    assert one(root, f"SELECT version_id, {PART}, {TOTAL} FROM figures") == (f"{new}.v1", 71, 73)
    told = db(root, "SELECT report_id, value, void_because FROM corrections ORDER BY printed")
    assert told == [(new, 71, None), (new, None, "replaced"), (new, 73, None)]
    (names,) = one(root, "SELECT group_concat(correction_id) FROM corrections WHERE value = 71")
    assert names.startswith(f"{old}.{PART}.")


def test_nothing_of_a_withheld_capture_is_told_by_its_correction(root: DataRoot) -> None:
    other = Got(f"{SITE}/b.html", article(report_of(2021)), TITLE.replace("2022", "2021"))
    keep(root, Run([Got(URL, BODY), other], day="2026-11-01"))
    decide(root, entry(PART, BODY, f'printed = "{TRUE}"'))
    build(root)
    withheld = f'''[[capture]]\nsha256 = "{sha(BODY)}"\nreason = "privacy"
date = 2026-11-02\ndecided_by = "站长"\n'''
    (root.path / "curation" / "withheld.toml").write_text(withheld, "utf-8")
    build(root)
    assert db(root, "SELECT * FROM corrections") == []
    assert db(root, "SELECT cells FROM changes") == []


def test_checks_over_several_reports_see_what_people_read(root: DataRoot) -> None:
    """The year after carries in what was carried over, as people read it there."""
    before, after = article(REPORT), article(misprint(report_of(2023), **{CARRIED: "41"}))
    title = TITLE.replace("2022", "2023")
    keep(root, Run([Got(URL, before), Got(f"{SITE}/b.html", after, title)], day="2026-11-01"))
    build(root)
    sql = 'SELECT "check", "right" FROM current_findings WHERE "left" = 41 AND related <> \'\''
    ((check, over),) = db(root, sql)
    decide(root, entry(CARRIED, after, f'printed = "{over}"', report=f"{ID[:-4]}2023"))
    build(root)
    told = f'SELECT 1 FROM current_findings WHERE "check" = \'{check}\' AND "right" = {over}'
    assert db(root, told) == []
    rated = db(root, "SELECT carried_in FROM agency_years WHERE year = 2023")
    assert rated == [(over,)]


# -- the overlay alone ----------------------------------------------------------------------

READ = read(BODY)


def over(report: Report, cells: Mapping[str, str | None]) -> Report:
    """The reading with these cells read by hand."""
    history = ReportHistory(ID, Agency("990100-finance", "x", None, None, None, None, "own"), 2022)
    decisions = Corrections(
        tuple(
            Correction(ID, key, sha(BODY), text, "r", "e", "a", "b", "2026-01-01")
            for key, text in cells.items()
        )
    )
    return corrected(report, history, Version(report, sha(BODY), "", "", 1, []), decisions)


def test_a_cell_that_the_machine_did_not_find_stands_where_the_form_has_it() -> None:
    lacking = replace(READ, figures=tuple(f for f in READ.figures if f.key != PART))
    made = over(lacking, {PART: "5"})
    assert [figure.key for figure in made.figures] == [figure.key for figure in READ.figures]
    (figure,) = [figure for figure in made.figures if figure.key == PART]
    assert (figure.value, figure.status, figure.place) == (5, "hand_read", None)


KEYS = [slot.key for slot in forms()["2021"].slots()]
CELLS = st.one_of(
    st.none(), st.sampled_from(["", "—", "/", "无"]), st.integers(0, 10**6).map(str)
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(KEYS), CELLS, max_size=6))
@settings(max_examples=25, deadline=None)
def test_only_the_corrected_cells_differ(cells: dict[str, str | None]) -> None:
    made = over(READ, cells)
    assert [figure.key for figure in made.figures] == [figure.key for figure in READ.figures]
    for old, new in zip(READ.figures, made.figures, strict=True):
        if old.key not in cells:
            assert new == old
            continue
        text = cells[old.key]
        assert new.place == old.place
        assert (new.value is None) == (text is None or not text.isdigit())
        assert new.value is None or new.value == int(text or "")
    assert (made.findings, made.passes) == run_checks(made)
    rest = {"figures": (), "findings": (), "passes": 0}
    assert replace(made, **rest) == replace(READ, **rest)  # type: ignore[arg-type]  # one value for fields of several types
