"""An archived page as its frame shows it: its own source, with one cell outlined.

What is added: an `id` in one start tag and a style sheet at the top. What is made idle:
tags for which a browser opens a connection although the Content-Security-Policy forbids
what would come over it (Chromium does so for a frame, and for a link that is followed),
or that fall under none of its directives (`link rel=preconnect`). Everything else is as
the agency's server sent it.

The cell is found by its start tag in the source, not by a path in a tree: browsers and
libxml2 build different trees from broken markup, but of the same tags. Each start tag is
numbered, the reader's own walk says which element prints the figure, and its number says
where that element begins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive.site.dumps import bare, pieces_of
from extract.decode import decode
from extract.errors import ReadingError
from extract.locators import Spot, spots

#: The largest page in which a cell is looked for.
LARGEST_SEARCHED = 4 << 20
_START_TAG = re.compile(r"<([A-Za-z][^\s/>]*)")
_AT = "nianbao-at"
_IDLE = re.compile(r"<(/?iframe|frame|link|a|area)(?=[\s/>])", re.I)
#: What a tag becomes. `meta` and `noembed` stand where the other one may, and end as it
#: does, so that the tree stays the same; of two attributes of one name the first counts.
#: No quotes: what looks like a tag may stand in the value of an attribute.
_INSTEAD = {
    "link": "<meta", "frame": "<meta", "iframe": "<noembed", "/iframe": "</noembed",
    "a": "<a href=# ", "area": "<area href=# ",
}  # fmt: skip
_FRAME = re.compile(r"<i?frame(?=[\s/>])", re.I)
_DOCTYPE = re.compile(r"\s*(?:(?:<!--.*?-->|<\?[^>]*>)\s*)*<!doctype\b[^>]*>", re.I | re.S)
#: Elements that hold the whole page: an outline around them shows nothing.
_TOO_WIDE = frozenset({"html", "body", "form", "center", "table", "tbody", "tr"})
#: A click on a link does not even scroll.
_INERT = "a[href],area[href]{pointer-events:none!important}"
_OUTLINE = (
    "mark#{0},mark.{0}{{background:#ffe27a!important;color:#111!important}}"
    "#{0}{{outline:3px solid #c8102e!important;outline-offset:1px!important;"
    "box-shadow:0 0 0 7px rgba(255,205,0,.65)!important;"
    "scroll-margin:22vh 30vw!important}}"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A page for its frame.

    Attributes:
        html: Its source with what is added and changed.
        anchor: Id of the element that is outlined, or "".
        whole: Whether that element prints the figure and nothing else.
        line: Whether it is the line of a dump that prints the figure.
        frames: How many frames were made idle; what stood in them is not shown.
    """

    html: str
    anchor: str = ""
    whole: bool = True
    line: bool = False
    frames: int = 0


def show(body: bytes, place: str = "", printed: str = "") -> Shown:
    """A page as its frame shows it.

    Args:
        body: The archived bytes of a page.
        place: Place of the figure to be outlined, or "".
        printed: What the release says that the page prints there.

    Returns:
        The page. Nothing is outlined in it unless the reader finds these very characters
        at that place, in the page as it was and in the page as it is shown.
    """
    content = decode(body)[0]
    frames = len(_FRAME.findall(content))
    anchor = _unused(content)
    found = _found(content, place, printed) if place else None
    if found is not None:
        begin, spot = found
        pieces = [] if spot.whole else pieces_of(content, begin, spot, place)
        if pieces:
            marked = _styled(_with_line(content, pieces, anchor), anchor)
            if _has_line(marked, place, printed, anchor):
                return Shown(_idle(marked), anchor, whole=False, line=True, frames=frames)
        if spot.element.tag not in _TOO_WIDE:
            marked = _styled(_with_id(content, begin, anchor), anchor)
            if _is_at(marked, place, printed, anchor):
                return Shown(_idle(marked), anchor, spot.whole, frames=frames)
    return Shown(_idle(_styled(content, "")), frames=frames)


def _with_id(content: str, begin: int, anchor: str) -> str:
    """The page with an id in the start tag that begins there."""
    tag = _START_TAG.match(content, begin)
    at = tag.end() if tag else begin
    return f'{content[:at]} id="{anchor}" {content[at:]}'


def _with_line(content: str, pieces: list[tuple[int, int]], anchor: str) -> str:
    """The page with a `mark` around each piece of a line; they hold no tags."""
    printed = [(a, b) for a, b in pieces if content[a:b].strip()]
    for number, (a, b) in reversed(list(enumerate(printed))):
        a += len(content[a:b]) - len(content[a:b].lstrip())
        b -= len(content[a:b]) - len(content[a:b].rstrip())
        name = "id" if number == 0 else "class"
        content = f"{content[:a]}<mark {name}={anchor}>{content[a:b]}</mark>{content[b:]}"
    return content


def _idle(content: str) -> str:
    """A page in which no tag opens a connection."""
    return _IDLE.sub(lambda match: _INSTEAD[match[1].lower()], content)


def _found(content: str, place: str, printed: str) -> tuple[int, Spot] | None:
    """Where the start tag of the element begins that prints a figure, and the spot."""
    if len(content) > LARGEST_SEARCHED:
        return None
    numbered = _START_TAG.sub(lambda match: f"{match[0]} {_AT}={match.start()} ", content)
    try:
        spot = spots(numbered, {place}).get(place)
    except ReadingError:
        return None
    if spot is None or not _same(spot.text, printed):
        return None
    number = spot.element.get(_AT, "")
    return (int(number), spot) if number.isdecimal() else None


def _is_at(content: str, place: str, printed: str, anchor: str) -> bool:
    """Whether the figure stands at its place in the marked page, in the marked element."""
    spot = spots(content, {place}).get(place)
    return spot is not None and spot.element.get("id") == anchor and _same(spot.text, printed)


def _has_line(content: str, place: str, printed: str, anchor: str) -> bool:
    """Whether the figure stands at its place in the marked page, its line in the mark."""
    spot = spots(content, {place}).get(place)
    if spot is None or not _same(spot.text, printed):
        return False
    marks = [
        node for node in spot.element.iter("mark") if anchor in (node.get("id"), node.get("class"))
    ]
    text = "".join("".join(node.itertext()) for node in marks)  # type: ignore[arg-type]
    return bare(text) == bare(spot.line)


def _same(read: str, printed: str) -> bool:
    return "".join(read.split()) == "".join(printed.split())


def _unused(content: str) -> str:
    """An id that the page does not use."""
    anchor = "nianbao-cell"
    while anchor in content:
        anchor += "-x"
    return anchor


def _styled(content: str, anchor: str) -> str:
    """The page with our style sheet in its head, behind a doctype: quirks stay as they were."""
    doctype = _DOCTYPE.match(content)
    at = doctype.end() if doctype else 0
    rules = _INERT + (_OUTLINE.format(anchor) if anchor else "")
    return f"{content[:at]}<style>{rules}</style>{content[at:]}"
