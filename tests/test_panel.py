"""The harmonised panel: its rows, sums and statuses, and the same in each format."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest import mock
from zipfile import ZipFile

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from archive.__main__ import main
from archive.errors import SelectionRefused
from archive.manifest import reading
from archive.panel import rows as panel_rows
from archive.panel.bundle import write_bundle
from archive.panel.columns import figures
from archive.panel.frame import keys, size
from archive.panel.layout import columns
from archive.panel.selection import Selection, years_of
from archive.panel.stata import Variable, write_dta
from archive.panel.statuses import NUMBERS, WORDS, WORDS_EN
from extract.forms import columns as release_columns
from extract.forms import forms
from tests import dta
from tests.panel_release import HOSTILE, LONG, NAME, NEW, numbers, write

Told = dict[str, Any]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("panel")
    write(found)
    return found


@pytest.fixture(scope="module")
def db(root: Path) -> Iterator[sqlite3.Connection]:
    with reading(root / "releases" / NAME / "nianbao.db") as found:
        yield found


@pytest.fixture(scope="module")
def everything(db: sqlite3.Connection) -> list[Told]:
    return panel(db, Selection())


@pytest.fixture(scope="module")
def bundle(root: Path) -> ZipFile:
    out = io.BytesIO()
    write_bundle(root / "releases" / NAME, Selection(), out)
    return ZipFile(out)


def panel(db: sqlite3.Connection, asked: Selection) -> list[Told]:
    names = [column.name for column in columns()]
    return [
        dict(zip(names, row, strict=True))
        for batch in panel_rows.batches(db, asked)
        for row in batch
    ]


def row_of(rows: list[Told], agency: str, year: int, scope: str = "own") -> Told:
    (found,) = [
        row
        for row in rows
        if (row["agency_id"], row["year"], row["scope"]) == (agency, year, scope)
    ]
    return found


# -- columns --------------------------------------------------------------------------


def test_each_column_has_one_name_that_stata_takes_and_a_label() -> None:
    names = [column.name for column in columns()]
    assert len({name.lower() for name in names}) == len(names)
    assert all(len(name) <= 32 and name.isascii() and name.isidentifier() for name in names)
    assert all(0 < len(column.label) <= 80 and column.label_en for column in columns())


def test_every_figure_of_the_release_is_in_the_panel_once() -> None:
    assert [each.key for each in figures()] == list(release_columns())


def test_only_other_handling_is_a_sum_and_of_the_three_lines_of_2021() -> None:
    sums = {each.key: (each.parts_form, each.parts) for each in figures() if each.parts}
    assert sums == {
        f"t3_other_handling_{who}": (
            "2021",
            (f"t3_other_no_correction_{who}", f"t3_other_fee_unpaid_{who}", f"t3_other_misc_{who}"),
        )
        for who in ("natural", "enterprise", "research", "ngo", "legal", "other_org", "total")
    }


def test_each_status_has_a_word_in_both_languages_and_a_number() -> None:
    assert set(WORDS) == set(WORDS_EN) == set(NUMBERS)
    assert len(set(NUMBERS.values())) == len(NUMBERS)


# -- figures --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("agency", "year", "scope", "form", "first"),
    [
        ("990102-finance", 2019, "own", "2019", 1000),
        ("990102-finance", 2021, "own", "2021", 20_000),
        ("990102-government", 2021, "own", "2021", 40_000),
        ("990102-government", 2021, "aggregate", "2021", 50_000),
        ("990102-audit", 2022, "unknown", "2021", 60_000),
    ],
)
def test_each_cell_of_the_form_is_in_its_own_column(
    everything: list[Told], agency: str, year: int, scope: str, form: str, first: int
) -> None:
    row, printed = row_of(everything, agency, year, scope), numbers(form, first)
    for figure in figures():
        if figure.key in printed:
            assert (row[figure.name], row[figure.status]) == (printed[figure.key], "reported")
        elif not figure.parts:
            assert (row[figure.name], row[figure.status]) == (None, "not_on_form")


def test_other_handling_of_2021_is_the_sum_of_its_three_lines(everything: list[Told]) -> None:
    row = row_of(everything, "990102-finance", 2021)
    keys_of = [slot.key for slot in forms()["2021"].slots()]
    for who, short in (("natural", "natural"), ("enterprise", "firm"), ("total", "total")):
        by_hand = sum(
            20_000 + keys_of.index(f"t3_{line}_{who}")
            for line in ("other_no_correction", "other_fee_unpaid", "other_misc")
        )
        assert row[f"t3_other_handling_{short}"] == by_hand
        assert row[f"t3_other_handling_{short}_status"] == "reported"


def test_where_chapter_three_is_in_the_form_of_2019_nothing_is_summed(
    everything: list[Told],
) -> None:
    row = row_of(everything, "990102-government", 2021)
    assert (row["form"], row["form_t2"], row["form_t3"]) == ("2021", "2021", "2019")
    told = row["t3_other_handling_natural"], row["t3_other_handling_natural_status"]
    assert told == (None, "absent")
    assert row["t3_other_misc_natural"] > 0


def test_a_chapter_that_was_not_read_is_not_called_without_lines(everything: list[Told]) -> None:
    row = row_of(everything, "990107-health", 2021)
    told = {row[each.status] for each in figures() if each.table == "t3"}
    assert told == {"absent"}
    assert {row[each.name] for each in figures() if each.table == "t3"} == {None}
    assert row["t4_review_upheld_status"] == "reported"


def test_a_sum_has_no_number_where_a_line_has_none(everything: list[Told]) -> None:
    row = row_of(everything, "990102-finance", 2022)
    told = {
        who: (row[f"t3_other_handling_{who}"], row[f"t3_other_handling_{who}_status"])
        for who in ("natural", "firm", "inst", "ngo", "legal")
    }
    assert told == {
        "natural": (18, "reported"),
        "firm": (None, "blank"),
        "inst": (None, "missing_cell"),
        "ngo": (None, "blank"),
        "legal": (None, "absent"),
    }


def test_a_cell_without_a_number_is_empty_with_its_reason(everything: list[Told]) -> None:
    row = row_of(everything, "990102-finance", 2022)
    told = {
        who: (row[f"t3_granted_{who}"], row[f"t3_granted_{who}_status"])
        for who in ("natural", "firm", "inst", "ngo", "legal", "other")
    }
    assert told == {
        "natural": (0, "reported"),
        "firm": (None, "blank"),
        "inst": (None, "slash"),
        "ngo": (None, "none_word"),
        "legal": (None, "missing_cell"),
        "other": (None, "absent"),
    }
    assert (row["t3_partial_natural"], row["t3_partial_natural_status"]) == (None, "unparsed")
    assert (row["t2_fee_charged"], row["t2_fee_charged_unit"]) == (763.0137, "万元")


# -- rows -----------------------------------------------------------------------------


def test_rows_are_what_is_held_and_what_is_owed_and_not_held(everything: list[Told]) -> None:
    told = {
        (row["agency_id"], row["year"], row["scope"]): row["report_id"] is not None
        for row in everything
    }
    assert len(told) == len(everything)
    assert {key for key, held in told.items() if not held} == {
        ("990102-finance", 2020, "own"),
        ("990102-government", 2020, "aggregate"),
        ("990102-government", 2022, "aggregate"),
        ("990102-audit", 2019, "own"),
        ("990102-audit", 2020, "own"),
        ("990102-devzone", 2019, "aggregate"),
        ("990102-devzone", 2022, "aggregate"),
        ("990181-health", 2021, "own"),
        ("990181-health", 2022, "own"),
        ("990107-health", 2019, "own"),
        ("990107-health", 2020, "own"),
        ("990107-health", 2022, "own"),
    }
    assert sum(told.values()) == 14


def test_an_agency_year_without_a_report_has_no_figure_and_says_why(
    everything: list[Told],
) -> None:
    row = row_of(everything, "990102-finance", 2020)
    assert {row[each.name] for each in figures()} == {None}
    assert {row[each.status] for each in figures()} == {"no_report"}
    assert (row["held"], row["status"], row["existence"]) == (0, "incomplete", "certain")
    assert (row["deadline"], row["must_failed"], row["url"]) == ("2021-01-31", None, None)
    elsewhere = row_of(everything, "990107-health", 2022)
    assert elsewhere["status"] == "not_in_archive"
    before = row_of(everything, "990107-health", 2019)
    assert before["existence"] == "not_in_frame"


def test_a_report_that_was_not_read_has_no_figure_and_no_checks(everything: list[Told]) -> None:
    row = row_of(everything, "990102-audit", 2021)
    assert {row[each.status] for each in figures()} == {"unread"}
    assert {row[each.name] for each in figures()} == {None}
    assert (row["held"], row["status"], row["must_failed"]) == (1, "attachment_unread", None)


def test_what_is_held_is_told_with_its_source(everything: list[Told]) -> None:
    row = row_of(everything, "990102-finance", 2021)
    assert (row["agency"], row["agency_printed"]) == (HOSTILE, HOSTILE)
    assert (row["report_id"], row["version_id"]) == (
        "990102-finance-2021",
        "990102-finance-2021.v1",
    )
    assert (row["published"], row["deadline"], row["days_late"]) == ("2022-02-07", "2022-01-31", 7)
    assert row["url"] == "http://www.shili.example/990102-finance-2021/1.html"
    assert (row["sha256"], row["captured_at"]) == (f"{1:064x}", "2023-05-01T00:00:00.000Z")
    assert (row["form"], row["form_t2"], row["form_t3"]) == ("2021", "2021", "2021")
    counts = {name: row[name] for name in panel_rows._CHECKS}
    assert counts == {
        "checks_passed": 61, "must_failed": 3, "failed": 5, "uncertain": 4,
        "not_assessable": 2, "informative": 1,
    }  # fmt: skip
    other = row_of(everything, "990102-finance", 2022)
    assert other["agency_printed"] == "示例区财政局（所印）"


def test_breaks_are_marked(everything: list[Told]) -> None:
    told = {row["year"]: (row["period"], row["break_before"]) for row in everything}
    assert told == {
        2019: (2019, "form_2019"),
        2020: (2019, None),
        2021: (2021, "form"),
        2022: (2021, None),
    }


def test_a_merged_region_keeps_its_code_and_has_that_of_2020(everything: list[Told]) -> None:
    codes = {
        (row["region_code"], row["year"]): row["region_code_2020"]
        for row in everything
        if "health" in row["agency_id"]
    }
    assert codes == {(code, year): "990181" for code in ("990181", "990107")
                     for year in range(2019, 2023)}  # fmt: skip
    changed = {row["year"]: row["region_code_2020"] for row in everything
               if row["agency_id"] == "990102-finance"}  # fmt: skip
    assert changed == {2019: "990102", 2020: "990102", 2021: None, 2022: None}


SELECTIONS = {
    "all": (Selection(), lambda row: True),
    "own": (Selection(scope="own"), lambda row: row["scope"] == "own"),
    "aggregate": (Selection(scope="aggregate"), lambda row: row["scope"] == "aggregate"),
    "kind": (Selection(kinds=("audit",)), lambda row: row["kind"] == "audit"),
    "level": (Selection(levels=("prefecture",)), lambda row: False),
    "years": (Selection(2020, 2021), lambda row: row["year"] in (2020, 2021)),
    "region": (Selection(region="990107"), lambda row: row["region_code"] == "990107"),
    "of 2020": (Selection(region="990181"), lambda row: row["region_code_2020"] == "990181"),
    "city": (Selection(region="990100"), lambda row: True),
    "elsewhere": (Selection(region="980000"), lambda row: False),
}


@pytest.mark.parametrize("name", SELECTIONS)
def test_a_selection_is_a_part_of_all_rows_and_is_counted_before_it_is_made(
    name: str, db: sqlite3.Connection, everything: list[Told]
) -> None:
    asked, belongs = SELECTIONS[name]
    wanted = [row for row in everything if belongs(row)]
    assert panel(db, asked) == wanted
    found = size(db, asked)
    assert (found.rows, found.held) == (len(wanted), sum(row["held"] for row in wanted))
    assert found.agencies == len({row["agency_id"] for row in wanted})
    assert found.read == sum(row["status"] == "read" for row in wanted)
    assert found.missing == len(wanted) - found.held
    assert found.outside == sum(
        row["existence"] == "not_in_frame" and not row["held"] for row in wanted
    )


def test_reports_of_unknown_scope_that_are_left_out_are_counted(db: sqlite3.Connection) -> None:
    assert [size(db, Selection(scope=scope)).untold for scope in ("own", "aggregate", "all")] == [
        1,
        1,
        0,
    ]


@pytest.mark.parametrize("batch", [1, 5, 26])
def test_no_row_is_lost_where_a_batch_ends(
    batch: int, db: sqlite3.Connection, everything: list[Told]
) -> None:
    with mock.patch.object(panel_rows, "BATCH", batch):
        assert panel(db, Selection()) == everything
    assert len(everything) == len(list(keys(db, Selection()))) == 26


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"scope": "both"}, "own, aggregate, all"),
        ({"kinds": ("a' OR 1=1",)}, "no kind or level"),
        ({"levels": ("city",)}, "country, province"),
        ({"region": "36"}, "six digits"),
        ({"first_year": 2015}, "panels begin with 2019"),
        ({"first_year": 2022, "last_year": 2020}, "2022-2020"),
    ],
)
def test_what_cannot_be_meant_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(SelectionRefused, match=said):
        Selection(**wrong)


def test_years_that_are_none_are_refused() -> None:
    with pytest.raises(SelectionRefused, match="write 2019-2024"):
        years_of("twenty")


# -- formats --------------------------------------------------------------------------


def of_csv(bundle: ZipFile) -> list[Told]:
    text = bundle.read("panel.csv").decode("utf-8")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_csv_has_the_mark_one_kind_of_line_end_and_no_formula(bundle: ZipFile) -> None:
    data = bundle.read("panel.csv")
    assert data.startswith(b"\xef\xbb\xbfagency_id,")
    assert data.count(b"\n") == data.count(b"\r\n") == 27
    row = row_of([{**r, "year": int(r["year"])} for r in of_csv(bundle)], "990102-finance", 2021)
    assert row["agency"] == "'" + HOSTILE


def test_csv_says_the_same_as_the_rows(bundle: ZipFile, everything: list[Told]) -> None:
    for row, wanted in zip(of_csv(bundle), everything, strict=True):
        told = {name: "" if value is None else str(value) for name, value in wanted.items()}
        told["agency"] = told["agency"].replace("=HYP", "'=HYP")
        told["agency_printed"] = told["agency_printed"].replace("=HYP", "'=HYP")
        assert row == told


def test_parquet_says_the_same_as_the_rows(bundle: ZipFile, everything: list[Told]) -> None:
    table = pq.read_table(io.BytesIO(bundle.read("panel.parquet")))
    for row, wanted in zip(table.to_pylist(), everything, strict=True):
        days = {name: row[name] and row[name].isoformat() for name in ("published", "deadline")}
        assert row | days == wanted
    types = {field.name: str(field.type) for field in table.schema}
    assert types["t3_granted_natural"] == "int64"
    assert (types["t3_partial_firm"], types["t2_fee_charged"]) == ("double", "double")
    assert table.schema.metadata[b"release"].decode() == NAME
    told = table.schema.field("t3_other_handling_total").metadata
    assert "t3_other_misc_total" in told[b"made"].decode()


def test_stata_says_the_same_as_the_rows(bundle: ZipFile, everything: list[Told]) -> None:
    found = dta.read(bundle.read("panel.dta"))
    statuses = {each.status for each in figures()}
    texts = {column.name for column in columns() if column.kind in ("text", "code")}
    days = {column.name for column in columns() if column.kind == "date"}
    for row, wanted in zip(found.rows, everything, strict=True):
        for name, value in wanted.items():
            if name in statuses:
                assert row[name] == f"{WORDS[value]} {value}"
            elif name in days:
                assert row[name] == (value and date.fromisoformat(value))
            else:
                assert row[name] == (value if value is not None or name not in texts else "")
    assert found.labels == {column.name: column.label for column in columns()}
    assert any(NAME in note for note in found.notes)
    long = next(row for row in found.rows if row["report_id"] == f"{NEW.agency_id}-2021")
    assert long["url"].endswith(LONG[-50:])
    assert len(long["url"]) > 1000


def test_stata_keeps_what_is_large_and_ends_a_text_at_no_zero(tmp_path: Path) -> None:
    variables = (
        Variable("big", "integer", "大", largest=2**40),
        Variable("text", "text", "文", width=9),
    )
    with (tmp_path / "x.dta").open("wb") as file:
        write_dta(file, variables, [[2**40, "甲\0乙"], [None, None]], 2)
    assert dta.read((tmp_path / "x.dta").read_bytes()).rows == [
        {"big": 2.0**40, "text": "甲乙"},
        {"big": None, "text": ""},
    ]


@pytest.mark.parametrize("names", [["x" * 33], ["a.b"], ["a", "a"]])
def test_stata_takes_no_name_that_it_would_change(tmp_path: Path, names: list[str]) -> None:
    variables = [Variable(name, "integer", "") for name in names]
    with (tmp_path / "x.dta").open("wb") as file, pytest.raises(ValueError, match="no such name"):
        write_dta(file, variables, [], 0)


# -- the ZIP --------------------------------------------------------------------------


def test_the_codebook_has_every_column_and_says_what_is_summed(bundle: ZipFile) -> None:
    text = bundle.read("codebook.csv").decode("utf-8-sig")
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}
    assert list(rows) == [column.name for column in columns()]
    summed = rows["t3_other_handling_natural"]
    assert "t3_other_no_correction_natural + t3_other_fee_unpaid_natural" in summed["made"]
    assert rows["t3_partial_firm"]["type"] == "double"
    assert rows["t3_granted_natural"]["type"] == "integer"
    assert "件" in rows["t3_granted_natural"]["unit"]


def test_the_statement_gives_the_figures(
    bundle: ZipFile, everything: list[Told], db: sqlite3.Connection
) -> None:
    cursor = db.execute(bundle.read("query.sql").decode())
    names = [column[0] for column in cursor.description]
    told = [dict(zip(names, row, strict=True)) for row in cursor]
    held = [row for row in everything if row["held"]]
    assert told == [{name: row[name] for name in names} for row in held]
    assert {each.name for each in figures()} <= set(names)


def test_it_says_what_was_asked_of_which_release_and_how_many_are_missing(
    bundle: ZipFile,
) -> None:
    readme = bundle.read("README.txt").decode("utf-8-sig")
    for said in ("26 行，6 个机关", "未取得的 12 行", "26 rows, 6 agencies", NAME, "ab" * 32,
                 "演示数据", "三行之和", "not: none was published"):  # fmt: skip
        assert said in readme
    for name in bundle.namelist()[1:]:
        assert f"{sha256(bundle.read(name)).hexdigest()}  {name}" in readme
    told = json.loads(bundle.read("selection.json"))
    assert (told["release"], told["rows"], told["missing"]) == (NAME, 26, 12)
    citation = bundle.read("CITATION.txt").decode()
    assert f"版次 {NAME}[DS/OL]" in citation
    assert f"version = {{{NAME}}}" in citation


def test_the_same_asked_is_the_same_bytes(root: Path, tmp_path: Path) -> None:
    asked = Selection(2021, 2022, kinds=("finance",))
    made = []
    for _ in range(2):
        out = io.BytesIO()
        write_bundle(root / "releases" / NAME, asked, out, ("csv", "dta"))
        made.append(out.getvalue())
    assert made[0] == made[1]
    assert "panel.parquet" not in ZipFile(io.BytesIO(made[0])).namelist()


@pytest.fixture
def run(root: Path, tmp_path: Path) -> Callable[..., Any]:
    def called(*options: str) -> Any:
        out = ["--data", str(root), "--out", str(tmp_path / "x.zip"), *options]
        return CliRunner().invoke(main, ["panel", *out])

    return called


def test_the_command_writes_it_and_says_how_much(run: Callable[..., Any], tmp_path: Path) -> None:
    asked = ("--kind", "finance", "--years", "2019-2022", "--scope", "own", "--format", "csv")
    result = run(*asked)
    assert result.exit_code == 0, result.output
    assert "4 rows of 1 agencies, 2019-2022; with a report 3 (read 3), without 1" in result.output
    with ZipFile(tmp_path / "x.zip") as made:
        assert len(of_csv(made)) == 4
    assert "their scope is not known: 1" in run("--scope", "own", "--format", "csv").output


def test_the_command_refuses_what_the_release_has_not(
    run: Callable[..., Any], tmp_path: Path
) -> None:
    result = run("--kind", "tax")
    assert (result.exit_code, (tmp_path / "x.zip").exists()) == (1, False)
    assert "its kinds: audit, devzone, finance, government, health" in result.output


def test_the_release_is_not_written_to(root: Path, bundle: ZipFile) -> None:
    with contextlib.closing(sqlite3.connect(root / "releases" / NAME / "nianbao.db")) as found:
        assert found.execute("SELECT count(*) FROM _reports").fetchone() == (14,)
    assert sorted(path.name for path in (root / "releases" / NAME).iterdir()) == [
        "manifest.json",
        "nianbao.db",
        "text.db",
    ]


def test_the_example_of_the_docs_runs(
    bundle: ZipFile, everything: list[Told], tmp_path: Path
) -> None:
    text = (Path(__file__).parent.parent / "docs" / "panel.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.S)
    bundle.extract("panel.parquet", tmp_path)
    printed: list[str] = []
    with contextlib.chdir(tmp_path):
        exec(code, {"print": lambda *words: printed.append(" ".join(map(str, words)))})
    held = [row for row in everything if row["held"] and row["scope"] == "own"]
    known = [row["t3_other_handling_total"] for row in held]
    known = [number for number in known if number is not None]
    assert printed == [
        f"rows 26, own reports held {len(held)}, with the figure {len(known)}",
        str(sum(known)),
    ]
