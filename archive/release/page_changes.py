"""Rows of `changes` that the runs saw, report by report, wherever a process is free."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from extract.types import Report

from ..briefs import changing
from ..changes import Change, changes_of, compare
from ..changes.kinds import cells_json
from ..corrections.correction import Corrections
from ..corrections.overlay import corrected
from ..histories import Gathered, ReportHistory, Version
from ..kept import Reading
from ..parallel import in_order

Read = Callable[[str], Reading]
#: Reports of a task, and of how many fewer are told here: to begin a process takes a second.
_TOGETHER, _FEW = 100, 2000
#: The rows of a report, by its id.
Told = tuple[str, list[dict[str, Any]]]


def page_changes(
    gathered: Gathered, read: Read, corrections: Corrections, processes: int
) -> Iterator[Told]:
    """What changed in each report as the runs saw it, in the order of reports that changed.

    Args:
        gathered: The reports, numbered.
        read: Gives what the body of a digest says.
        corrections: What people read by hand.
        processes: How many look into reports, if many changed.
    """
    # Those that are held are in this process's memory: to send them takes longer than to look.
    is_held = isinstance(gathered.reports, dict)
    changed = changing(gathered.reports)
    first = list(islice(changed, _FEW))
    processes = processes if len(first) == _FEW and not is_held else 1
    telling = _Telling(gathered, read, corrections)
    if processes > 1:
        # What is gathered but the reports may be much, and is not asked for.
        telling = _Telling(Gathered(gathered.reports, imports=gathered.imports), read, corrections)
    with contextlib.closing(in_order(telling, _some(chain(first, changed)), processes)) as made:
        yield from chain.from_iterable(made)


@dataclass(frozen=True, slots=True)
class _Telling:
    """Tells what changed in some reports; goes to each process once."""

    gathered: Gathered
    read: Read
    corrections: Corrections

    def __call__(self, reports: list[str]) -> list[Told]:
        return [(each, list(self._rows(self.gathered.reports[each]))) for each in reports]

    def _rows(self, history: ReportHistory) -> Iterator[dict[str, Any]]:
        for change in changes_of(history, self.gathered.imports):
            self._name(change, history)
            yield row_of(history, change)

    def _name(self, change: Change, history: ReportHistory) -> None:
        """Give a change its kind and cells: from the two readings of one reader.

        Both as people corrected them: what the machine misread on one side only is no change of
        the page, and one that it could not see is one.
        """
        if change.old is None or change.new is None:
            return
        old, new = (
            corrected(whole(each, self.read), history, each, self.corrections)
            for each in (change.old, change.new)
        )
        difference = compare(old, new)
        change.kind = change.kind or difference.kind
        change.cells, change.detail = difference.cells, difference.detail


def whole(version: Version, read: Read) -> Report:
    """What was read of a version."""
    return read(version.sha256).report or version.report


def row_of(history: ReportHistory, change: Change) -> dict[str, Any]:
    """The row of a change, without its id and number."""
    return {
        "report_id": history.report_id,
        "kind": change.kind,
        "cause": change.cause,
        "from_version": id_of(history, change.old),
        "to_version": id_of(history, change.new),
        "url": change.url,
        "seen_before": change.seen_before,
        "seen_after": change.seen_after,
        "cells": cells_json(change.cells),
        "detail": change.detail or None,
    }


def id_of(history: ReportHistory, version: Version | None) -> str | None:
    """The id of a version; None if there is none."""
    return f"{history.report_id}.v{version.number}" if version else None


def _some(reports: Iterable[str]) -> Iterator[list[str]]:
    waiting = iter(reports)
    while some := list(islice(waiting, _TOGETHER)):
        yield some
