"""DOCX to a `Document`: paragraphs and table rows as Word prints them.

As in HTML only cells that start in a row count: a grid span is one cell, and a cell that
continues a vertical merge is none. Deleted, moved-away, hidden and struck-out text is not
printed and not read; headers, footers, notes and comments are no part of the body.
"""

from __future__ import annotations

import re

from lxml import etree

from ..errors import NeedsOcr, ReadingError, TooLarge
from ..types import Cell, Document, Row
from .docx_numbering import Numbering, with_number
from .docx_styles import Styles
from .docx_tables import alternative, holds_table, is_deleted, own_cells, unwrapped
from .package import Package, attribute, child, local

#: What a paragraph holds and does not print; `rt` is the reading above a character. Deleted
#: text, field codes and references are no `t` and so are never printed.
_UNPRINTED = frozenset({"del", "moveFrom", "pPr", "rPr", "sdtPr", "sdtEndPr", "rt"})
_MARKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_RAISED = frozenset({"superscript", "subscript"})
#: No report is so long; what is longer would take more time than it may.
_MOST_ROWS = 20_000
_MOST_PARAGRAPHS = 200_000  # blank ones and those of cells included


def read(body: bytes) -> Document:
    """Read a DOCX.

    Raises:
        NeedsOcr: It holds pictures and no text.
        ReadingError: It is damaged, or larger than any report.
    """
    package = Package(body)
    main = package.related("officeDocument") or "word/document.xml"
    parts = {
        kind: package.xml(part) if part else None
        for kind in ("styles", "numbering")
        for part in (package.related(kind, main),)
    }
    content = child(package.xml(main), "body")
    if content is None:
        raise ReadingError("the DOCX has no body: damaged, fetch it again")
    walk = _Walk(Styles(parts["styles"]), Numbering(parts["numbering"]))
    walk.blocks(content)
    if not walk.rows and walk.pictures:
        raise NeedsOcr("a DOCX of pictures; scans are not read by this version")
    return Document(rows=tuple(walk.rows), kind="docx", pictures=walk.pictures)


def _clean(text: str) -> str:
    return " ".join(text.split())


class _Walk:
    """One pass over the body in reading order."""

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self.rows: list[Row] = []
        self.pictures = 0
        self._styles, self._numbering = styles, numbering
        self._tables = 0
        self._paragraphs = 0
        self._seen = 0
        self._carried = ""  # text of paragraphs whose end was deleted: it joins the next

    def blocks(self, container: etree._Element) -> None:
        """Add the rows of the paragraphs and tables of the body, a cell or a text box."""
        for block in unwrapped(container, "p", "tbl"):
            if local(block) == "tbl":
                self._table(block)
                continue
            boxes: list[etree._Element] = []
            text = self._paragraph(block, boxes)
            if text is not None:
                self._add_lines(text, self._styles.is_heading(block))
            for box in boxes:
                self.blocks(box)
        if self._carried:  # the last paragraph's end cannot be deleted
            self._add_lines(self._carried, heading=False)
            self._carried = ""

    def _add_lines(self, text: str, heading: bool) -> None:
        for line in filter(None, map(_clean, text.split("\n"))):
            self._paragraphs += 1
            self._add(Row((Cell(line, f"p{self._paragraphs}"),), heading=heading))

    def _add(self, row: Row) -> None:
        if len(self.rows) >= _MOST_ROWS:
            raise TooLarge(f"the DOCX has more than {_MOST_ROWS} lines: no report has")
        self.rows.append(row)

    # -- tables --------------------------------------------------------------------

    def _table(self, table: etree._Element) -> None:
        self._tables += 1
        number, above = self._tables, frozenset[int]()
        for at, row in enumerate(unwrapped(table, "tr"), 1):
            if is_deleted(child(row, "trPr")):
                continue
            cells, above = own_cells(row, above)
            # As in HTML a row that holds a table, or one cell alone, is layout.
            if len(cells) < 2 or any(holds_table(cell) for cell in cells):
                for cell in cells:
                    self.blocks(cell)
                continue
            printed = (
                Cell(self._cell(cell), f"t{number}r{at}c{i}") for i, cell in enumerate(cells, 1)
            )
            self._add(Row(tuple(printed), tabular=True))

    def _cell(self, cell: etree._Element) -> str:
        """A cell's text, a line for each paragraph and each line break."""
        parts: list[str] = []
        boxes: list[etree._Element] = []
        for paragraph in unwrapped(cell, "p"):
            parts.append(self._paragraph(paragraph, boxes, raised_apart=True) or "")
        parts.append(self._carried)
        self._carried = ""
        parts += [self._cell(box) for box in boxes]
        return "\n".join(filter(None, (_clean(line) for line in "\n".join(parts).split("\n"))))

    # -- paragraphs ----------------------------------------------------------------

    def _paragraph(
        self, paragraph: etree._Element, boxes: list[etree._Element], raised_apart: bool = False
    ) -> str | None:
        """A paragraph's text behind its automatic number; None where it joins the next one.

        Args:
            paragraph: The paragraph.
            boxes: Its text boxes are added here.
            raised_apart: Whether raised text stands on a line of its own, as in a cell: a
                raised 1 is no digit of the number beside it.
        """
        self._seen += 1
        if self._seen > _MOST_PARAGRAPHS:
            raise TooLarge(f"the DOCX has more than {_MOST_PARAGRAPHS:,} paragraphs: no report has")
        out: list[str] = []
        self._inline(paragraph, out, boxes, raised_apart)
        text = self._carried + "".join(out)
        self._carried = ""
        properties = child(paragraph, "pPr")
        end = child(properties, "rPr") if properties is not None else None
        if is_deleted(end):
            self._carried = text
            return None
        number = self._styles.number(paragraph)
        is_blank = not text.strip()
        if number is None or (is_blank and end is not None and child(end, "vanish") is not None):
            return text
        # One without text counts, too, and its bare number is left out: in a cell it would
        # pass for a figure.
        return with_number(self._numbering.count(*number), text.lstrip())

    def _inline(
        self,
        parent: etree._Element,
        out: list[str],
        boxes: list[etree._Element],
        raised_apart: bool,
    ) -> None:
        """Add what is printed inside a paragraph."""
        for element in parent:
            name = local(element)
            if name == "t":
                out.append(" ".join((element.text or "").splitlines()) if element.text else "")
            elif name in _MARKS:
                out.append(_MARKS[name])
            elif name == "sym":
                out.append(_symbol(attribute(element, "char")))
            elif name == "txbxContent":
                boxes.append(element)
            elif name in _UNPRINTED or (name == "r" and self._styles.is_hidden(element)):
                continue
            else:
                self._descend(element, name, out, boxes, raised_apart)

    def _descend(
        self,
        element: etree._Element,
        name: str,
        out: list[str],
        boxes: list[etree._Element],
        raised_apart: bool,
    ) -> None:
        if name in ("blip", "imagedata"):
            self.pictures += 1
        elif name == "AlternateContent":
            self._inline(alternative(element), out, boxes, raised_apart)
        elif name == "r" and raised_apart and _is_raised(element):
            out.append("\n")
            self._inline(element, out, boxes, raised_apart)
            out.append("\n")
        else:
            self._inline(element, out, boxes, raised_apart)


def _is_raised(run: etree._Element) -> bool:
    properties = child(run, "rPr")
    found = child(properties, "vertAlign") if properties is not None else None
    return found is not None and attribute(found, "val") in _RAISED


def _symbol(code: str | None) -> str:
    """A character of a symbol font: its code, so that no reader takes it for a blank."""
    number = int(code, 16) if code and re.fullmatch("[0-9A-Fa-f]{1,5}", code) else 0
    return "\ufffd" if number < 32 or 0xD800 <= number < 0xE000 else chr(number)
