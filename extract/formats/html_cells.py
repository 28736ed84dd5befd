"""Cells of an HTML table: which cells a row has, and what each of them prints."""

from __future__ import annotations

from lxml import etree

from ..labels import LONGEST_LABEL
from ..values import is_value
from .markup import BREAKS, CELLS, CONTROLS, RARE, SKIPPED, all_text, clean

#: Controls of a form that print no text of their own.
_NOT_TEXT = frozenset(
    {"hidden", "checkbox", "radio", "button", "submit", "reset", "image", "file", "password"}
)


def cells_of(row: etree._Element) -> list[etree._Element]:
    """The cells that belong to a `tr`, those in a form or another stray wrapper included."""
    cells = []
    for child in row:
        tag = child.tag
        if tag in CELLS:
            cells.append(child)
        elif tag != "table" and tag not in SKIPPED and len(child):
            cells.extend(_wrapped(child))
    return cells


def _wrapped(wrapper: etree._Element) -> list[etree._Element]:
    """Cells in an element that is none, but not the cells of an inner table."""
    found = []
    walk = etree.iterwalk(wrapper, events=("start",))
    for _, node in walk:
        if node.tag in CELLS:
            found.append(node)
        if node.tag in CELLS or node.tag == "table":
            walk.skip_subtree()
    return found


def holds_rows(cell: etree._Element) -> bool:
    """Whether a cell holds a table of its own; one of a single cell is a mere frame."""
    tables = cells = 0
    for node in cell.iterdescendants("table", "td", "th"):
        tables += node.tag == "table"
        cells += node.tag in CELLS
        if cells > max(tables, 1):
            return True
    return False


def is_data(plain: list[str]) -> bool:
    """Whether texts beside an inner table are a row of data: short, with a value."""
    return (
        len(plain) > 1
        and all(len(text) <= LONGEST_LABEL for text in plain)
        and any(map(is_value, plain))
    )


def is_plain(table: etree._Element) -> bool:
    """Whether no cell of a table holds anything that breaks a line but paragraphs."""
    return next(table.iter(*RARE), None) is None


def cell_text(cell: etree._Element, plain: bool = False) -> str:
    """A cell's text; block elements and line breaks inside it become line breaks.

    Args:
        cell: The cell.
        plain: Whether its table `is_plain`, and it holds no table itself.

    >>> cell_text(etree.fromstring("<td><p><span>1</span>2</p></td>"))
    '12'
    >>> cell_text(etree.fromstring("<td>12<p>3</p></td>")).splitlines()
    ['12', '3']
    """
    if not len(cell):
        text = cell.text
        return " ".join(text.split()) if text else ""
    return clean(all_text(cell)) if _is_one_line(cell, plain) else _lines(cell)


def _is_one_line(cell: etree._Element, plain: bool) -> bool:
    """Whether nothing in a cell breaks its line, but for one paragraph around it all."""
    first = cell[0]
    tag = first.tag
    if tag == "p":
        if len(cell) > 1 or _says(cell.text) or _says(first.tail):
            return False
        if plain:  # the parser puts no paragraph into a paragraph
            return True
        inner = first.iterdescendants()
    elif tag in BREAKS or tag in CONTROLS:
        return False
    else:
        inner = cell.iterdescendants()
    return not any(node.tag in BREAKS or node.tag in CONTROLS for node in inner)


def _says(text: str | None) -> bool:
    return text is not None and not text.isspace()


def _lines(cell: etree._Element) -> str:
    parts: list[str] = []
    for event, node in etree.iterwalk(cell, events=("start", "end")):
        inner = node is not cell
        breaks = inner and node.tag in BREAKS
        if breaks and (event == "start" or node.tag != "br"):
            parts.append("\n")
        if event == "start":
            parts.append(_printed_by(node) if node.tag == "input" else _flat(node.text))
        elif inner:
            parts.append(_flat(node.tail))
    lines = (clean(line) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _printed_by(control: etree._Element) -> str:
    """The text that a form's control shows."""
    shown = control.get("type", "text").strip().lower() not in _NOT_TEXT
    return _flat(control.get("value")) if shown else ""


def _flat(text: str | None) -> str:
    """Source text with its own line breaks as blanks: only markup breaks a line."""
    return text.replace("\n", " ").replace("\r", " ") if text else ""
