"""A cell as people read it: by the same rules by which the machine reads one."""

from __future__ import annotations

from extract.forms import Slot, columns
from extract.types import Figure
from extract.units import unit_flags
from extract.values import read_value

from ..codebook import HAND_READ

_MONEY = "money"


def kind_of(figure: str) -> str:
    """Kind of a column: `count`, `signed` or `money`."""
    return columns()[figure][-1].measure.kind


def is_money(figure: str) -> bool:
    """Whether a column holds amounts, which have units."""
    return kind_of(figure) == _MONEY


def is_readable(figure: str, printed: str) -> bool:
    """Whether a text is a number of the column's kind, or a mark in the place of one."""
    return read_value(printed, kind_of(figure)).status != "unparsed"


def hand_figure(slot: Slot, printed: str | None, unit: str | None, place: str | None) -> Figure:
    """The figure that people read.

    Its status is `hand_read` if it has a number. A cell without one keeps the status that
    says what stands there instead (blank, dash …), for only that tells what a missing
    number means; that people read it is told by the flag `hand_read`.

    Args:
        slot: The cell of the form.
        printed: Its text; "" if it is blank, None if there is no such cell.
        unit: Unit printed in the heading, or None; one in the cell goes before it.
        place: Where the machine found the cell, or None.
    """
    names = slot.line.table, slot.line.code, slot.measure.code
    if printed is None:
        return Figure(*names, None, None, "missing_cell", None, place, (HAND_READ,))
    reading = read_value(printed, slot.measure.kind)
    flags = reading.flags
    if slot.measure.kind == _MONEY:
        flags = (*flags, *unit_flags(reading.value, reading.unit, unit))
    status = "hand_read"
    if reading.value is None:
        status, flags = reading.status, (*flags, HAND_READ)
    return Figure(
        *names, printed, reading.value, status, reading.unit or unit or None, place, flags
    )


def says_the_same(machine: Figure, hand: Figure) -> bool:
    """Whether the machine reads what people read: value and unit, or the same empty cell."""
    if hand.value is not None:
        return (machine.value, machine.unit) == (hand.value, hand.unit)
    return machine.value is None and machine.status == hand.status
