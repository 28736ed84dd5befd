"""The question that chooses what an evidence export is about: one SELECT over the release."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from ..errors import SelectionRefused

SECONDS = 60.0
#: A question may return so many rows: more figures than a paper cites of all reports there are.
MOST_ROWS = 1_000_000
#: No value of a row may be longer: a question may join texts, but not to no end.
_LONGEST = 64 << 20
#: No id and no figure's name is longer.
_LONGEST_NAME = 500
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
        SelectionRefused: It is no SELECT, fails, takes too long, returns no such column, no
            row or more than `MOST_ROWS`, or names what the release does not hold.
    """
    column, rows = _answer(db, sql, seconds)
    if not rows:
        raise SelectionRefused("the query returns no row, so there is nothing to export")
    lines = {row[0] for row in db.execute("SELECT figure FROM lines")}
    found: dict[str, list[str]] = {}
    for named, figure in rows:
        cited = found.setdefault(_version(db, column, named), [])
        if figure is not None:
            if figure not in lines:
                raise SelectionRefused(
                    f"there is no figure {figure!r}; the table lines has them all"
                )
            cited.append(str(figure))
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
) -> tuple[str, Collection[tuple[object, object]]]:
    """The column that names versions, and what stands in it and beside it, each pair once."""
    ends = time.monotonic() + seconds
    before = db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
    db.set_authorizer(_authorize)
    db.set_progress_handler(lambda: time.monotonic() > ends, _STEPS)
    try:
        cursor = db.execute(sql)
        names = [each[0] for each in cursor.description or ()]
        column = next((name for name in names if name in _IDS), None)
        if column is None:
            told = ", ".join(names) or "nothing"
            raise SelectionRefused(f"the query returns {told}; {_HOW}")
        return column, _pairs(cursor, names.index(column), _beside(names))
    except (sqlite3.Error, sqlite3.Warning) as error:
        if time.monotonic() > ends:
            raise SelectionRefused(f"the query took longer than {seconds:g} seconds") from error
        raise SelectionRefused(f"the query failed: {error}; {_HOW}") from error
    finally:
        db.set_progress_handler(None, 0)
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, before)


def _beside(names: Sequence[str]) -> int | None:
    """Where figures stand, if they do."""
    return names.index(_FIGURE) if _FIGURE in names else None


def _pairs(
    rows: Iterable[Sequence[object]], at: int, beside: int | None
) -> Collection[tuple[object, object]]:
    """Ids and figures of the rows in their order, each pair once; the rows are not held."""
    found: dict[tuple[object, object], None] = {}
    for number, row in enumerate(rows, 1):
        if number > MOST_ROWS:
            raise SelectionRefused(
                f"the query returns more than {MOST_ROWS:,} rows; ask for each report or figure "
                "once (SELECT DISTINCT), or make several exports"
            )
        pair = row[at], None if beside is None else row[beside]
        if any(isinstance(each, str | bytes) and len(each) > _LONGEST_NAME for each in pair):
            raise SelectionRefused(f"the query returns an id or a figure that is a text; {_HOW}")
        found[pair] = None
    return found


def _authorize(action: int, *_: object) -> int:
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY
