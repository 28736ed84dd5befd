"""The question that chooses what an evidence export is about: one SELECT over the release."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import SelectionRefused

SECONDS = 60.0
#: Columns that name a version, whichever the question returns first.
_IDS = ("report_id", "version_id")
_FIGURE = "figure"
_HOW = (
    "return a column report_id or version_id, and figure too where single figures are cited: "
    '"SELECT report_id FROM reports WHERE year = 2023"'
)
#: What reading takes; everything else is refused.
_ALLOWED = (
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
)
#: Steps of SQLite's machine between two looks at the clock.
_STEPS = 10_000


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a question chose.

    Attributes:
        figures: Figures cited of each version, in the order of the answer; none where the
            question names none.
    """

    figures: dict[str, tuple[str, ...]]

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions."""
        return tuple(self.figures)


def choose(db: sqlite3.Connection, sql: str, seconds: float = SECONDS) -> Chosen:
    """Ask a release which versions are meant.

    Args:
        db: The release, as `open_release` gives it; from now on it answers SELECT alone.
        sql: The question. Its first column called `report_id` (its current version) or
            `version_id` counts, and beside it a column `figure`.
        seconds: How long it may take.

    Raises:
        SelectionRefused: It is no SELECT, fails, takes too long, returns no such column or
            no row, or names what the release does not hold.
    """
    names, rows = _answer(db, sql, seconds)
    column = next((name for name in names if name in _IDS), None)
    if column is None:
        told = ", ".join(names) or "nothing"
        raise SelectionRefused(f"the query returns {told}; {_HOW}")
    if not rows:
        raise SelectionRefused("the query returns no row, so there is nothing to export")
    lines = {row[0] for row in db.execute("SELECT figure FROM lines")}
    at = names.index(column)
    beside = names.index(_FIGURE) if _FIGURE in names else None
    found: dict[str, list[str]] = {}
    for named, figure in dict.fromkeys(
        (row[at], None if beside is None else row[beside]) for row in rows
    ):
        cited = found.setdefault(_version(db, column, named), [])
        if figure is not None:
            if figure not in lines:
                raise SelectionRefused(
                    f"there is no figure {figure!r}; the table lines has them all"
                )
            cited.append(figure)
    return Chosen({version: tuple(cited) for version, cited in found.items()})


def _version(db: sqlite3.Connection, column: str, named: object) -> str:
    """The version that a report or version id means; a paper may bear one of before."""
    table = "reports" if column == "report_id" else "versions"
    renamed = db.execute("SELECT new_id FROM id_history WHERE old_id = ?", (named,)).fetchone()
    for known in (named, *(renamed or ())):
        sql = f"SELECT version_id FROM {table} WHERE {column} = ?"
        found = db.execute(sql, (known,)).fetchone()
        if found:
            return str(found[0])
    raise SelectionRefused(f"the release holds no {column} {named!r}; {_HOW}")


def _answer(
    db: sqlite3.Connection, sql: str, seconds: float
) -> tuple[list[str], Sequence[tuple[Any, ...]]]:
    ends = time.monotonic() + seconds
    db.set_authorizer(_authorize)
    db.set_progress_handler(lambda: time.monotonic() > ends, _STEPS)
    try:
        cursor = db.execute(sql)
        return [each[0] for each in cursor.description or ()], cursor.fetchall()
    except (sqlite3.Error, sqlite3.Warning) as error:
        if time.monotonic() > ends:
            raise SelectionRefused(f"the query took longer than {seconds:g} seconds") from error
        raise SelectionRefused(f"the query failed: {error}; {_HOW}") from error
    finally:
        db.set_progress_handler(None, 0)


def _authorize(action: int, *_: object) -> int:
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY
