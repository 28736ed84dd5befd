"""One figure as the pages about it show it: its citation, and a report of an error in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from archive.citation import said
from archive.site import queries
from archive.site.answers import ask
from archive.site.cells import Figures, plain
from archive.site.places import Places, places_of
from extract.forms import Slot, columns


def slot_of(key: str) -> Slot:
    """A figure's line and measure, as its newest form words them."""
    return columns()[key][-1]


def label_of(key: str) -> str:
    """What a figure is called: its line and its measure."""
    slot = slot_of(key)
    return f"{slot.line.name} · {slot.measure.label}"


@dataclass(frozen=True, slots=True)
class Seen:
    """A version, and where its figures were read.

    Attributes:
        report: The version with its figures and sources.
        places: Where they stand; None if that is not known.
    """

    report: queries.Report
    places: Places | None = None

    @property
    def version_id(self) -> str:
        """The version's id."""
        return str(self.report.version["version_id"])

    @property
    def figures(self) -> Figures:
        """Its figures as they are printed, without what the checks say of them."""
        printed = self.places.printed if self.places else {}
        return replace(self.report.figures, printed=printed, marks={})

    @property
    def read_in(self) -> int | None:
        """Which of its sources holds the figures, counted from 1; None if that is not known."""
        return self.places.source(self.report.sources) if self.places else None

    @property
    def source(self) -> Mapping[str, object]:
        """That source's row; the first one's if it is not known which; {} if there is none."""
        sources = self.report.sources
        return sources[(self.read_in or 1) - 1] if sources else {}

    def printed(self, key: str) -> Printed:
        """What the report prints for a figure."""
        return printed_of(self.figures, key)


@dataclass(frozen=True, slots=True)
class Printed:
    """What a report prints for a figure.

    Attributes:
        text: The printed text, with its unit; "" if there is none.
        state: The figure's status.
        by_hand: Whether people read it.
    """

    text: str
    state: str
    by_hand: bool = False

    @property
    def said(self) -> str:
        """It in words."""
        return said(self.text, self.state, by_hand=self.by_hand)


def printed_of(figures: Figures, key: str) -> Printed:
    """What is printed for a figure."""
    cell, note = figures.cell(slot_of(key)), figures.notes.get(key)
    printed = figures.printed.get(key) or plain(figures.values.get(key))
    if note is not None and note.printed is not None:
        printed = note.printed
    if note is not None and note.unit and note.unit not in printed:
        printed = f"{printed} {note.unit}".strip()
    elif note is not None and not note.unit and cell.unit:
        printed = f"{printed}（{cell.unit}）"  # an amount without a unit is told to be one
    return Printed(printed, cell.state, cell.by_hand)


async def seen(datasette: Any, found: queries.Report) -> Seen:
    """A version with the places of its figures; a release may come without the file of texts."""
    if "text" not in datasette.databases:
        return Seen(found)
    version_id = str(found.version["version_id"])
    return Seen(found, await ask(datasette, lambda conn: places_of(conn, version_id), "text"))
