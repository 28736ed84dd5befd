"""Dividing a ledger among its portals, and gathering until the parts have nothing in common."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from ..absence import Noted, noted
from ..agencies import Resolver
from ..evidence import entries
from ..gather import tell_runs
from ..histories import Gathered
from ..ledger import Ledger
from ..parallel import in_order
from ..places import regions
from ..withholding.applying import together
from .joining import joined
from .parts import Part
from .spilled import Index, Spilled
from .worker import Gatherer, Task, Terms

log = logging.getLogger(__name__)
#: Captures of one task: enough that giving it to a process costs nothing.
TASK = 2_000


@dataclass(slots=True)
class Division:
    """Portals in the order in which they are gathered, with what the ledger says of each.

    Attributes:
        sizes: Portal → its captures that may be reports.
        entries: Portal → its newest registry entry.
        noted: Portal → what the runs noted there of addresses that had given something.
    """

    sizes: Mapping[str, int]
    entries: Mapping[str, dict[str, Any]]
    noted: Mapping[str, tuple[Noted, ...]]
    _tasks: int = 0

    @property
    def portals(self) -> list[str]:
        """All of them, in order."""
        return sorted({*self.sizes, *self.entries, *self.noted})

    def only(self, portals: Iterable[str]) -> Division:
        """Some of the portals."""
        asked = set(portals)
        return Division(
            {each: self.sizes[each] for each in asked & self.sizes.keys()},
            {each: self.entries[each] for each in asked & self.entries.keys()},
            {each: self.noted[each] for each in asked & self.noted.keys()},
        )

    def tasks(self, parts: Iterable[tuple[str, ...]], size: int = TASK) -> Iterator[Task]:
        """Tasks of about `size` captures, each part whole in one of them."""
        some: list[tuple[str, ...]] = []
        captures = 0
        for portals in parts:
            some.append(portals)
            captures += sum(self.sizes.get(portal, 0) for portal in portals)
            if captures >= size:
                yield self._task(some)
                some, captures = [], 0
        if some:
            yield self._task(some)

    def _task(self, parts: Sequence[tuple[str, ...]]) -> Task:
        portals = [portal for part in parts for portal in part]
        self._tasks += 1
        return Task(
            self._tasks,
            tuple(parts),
            {portal: self.entries[portal] for portal in portals if portal in self.entries},
            {portal: self.noted[portal] for portal in portals if portal in self.noted},
        )


def division_of(ledger: Ledger, sizes: Mapping[str, int]) -> Division:
    """The portals of a ledger.

    Args:
        ledger: The ledger.
        sizes: Portal → its captures that may be reports.
    """
    notes: dict[str, list[Noted]] = {}
    for each in noted(ledger):
        notes.setdefault(each.portal, []).append(each)
    return Division(sizes, entries(ledger), {portal: tuple(some) for portal, some in notes.items()})


def gather_parts(
    division: Division,
    terms: Terms,
    folder: Path,
    processes: int,
    size: int = TASK,
) -> list[Part]:
    """Gather portal by portal, and again together whatever has something in common.

    Args:
        division: The portals.
        terms: What gathering goes by.
        folder: Where the reports wait; an index of them is made there.
        processes: How many gather.
        size: Captures of one task.

    Returns:
        Parts of which no two touch the same.
    """
    parts: dict[int, Part] = {}
    left: list[int] = []
    index, gatherer = Index(folder), Gatherer(terms, folder)
    try:
        todo: list[tuple[str, ...]] = [(portal,) for portal in division.portals]
        count = 0
        while todo:
            tasks = division.tasks(todo, size)
            with contextlib.closing(in_order(gatherer, tasks, processes)) as made:
                for part in chain.from_iterable(made):
                    parts[count] = part
                    part.number = count
                    index.enter(count, part.held)
                    part.held = []
                    count += 1
            numbers = sorted(parts, key=lambda number: parts[number].portals)
            groups = joined([parts[number].keys for number in numbers])
            todo = []
            for group in groups:
                shared = [numbers[each] for each in group]
                todo.append(tuple(sorted(p for each in shared for p in parts[each].portals)))
                for each in shared:
                    left.append(each)
                    del parts[each]
            log.debug("%s parts, %s of them are gathered anew", len(parts), len(todo))
            if todo:
                index.leave(left)
                left.clear()
    finally:
        gatherer.close()
        index.close()
    return sorted(parts.values(), key=lambda part: part.portals)


def gather_divided(
    ledger: Ledger,
    division: Division,
    terms: Terms,
    folder: Path,
    processes: int,
    size: int = TASK,
) -> tuple[Gathered, list[Part]]:
    """What `withholding.applying.apply` would make of all bodies, gathered part by part.

    Args:
        ledger: What the runs tell of all portals.
        division: The portals.
        terms: What gathering goes by.
        folder: Where the reports wait, for as long as anybody asks for them.
        processes: How many gather.
        size: Captures of one task.

    Returns:
        The reports, and the parts of which they are.
    """
    parts = gather_parts(division, terms, folder, processes, size)
    return gathered_parts(ledger, division, terms, folder, parts), parts


def gathered_parts(
    ledger: Ledger, division: Division, terms: Terms, folder: Path, parts: Iterable[Part]
) -> Gathered:
    """What some parts came to, with what the runs tell of all portals.

    Args:
        ledger: What the runs tell of all portals.
        division: All portals.
        terms: What gathering went by.
        folder: Where the reports wait.
        parts: The parts.
    """
    made = Gathered(Spilled(folder))
    for part in parts:
        made.unread += part.unread
        for portal, urls in part.left_out.items():
            made.left_out.setdefault(portal, set()).update(urls)
        made.names.printed.update(part.printed)
        made.names.registered.update(part.registered)
    made.names.decisions = terms.decisions
    made.withheld = together(terms.withheld, (part.applied for part in parts))
    made.resolve = Resolver(regions(fiction=terms.fiction), terms.decisions).resolve
    tell_runs(made, ledger, division.entries)
    return made
