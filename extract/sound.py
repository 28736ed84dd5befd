"""Where blank cells leave no trace: when a row that looks complete may be believed.

One page number in the place of one blank makes a complete row of a broken one. So either
the whole table is there, or the row's own sum must hold. Arithmetic admits; it never
changes a number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .forms import Line, forms
from .types import Cell, Figure

_PAGE = re.compile(r"[1-9]\d?")


def sound_rows(
    lines: Sequence[Line], cells: Sequence[Sequence[Cell] | None], form: str | None
) -> bool:
    """Whether every line of the form was found, each with all its values."""
    if form is None or any(row is None for row in cells):
        return False
    return {line.code for line in lines} >= {line.code for line in forms()[form].table("t3")}


def sums_hold(figures: Sequence[Figure]) -> bool:
    """Whether the last figure is the sum of the others, all of them numbers."""
    *parts, total = (figure.value for figure in figures)
    if total is None or any(part is None for part in parts):
        return False
    return sum(part for part in parts if part is not None) == total


def may_end_in_page_number(figures: Sequence[Figure]) -> bool:
    """Whether the last figure may be the page's number, in the place of a lost blank.

    Where the printed numbers add up to it (a dash adds nothing), it is what it seems.
    """
    *parts, last = figures
    if not _PAGE.fullmatch(last.printed or ""):
        return False
    return not parts or sum(part.value or 0 for part in parts) != last.value
