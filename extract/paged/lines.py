"""Glyphs to lines of words, and lines to paragraphs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..labels import flat
from .page import Box, Glyph, Page, around

_SAME_LINE = 0.45  # of the font size: how far two middles of one line may be apart
SPACE = 0.3  # of the font size: a wider gap is a space
_SMALLER = 0.8  # a glyph so much smaller than its neighbour is a mark, no digit of its number
_OVERLAP = 0.4  # of the narrower width: two digits that cover each other more are of two numbers
_RAISED = 0.2  # of the font size: a digit that stands higher or lower by so much is a mark
_IN_NUMBERS = frozenset("0123456789.,+-")
_EDGE = 0.1  # share of the page's height in which page numbers and running heads stand
_PAGE_NUMBER = re.compile(r"[-—－–·.]{0,2}(?:第?\d{1,3}页?(?:[/共，,]*\d{1,3}页?)?)[-—－–·.]{0,2}")
_HEADING = re.compile("[一二三四五六七八九十]、")
_ON_PAGES = 3  # a line that stands at the edge of so many pages is a running head
_LONG = 0.6  # of the text's width: shorter lines say nothing about the margins


@dataclass(frozen=True, slots=True)
class Word:
    """Glyphs of one line without a gap between them."""

    text: str
    box: Box

    @property
    def middle(self) -> float:
        """Height of its middle."""
        return (self.box.top + self.box.bottom) / 2


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line of a page."""

    page: int
    words: tuple[Word, ...]
    box: Box
    size: float

    @property
    def text(self) -> str:
        """Its words, joined by one space."""
        return " ".join(word.text for word in self.words)


def lines_of(glyphs: Iterable[Glyph], page: int = 0) -> list[Line]:
    """Glyphs to lines, from the top down."""
    found: list[list[Glyph]] = []
    middle = size = 0.0
    for glyph in sorted(glyphs, key=lambda glyph: (glyph.middle, glyph.box.x0)):
        if found and glyph.middle - middle <= _SAME_LINE * max(size, glyph.size):
            found[-1].append(glyph)
        else:
            found.append([glyph])
            middle, size = glyph.middle, glyph.size
    return [_line(line, page) for line in found]


def _line(glyphs: list[Glyph], page: int) -> Line:
    glyphs = sorted(glyphs, key=lambda glyph: glyph.box.x0)
    runs: list[list[Glyph]] = [[glyphs[0]]]
    for before, glyph in pairwise(glyphs):
        if _apart(before, glyph):
            runs.append([])
        runs[-1].append(glyph)
    words = tuple(Word("".join(glyph.text for glyph in run), around(run)) for run in runs)
    return Line(page, words, around(glyphs), max(glyph.size for glyph in glyphs))


def _apart(before: Glyph, glyph: Glyph) -> bool:
    small, large = sorted((before.size, glyph.size))
    # A raised 1 behind a number is a footnote's mark.
    mark = small < _SMALLER * large and before.text.isdigit() and glyph.text.isdigit()
    return mark or glyph.box.x0 - before.box.x1 > SPACE * large or _clash(before, glyph)


def _clash(before: Glyph, glyph: Glyph) -> bool:
    """Whether two neighbours in a number cannot be of one: printed over each other, or raised.

    A shadow, an old text layer and a watermark put their digits among a number's own.
    """
    if not (before.text in _IN_NUMBERS and glyph.text in _IN_NUMBERS):
        return False
    a, b = before.box, glyph.box
    if before.text.isdigit() and glyph.text.isdigit():
        narrow = min(a.x1 - a.x0, b.x1 - b.x0)
        if a.x1 - b.x0 > _OVERLAP * narrow:
            return True
    return abs(before.middle - glyph.middle) > _RAISED * max(before.size, glyph.size)


def without_page_marks(pages: Sequence[Page], lines: Sequence[Line]) -> list[Line]:
    """The lines without page numbers and running heads at the pages' edges."""
    heights = {page.number: page.height for page in pages}

    def at_edge(line: Line) -> bool:
        height = heights[line.page]
        return line.box.bottom < _EDGE * height or line.box.top > (1 - _EDGE) * height

    edge = [line for line in lines if at_edge(line)]
    seen = Counter((flat(line.text), round(line.box.top)) for line in edge)
    marks = {
        id(line)
        for line in edge
        if _PAGE_NUMBER.fullmatch(flat(line.text))
        or seen[flat(line.text), round(line.box.top)] >= _ON_PAGES
    }
    return [line for line in lines if id(line) not in marks]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that are read on, with the place of the first."""

    text: str
    place: str


def paragraphs(lines: Sequence[Line], margins: tuple[float, float]) -> list[Paragraph]:
    """Join lines to paragraphs.

    A paragraph begins with an indent, or after a line that ends before the right margin;
    a page's end does not end it.

    Args:
        lines: Lines of prose in reading order, no table between them.
        margins: Left and right margin of the document's text (`margins_of`).
    """
    left, right = margins
    made: list[list[Line]] = []
    for line in lines:
        if made and _goes_on(made[-1][-1], line, left, right):
            made[-1].append(line)
        else:
            made.append([line])
    return [Paragraph(_joined(group), group[0].box.place(group[0].page)) for group in made]


def _joined(group: Sequence[Line]) -> str:
    text = group[0].text
    for line in group[1:]:
        # Han characters are not separated by white space, words of Latin letters are.
        apart = text[-1:].isascii() and text[-1:].isalnum() and line.text[:1].isalpha()
        text += (" " if apart and line.text[:1].isascii() else "") + line.text
    return text


def margins_of(lines: Sequence[Line]) -> tuple[float, float]:
    """Left and right margin of a document's text."""
    if not lines:
        return 0.0, 0.0
    left, right = min(line.box.x0 for line in lines), max(line.box.x1 for line in lines)
    long = [line for line in lines if line.box.x1 - line.box.x0 > _LONG * (right - left)]
    if long:
        left = min(line.box.x0 for line in long)
        right = max(line.box.x1 for line in long)
    return left, right


def _goes_on(before: Line, line: Line, left: float, right: float) -> bool:
    size = max(before.size, line.size)
    if abs(before.size - line.size) > 0.1 * size:  # a heading in another size
        return False
    indented = line.box.x0 > left + 1.2 * line.size
    short = before.box.x1 < right - 1.6 * before.size
    apart = before.page == line.page and line.box.top - before.box.bottom > 2.5 * size
    heading = before.text.endswith(("。", "；", "：")) and _HEADING.match(flat(line.text))
    return not (indented or short or apart or heading)
