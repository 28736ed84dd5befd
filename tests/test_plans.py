"""How SQLite answers what a country would make slow: known without data and statistics.

A view that joins tables, on the right of a LEFT JOIN, is worked out for all reports first; and
agencies that find their governments by no key are held against every one of them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

import pytest
from sqlite_utils import Database

from archive import schema
from archive.checks import current
from archive.checks.running import CHECKS
from archive.site import corrections_page, json_agencies, past


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """The tables of a release, with nothing in them; text.db as `text`."""
    nianbao, text = Database(memory=True), Database(memory=True)
    schema.create(nianbao, text)
    nianbao.conn.execute("ATTACH ':memory:' AS text")
    for (sql,) in text.conn.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"):
        if sql.startswith("CREATE TABLE") and "_search" not in sql:
            nianbao.conn.execute(sql.replace("CREATE TABLE ", "CREATE TABLE text.", 1))
    yield nianbao.conn
    nianbao.close()


def plan(db: sqlite3.Connection, sql: str) -> list[str]:
    """What SQLite would do, a line a step; values that a statement asks for are NULL."""
    return [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}")]


def asked(db: sqlite3.Connection, question: Callable[[sqlite3.Connection], object]) -> list[str]:
    """The statements that a question runs, values filled in."""
    found: list[str] = []
    db.set_trace_callback(found.append)
    try:
        question(db)
    finally:
        db.set_trace_callback(None)
    return [sql for sql in found if not sql.startswith("--")]


def test_no_page_works_out_all_reports_to_join_a_few(db: sqlite3.Connection) -> None:
    db.execute(
        "INSERT INTO agencies (agency_id, name, resolved, reports) VALUES ('a-b', '甲', 1, 0)"
    )
    listed = {"state": "", "year": None, "limit": 1, "offset": 0}
    pages = (
        lambda db: past.latest(db, 6),
        past.count,
        lambda db: corrections_page._listed(db, listed),
        lambda db: json_agencies._agency(db, "a-b"),
    )
    for page in pages:
        statements = asked(db, page)
        assert statements
        for sql in statements:
            assert not any("MATERIALIZE" in step for step in plan(db, sql)), sql


def test_agencies_find_their_government_by_a_key(db: sqlite3.Connection) -> None:
    with current.prepared(db):
        steps = plan(db, current._MEMBERS.partition("members AS\n")[2])
    assert [step for step in steps if "SCAN" in step or "AUTOMATIC" in step] == ["SCAN a"] * 2


def test_copies_are_found_in_one_pass(db: sqlite3.Connection) -> None:
    with current.prepared(db):
        statements = asked(db, lambda db: list(CHECKS["C24"](db)))
        by_digest = [sql for sql in statements if "_sha256" in sql]
        assert len(by_digest) == 2, "one for the figures and one for the text"
        for sql in by_digest:
            steps = plan(db, sql)
            assert [s for s in steps if "SCAN" in s] == ["SCAN c", "SCAN temp.current"], steps
            assert not any("CORRELATED" in step for step in steps)
