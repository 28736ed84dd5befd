"""Gathering the portals of one part: what each process does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..absence import Absences, Noted
from ..agencies import Resolver
from ..bodies import Body, Captured, Slice, bodies_of, captured
from ..decisions import Decisions
from ..gather import gather_bodies
from ..histories import Gathered
from ..kept import Reading
from ..ledger import Ledger
from ..places import regions
from ..register import Given
from ..withholding.applying import Applied, apply_some
from ..withholding.decision import Withheld
from .keys import Keys, of_address, of_body, of_report
from .parts import Held, Part
from .spilled import Spill


@dataclass(frozen=True, slots=True)
class Terms:
    """What gathering goes by, whatever is gathered; it goes to other processes.

    Attributes:
        ledger: The ledger's file.
        last: Row of the last capture that is seen.
        read: Gives what the body of a digest says.
        fiction: Whether the regions are invented.
        decisions: What people decided about agencies.
        withheld: What is withheld, records resolved to digests.
        given: The ids that releases gave to what the decisions name.
    """

    ledger: Path
    last: int
    read: Callable[[str], Reading]
    fiction: bool
    decisions: Decisions
    withheld: Withheld = field(default_factory=Withheld)
    given: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """Parts that one process gathers, one after the other.

    Attributes:
        number: Its own among all tasks of a build.
        parts: The portals of each.
        entries: The newest registry entries of all these portals.
        noted: What the runs noted at them of addresses that had given something.
    """

    number: int
    parts: tuple[tuple[str, ...], ...]
    entries: Mapping[str, dict[str, Any]]
    noted: Mapping[str, tuple[Noted, ...]]


class Gatherer:
    """Gathers parts, by one connection to the ledger, into a folder; goes to each process once."""

    def __init__(self, terms: Terms, folder: Path) -> None:
        """Gather by these terms; the ledger is opened with the first task."""
        self._terms, self._folder = terms, folder
        self._opened: Ledger | None = None
        self._resolver = Resolver(regions(fiction=terms.fiction), terms.decisions)
        self._named = {each.sha256 for each in terms.withheld.entries if each.sha256}

    def __reduce__(self) -> tuple[type[Gatherer], tuple[Terms, Path]]:
        """What another process needs."""
        return Gatherer, (self._terms, self._folder)

    def __call__(self, task: Task) -> list[Part]:
        """Gather the parts of a task; their reports are in one file.

        Raises:
            WriteFailed: The disk does not take them.
        """
        spill = Spill(self._folder, f"{task.number}.bin")
        try:
            return [self._part(portals, task, spill) for portals in task.parts]
        finally:
            spill.close()

    def close(self) -> None:
        """Close the ledger."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    @property
    def _ledger(self) -> Ledger:
        if self._opened is None:
            self._opened = Ledger(self._terms.ledger, read_only=True)
        return self._opened

    def _part(self, portals: tuple[str, ...], task: Task, spill: Spill) -> Part:
        terms = self._terms
        rows = captured(self._ledger, Slice(portals, terms.last))
        found = bodies_of(rows)
        known = {each: task.entries[each] for each in portals if each in task.entries}
        notes = [note for each in portals for note in task.noted.get(each, ())]
        notes.sort(key=lambda note: (note.seen.at, note.seen.run))
        absences = Absences.told_by(notes)
        made_of: list[Gathered] = []
        linked: set[str] = set()

        def gather_some(some: list[Body]) -> Gathered:
            made, links = gather_bodies(known, some, terms.read, absences, self._resolver)
            linked.update(links)
            made_of.append(made)
            return made

        made = apply_some(terms.withheld, found, gather_some, terms.read, lambda: terms.given)
        cut = made.withheld.spans if made.withheld else ()
        keys = Keys.of(
            {
                *self._given(found),
                *(of_report(each) for one in made_of for each in one.reports),
                # Spans of two bodies may be hidden in one and the same, wherever it stands.
                *map(of_body, cut),
            },
            {of_address(url) for url in (*_asked(found, rows, notes), *linked)},
        )
        return Part(
            portals,
            keys,
            _spilled(made, spill),
            len(rows.captures),
            made.unread,
            made.left_out,
            made.names.printed,
            made.names.registered,
            made.withheld or Applied(),
        )

    def _given(self, found: list[Body]) -> Iterator[str]:
        """Keys of the bodies themselves."""
        for body in found:
            yield of_address(body.url)
            if body.capture["sha256"] in self._named:
                yield of_body(str(body.capture["sha256"]))


def _spilled(made: Gathered, spill: Spill) -> list[Held]:
    return [spill.add(made.reports[report_id]) for report_id in sorted(made.reports)]


def _asked(found: list[Body], rows: Captured, notes: list[Noted]) -> Iterator[str]:
    """Addresses of which bodies, redirects and notes of the runs speak."""
    for body in found:
        if body.capture["parent"]:
            yield str(body.capture["parent"])
    for row in rows.redirects:
        yield str(row["url"])
    for note in notes:
        yield note.url
