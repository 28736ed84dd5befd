"""Rows of table three whose label was lost: known by their place between two that kept it.

Strict, because a row of another table or a line of the agency's own must never pass: as
many rows as lines between two exact neighbours, none with a label of its own, and (for the
caller to see to) all seven values there and adding up. Rows that stand otherwise are left
alone, and so are they where the form is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from .align import resemblance
from .forms import Line, forms
from .rows import Candidate
from .sound import sums_hold
from .types import Figure

Pair = tuple[Candidate, Line]


def unlabelled(rows: Sequence[Candidate], pairs: Sequence[Pair], form: str | None) -> list[Pair]:
    """Rows without a label of their own, with the lines that must be theirs.

    Args:
        rows: All rows of the table.
        pairs: Those that were aligned to a line, in order.
        form: The table's form by its labels, or None.
    """
    if form is None:
        return []
    lines = list(forms()[form].table("t3"))
    place = {line.code: i for i, line in enumerate(lines)}
    found: list[Pair] = []
    for (above, first), (below, last) in pairwise(pairs):
        missing = lines[place[first.code] + 1 : place[last.code]]
        if (
            not missing
            or min(resemblance(above.labels, first), resemblance(below.labels, last)) < 1
        ):
            continue
        between = [row for row in rows if above.index < row.index < below.index]
        if len(between) == len(missing) and all(map(_is_bare, between)):
            found += zip(between, missing, strict=True)
    return found


def _is_bare(row: Candidate) -> bool:
    """Whether a row has values and no label, not even its group's: that may be a subtotal."""
    return row.structured and not row.labels and any(cell.text for cell in row.tail)


def inferred(figures: Sequence[Figure]) -> list[Figure]:
    """The figures of such a row with their own status; none where it is not certain enough."""
    if any(figure.status != "reported" for figure in figures) or not sums_hold(figures):
        return []
    return [
        replace(figure, status="inferred", flags=(*figure.flags, "label_lost"))
        for figure in figures
    ]
