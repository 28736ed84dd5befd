"""Words of a line that belong together, and the columns that they stand in."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..labels import flat
from ..types import Cell
from ..values import is_value
from .lines import Line, Word
from .page import Box

#: An enumerator, as printed before the lines of table three.
BEGINS = re.compile(
    r"[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)|\d{1,2}[.、](?!\d)"
)
_JOIN = 0.75  # of the font size: words of a label stand nearer than this
_JOIN_LETTERS = 1.4  # likewise, where a label is spaced
_PITCH = 1.35  # of the font size: rows of a table stand further apart than lines of one cell
#: How a column's entries may be set: by their middles, right ends or left ends.
_ANCHORS: tuple[Callable[[Box], float], ...] = (
    lambda box: (box.x0 + box.x1) / 2,
    lambda box: box.x1,
    lambda box: box.x0,
)


@dataclass(frozen=True, slots=True)
class Segment:
    """Words of one line that make one entry: a label, or one value."""

    page: int
    text: str
    box: Box
    size: float

    @property
    def is_value(self) -> bool:
        """Whether it is a number or a placeholder."""
        return is_value(self.text)

    @property
    def middle(self) -> float:
        """Height of its middle."""
        return (self.box.top + self.box.bottom) / 2

    @property
    def centre(self) -> float:
        """Its middle from the left."""
        return (self.box.x0 + self.box.x1) / 2

    @property
    def cell(self) -> Cell:
        """The segment as a cell."""
        return Cell(self.text, self.box.place(self.page))


def segments(line: Line) -> list[Segment]:
    """The entries of a line; two values beside each other are two, however near."""
    runs: list[list[Word]] = []
    for word in line.words:
        if runs and _belong(runs[-1][-1], word, line.size):
            runs[-1].append(word)
        else:
            runs.append([word])
    return [_segment(line, run) for run in runs]


def _belong(before: Word, word: Word, size: float) -> bool:
    # Labels of one or two characters are set apart to look wider: 总　计.
    wide = _JOIN_LETTERS if len(word.text) == 1 and not word.text.isascii() else _JOIN
    if word.box.x0 - before.box.x1 > wide * size or BEGINS.match(flat(word.text)):
        return False
    return not (is_value(before.text) and is_value(word.text))


def _segment(line: Line, words: Sequence[Word]) -> Segment:
    boxes = [word.box for word in words]
    box = Box(boxes[0].x0, min(b.top for b in boxes), boxes[-1].x1, max(b.bottom for b in boxes))
    return Segment(line.page, " ".join(word.text for word in words), box, line.size)


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of a table, each known by where its entries are set.

    Attributes:
        places: One number a column, from left to right.
        anchor: What of an entry's box stands there.
    """

    places: tuple[float, ...]
    anchor: Callable[[Box], float]

    def of(self, box: Box) -> int | None:
        """Number of the column that a box stands in, or None."""
        at = self.anchor(box)
        near = min(range(len(self.places)), key=lambda i: abs(self.places[i] - at))
        pitch = min((b - a for a, b in pairwise(self.places)), default=1e9)
        return near if abs(self.places[near] - at) < pitch / 3 else None


def columns_of(entries: Sequence[Segment], count: int) -> Columns | None:
    """The `count` columns in which entries are set; None where they are not told apart.

    Columns are tried as centred, set right and set left: entries of one column stand
    much nearer to each other than two columns do.
    """
    size = max((entry.size for entry in entries), default=0.0)
    for anchor in _ANCHORS:
        groups: list[list[float]] = []
        for at in sorted(anchor(entry.box) for entry in entries):
            if groups and at - groups[-1][-1] <= size:
                groups[-1].append(at)
            else:
                groups.append([at])
        spread = max((group[-1] - group[0] for group in groups), default=0.0)
        places = tuple(sum(group) / len(group) for group in groups)
        pitch = min((b - a for a, b in pairwise(places)), default=0.0)
        if len(groups) == count and spread < pitch / 3:
            return Columns(places, anchor)
    return None


def has_broken_numbers(lines: Sequence[Line]) -> bool:
    """Whether numbers go on in the next line, as they do in columns that are too narrow.

    Then a line of nothing but values stands right below another one's values; numbers of
    one line in the same row may stand between the two, at half the height. Or it is the
    first of a page, and goes on with the last of the page before.
    """
    above: list[Segment] = []  # another number of the row may stand between the two lines
    for line in lines:
        entries = segments(line)
        values = [entry for entry in entries if entry.is_value]
        if values and len(values) == len(entries) and _goes_on(above, values):
            return True
        near = line.box.top - 2 * line.size
        above = [e for e in above if e.page == line.page and e.box.bottom > near]
        above += values
    return False


def _goes_on(above: Sequence[Segment], values: Sequence[Segment]) -> bool:
    return any(
        (value.page != other.page or 0 < value.middle - other.middle < _PITCH * value.size)
        and value.box.x0 < other.box.x1
        and value.box.x1 > other.box.x0
        for value in values
        for other in above
    )
