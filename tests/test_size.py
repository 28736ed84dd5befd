"""How small a release is, and what its content hash does and does not see."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archive.contenthash import content_hash
from archive.manifest import FILES
from archive.printed import pack_places, unpack_places
from extract.checks import run_checks
from extract.types import Figure
from tests import synthetic

REPORTS = 1620
#: `make bench ONLY=archive` has the figure for 100,000 reports.
BOUND = 1024


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of many synthetic reports."""
    folder = tmp_path_factory.mktemp("country")
    synthetic.write(folder, REPORTS)
    return folder


#: Half-filled pages count little, and sums by kind not at all: they are as many for 100,000.
REPACK = """DROP TABLE _kind_sums; DROP TABLE _kind_sums_blank0; PRAGMA page_size = 4096; VACUUM"""


def size(folder: Path) -> int:
    repacked = shutil.copy(folder / FILES[0], folder / "repacked.db")
    with closing(sqlite3.connect(repacked)) as db:
        db.executescript(REPACK)
    return repacked.stat().st_size


def test_a_report_takes_less_than_a_kilobyte(country: Path, tmp_path: Path) -> None:
    few = REPORTS // 4  # what is there for one report, too, does not count
    synthetic.write(tmp_path, few)
    assert (size(country) - size(tmp_path)) / (REPORTS - few) < BOUND


def test_the_synthetic_country_is_like_a_real_one(country: Path) -> None:
    with closing(sqlite3.connect(country / FILES[0])) as db:
        ((reports, agencies),) = db.execute(
            "SELECT count(*), count(DISTINCT agency_id) FROM reports"
        ).fetchall()
        assert (reports, agencies) == (REPORTS, REPORTS / len(synthetic.YEARS))
        ((idle,),) = db.execute(
            "SELECT avg(办理总计 IS 0 OR 办理总计 IS NULL AND 本年新收 IS NULL) FROM report_totals"
        )
        assert 0.5 < idle < 0.65
        ((title, url, agency),) = db.execute(
            "SELECT avg(length(title)), avg(length(url)), avg(length(agency)) FROM reports"
        )
        assert (title, url, agency) > (20, 70, 6)
        assert db.execute("SELECT count(*) FROM figure_notes").fetchone()[0] > 8 * REPORTS
        assert db.execute("SELECT count(*) FROM findings").fetchone()[0] > 2 * REPORTS
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    kept = [synthetic.report_of(i) for i in range(1, 60) if i % 30 and i % 25]
    assert not [f for report in kept for f in report.findings if f.status == "fail"]
    assert run_checks(kept[0])[1] == kept[0].passes > 30


INDEXED = {
    "reports": ("report_id", "agency_id"),
    "versions": ("report_id", "version_id"),
    "sources": ("version_id",),
    "figure_notes": ("version_id",),
    "findings": ("report_id", "version_id"),
    "current_findings": ("report_id",),
    "report_totals": ("report_id",),
    "amounts_in_yuan": ("report_id",),
    "coverage": ("agency_id",),
    "figures": ("version_id",),
}


@pytest.mark.parametrize("table", INDEXED)
def test_look_ups_use_an_index(country: Path, table: str) -> None:
    with closing(sqlite3.connect(country / FILES[0])) as db:
        for column in INDEXED[table]:
            sql = f"EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE {column} = 'x'"
            scans = [r[3] for r in db.execute(sql) if "SCAN" in r[3] or "AUTOMATIC" in r[3]]
            assert scans in ([], ["SCAN y"]), column  # the few years of coverage


# -- content hash ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of a few synthetic reports."""
    folder = tmp_path_factory.mktemp("town")
    synthetic.write(folder, 60)
    return folder


@pytest.fixture
def hash_after(town: Path, tmp_path: Path) -> Callable[..., str]:
    """The content hash of a copy of the town after some statements."""

    def hashed(*statements: str, file: str = FILES[0]) -> str:
        for name in FILES:
            shutil.copy(town / name, tmp_path / name)
        with closing(sqlite3.connect(tmp_path / file)) as db, db:
            for statement in statements:
                db.execute(statement)
        return content_hash(*(tmp_path / name for name in FILES))

    return hashed


@pytest.fixture(scope="module")
def plain(town: Path) -> str:
    """The content hash of the town as it is."""
    return content_hash(*(town / name for name in FILES))


CHANGE = (
    "INSERT INTO changes (change_id, report_id, number, kind, cause, url, seen_after, cells)"
    " VALUES ('x.c1', 'x', 1, 'text', '{}', 'u', '2026', '{{}}')"
)


def test_the_hash_does_not_see_numbers_times_and_records(
    hash_after: Callable[..., str], plain: str
) -> None:
    shift = (
        ("_reports", "n"),
        ("_sources", "version"),
        ("_notes", "version"),
        ("_findings", "version"),
        ("_finding_more", "version"),
        ("_finding_more", "related"),
    )
    assert plain == hash_after(
        "UPDATE _versions SET n = n + 5000000",
        *(f"UPDATE {table} SET {column} = {column} + 5000000" for table, column in shift),
        "UPDATE _sources SET captured_at = 'once', last_seen = 'twice', record_id = 'x'",
        "UPDATE _sources SET warc_offset = 0",
        CHANGE.format("reader"),
        "INSERT INTO id_history VALUES ('a', 'b', 'report', 'identified', 'r')",
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE _versions SET title = 'x' WHERE n = 7",
        "UPDATE _versions SET pictures = 3 WHERE n = 7",
        "UPDATE _words SET word = word || 'x' WHERE n = 2",
        "UPDATE figures SET t3_granted_total = 12345 WHERE version_id LIKE '%-2021.v1'",
        "UPDATE _notes SET last = last - 1 WHERE last > first",
        'UPDATE _findings SET "left" = 3 WHERE number = 1',
        "DELETE FROM _sources WHERE version = 9",
        "UPDATE agencies SET kind_name = 'x'",
        CHANGE.format("page"),
    ],
)
def test_the_hash_sees_what_is_said(
    hash_after: Callable[..., str], plain: str, statement: str
) -> None:
    assert hash_after(statement) != plain


def test_the_hash_sees_a_printed_text(
    hash_after: Callable[..., str], plain: str, town: Path
) -> None:
    with closing(sqlite3.connect(town / FILES[1])) as db:
        (version_id, packed) = db.execute("SELECT version_id, places FROM locators").fetchone()
    figures = [Figure("t2", "x", key, each.printed, None, "reported", None, each.place)
               for key, each in unpack_places(packed).items()]  # fmt: skip
    changed = pack_places((*figures[:-1], Figure("t2", "x", "y", "1,0", 10, "reported")))
    where = f"WHERE version_id = '{version_id}'"
    set_to = f"UPDATE locators SET places = x'{changed.hex()}' {where}"
    assert hash_after(set_to, file=FILES[1]) != plain
