"""What a release says of a report's past: its versions, its changes, ids of before."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from archive.schema.history import PAGE_CHANGES
from archive.site.queries import Row, rows

#: Changes on one page of the list, and in the feed.
ON_A_PAGE = 50
IN_FEED = 100
#: Not the view page_changes: in releases of before that works out all reports first.
_LISTED = (
    "SELECT p.*, p.kind = 'back' AND EXISTS (SELECT 1 FROM changes e "
    "JOIN changes c ON c.change_id = p.change_id WHERE e.report_id = p.report_id "
    "AND e.number < c.number AND e.to_version = p.to_version) AS is_return "
    f"FROM ({PAGE_CHANGES}) p ORDER BY p.seen_after DESC, p.change_id LIMIT ? OFFSET ?"
)


@dataclass(frozen=True, slots=True)
class Change:
    """A change with what the pages say of it.

    Attributes:
        row: Its row.
        cells: Figure → (printed before, printed after).
        is_return: Whether an earlier text is given again.
    """

    row: Row
    cells: dict[str, tuple[str | None, str | None]]
    is_return: bool = False

    @property
    def compared(self) -> tuple[str, str] | None:
        """The two versions that can be compared; None where there are not two."""
        old, new = self.row["from_version"], self.row["to_version"]
        return (str(old), str(new)) if old and new and old != new else None


@dataclass(frozen=True, slots=True)
class Past:
    """A report's versions by number, and its changes in order."""

    versions: tuple[Row, ...]
    changes: tuple[Change, ...]

    @property
    def seen(self) -> tuple[Change, ...]:
        """Changes of what the addresses gave, without our own readings of the same bytes."""
        return tuple(c for c in self.changes if c.row["cause"] in ("page", "migration"))

    def alone(self) -> tuple[Row, ...]:
        """Versions that no change leads to or from: they stood beside another one."""
        told = {c.row[end] for c in self.seen for end in ("from_version", "to_version")}
        return tuple(v for v in self.versions if v["version_id"] not in told)


@dataclass(frozen=True, slots=True)
class Day:
    """How a report stood on a day, as far as is known.

    Attributes:
        version_id: The version that its addresses gave last until then; None before the
            first capture.
        since: The change that led to it; None where it is the first text.
        then: The next change; None if there was none.
        first_seen: When the report was obtained first.
    """

    day: str
    version_id: str | None
    since: Change | None
    then: Change | None
    first_seen: str

    @property
    def is_gone(self) -> bool:
        """Whether its addresses gave it no more on that day."""
        return self.since is not None and self.since.row["kind"] == "gone"

    @property
    def is_between(self) -> bool:
        """Whether the next change may have been made before that day already."""
        if self.then is None:
            return False
        before = self.then.row["seen_before"]
        return before is not None and str(before)[:10] <= self.day


def past(conn: sqlite3.Connection, report_id: str, current: str) -> Past:
    """The past of a report; `current` is its current version."""
    versions = rows(
        conn,
        "SELECT version_id, number, status, title FROM versions "
        "WHERE report_id = ? ORDER BY number",
        report_id,
    )
    for version in versions:
        version["is_current"] = version["version_id"] == current
    found = rows(conn, "SELECT * FROM changes WHERE report_id = ? ORDER BY number", report_id)
    earlier: set[object] = set()
    changes = []
    for row in found:
        changes.append(
            _change(row, is_return=row["kind"] == "back" and row["to_version"] in earlier)
        )
        earlier |= {row["from_version"], row["to_version"]} - {None}
    return Past(tuple(versions), tuple(changes))


def on_day(conn: sqlite3.Connection, found: Past, day: str) -> Day:
    """How a report stood at the end of a day (UTC)."""
    sql = "SELECT min(captured_at) AS at FROM sources WHERE version_id = ?"
    times = {
        str(v["version_id"]): rows(conn, sql, v["version_id"])[0]["at"] for v in found.versions
    }
    seen = {version_id: str(at) for version_id, at in times.items() if at is not None}
    first_seen = min(seen.values())
    if first_seen[:10] > day:
        return Day(day, None, None, None, first_seen)
    moves = [change for change in found.seen if change.row["kind"] != "first"]
    until = [change for change in moves if str(change.row["seen_after"])[:10] <= day]
    then = next((change for change in moves if change not in until), None)
    since = until[-1] if until else None
    known = {version_id: at for version_id, at in seen.items() if at[:10] <= day}
    return Day(day, _standing(found, moves, since, known), since, then, first_seen)


def _standing(found: Past, moves: list[Change], since: Change | None, known: dict[str, str]) -> str:
    """The version that counted; of those that were not `known` on that day, none did."""
    if since is not None:
        return str(since.row["to_version"] or since.row["from_version"])
    ends = (moves[0].row["from_version"], moves[0].row["to_version"]) if moves else ()
    stood = next((str(end) for end in ends if end), None) or next(
        str(version["version_id"]) for version in found.versions if version["is_current"]
    )
    return stood if stood in known else max(known, key=lambda each: known[each])


def moved(conn: sqlite3.Connection, old_id: str) -> str | None:
    """The id that an id of earlier releases leads to."""
    found = rows(conn, "SELECT new_id FROM id_history WHERE old_id = ?", old_id)
    return str(found[0]["new_id"]) if found else None


def latest(conn: sqlite3.Connection, limit: int, offset: int = 0) -> list[Change]:
    """Changes of agencies' pages, newest first."""
    found = rows(conn, _LISTED, limit, offset)
    return [_change(row, is_return=bool(row["is_return"])) for row in found]


def count(conn: sqlite3.Connection) -> int:
    """How many changes of agencies' pages there are."""
    return int(conn.execute(f"SELECT count(*) FROM ({PAGE_CHANGES})").fetchone()[0])


def texts(conn: sqlite3.Connection, version_id: str) -> dict[str, tuple[str, list[str]]]:
    """Chapter → heading and paragraphs of a version, in order."""
    found = rows(
        conn, "SELECT * FROM chapters WHERE version_id = ? ORDER BY position, rowid", version_id
    )
    return {
        str(row["chapter"]): (
            str(row["heading"] or ""),
            [line.strip() for line in str(row["text"]).splitlines() if line.strip()],
        )
        for row in found
    }


def printed(conn: sqlite3.Connection, version_id: str) -> dict[str, str]:
    """Figures of a version as they are shown, with their units where any is printed."""
    found = rows(conn, "SELECT * FROM figures WHERE version_id = ?", version_id)
    said = {
        key: str(value)
        for row in found
        for key, value in row.items()
        if value is not None and key != "version_id"
    }
    notes = "SELECT figure, printed, unit FROM figure_notes WHERE version_id = ?"
    for note in rows(conn, notes, version_id):
        key = str(note["figure"])
        text = said.get(key, "") if note["printed"] is None else note["printed"]
        said[key] = f"{text} {note['unit'] or ''}".strip()
    return said


def _change(row: Row, *, is_return: bool) -> Change:
    cells = {key: (old, new) for key, (old, new) in json.loads(str(row["cells"])).items()}
    return Change(row, cells, is_return)
