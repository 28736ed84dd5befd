"""Parts of tables of which few rows are otherwise: written as if all were made, byte by byte."""

from __future__ import annotations

import contextlib
import csv
import io
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from unittest import mock

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.contentparts import part_of
from archive.manifest import FILES, reading
from archive.release.contents import Contents, Upon
from archive.release.files import divided, plain, spans, write_files
from archive.release.files.cells import lines
from archive.release.files.columns import csv_rows
from archive.release.files.fields import Column, Table
from archive.release.files.forms import _strange, wide_forms, wide_forms_upon
from archive.release.files.partlist import Part, read_parts
from archive.release.files.pieces import Desk, Known, tables_of
from archive.release.files.renewed import Rows, prior_rows, records, renewed, rows_of
from archive.release.files.spans import Span
from archive.release.files.states import volatile
from archive.release.sums import write_sums
from tests import synthetic
from tests.delta_builds import differing_files
from tests.test_divided_files import MANIFEST, REPORTS, contents

TEXTS = st.text(st.sampled_from('a,"\r\n一 ='), max_size=6)
AGENCY = "990000-b"
#: A report of an agency in the middle of the second part, and what is stored of it.
REPORT = f"(SELECT min(report_id) FROM _reports WHERE report_id GLOB '{AGENCY}*-2022')"
NUMBER = f"(SELECT n FROM _reports WHERE report_id = {REPORT})"
VERSION = f"(SELECT version_id FROM _versions WHERE n = {NUMBER})"
FOUND = f"""(SELECT f.version FROM _findings f JOIN _reports r ON r.n = f.version
WHERE r.report_id GLOB '{AGENCY}*' ORDER BY r.report_id LIMIT 1)"""
WIDE = {"wide_2019", "wide_2021"}
COUNTING = {"reports", "agency_years", "current_findings"}


@contextlib.contextmanager
def _many() -> Iterator[None]:
    """Let few reports be many, a part be the agencies of a letter, and few rows a group."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(divided, "MANY", 0)
        patched.setattr(spans, "SHARED", 8)
        patched.setattr(plain, "_BATCH", 7)
        patched.setattr("archive.release.files.cells.BATCH", 5)
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release in parts."""
    folder = tmp_path_factory.mktemp("made")
    synthetic.write(folder, REPORTS)
    with _many():
        write_files(folder, MANIFEST, None, contents(folder), 1)
    return folder


@pytest.fixture
def first(made: Path, tmp_path: Path) -> Iterator[Path]:
    """It, to be spoilt."""
    shutil.copytree(made, tmp_path / "first")
    with _many():
        yield tmp_path / "first"


def patched(first: Path, to: Path, sql: str, *, writes: bool = True) -> tuple[list[str], set[str]]:
    """Files of a release that was patched upon another, held against files of everything.

    Args:
        first: The release before.
        to: Where both are made.
        sql: What changes.
        writes: Whether all reports of the agencies that changed were written; none if not.

    Returns:
        The files that differ; tables of which rows of before were taken.
    """
    now, anew = to / "now", to / "anew"
    now.mkdir()
    for name in FILES:
        shutil.copy(first / name, now / name)
    with closing(sqlite3.connect(now / FILES[0])) as db, db:
        assert db.execute(sql).rowcount
    shutil.copytree(now, anew)
    was, then = contents(first), contents(now)
    parts = {name for name in {*was.said, *then.said} if was.said.get(name) != then.said.get(name)}
    written = frozenset(report for report in _reports(first, now) if part_of(report) in parts)
    upon = Upon(was, written if writes else frozenset(), frozenset({2022}))
    taken = set[str]()

    def noted(desk: Desk, part: Part, span: Span, known: Known) -> Part | None:
        found = renewed(desk, part, span, known)
        if found:
            taken.add(found.table)
        return found

    renewed = Desk._renewed
    with mock.patch.object(Desk, "_renewed", noted):
        known = Contents(then.said, then.said, then.said, then.said, upon)
        write_files(now, MANIFEST, first, known, 1)
    write_files(anew, MANIFEST, None, then, 1)
    return differing_files(anew, now), taken


def _reports(*releases: Path) -> set[str]:
    found: set[str] = set()
    for release in releases:
        with reading(release / FILES[0]) as db:
            found.update(report for (report,) in db.execute("SELECT report_id FROM _reports"))
    return found


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        (f"UPDATE _reports SET failed = 4711 WHERE report_id = {REPORT}", WIDE | COUNTING),
        (f"UPDATE figures SET t3_granted_total = 987654 WHERE version_id = {VERSION}",
         WIDE | COUNTING),
        (f"DELETE FROM _findings WHERE version = {FOUND}", WIDE | COUNTING),
        # How many reports are made together, only who makes all of them knows.
        (f"DELETE FROM figures WHERE version_id = {VERSION}", COUNTING),
    ],
)  # fmt: skip
def test_the_same_bytes_as_if_all_rows_were_made(
    first: Path, tmp_path: Path, sql: str, tables: set[str]
) -> None:
    differing, taken = patched(first, tmp_path, sql)
    assert differing == []
    assert taken - WIDE == tables - WIDE
    assert (taken >= WIDE) == (tables >= WIDE)


def test_where_only_findings_differ_times_are_not_looked_through_again(
    first: Path, tmp_path: Path
) -> None:
    asked: list[str] = []

    def noted(db: sqlite3.Connection, table: Table, span: Span) -> str:
        asked.append(f"{table.name} {span.name}")
        return volatile(db, table, span)

    sql = f"DELETE FROM _findings WHERE version = {FOUND}"
    for writes, looked in ((True, {f"sources {AGENCY}"}), (False, set())):
        (folder := tmp_path / str(writes)).mkdir()
        asked.clear()
        with mock.patch("archive.release.files.pieces.volatile", noted):
            assert patched(first, folder, sql, writes=writes)[0] == []
        of_parts = Counter(each for each in asked if each.startswith("sources "))
        # All of them once by who makes everything.
        assert {each for each, count in of_parts.items() if count > 1} == looked


def test_as_many_rows_of_other_reports_stand_elsewhere(first: Path) -> None:
    """In a table without groups of its own, others may have been made together with them."""
    with reading(first / FILES[0], text=first / FILES[1]) as db:
        table = next(each for each in tables_of(db, wide_forms(db)) if each.name == "wide_2021")
        prior = prior_rows(first, read_parts(first)["wide_2021", AGENCY], table)
    assert prior
    ids = prior.rows.typed["report_id"].to_pylist()
    name = part_of(ids[-1])
    start = next(at for at, each in enumerate(ids) if part_of(each) == name)
    own = Rows(prior.rows.typed.slice(start), prior.rows.lines[start:])
    same = renewed(prior, table, [name], lambda _: own)
    assert same is not None
    assert [len(group.lines) for group in same] == list(prior.groups)
    others = pa.array([*ids[start:-1], f"{name}-2099"])
    typed = own.typed.set_column(0, own.typed.schema.field(0), others)
    assert renewed(prior, table, [name], lambda _: own._replace(typed=typed)) is None


def test_of_a_part_without_rows_all_are_new(first: Path) -> None:
    with reading(first / FILES[0], text=first / FILES[1]) as db:
        table = next(each for each in tables_of(db, wide_forms(db)) if each.name == "wide_2021")
    empty = Part("wide_2021", "none", "", "", 0)
    prior = prior_rows(first, empty, table)
    assert prior is not None
    nothing = rows_of(table, ())
    assert renewed(prior, table, ["a-b"], lambda _: nothing) == []
    known = prior_rows(first, read_parts(first)["wide_2021", AGENCY], table)
    assert known is not None
    assert renewed(prior, table, ["a-b"], lambda _: known.rows) is None


def test_where_many_agencies_say_something_else_all_rows_are_made(
    first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.release.files.pieces.MOST", 0)
    sql = f"UPDATE _reports SET failed = 4711 WHERE report_id = {REPORT}"
    assert patched(first, tmp_path, sql) == ([], set())


@pytest.mark.parametrize("way", ["parquet", "csv", "gone", "rows", "state"])
def test_rows_that_are_not_what_they_were_are_made(first: Path, tmp_path: Path, way: str) -> None:
    sql = f"UPDATE _reports SET failed = 4711 WHERE report_id = {REPORT}"
    part = read_parts(first)["reports", AGENCY]
    with reading(first / FILES[0], text=first / FILES[1]) as db:
        table = next(each for each in tables_of(db, wide_forms(db)) if each.name == "reports")
    assert prior_rows(first, part, table)
    listed = first / "parts.json"
    if way in ("parquet", "csv"):
        path = first / (part.path if way == "parquet" else "csv/reports.csv.gz")
        spoilt = bytearray(path.read_bytes())
        spoilt[part.offset + part.size - 9 if way == "csv" else -9] ^= 1
        path.write_bytes(spoilt)
        assert prior_rows(first, part, table) is None
    elif way == "gone":
        (first / part.path).unlink()
        assert prior_rows(first, part, table) is None
    elif way == "rows":
        text = listed.read_text("utf-8")
        listed.write_text(text.replace(f'"rows": {part.rows}', f'"rows": {part.rows + 1}'))
        assert prior_rows(first, read_parts(first)["reports", AGENCY], table) is None
    else:
        listed.write_text(listed.read_text("utf-8").replace(part.state, "0" * 64))
    differing, taken = patched(first, tmp_path, sql)
    assert differing == []
    assert "reports" not in taken


def _set(column: str, value: str, report: str) -> str:
    version = (
        f"(SELECT v.version_id FROM _reports r JOIN _versions v ON v.n = r.n WHERE r.{report})"
    )
    return f'UPDATE figures SET "{column}" = {value} WHERE version_id = {version}'


ONE, OTHER = (f"report_id = (SELECT min(report_id) FROM _reports WHERE form = '2019' "
              f"AND report_id GLOB '990000-{each}*')" for each in "ab")  # fmt: skip


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ([], []),
        ([], [("{0}", "7", ONE)]),  # one that was written prints it first
        ([("{0}", "7", ONE)], [("{0}", "NULL", ONE)]),  # and nobody any more
        ([("{0}", "7", ONE), ("{0}", "8", OTHER)], [("{0}", "NULL", ONE)]),  # but another does
        ([("{0}", "7", OTHER)], [("{1}", "7", ONE)]),
    ],
)
def test_the_columns_of_a_form_are_those_that_asking_all_reports_gives(
    first: Path, tmp_path: Path, then: list[tuple[str, ...]], now: list[tuple[str, ...]]
) -> None:
    (before := tmp_path / "before").mkdir()
    (after := tmp_path / "after").mkdir()
    with reading(first / FILES[0]) as db:
        names = _strange(lines(db))["2019"][3:5]
        ((written,),) = db.execute(f"SELECT report_id FROM _reports WHERE {ONE}")
    for folder, source, changes in ((before, first, then), (after, before, now)):
        for name in FILES:
            shutil.copy(source / name, folder / name)
        with closing(sqlite3.connect(folder / FILES[0])) as db, db:
            for column, *rest in changes:
                assert db.execute(_set(column.format(*names), *rest)).rowcount == 1
    write_sums(before, write_files(before, MANIFEST, None, contents(before), 1))
    with reading(after / FILES[0]) as db:
        wanted, found = wide_forms(db), wide_forms_upon(db, before, {written})
        assert found is not None
        assert [(x.form, x.figures) for x in found] == [(x.form, x.figures) for x in wanted]
        assert all(x.count >= y.count for x, y in zip(found, wanted, strict=True))
        spoilt = before / next(
            each.path for each in read_parts(before).values() if each.table == "wide_2019"
        )
        spoilt.write_bytes(spoilt.read_bytes()[:-1])
        assert wide_forms_upon(db, before, {written}) is None
        (before / "parts.json").unlink()
        assert wide_forms_upon(db, before, {written}) is None


def test_a_form_in_which_no_report_is_written_any_more(first: Path, tmp_path: Path) -> None:
    for name in FILES:
        shutil.copy(first / name, tmp_path / name)
    with reading(first / FILES[0]) as db:
        gone = {
            each for (each,) in db.execute("SELECT report_id FROM _reports WHERE form = '2019'")
        }
    with closing(sqlite3.connect(tmp_path / FILES[0])) as db, db:
        db.execute("UPDATE _reports SET form = '2021' WHERE form = '2019'")
    write_sums(first, {})
    with reading(tmp_path / FILES[0]) as db:
        found = wide_forms_upon(db, first, gone)
        assert [each.form for each in found or ()] == ["2021"] == [x.form for x in wide_forms(db)]


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=6))
def test_records_of_csv_are_told_apart(rows: list[tuple[str, str]]) -> None:
    columns = [pa.array([row[at] for row in rows], pa.string()) for at in range(2)]
    text = bytes(csv_rows([Column(each, each) for each in columns]))
    found = records(text)
    assert b"".join(found) == text
    assert records(text, len(rows)) == found
    assert [next(csv.reader(io.StringIO(each.decode(), newline=""))) for each in found] == [
        list(row) for row in rows
    ]
