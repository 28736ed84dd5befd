"""An archived page as its frame shows it: its own source, with one cell outlined.

What is added: an `id` in one start tag and a style sheet at the top. What is made idle:
tags for which a browser opens a connection although the Content-Security-Policy forbids
what would come over it (Chromium does so for a frame, and for a link that is followed),
or that fall under none of its directives (`link rel=preconnect`). Everything else is as
the agency's server sent it.

The cell is found by its start tag in the source, not by a path in a tree: browsers and
libxml2 build different trees from broken markup, but of the same tags. Each start tag is
numbered, the reader's own walk says which element prints the figure, and its number says
where that element begins. Which tags these are is told by the browsers' rules (`tokens`);
the page that is shown is read again by both, and where they differ nothing is outlined.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from lxml import etree

from archive.site.dumps import bare, pieces_of
from archive.site.tokens import agreed, prologue, tokens
from extract.decode import decode
from extract.errors import ReadingError
from extract.locators import Spot, spots

#: The largest page in which a cell is looked for.
LARGEST_SEARCHED = 4 << 20
#: The most `<` in it: it is read three times, and whoever looks at it waits.
MOST_TAGS = 100_000
#: No page can hold an id that is made with it: none knew it when it was written.
_SECRET = secrets.token_bytes(32)
_AT = "nianbao-at"
_NAME = re.compile(r"<[A-Za-z][^\t\n\f\r />]*")
#: ASCII only: `ı` and `İ` are no letters of a tag's name, whatever a language makes of them.
_IDLE = re.compile(
    r"<(/?iframe|frame|link|a|area|/?set|/?animate[a-z]*)(?=[\s/>])", re.IGNORECASE | re.ASCII
)
#: What a tag becomes. `meta` and `noembed` stand where the other one may, and end as it
#: does, so that the tree stays the same; of two attributes of one name the first counts.
#: No quotes: what looks like a tag may stand in the value of an attribute. An animation
#: of a drawing could give a link its address back: no element has its new name.
_INSTEAD = {
    "link": "<meta", "frame": "<meta", "iframe": "<noembed", "/iframe": "</noembed",
    "a": "<a href=# ", "area": "<area href=# ",
}  # fmt: skip
_FRAME = re.compile(r"<i?frame(?=[\s/>])", re.IGNORECASE | re.ASCII)
#: Elements that hold the whole page: an outline around them shows nothing.
_TOO_WIDE = frozenset({"html", "body", "form", "center", "table", "tbody", "tr"})
#: A click on a link does not even scroll.
_INERT = "a,area{pointer-events:none!important}:any-link{pointer-events:none!important}"
_OUTLINE = (
    "*{{outline:none!important}}"
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
    found = _found(content, place, printed) if place else None
    if found is not None:
        begin, spot = found
        anchor = _anchor(body, place)
        pieces = [] if spot.whole else pieces_of(content, begin, spot, place)
        if pieces:
            marked = _styled(_with_line(content, pieces, anchor), anchor)
            if _agree(marked, place, printed, anchor):
                return Shown(_idle(marked), anchor, whole=False, line=True, frames=frames)
        if spot.element.tag not in _TOO_WIDE:
            marked = _styled(_with_id(content, begin, anchor), anchor)
            if _agree(marked, place, printed, anchor):
                return Shown(_idle(marked), anchor, spot.whole, frames=frames)
    return Shown(_idle(_styled(content, "")), frames=frames)


def _anchor(body: bytes, place: str) -> str:
    """An id that no page can have foreseen; the same for our page and for its frame."""
    made = hmac.new(_SECRET, hashlib.sha256(body).digest() + place.encode(), hashlib.sha256)
    return f"nianbao-cell-{made.hexdigest()[:32]}"


def _with_id(content: str, begin: int, anchor: str) -> str:
    """The page with an id in the start tag that begins there."""
    tag = _NAME.match(content, begin)
    at = tag.end() if tag else begin
    return f'{content[:at]} id="{anchor}" {content[at:]}'


def _with_line(content: str, pieces: list[tuple[int, int]], anchor: str) -> str:
    """The page with a `mark` around each piece of a line; they hold no tags."""
    printed = [(a, b) for a, b in pieces if content[a:b].strip()]
    made, at = [], 0
    for number, (a, b) in enumerate(printed):
        a += len(content[a:b]) - len(content[a:b].lstrip())
        b -= len(content[a:b]) - len(content[a:b].rstrip())
        name = "id" if number == 0 else "class"
        made += [content[at:a], f"<mark {name}={anchor}>{content[a:b]}</mark>"]
        at = b
    return "".join([*made, content[at:]])


def _idle(content: str) -> str:
    """A page in which no tag opens a connection."""
    return _IDLE.sub(_idle_tag, content)


def _idle_tag(match: re.Match[str]) -> str:
    name = match[1].lower()
    if name in _INSTEAD:
        return _INSTEAD[name]
    return f"</nianbao-{name[1:]}" if name.startswith("/") else f"<nianbao-{name}"


def _found(content: str, place: str, printed: str) -> tuple[int, Spot] | None:
    """Where the start tag of the element begins that prints a figure, and the spot."""
    if len(content) > LARGEST_SEARCHED or content.count("<") > MOST_TAGS:
        return None
    spot = _spot(agreed(content, _AT), place, printed)
    number = spot.element.get(_AT, "") if spot else ""
    return (int(number), spot) if spot and number.isdecimal() else None


def _spot(content: str, place: str, printed: str) -> Spot | None:
    """What stands at a place, if it is what the release says."""
    try:
        spot = spots(content, {place}).get(place)
    except ReadingError:
        return None
    return spot if spot and _same(spot.text, printed) else None


def _agree(marked: str, place: str, printed: str, anchor: str) -> bool:
    """Whether reader and browser both find the figure in what is marked.

    The browser gets the page with its tags made idle, so it is that one which is looked at.
    """
    shown = _idle(marked)
    first = next((token for token in tokens(shown) if token.kind == "start"), None)
    if first is None or not shown.startswith("<style>", first.begin):
        return False
    marks = marked.count(f"={anchor}>")
    return all(_is_marked(each, place, printed, anchor, marks) for each in (marked, agreed(shown)))


def _is_marked(content: str, place: str, printed: str, anchor: str, marks: int) -> bool:
    """Whether the figure stands at its place, in the element or the line that is marked.

    Nothing else in the page answers to the anchor, in whatever letters.
    """
    spot = _spot(content, place, printed)
    if spot is None:
        return False
    named = [
        node
        for node in spot.element.getroottree().iter(etree.Element)
        if anchor in (node.get("id", "") + " " + node.get("class", "")).lower()
    ]
    if not marks:
        return named == [spot.element]
    known = set(named)
    within = [node for node in spot.element.iter("mark") if node in known]
    text = "".join("".join(node.itertext()) for node in within)  # type: ignore[arg-type]  # lxml: str
    return len(named) == len(within) == marks and bare(text) == bare(spot.line)


def _same(read: str, printed: str) -> bool:
    return "".join(read.split()) == "".join(printed.split())


def _styled(content: str, anchor: str) -> str:
    """The page with our style sheet in its head, behind a doctype: quirks stay as they were.

    Nothing but blanks and comments stands before a doctype, so it is in no other element.
    Its rules come in a layer once more: of rules that are `!important`, those of the page's
    first layer win over all others; a browser that knows no layers has them without.
    """
    at = prologue(content)
    rules = _INERT + (_OUTLINE.format(anchor) if anchor else "")
    return f"{content[:at]}<style>{rules}@layer{{{rules}}}</style>{content[at:]}"
