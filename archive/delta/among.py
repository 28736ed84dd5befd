"""Reports judged with all that they are judged by; the release before is asked beside that."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from ..contentparts import part_of, parts_without
from ..manifest import FILES, reading
from ..parallel import beside
from .judging import Judged, alike_groups, digests_of, judged, near
from .reach import Known, concerned, known, needed

#: Agencies of a release that is worth a process of its own, which takes a second to begin.
WORTH = 10_000
T = TypeVar("T")


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


class Side:
    """A release that is asked; what is learned of it is kept.

    Args:
        release: Its folder.
        db: Its nianbao.db with text.db attached as `text`.
    """

    def __init__(self, release: Path, db: sqlite3.Connection) -> None:
        self.files, self.db = [release / name for name in FILES], db

    @cached_property
    def known(self) -> Known:
        """What it knows of agencies and regions."""
        return known(self.db)

    def learn(self) -> None:
        """Learn what is asked for later, while nobody waits for it."""
        _ = self.known

    def concerned(self, agencies: set[str]) -> set[str]:
        """Its agencies whose reports are judged by those of some agencies (`reach.concerned`)."""
        return concerned(self.known, agencies)

    def within(self) -> dict[str, set[str]]:
        """Region → those that lie in it."""
        return dict(self.known.within)

    def digests(
        self, left_out: Sequence[frozenset[str]], agencies: Iterable[str]
    ) -> list[dict[str, str]]:
        """Digests of the parts of some agencies, without what is left out."""
        names = sorted(set(map(part_of, agencies)))
        return parts_without(left_out, self.files, processes=1, only=names)

    def judged(self, reports: frozenset[str]) -> Judged:
        """What the checks say of some of its reports."""
        return judged_among(self.db, self.known, set(reports))

    def alike(self, digests: Mapping[str, set[bytes]], reports: set[str]) -> set[str]:
        """Its reports that are like some, by digests or by passages of their texts.

        Args:
            digests: Column of digests → those that are looked for.
            reports: Those that are compared by passages.
        """
        return alike_groups(self.db, digests) | near(self.db, reports)


class Ask(Protocol):
    """Begins to ask a release, and gives what waits for the answer."""

    def __call__(self, question: Callable[[Side], T], /) -> Callable[[], T]:
        """Ask a question that goes to another process: a method of `Side`, or part of one."""


@contextlib.contextmanager
def asking_beside(release: Path, db: sqlite3.Connection, processes: int) -> Iterator[Ask]:
    """Ask a release while this process does other things, if that is worth it.

    Args:
        release: Its folder.
        db: Its nianbao.db with text.db attached as `text`.
        processes: How many may work.
    """

    def ask_here(question: Callable[[Side], T], /) -> Callable[[], T]:
        return partial(question, side)

    side = Side(release, db)
    (agencies,) = db.execute("SELECT count(*) FROM agencies").fetchone()
    if processes < 2 or agencies < WORTH:
        yield ask_here
        return
    with beside(_Asking(release)) as begin:

        def ask_there(question: Callable[[Side], T], /) -> Callable[[], T]:
            return begin(question)

        yield ask_there


class _Asking:
    """Asks a release; goes to a process of its own, without what it learned.

    Args:
        release: Its folder.
    """

    def __init__(self, release: Path) -> None:
        self._release = release
        self._open = contextlib.ExitStack()
        self._side: Side | None = None

    def __reduce__(self) -> tuple[type[_Asking], tuple[Path]]:
        """What another process begins with."""
        return _Asking, (self._release,)

    def __call__(self, question: Callable[[Side], Any]) -> Any:
        """What the release says to a question."""
        if self._side is None:
            nianbao, text = (self._release / name for name in FILES)
            db = self._open.enter_context(reading(nianbao, text=text))
            self._side = Side(self._release, db)
        return question(self._side)
