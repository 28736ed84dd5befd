"""The files of a release with many reports: tables in parts, taken over where nothing changed."""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from archive.contentparts import parts as content_parts
from archive.contentparts import parts_without as content_parts_without
from archive.deposit.parts import write_data
from archive.manifest import FILES, reading
from archive.release.contents import NOT_COUNTED, Contents
from archive.release.files import divided, spans, write_files
from archive.release.files.forms import wide_forms
from archive.release.files.page import _COVERAGE
from archive.release.files.partfiles import MEMBERS
from archive.release.files.partlist import read_parts
from archive.release.files.pieces import Desk, Known, Place, Task, tables_of
from archive.release.files.spans import WHOLE, Span
from archive.release.files.states import content_of_years, volatile
from archive.release.sums import verify, write_sums
from archive.root import DataRoot
from archive.site.whole import parted_tables, whole_files
from tests import synthetic
from tests.stored import SITE, Got, Run, article, build, keep, report_of

REPORTS = 84
PARTS = ("990000-a", "990000-b", "990000-c")
YEARS = range(2019, 2025)
DIVIDED = {
    "agency_years", "coverage", "current_findings", "reports", "sources", "tidy", "wide_2019",
    "wide_2021",
}  # fmt: skip
MANIFEST: dict[str, Any] = {
    "release": "20260101-000000-00000000", "content_hash": "0" * 64, "reader": "reader",
    "built_at": "2026-01-01T00:00:00Z", "fiction": True, "before": None,
    "counts": {"reports": REPORTS, "agencies": 84, "figures": 3, "versions": 4},
}  # fmt: skip


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release with a file a table."""
    folder = tmp_path_factory.mktemp("single")
    synthetic.write(folder, REPORTS)
    write_files(folder, MANIFEST, None)
    return folder


@pytest.fixture(autouse=True)
def _many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let few reports be many, and a part be the agencies of a letter."""
    monkeypatch.setattr(divided, "MANY", REPORTS - 1)
    monkeypatch.setattr(spans, "SHARED", 8)


@pytest.fixture(scope="module")
def first(single: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The same release in parts."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(divided, "MANY", REPORTS - 1)
        patched.setattr(spans, "SHARED", 8)
        yield made(single, tmp_path_factory.mktemp("first"), None)


def made(databases: Path, folder: Path, before: Path | None, processes: int = 1) -> Path:
    for name in FILES:
        shutil.copy(databases / name, folder / name)
    known = write_files(folder, MANIFEST, before, contents(folder), processes)
    (folder / "manifest.json").write_text(json.dumps(MANIFEST), "utf-8")
    write_sums(folder, known)
    verify(folder)
    return folder


def contents(folder: Path) -> Contents:
    return Contents.of_all(content_parts([folder / name for name in FILES], 1))


def changed(release: Path, to: Path, sql: str) -> Path:
    """A release's databases with something else in them."""
    for name in FILES:
        shutil.copy(release / name, to / name)
    with closing(sqlite3.connect(to / FILES[0])) as db, db:
        assert db.execute(sql).rowcount == 1
    return to


def taken_over(folder: Path, before: Path) -> set[str]:
    """Parts that are the same file in both."""
    return {
        path.relative_to(folder / "parquet").with_suffix("").as_posix()
        for path in folder.glob("parquet/*/*.parquet")
        if (other := before / path.relative_to(folder)).exists() and path.samefile(other)
    }


def every(*but: str) -> set[str]:
    """All parts; those of coverage are years."""
    names = {f"{table}/{part}" for table in DIVIDED - {"coverage"} for part in PARTS}
    return (names | {f"coverage/{year}" for year in YEARS}) - set(but)


def test_parts_are_the_same_tables_as_single_files(single: Path, first: Path) -> None:
    assert {path.name for path in (first / "parquet").iterdir() if path.is_dir()} == DIVIDED
    for path in sorted((single / "parquet").iterdir()):
        other = first / "parquet" / path.name
        whole = pq.read_table(other if other.exists() else other.with_suffix(""))
        assert whole.schema.equals(pq.read_schema(path), check_metadata=True), path.name
        assert whole.equals(pq.read_table(path)), path.name
    for path in sorted((single / "csv").iterdir()):
        other = first / "csv" / path.name
        if path.stem == "tidy":
            assert not list(first.glob("csv/tidy*"))
        elif path.stem in DIVIDED:
            assert gzip.decompress(other.with_suffix(".csv.gz").read_bytes()) == path.read_bytes()
        else:
            assert other.read_bytes() == path.read_bytes()


def test_many_processes_write_the_same_files(first: Path, tmp_path: Path) -> None:
    twice = made(first, tmp_path, None, processes=2)
    assert (twice / "SHA256SUMS").read_bytes() == (first / "SHA256SUMS").read_bytes()


def test_what_did_not_change_is_taken_over(first: Path, tmp_path: Path) -> None:
    (same := tmp_path / "same").mkdir()
    made(first, same, first)
    assert taken_over(same, first) == every()
    sums = (first / "SHA256SUMS").read_text().splitlines()
    assert {*(same / "SHA256SUMS").read_text().splitlines()} ^ {*sums} == {
        line
        for folder in (first, same)
        for line in (folder / "SHA256SUMS").read_text().splitlines()
        if line.endswith(("  CHANGES.md", "  index.html", "  datapackage.json"))
    }


def test_a_figure_that_changed_is_written_in_its_part_alone(first: Path, tmp_path: Path) -> None:
    (database := tmp_path / "database").mkdir()
    (second := tmp_path / "second").mkdir()
    (anew := tmp_path / "anew").mkdir()
    which = "SELECT min(version_id) FROM figures WHERE version_id GLOB '990000-b*-2022.v1'"
    sql = f"UPDATE figures SET t3_granted_total = 987654 WHERE version_id = ({which})"
    changed(first, database, sql)
    made(database, second, first)
    concerned = {f"{table}/990000-b" for table in DIVIDED}
    assert taken_over(second, first) == every(*concerned)
    made(database, anew, None)
    for path in sorted(second.glob("*/**/*.*")):
        assert path.read_bytes() == (anew / path.relative_to(second)).read_bytes(), path
    (value,) = pq.read_table(
        second / "parquet/tidy", filters=[("printed", "==", "987654")], columns=["value"]
    )["value"].to_pylist()
    assert value == 987654


def test_of_another_finding_the_file_of_findings_alone_is_written(
    first: Path, tmp_path: Path
) -> None:
    known = contents(first)
    others = dict.fromkeys(known.said, "0" * 64)
    (second := tmp_path / "second").mkdir()
    for name in FILES:
        shutil.copy(first / name, second / name)
    write_files(second, MANIFEST, first, Contents(others, known.files, known.counts, others), 1)
    findings = {f"current_findings/{part}" for part in PARTS}
    assert taken_over(second, first) == every(*findings)


def test_files_say_nothing_of_what_they_are_not_written_again_for(
    first: Path, tmp_path: Path
) -> None:
    """SQLite itself tells what the rows of each file are taken from."""
    asked: set[str | None] = set()

    def noted(action: int, table: str | None, *_: str | None) -> int:
        if action == sqlite3.SQLITE_READ:
            asked.add(table)
        return sqlite3.SQLITE_OK

    found = {}
    with reading(first / FILES[0], text=first / FILES[1]) as db:
        place = Place(first, tmp_path, None, tuple(wide_forms(db)))
        db.set_authorizer(noted)
        desk = Desk(db, place)
        for name in ("parquet", MEMBERS):
            (tmp_path / name).mkdir()
        for table in DIVIDED:
            (tmp_path / "parquet" / table).mkdir()
            asked.clear()
            assert desk.do(Task({table: Known()}, WHOLE)).parts[0].rows
            found[table] = asked & {"_findings", "_finding_more", "findings", "duplicates"}
    assert found.pop("current_findings") >= {"_findings"}
    assert not any(found.values())


def test_of_other_counts_of_findings_the_files_that_tell_them_are_written(
    first: Path, tmp_path: Path
) -> None:
    """The same files as if all were written, and no more than those that say something else."""
    for name in ("database", "second", "anew"):
        (tmp_path / name).mkdir()
    which = "(SELECT n FROM _versions WHERE version_id GLOB '990000-b*-2022.v1' LIMIT 1)"
    counts = (each.removeprefix("reports.") for each in NOT_COUNTED if "." in each)
    sets = ", ".join(f"{name} = {900 + at}" for at, name in enumerate(sorted(counts)))
    changed(first, tmp_path / "database", f"UPDATE _reports SET {sets} WHERE n = {which}")
    names = [tmp_path / "database" / name for name in FILES]
    was, now = contents(first), contents(tmp_path / "database")
    assert was != now
    (files,) = content_parts_without((NOT_COUNTED,), names, 1)
    assert files == content_parts_without((NOT_COUNTED,), [first / each for each in FILES], 1)[0]
    for folder, before in ((tmp_path / "second", first), (tmp_path / "anew", None)):
        for name in FILES:
            shutil.copy(tmp_path / "database" / name, folder / name)
        known = Contents(now.said, was.files, now.counts, was.findings)
        write_files(folder, MANIFEST, before, known, 1)
    told = {f"{name}/990000-b" for name in ("reports", "agency_years", "wide_2019", "wide_2021")}
    assert taken_over(tmp_path / "second", first) == every(*told)
    for path in (tmp_path / "second").glob("*/**/*.*"):
        other = tmp_path / "anew" / path.relative_to(tmp_path / "second")
        assert path.read_bytes() == other.read_bytes(), path


def test_a_later_look_is_written_though_no_content_is_another(first: Path, tmp_path: Path) -> None:
    (database := tmp_path / "database").mkdir()
    (second := tmp_path / "second").mkdir()
    sql = (
        "UPDATE _sources SET last_seen = 1790000000000 WHERE (version, number) = (SELECT n, 1 FROM "
        "_versions WHERE version_id = (SELECT min(version_id) FROM _versions "
        "WHERE version_id GLOB '990000-c*'))"
    )
    changed(first, database, sql)
    assert contents(database) == contents(first)
    made(database, second, first)
    assert taken_over(second, first) == every("sources/990000-c")


@pytest.mark.parametrize(
    ("sql", "but"),
    [
        ("UPDATE _versions SET published = '2023-03-31' WHERE n = {n}", {"2022"}),
        ("UPDATE _sources SET captured_at = 1790000000000 WHERE version = {n} AND number = 1",
         {"2022"}),
        ("UPDATE _reports SET status = 'needs_ocr' WHERE n = {n}", {"2022"}),
        ("UPDATE agencies SET level = 'province' WHERE agency_id = '{agency}'", {*map(str, YEARS)}),
        ("UPDATE agencies SET last_year = 1999 WHERE agency_id = '{agency}'", set()),
        ("INSERT INTO _reach VALUES ('990000', 'blocked', 'blocked', 1, NULL)", {*map(str, YEARS)}),
        ("INSERT INTO _years VALUES (2017)", set()),
    ],
)  # fmt: skip
def test_of_coverage_a_year_is_written_that_says_something_else(
    first: Path, tmp_path: Path, sql: str, but: set[str]
) -> None:
    (database := tmp_path / "database").mkdir()
    (second := tmp_path / "second").mkdir()
    asked = "SELECT n, agency_id FROM _reports WHERE year = 2022 AND status = 'read' LIMIT 1"
    with reading(first / FILES[0]) as db:
        ((n, agency),) = db.execute(asked)
    changed(first, database, sql.format(n=n, agency=agency))
    made(database, second, first)
    taken = {name for name in taken_over(second, first) if name.startswith("coverage/")}
    assert taken == {f"coverage/{year}" for year in YEARS} - {f"coverage/{each}" for each in but}
    with reading(second / FILES[0]) as db:
        (count,) = db.execute("SELECT count(*) FROM coverage").fetchone()
        (year,) = db.execute("SELECT min(year) FROM coverage").fetchone()
    table = pq.read_table(second / "parquet/coverage")
    assert table.num_rows == count
    assert table["year"][0].as_py() == year


def test_all_that_coverage_rests_on_decides_whether_it_is_written(
    first: Path, tmp_path: Path
) -> None:
    """SQLite itself tells what its rows are taken from, and what is digested."""
    asked: set[tuple[str | None, str | None]] = set()

    def noted(action: int, table: str | None, column: str | None, *_: str | None) -> int:
        if action == sqlite3.SQLITE_READ:
            asked.add((table, column))
        return sqlite3.SQLITE_OK

    with reading(first / FILES[0], text=first / FILES[1]) as db:
        desk = Desk(db, Place(first, tmp_path, None, ()))
        for name in ("parquet/coverage", MEMBERS):
            (tmp_path / name).mkdir(parents=True)
        (span,) = [each for each in spans.years(db) if each.name == "2022"]
        db.set_authorizer(noted)
        assert desk.do(Task({"coverage": Known()}, span)).parts[0].rows
        rests = asked - {("coverage", column) for _, column in asked}
        asked.clear()
        (table,) = [each for each in tables_of(db, ()) if each.name == "coverage"]
        assert content_of_years(db)
        assert volatile(db, table, span)
    assert ("_reports", "status") in rests
    # A span names its years; who reports stands in the id.
    rests = {each for each in rests if each[0] != "_years"} - {("_reports", "agency_id")}
    assert rests <= asked


def test_a_damaged_part_is_written_anew(first: Path, tmp_path: Path) -> None:
    (before := tmp_path / "before").mkdir()
    (second := tmp_path / "second").mkdir()
    shutil.copytree(first, before, dirs_exist_ok=True)
    for name in ("parquet/tidy/990000-b.parquet", "csv/wide_2021.csv.gz"):
        spoilt = bytearray((before / name).read_bytes())
        spoilt[-9] ^= 1
        (before / name).write_bytes(spoilt)
    made(first, second, before)
    last = [part for (table, _), part in read_parts(first).items() if table == "wide_2021"][-1]
    assert taken_over(second, before) == every("tidy/990000-b", f"wide_2021/{last.name}")
    for name in ("parquet/tidy/990000-b.parquet", "csv/wide_2021.csv.gz"):
        assert (second / name).read_bytes() == (first / name).read_bytes()


def test_the_files_tell_that_tables_lie_in_parts(first: Path, tmp_path: Path) -> None:
    package = json.loads((first / "datapackage.json").read_text("utf-8"))
    (tidy,) = [each for each in package["resources"] if each["name"] == "parquet-tidy"]
    assert tidy["path"] == [f"parquet/tidy/{part}.parquet" for part in PARTS]
    assert [part["path"] for part in tidy["parts"]] == tidy["path"]
    assert "parts.json" in [each["path"] for each in package["resources"]]
    page = (first / "index.html").read_text("utf-8")
    assert "parquet/tidy/</a>（3 个文件）" in page
    assert "pd.read_parquet" in page
    assert "tidy.csv" not in page
    assert "Parquet 分为 3 个文件" in (first / "dictionary.csv").read_text("utf-8")
    listed = whole_files(first)
    (table,) = [each for each in parted_tables(listed) if each.name == "parquet/tidy"]
    assert (table.files, table.text) == (3, tidy["title"])
    assert table.size == tidy["bytes"]
    for part in write_data(first, tmp_path):
        assert part.size


def test_the_page_counts_what_the_view_says(first: Path) -> None:
    asked = """SELECT year, count(*), sum(report_id IS NOT NULL), sum(status = 'read'),
        sum(report_id IS NULL) FROM coverage GROUP BY 1 ORDER BY 1"""
    with reading(first / FILES[0]) as db:
        assert db.execute(_COVERAGE).fetchall() == db.execute(asked).fetchall()


def test_a_build_takes_over_what_the_release_before_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(divided, "MANY", 0)
    monkeypatch.setattr("archive.build.processes_for", lambda _: 1)
    root = DataRoot(tmp_path / "data")
    keep(root, Run([got("审计局"), got("教育局")]))
    assert build(root, files=True).is_new
    before = root.current.resolve()
    keep(root, Run([got("审计局"), got("教育局"), got("审计局", 2020)]))
    assert build(root, files=True).is_new
    now = root.current.resolve()
    verify(now)
    names = [path.stem for path in now.glob("parquet/tidy/*")]
    assert sorted(names) == ["990100-a", "990100-e"]
    # The education bureau's page was only looked at again.
    assert {name for name in taken_over(now, before) if "-e" not in name} == {"coverage/2022"}
    assert {"tidy/990100-e", "reports/990100-e"} <= taken_over(now, before)
    assert "sources/990100-e" not in taken_over(now, before)
    shutil.rmtree(before)  # as pruning does
    verify(now)


def got(name: str, year: int = 2022) -> Got:
    agency = f"示例市{name}"
    title = f"{agency}{year}年政府信息公开工作年度报告"
    return Got(f"{SITE}/{ord(name[0])}-{year}.html", article(report_of(year, agency)), title)


def test_spans_hold_every_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spans, "SHARED", 6)
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE agencies (agency_id)")
        assert spans.spans(db) == [WHOLE]
        ids = ["990000-a", "990000-b", "990100-a", "cn-省", "u-9f2", "u-9f3"]
        db.executemany("INSERT INTO agencies VALUES (?)", [(each,) for each in ids])
        found = spans.spans(db)
    assert found == [
        Span("990000", "", "990100"), Span("990100", "990100", "cn-省"),
        Span(f"x{'cn-省'.encode().hex()}", "cn-省", "u-9"), Span("u-9", "u-9", ""),
    ]  # fmt: skip
    assert [each.where("id") for each in found[::3]] == [
        (" WHERE id < ?", ("990100",)),
        (" WHERE id >= ?", ("u-9",)),
    ]
