"""Where a figure stands in its document, so that its cell can be shown again.

A figure's `place` is short, and made while reading; what a viewer needs is worked out
from the bytes only when it is asked for. For a page it is a path that a browser's
`document.querySelector` finds. Browsers and libxml2 build different trees from broken
markup, so the printed text comes with the path: what stands there must say the same.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from lxml import etree

from .decode import decode
from .errors import ReadingError
from .formats import html, layouts, zipped
from .formats.html_walk import Walk
from .formats.markup import CELLS, WAS, blank_hidden, parse
from .types import Document

_BOX = re.compile(r"p(\d+)@([-\d.]+),([-\d.]+),([-\d.]+),([-\d.]+)$")
_LINE = re.compile(r"L(\d+)(?:([cw])(\d+))?$")
_BODIES = frozenset({"tbody", "thead", "tfoot"})


@dataclass(frozen=True, slots=True)
class Locator:
    """A figure's place in terms that a viewer can use.

    Attributes:
        place: The place as the reader wrote it.
        text: The text printed there, as the reader read it.
        css: Path for `document.querySelector` in an HTML page, or "".
        whole: Whether the element that `css` finds prints this text and nothing else.
        line: Line of a text dump, counted from 1, or None.
        column: Which cell or word of that line, counted from 1, or None.
        page: Page of a PDF or OFD, counted from 1, or None.
        box: Left, top, right and bottom on that page, or None.
        member: Name of the file in a ZIP archive, or "".
    """

    place: str
    text: str
    css: str = ""
    whole: bool = True
    line: int | None = None
    column: int | None = None
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    member: str = ""


def locate(body: bytes, place: str) -> Locator:
    """Find one place in a document; for several, `locate_all` reads the document once."""
    return locate_all(body, [place])[place]


def locate_all(body: bytes, places: list[str]) -> dict[str, Locator]:
    """Find the places of figures in the document that they were read from.

    Args:
        body: The document's bytes, as they were read.
        places: Places of figures (`Figure.place`).

    Returns:
        Place → locator.

    Raises:
        ReadingError: A place is not in this document, or the document cannot be read.
    """
    if not zipped.is_archive(body):
        return _locate(body, places)
    members = dict(zipped.members(body))
    found: dict[str, Locator] = {}
    for name in {place.rpartition("!")[0] for place in places}:
        if name not in members:
            raise ReadingError(f"no file {name} in this ZIP archive; was another one read?")
        own = [place.rpartition("!")[2] for place in places if place.rpartition("!")[0] == name]
        for place, locator in _locate(members[name], own).items():
            full = f"{name}!{place}"
            found[full] = replace(locator, place=full, member=name)
    return found


def of_place(place: str, text: str = "") -> Locator:
    """What a place says by itself, without the document: page and box, line, member."""
    member, _, inner = place.rpartition("!")
    return replace(_locator(inner, text, None), place=place, member=member)


def _locate(body: bytes, places: list[str]) -> dict[str, Locator]:
    wanted = set(places)
    found: dict[str, Locator] = {}
    for document in layouts(body):
        printed = _printed(document)
        paths = _paths(body, wanted) if document.kind == "html" else {}
        for place in wanted & printed.keys():
            found[place] = _locator(place, printed[place], paths.get(place))
        wanted -= found.keys()
        if not wanted:
            return found
    raise ReadingError(f"no place {min(wanted)} in this document; was another one read?")


def _printed(document: Document) -> dict[str, str]:
    return {cell.place: cell.text for row in document.rows for cell in row.cells}


def _locator(place: str, text: str, path: tuple[str, bool] | None) -> Locator:
    locator = Locator(place, text)
    if path:
        locator = replace(locator, css=path[0], whole=path[1])
    line = _LINE.search(place)
    if line:
        column = int(line[3]) if line[3] else None
        locator = replace(locator, line=int(line[1]), column=column)
    box = _BOX.match(place)
    if box:
        left, top, right, bottom = (float(box[i]) for i in range(2, 6))
        locator = replace(locator, page=int(box[1]), box=(left, top, right, bottom))
    return locator


# -- HTML ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a page prints something, in the tree that the reader walks.

    Attributes:
        element: The element that prints it.
        text: What the reader reads there.
        whole: Whether the element prints nothing else.
        line: The text of the line or paragraph that holds it.
        turn: Which of the page's paragraphs of that text it is, and how many there are.
    """

    element: etree._Element
    text: str
    whole: bool
    line: str
    turn: tuple[int, int]


def spots(content: str, wanted: set[str]) -> dict[str, Spot]:
    """Those of the wanted places that a page has.

    Args:
        content: The decoded page.
        wanted: Places of figures.

    Raises:
        ReadingError: The page cannot be parsed, or is larger than any report.
    """
    page = parse(content.replace("\x00", ""))
    blank_hidden(page)
    walk = Walk(page.root, keep_elements=True)
    elements = walk.elements or {}
    rows = list(walk.rows)
    if wanted - elements.keys():  # the cells of a dump stand in its paragraphs
        dumped = html.from_lines(walk)[0]
        for cell in (cell for row in dumped for cell in row.cells):
            if cell.place not in elements and _paragraph(cell.place) in elements:
                elements[cell.place] = elements[_paragraph(cell.place)]
        rows += dumped
    texts = {cell.place: cell.text for row in reversed(rows) for cell in row.cells}
    lines = _lines(walk)
    uses = Counter(elements.values())
    found = {}
    for place in wanted & elements.keys():
        line, turn = lines.get(_paragraph(place), ("", (0, 0)))
        whole = uses[elements[place]] == 1
        found[place] = Spot(elements[place], texts[place], whole, line, turn)
    return found


def _lines(walk: Walk) -> dict[str, tuple[str, tuple[int, int]]]:
    """Each paragraph and each line of a dump: its text, and which it is of those like it."""
    parts: dict[str, list[str]] = {}
    for cell in (cell for row in walk.rows for cell in row.cells):
        parts.setdefault(_paragraph(cell.place), []).append(cell.text)
    texts = {place: " ".join(found) for place, found in parts.items()}
    alike, seen = Counter(texts.values()), Counter[str]()
    lines = {}
    for place, text in texts.items():
        seen[text] += 1
        lines[place] = (text, (seen[text], alike[text]))
    return lines


def _paths(body: bytes, wanted: set[str]) -> dict[str, tuple[str, bool]]:
    """Place → CSS path, and whether the element says nothing else."""
    found = spots(decode(body)[0], wanted)
    first = next(iter(found.values()), None)
    if first is not None:
        _unwrap_forms(first.element.getroottree().getroot())
    return {place: (css_path(spot.element), spot.whole) for place, spot in found.items()}


def _unwrap_forms(root: etree._Element) -> None:
    """Put what is in a form between a table's elements beside it, as browsers do."""
    for form in list(root.iter("form")):
        parent = form.getparent()
        if parent is not None and parent.tag in (*_BODIES, "table", "tr"):
            for child in list(form):
                form.addprevious(child)


def _paragraph(place: str) -> str:
    return re.split(r"[cw]", place)[0]


def css_path(element: etree._Element) -> str:
    """The path of an element for `querySelector`, as a browser builds the tree.

    A browser puts a `tbody` around rows that stand in a table itself, and a `tr` around
    cells that stand in no row; the path has them.
    """
    steps: list[str] = []
    node: etree._Element | None = element
    while node is not None and node.tag not in ("body", "html"):
        steps = [*_steps(node), *steps]
        node = node.getparent()
    return " > ".join(["body", *steps])


def _steps(node: etree._Element) -> list[str]:
    parent = node.getparent()
    around = parent.tag if parent is not None else ""
    if node.tag in CELLS and around in (*_BODIES, "table"):
        row = f"tr:nth-of-type({_rank(node)})"
        cell = f"{node.tag}:nth-child({_in_run(node)})"
        return [*_implied(node, around), row, cell]
    if node.tag == "tr" and around in (*_BODIES, "table"):
        return [*_implied(node, around), f"tr:nth-of-type({_rank(node)})"]
    if node.tag in _BODIES and around == "table":
        number = sum(_begins_body(each, str(node.tag)) for each in _until(node))
        return [f"{node.tag}:nth-of-type({number})"]
    if node.tag in CELLS:
        # td and th are counted together, as rows mix them.
        number = 1 + sum(_name(each) in CELLS for each in node.itersiblings(preceding=True))
        return [f":nth-child({number} of td, th)"]
    same = 1 + sum(_name(each) == node.tag for each in node.itersiblings(preceding=True))
    return [f"{node.tag}:nth-of-type({same})"]


def _implied(node: etree._Element, around: str) -> list[str]:
    """The `tbody` that a browser makes around rows of a table itself."""
    if around != "table":
        return []
    number = sum(_begins_body(each, "tbody") for each in _until(node))
    return [f"tbody:nth-of-type({number})"]


def _until(node: etree._Element) -> list[etree._Element]:
    """An element's siblings up to and with itself."""
    return [*reversed(list(node.itersiblings(preceding=True))), node]


def _name(node: etree._Element) -> str:
    """An element's name in the page; a hidden one has another in the tree."""
    return node.get(WAS) or str(node.tag)


def _loose(node: etree._Element | None) -> bool:
    """Whether an element is a row, or a cell without one, of the table itself."""
    return node is not None and (_name(node) == "tr" or _name(node) in CELLS)


def _begins_body(node: etree._Element, name: str) -> bool:
    """Whether a `tbody` (or what `name` says) begins at a child of a table."""
    if _name(node) == name:
        return True
    return name == "tbody" and _loose(node) and not _loose(node.getprevious())


def _begins_row(node: etree._Element) -> bool:
    before = node.getprevious()
    if _name(node) in CELLS:
        return before is None or _name(before) not in CELLS
    return _name(node) == "tr"


def _rank(node: etree._Element) -> int:
    """Number of a row among those of its body, printed or implied."""
    own = _until(node)
    parent = node.getparent()
    if parent is not None and parent.tag == "table":
        own = own[max(i for i, each in enumerate(own) if _begins_body(each, "tbody")) :]
    return sum(map(_begins_row, own))


def _in_run(node: etree._Element) -> int:
    """Number of a cell without a row in its run of cells."""
    number, before = 1, node.getprevious()
    while before is not None and _name(before) in CELLS:
        number, before = number + 1, before.getprevious()
    return number
