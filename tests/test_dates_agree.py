"""Deadlines, days late and first sight mean one thing in `timeliness`, `coverage` and `frame`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from archive.agencies.kinds import all_kinds
from archive.deadlines import deadline_rows
from archive.frame import count_frame, expected_rows
from archive.histories import Gathered
from archive.release.files.frame import frame_table
from archive.schema.words import COLUMNS
from tests.rate_release import Release

DISTRICT, ZONE, KINMEN = "990102", "990171", "350527"
ZONES = {"parent_id": "990171-devzone"}
#: Agency id, scope, more of the agency, printed date, role and time of the capture, and what
#: is due: deadline, days late, first seen, first sight after the deadline.
CASES: list[tuple[str, str, dict[str, Any], str, str, str, tuple[Any, ...]]] = [
    ("990102-finance", "own", {}, "2023-02-06", "article", "2023-01-31T15:59:00.000Z",
     ("2023-01-31", 6, "2023-01-31T15:59:00.000Z", 0)),
    # Midnight in China is at 16:00 UTC.
    ("990102-audit", "own", {}, "2023-01-17", "article", "2023-01-31T16:01:00.000Z",
     ("2023-01-31", 0, "2023-01-31T16:01:00.000Z", 1)),
    # An import is no first sight of a page.
    ("990102-health", "own", {}, "2023-02-03", "import", "2023-01-11T08:00:00.000Z",
     ("2023-01-31", 3, None, None)),
    ("990102-government", "aggregate", {"org_form": "government"}, "2023-04-02", "article",
     "2023-05-01T08:00:00.000Z", ("2023-03-31", 2, "2023-05-01T08:00:00.000Z", 1)),
    # What the law has no date for.
    ("990102-tax", "own", {"is_vertical": 1}, "2023-06-01", "article",
     "2023-06-02T08:00:00.000Z", (None, None, "2023-06-02T08:00:00.000Z", None)),
    ("990102-public_security", "own", {"org_form": "branch"}, "2023-06-03", "article",
     "2023-06-04T08:00:00.000Z", (None, None, "2023-06-04T08:00:00.000Z", None)),
    ("990171-finance", "own", ZONES, "2023-06-05", "article",
     "2023-06-06T08:00:00.000Z", (None, None, "2023-06-06T08:00:00.000Z", None)),
    ("990100-government", "own", {"org_form": "government"}, "2023-06-07", "article",
     "2023-06-08T08:00:00.000Z", (None, None, "2023-06-08T08:00:00.000Z", None)),
]  # fmt: skip
#: Not in the frame: a zone itself.
DEVZONE = ("990171-devzone", {"org_form": "devzone"})


@pytest.fixture(scope="module")
def db() -> Iterator[sqlite3.Connection]:
    made = Release()
    regions = [
        ("990100", "示例市", "prefecture", "地级市"), (DISTRICT, "示例区", "county", "市辖区"),
        (ZONE, "示例开发区", "county", "开发区"), (KINMEN, "金门县", "county", "县"),
        ("350526", "某县", "county", "县"),
    ]  # fmt: skip
    made.tables.add("regions", [
        {
            "region_code": code, "valid_from": 0, "valid_to": None, "name": name,
            "short_name": name[:-1], "level": level, "kind": kind, "parent_code": None,
            "province_code": f"{code[:2]}0000", "successor_code": None, "code_2020": None,
            "source": "invented",
        }
        for code, name, level, kind in regions
    ])  # fmt: skip
    made.tables.add("deadlines", deadline_rows())
    made.tables.add("_years", [{"year": year} for year in (2021, 2022)])
    others = [DEVZONE, ("350527-audit", {})]
    for agency_id, scope, more in [*(c[:3] for c in CASES), *((a, "own", m) for a, m in others)]:
        level = "prefecture" if agency_id.startswith("990100") else "county"
        made.agency(agency_id, agency_id, level, **more)
        made.report(agency_id, 2022, {}, scope=scope)
    done = made.finish()
    for agency_id, _, _, published, role, seen, _ in CASES:
        numbers = f"(SELECT n FROM _reports WHERE agency_id = '{agency_id}')"
        done.execute(f"UPDATE _versions SET published = ? WHERE n IN {numbers}", (published,))
        done.execute("INSERT INTO _words(word) SELECT ?1 WHERE ?1 NOT IN (SELECT word FROM _words)",
                     (role,))  # fmt: skip
        done.execute(
            "UPDATE _sources SET captured_at = ?, role = (SELECT n FROM _words WHERE word = ?) "
            f"WHERE version IN {numbers}", (seen, role),
        )  # fmt: skip
    count_frame(made.tables, Gathered())
    done.row_factory = None
    with closing(done):
        yield done


def of(db: sqlite3.Connection, view: str, agency_id: str, year: int = 2022) -> tuple[Any, ...]:
    late = "seen_late" if view == "timeliness" else "first_capture_late"
    (row,) = db.execute(
        f"SELECT deadline, days_late, first_seen, {late} FROM {view} "
        "WHERE agency_id = ? AND year = ?", (agency_id, year)
    ).fetchall()  # fmt: skip
    assert isinstance(row, tuple)
    return row


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_one_deadline_one_lateness_one_first_sight(db: sqlite3.Connection, case: Any) -> None:
    for view in ("timeliness", "coverage", "frame"):
        assert of(db, view, case[0]) == case[-1], view


def test_a_development_zone_has_no_deadline(db: sqlite3.Connection) -> None:
    assert of(db, "timeliness", DEVZONE[0])[0] is of(db, "coverage", DEVZONE[0])[0] is None


@pytest.mark.parametrize(
    ("agency_id", "deadline"),
    [
        # Neither has a report of that year; of these agencies more is known than their kind.
        ("990102-finance", "2022-01-31"), ("990102-government", "2022-03-31"),
        ("990102-public_security", None), ("990102-tax", None), ("990171-finance", None),
    ],
)  # fmt: skip
def test_what_is_due_without_a_report(
    db: sqlite3.Connection, agency_id: str, deadline: str | None
) -> None:
    assert of(db, "coverage", agency_id, 2021)[0] == of(db, "frame", agency_id, 2021)[0] == deadline


@pytest.mark.parametrize(
    ("cell", "deadline"),
    [("350526-tax", None), ("990171-audit", None), ("350526-audit", "2023-01-31")],
)
def test_cells_of_unknown_agencies(db: sqlite3.Connection, cell: str, deadline: str | None) -> None:
    assert of(db, "frame", cell)[0] == deadline


def test_local_kinds_of_the_frame_are_departments() -> None:
    """The law has a date for them, so that the frame may take the part for the body."""
    local = {str(row["kind"]) for row in expected_rows() if row["part"] == "local"}
    assert all(
        not all_kinds()[kind].is_vertical
        and all_kinds()[kind].form in ("government", "office", "department")
        for kind in local
    )


def test_columns_of_one_name_say_the_same() -> None:
    for column in ("deadline", "first_seen"):
        assert len({COLUMNS[v][column] for v in ("timeliness", "coverage", "frame")}) == 1
    for view in ("timeliness", "coverage", "frame"):
        assert "不晚为 0" in COLUMNS[view]["days_late"]
    assert "北京时间" in COLUMNS["timeliness"]["seen_late"]
    assert "北京时间" in COLUMNS["coverage"]["first_capture_late"]


def test_the_regulations_are_not_in_force_there(db: sqlite3.Connection) -> None:
    counted = "SELECT regions FROM _frame_size WHERE province_code = '350000' AND year = 2020"
    assert db.execute(counted).fetchall() == [(1,)]
    there = "SELECT DISTINCT region_code FROM frame WHERE province_code = '350000'"
    assert db.execute(there).fetchall() == [("350526",)]
    sql = "SELECT existence FROM coverage WHERE year = 2022 AND agency_id = ?"
    assert db.execute(sql, ("350527-audit",)).fetchall() == [("not_in_frame",)]
    assert db.execute(sql, ("990102-audit",)).fetchall() == [("certain",)]
    rows = [row for batch in frame_table(db).batches() for row in batch]
    assert {row[0] for row in rows if row[0].startswith("35")} == {"350526"}


def test_the_file_of_the_frame_says_what_it_leaves_out(db: sqlite3.Connection) -> None:
    table = frame_table(db)
    assert "不在此文件" in table.text
    unknown = [row for batch in table.batches() for row in batch if row[0] == "350526"]
    assert {(row[5], row[13]) for row in unknown} == {("local", "certain"), ("local", "likely")}
