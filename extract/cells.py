"""One cell of a statutory table to a figure; several readings of one table to one."""

from __future__ import annotations

from .forms import Line, Measure
from .types import DOUBT, WRAP, Cell, Document, Figure
from .units import unit_flags
from .values import read_value


def figure(
    document: Document, line: Line, measure: Measure, cell: Cell | None, unit: str | None = None
) -> Figure:
    """The figure that a cell says.

    Args:
        document: Where it stands; the cell in which the body breaks off has no number.
        line: Its line.
        measure: Its measure.
        cell: The cell, or None where it could not be told.
        unit: Unit printed in its heading, or None.
    """
    if cell is None:
        return Figure(line.table, line.code, measure.code, None, None, "missing_cell", unit)
    printed = text = cell.text
    marked = WRAP in text or DOUBT in text
    if marked:
        printed = text.removesuffix(DOUBT).replace(WRAP, "")
    reading = read_value(printed, measure.kind)
    value, status, flags = reading.value, reading.status, reading.flags
    if marked and WRAP in text:
        flags = (*flags, "wrapped")
    if measure.kind == "money":
        flags = (*flags, *unit_flags(value, reading.unit, unit))
    if marked and text.endswith(DOUBT):
        value, status, flags = None, "unparsed", (*flags, "over_border")
    if value is not None and cell.place == document.cut:
        value, status, flags = None, "unparsed", (*flags, "truncated")
    return Figure(
        line.table, line.code, measure.code, printed, value, status,
        reading.unit or unit, cell.place, flags,
    )  # fmt: skip


def lost(figure: Figure, why: str) -> Figure:
    """The figure without its number: it cannot be told which cell is printed there."""
    return Figure(
        figure.table, figure.line, figure.measure, None, None, "missing_cell", figure.unit,
        flags=(why,),
    )  # fmt: skip


def agreed(readings: list[list[Figure]]) -> list[Figure]:
    """The figures of a table that stands once, or says the same each time it stands."""
    readings = [figures for figures in readings if figures]
    if not readings:
        return []
    first = readings[0]
    for other in readings[1:]:
        if [(f.key, f.printed) for f in other] != [(f.key, f.printed) for f in first]:
            return [lost(figure, "two_tables") for figure in first]
    return first
