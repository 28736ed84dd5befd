"""Rows of reports, made a few reports at a time, wherever a process is free.

What one report needs is its history, its reading and what people decided; so rows are made as
far as one report can say, and `archive.release.databases` numbers and inserts them in order.
"""

from __future__ import annotations

import marshal
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from extract.forms import columns
from extract.types import Report

from .. import rows
from ..agency_rows import Told
from ..compacting import Compact, Compacting
from ..division.spilled import Spilled
from ..figures import Figures
from ..histories import Gathered, ReportHistory, Version
from ..kept import Reading
from ..public import Public

#: Reports of a task: few enough that their rows are a small part of the memory.
TOGETHER = 250
#: The version of marshal that does not look for values that are the same.
_MARSHAL = 2
Read = Callable[[str], Reading]
Values = tuple[Any, ...]


@dataclass(slots=True)
class Made:
    """Rows of a few reports, in the order of their ids.

    Attributes:
        compact: For `Packed.take`.
        figures: Rows of `figures`, in the order of its columns.
        texts: Table of text.db → its rows as public columns; of `chapters` behind the year.
        agencies: What the reports tell of their agencies.
        counts: How many versions, reports, figures … there are.
    """

    compact: Mapping[str, list[Compact]] = field(default_factory=dict)
    figures: list[Values] = field(default_factory=list)
    texts: dict[str, list[Values]] = field(default_factory=lambda: defaultdict(list))
    agencies: Told = field(default_factory=Told)
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def __reduce__(self) -> tuple[Any, ...]:
        """What another process needs; rows are plain values, which marshal sends twice as fast."""
        rows = (dict(self.compact), self.figures, dict(self.texts))
        try:
            packed: Any = marshal.dumps(rows, _MARSHAL)
        except ValueError:  # a value of a type of its own
            packed = rows
        return _made, (packed, self.agencies, dict(self.counts))


def _made(packed: Any, agencies: Told, counts: dict[str, int]) -> Made:
    rows = marshal.loads(packed) if isinstance(packed, bytes) else packed
    compact, figures, texts = rows
    return Made(compact, figures, texts, agencies, counts)


#: Columns of the tables of text.db that reports fill.
TEXTS: Mapping[str, tuple[str, ...]] = {
    "chapters": ("version_id", "chapter", "position", "heading", "text"),
    "details": ("version_id", "said"),
    "facts": (
        "version_id", "number", "fact", "value", "unit", "part", "channel", "chapter", "start",
        "end", "quote", "flags",
    ),
    "grids": ("version_id", "number", "rows"),
    "leftovers": ("version_id", "number", "printed", "place"),
    "locators": ("version_id", "sha256", "places"),
}  # fmt: skip


def figures_columns() -> tuple[str, ...]:
    """Columns of `figures` in the order of `Made.figures`."""
    return ("version_id", *columns())


@dataclass(frozen=True, slots=True)
class Making:
    """Makes the rows of reports; goes to each process once.

    Attributes:
        read: Gives what the body of a digest says.
        public: The way from what was read to what is published.
        reports: Where histories are found by their ids; None if tasks bring them along.
    """

    read: Read
    public: Public
    reports: Mapping[str, ReportHistory] | None

    def __call__(self, task: Sequence[str] | Sequence[ReportHistory]) -> Made:
        """The rows of some reports, named or brought along."""
        made, compacting = Made(), Compacting()
        for history in self._histories(task):
            made.agencies.add(history)
            for version in history.versions:
                whole = self.read(version.sha256).report or version.report
                whole = self.public.report(history, version, whole)
                _add_version(made, compacting, history, version, whole)
                if version is history.current:
                    compacting.add("reports", [rows.report_row(history, whole)])
                    _count(made.counts, whole)
        compacting.end()
        made.compact = compacting.taken()
        return made

    def _histories(self, task: Sequence[str] | Sequence[ReportHistory]) -> Iterator[ReportHistory]:
        named = [each for each in task if isinstance(each, str)]
        brought = [each for each in task if not isinstance(each, str)]
        if named and self.reports is None:
            raise TypeError(f"{named[0]} is named, and nobody knows the histories")
        if isinstance(self.reports, Spilled):
            yield from self.reports.several(named)
        elif self.reports is not None:
            yield from map(self.reports.__getitem__, named)
        yield from brought


def tasks(gathered: Gathered) -> Iterator[Sequence[str] | Sequence[ReportHistory]]:
    """All reports in the order of their ids, some at a time.

    Args:
        gathered: The reports. Those of a dict are brought along; of any other mapping only
            their ids, and each process loads them.
    """
    ids = sorted(gathered.reports)
    for start in range(0, len(ids), TOGETHER):
        some = ids[start : start + TOGETHER]
        yield [gathered.reports[each] for each in some] if is_held(gathered) else some


def is_held(gathered: Gathered) -> bool:
    """Whether all histories are in this process's memory."""
    return isinstance(gathered.reports, dict)


def _add_version(
    made: Made, compacting: Compacting, history: ReportHistory, version: Version, whole: Report
) -> None:
    """Add a version's rows, but for that of its report; `whole` is its reading as published."""
    identity = rows.version_id(history, version)
    made.counts["versions"] += 1
    compacting.add("versions", [rows.version_row(history, version)])
    compacting.add("sources", rows.source_rows(history, version))
    compacting.add("findings", rows.finding_rows(identity, whole))
    if whole.figures:
        made.figures.append(rows.figure_values(identity, whole.figures))
        compacting.add_notes(identity, whole.figures)
        locator = rows.locator_row(identity, version.sha256, whole.figures)
        made.texts["locators"].append(_values(locator))
    made.texts["details"].append(_values(rows.detail_row(identity, version)))
    year = history.year
    made.texts["chapters"] += [(year, identity, *each) for each in rows.chapters(whole)]
    for table, several in (
        ("grids", rows.grid_rows(identity, whole)),
        ("leftovers", rows.leftover_rows(identity, whole)),
        ("facts", rows.fact_rows(identity, whole)),
    ):
        made.texts[table] += map(_values, several)


def _values(row: rows.Row) -> Values:
    return tuple(row.values())


def _count(counts: dict[str, int], read: Report) -> None:
    counts["reports"] += 1
    counts["read"] += read.status == "read"
    counts["figures"] += Figures.of(read.figures).valued
