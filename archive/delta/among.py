"""Reports judged with all that they are judged by; what they said before is judged beside that."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..manifest import FILES, reading
from ..parallel import beside
from .judging import Judged, alike_groups, digests_of, judged, near
from .reach import Known, known, needed

#: Agencies of a release that is worth a process of its own, which takes a second to begin.
WORTH = 10_000


def judged_among(db: sqlite3.Connection, now: Known, reports: set[str]) -> Judged:
    """What the checks say of some reports of a release.

    Args:
        db: Its nianbao.db with text.db attached as `text`.
        now: What it knows of agencies and regions.
        reports: Whose findings are asked for.
    """
    sql = "SELECT agency_id FROM _reports WHERE report_id = ?"
    agencies = {row[0] for each in reports for row in db.execute(sql, (each,))}
    by = reports_of(db, needed(now, agencies))
    by |= alike_groups(db, digests_of(db, reports)) | near(db, reports)
    return judged(db, reports, by)


def reports_of(db: sqlite3.Connection, agencies: Iterable[str]) -> set[str]:
    """All reports of some agencies."""
    sql = "SELECT report_id FROM _reports WHERE agency_id = ?"
    return {row[0] for each in agencies for row in db.execute(sql, (each,))}


@dataclass(frozen=True, slots=True)
class Judging:
    """Judges reports of one release; goes to a process of its own.

    Attributes:
        release: Its folder.
    """

    release: Path

    def __call__(self, reports: frozenset[str]) -> Judged:
        """What the checks say of some of its reports."""
        nianbao, text = (self.release / name for name in FILES)
        with reading(nianbao, text=text) as db:
            return judged_among(db, known(db), set(reports))


@contextlib.contextmanager
def judging_beside(
    release: Path, db: sqlite3.Connection, processes: int
) -> Iterator[Callable[[frozenset[str]], Callable[[], Judged]]]:
    """Judge reports of a release while this process does other things, if that is worth it.

    Args:
        release: Its folder.
        db: Its nianbao.db.
        processes: How many may work.

    Yields:
        Begins with some reports, and gives what waits for what the checks say of them.
    """
    judging = Judging(release)
    (agencies,) = db.execute("SELECT count(*) FROM agencies").fetchone()
    if processes < 2 or agencies < WORTH:
        yield lambda reports: lambda: judging(reports)
        return
    with beside(judging) as begin:
        yield begin
