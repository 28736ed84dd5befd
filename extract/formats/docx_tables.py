"""Cells of a DOCX's tables, out of content controls and tracked changes."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from .package import attribute, child, local, whole

#: What stands around blocks, rows, cells and runs without being printed itself.
_WRAPPERS = frozenset({"sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"})


def unwrapped(parent: etree._Element, *wanted: str) -> Iterator[etree._Element]:
    """Children of the given names, out of content controls and tracked insertions."""
    for element in parent:
        name = local(element)
        if name in wanted:
            yield element
        elif name in _WRAPPERS:
            yield from unwrapped(element, *wanted)
        elif name == "AlternateContent":
            yield from unwrapped(alternative(element), *wanted)


def alternative(element: etree._Element) -> etree._Element:
    """The one of several alternatives that is printed: never two of them."""
    for name in ("Choice", "Fallback"):
        found = child(element, name)
        if found is not None:
            return found
    return element


def own_cells(
    row: etree._Element, above: frozenset[int]
) -> tuple[list[etree._Element], frozenset[int]]:
    """Cells that start in a row, and the grid columns of those that may go on below.

    Args:
        row: The row.
        above: Grid columns of the cells above that may go on here: a cell that says it
            continues, and has none above it, starts here.
    """
    cells: list[etree._Element] = []
    merged = set()
    properties = child(row, "trPr")
    column = _number(properties, "gridBefore", 0)
    for cell in unwrapped(row, "tc"):
        properties = child(cell, "tcPr")
        here, column = column, column + max(1, _number(properties, "gridSpan", 1))
        if properties is None:
            cells.append(cell)
            continue
        down, across = child(properties, "vMerge"), child(properties, "hMerge")
        if down is not None:
            merged.add(here)
        continues = down is not None and (attribute(down, "val") or "continue") == "continue"
        covered = continues and here in above
        covered |= across is not None and (attribute(across, "val") or "continue") == "continue"
        if not covered and child(properties, "cellDel") is None:
            cells.append(cell)
    return cells, frozenset(merged)


def _number(properties: etree._Element | None, name: str, otherwise: int) -> int:
    found = child(properties, name) if properties is not None else None
    return whole(attribute(found, "val"), otherwise) if found is not None else otherwise


def is_deleted(properties: etree._Element | None) -> bool:
    """Whether the tracked properties of a row, or of a paragraph's end, say it is gone."""
    return properties is not None and any(
        child(properties, name) is not None for name in ("del", "moveFrom")
    )


def holds_table(cell: etree._Element) -> bool:
    """Whether another table stands in a cell, so that it is there for layout."""
    return any(True for _ in unwrapped(cell, "tbl"))
