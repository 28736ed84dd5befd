"""Where a line of a dump that was pasted into a page stands in the page's source.

Editors paste tables as lines of a `pre`, or between `br`s: the element that prints a figure
then prints much else. What is looked for is the line, by its text and by which it is of
the lines of that text; where the source has another number of them, nothing is told.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from extract.formats.markup import BLOCKS, PREFORMATTED
from extract.locators import Spot, of_place

Piece = tuple[int, int]
#: No `<` in it: a tag whose attributes hold one is taken for text, and its line not found.
_TAG = re.compile(r"<[^<>]*>")
_NAME = re.compile(r"<(/?)([A-Za-z][^\s/>]*)")
#: A character's number that no character has; Python refuses to make a number of it.
_NO_CHARACTER = re.compile("&#[0-9]{1000,};?")


def pieces_of(content: str, begin: int, spot: Spot, place: str) -> list[Piece]:
    """The pieces of text, begin and end, that the line of a figure consists of.

    Args:
        content: The page's source.
        begin: Where the start tag of the element begins that prints the figure.
        spot: The figure's spot.
        place: Its place.

    Returns:
        Pieces without any tag in them; none where the line was not found for certain.
    """
    if spot.element.tag in PREFORMATTED:
        return _of_dump(content, begin, spot, place)
    wanted = " ".join(spot.line.split())
    alike = [line for line in _lines(content, 0, breaks=False) if _text(content, line) == wanted]
    turn, of = spot.turn
    return alike[turn - 1] if wanted and len(alike) == of else []


def _of_dump(content: str, begin: int, spot: Spot, place: str) -> list[Piece]:
    """The line of a `pre`: its number is in the place; its text proves it."""
    tag = _TAG.match(content, begin)
    number = of_place(place).line
    if tag is None or number is None:
        return []
    for at, line in enumerate(_lines(content, tag.end(), breaks=True), 1):
        # libxml2 and browsers drop a line break that follows the tag, or do not.
        if at in (number, number + 1) and bare(_text(content, line)) == bare(spot.line):
            return line
        if at > number:
            break
    return []


def _lines(content: str, start: int, *, breaks: bool) -> Iterator[list[Piece]]:
    """Pieces of text between tags that break a line, or also between line breaks."""
    line: list[Piece] = []
    at = start
    for tag in _TAG.finditer(content, start):
        yield from _broken(content, line, (at, tag.start()), breaks)
        name = _NAME.match(tag[0])
        if name and name[2].lower() in BLOCKS and tag[0].lower() != "</br>":
            yield line.copy()
            line.clear()
        at = tag.end()
    yield from _broken(content, line, (at, len(content)), breaks)
    yield line.copy()


def _broken(content: str, line: list[Piece], piece: Piece, breaks: bool) -> Iterator[list[Piece]]:
    """Put a piece into the line; a line break in it ends the line."""
    first, last = piece
    while breaks and (end := content.find("\n", first, last)) >= 0:
        line.append((first, end))
        yield line.copy()
        line.clear()
        first = end + 1
    line.append((first, last))


def _text(content: str, line: list[Piece]) -> str:
    text = _NO_CHARACTER.sub("\ufffd", "".join(content[a:b] for a, b in line))
    return " ".join(html.unescape(text).split())


def bare(text: str) -> str:
    """A line without blanks, and without what splits its cells."""
    return "".join(text.replace("|", "").split())
