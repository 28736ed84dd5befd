"""A page's elements in reading order: table rows, preformatted dumps, paragraphs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from lxml import etree

from ..types import Cell, Row
from . import text
from .html_cells import cell_text, cells_of, holds_rows, is_data, is_plain
from .limits import check_rows
from .markup import BLOCKS, CELLS, HEADINGS, PREFORMATTED, SKIPPED, clean


class Walk:
    """One pass over the tree in reading order, with its own stack (pages nest deeply).

    Attributes:
        rows: What was found.
        blanks_kept: False where a preformatted dump lost its blank cells.
        elements: Place → the element that prints it, where they are asked for.
    """

    def __init__(self, root: etree._Element, keep_elements: bool = False) -> None:
        """Walk through a page.

        Args:
            root: Its root, without what is hidden.
            keep_elements: Whether `elements` is filled.
        """
        self.rows: list[Row] = []
        self.blanks_kept = True
        self.elements: dict[str, etree._Element] | None = {} if keep_elements else None
        self._text: list[str] = []
        self._paragraphs = self._dumps = self._tables = self._blocks = self._headings = 0
        self._open_tables: list[list[int]] = []  # [number, rows so far]
        self._plain = [False]  # whether the cells of each open table hold paragraphs at most
        self._open: list[etree._Element] = []  # the open elements, outermost first
        self._trail: list[int] = []  # numbers of the open block elements
        self._trail_now: tuple[int, ...] | None = ()
        self._run(root)

    def _run(self, root: etree._Element) -> None:
        frames: list[Iterator[etree._Element]] = [iter((root,))]
        while frames:
            node = next(frames[-1], None)
            if node is None:
                frames.pop()
                if self._open:
                    self._leave(self._open.pop())
                continue
            inside = self._enter(node)
            if inside is not None:
                self._open.append(node)
                frames.append(iter(inside))
            elif node.tail:
                self._text.append(node.tail)
        self._flush()

    def _enter(self, node: etree._Element) -> Iterable[etree._Element] | None:
        """Begin an element: what is to be walked inside it, or None if it is done with."""
        tag = node.tag
        if tag in BLOCKS:
            self._flush()
            inside = self._inside(node, tag)
            if inside is None:
                return None
            self._blocks += 1
            self._trail.append(self._blocks)
            self._trail_now = None
            if tag == "table":
                self._tables += 1
                self._open_tables.append([self._tables, 0])
                self._plain.append(is_plain(node))
            elif tag in HEADINGS:
                self._headings += 1
        elif tag in SKIPPED or tag == "textarea":
            return None
        else:
            inside = node
        if node.text:
            self._text.append(node.text)
        return inside

    def _inside(self, node: etree._Element, tag: str) -> Iterable[etree._Element] | None:
        """Read what is taken as one: a row of a table, a dump, a line break."""
        if tag == "tr":
            return self._row(node)
        if tag in CELLS:
            return None if self._orphan_row(node) else node
        if tag in PREFORMATTED:
            self._dump(node)
        return None if tag in PREFORMATTED or tag == "br" else node

    def _leave(self, node: etree._Element) -> None:
        tag = node.tag
        if tag in BLOCKS:
            self._flush(node)
            self._trail.pop()
            self._trail_now = None
            if tag == "table":
                self._open_tables.pop()
                self._plain.pop()
            elif tag in HEADINGS:
                self._headings -= 1
        if node.tail:
            self._text.append(node.tail)

    def _trail_here(self) -> tuple[int, ...]:
        if self._trail_now is None:
            self._trail_now = tuple(self._trail)
        return self._trail_now

    def _flush(self, left: etree._Element | None = None) -> None:
        """End a paragraph; it stands in the block that is left, or the innermost open one."""
        if not self._text:
            return
        paragraph = clean("".join(self._text))
        self._text.clear()
        if paragraph:
            self._paragraphs += 1
            place = f"p{self._paragraphs}"
            row = Row((Cell(paragraph, place),), False, self._headings > 0, self._trail_here())
            self.rows.append(row)
            check_rows(len(self.rows))
            if self.elements is not None:
                blocks = [node for node in self._open if node.tag in BLOCKS]
                inner = left if left is not None else (blocks[-1] if blocks else None)
                if inner is not None:
                    self.elements[place] = inner

    def _row(self, row: etree._Element) -> Iterable[etree._Element] | None:
        """Read a `tr` of at least two cells; of a layout row, the cells that hold tables."""
        cells = cells_of(row)
        if len(cells) < 2:
            return row
        if next(row.iterdescendants("tr"), None) is None:
            plain = self._plain[-1]
            self._add_row(cells, [cell_text(cell, plain) for cell in cells])
            return None
        return self._frame_row(row, cells)

    def _frame_row(
        self, row: etree._Element, cells: list[etree._Element]
    ) -> Iterable[etree._Element] | None:
        """Read a `tr` with tables in it: data, if each is a mere frame or stands beside data."""
        frames = tuple(cell for cell in cells if holds_rows(cell))
        if not frames:
            self._add_row(cells, [cell_text(cell) for cell in cells])
            return None
        texts = ["" if cell in frames else cell_text(cell) for cell in cells]
        beside = [said for cell, said in zip(cells, texts, strict=True) if cell not in frames]
        if not is_data(beside):
            return row
        self._add_row(cells, texts)
        return frames

    def _orphan_row(self, cell: etree._Element) -> bool:
        """Read a run of cells that stand in a table without a `tr`.

        Only the first cell of the run adds the row; the others are done with it.
        """
        parent = cell.getparent()
        if parent is None or parent.tag == "tr" or next(cell.iter("table"), None) is not None:
            return False
        before = cell.getprevious()
        if before is not None and before.tag in CELLS:
            return True
        run = [cell]
        after = cell.getnext()
        while after is not None and after.tag in CELLS:
            run.append(after)
            after = after.getnext()
        if len(run) < 2:
            return False
        self._add_row(run, [cell_text(each) for each in run])
        return True

    def _add_row(self, cells: list[etree._Element], texts: list[str]) -> None:
        if not self._open_tables:  # a tr outside any table
            self._tables += 1
            self._open_tables.append([self._tables, 0])
        table = self._open_tables[-1]
        table[1] += 1
        here = f"t{table[0]}r{table[1]}c"
        printed = tuple([Cell(said, f"{here}{i}") for i, said in enumerate(texts, 1)])
        self.rows.append(Row(printed, True, False, self._trail_here()))
        check_rows(len(self.rows))
        if self.elements is not None:
            self.elements |= {f"{here}{i}": cell for i, cell in enumerate(cells, 1)}

    def _dump(self, node: etree._Element) -> None:
        """Preformatted text: editors paste whole text dumps into it."""
        self._dumps += 1
        rows, kept = text.split(_preformatted(node))
        self.blanks_kept = self.blanks_kept and (kept or not any(row.tabular for row in rows))
        for row in rows:
            cells = tuple(Cell(c.text, f"d{self._dumps}{c.place}") for c in row.cells)
            self.rows.append(replace(row, cells=cells, trail=self._trail_here()))
            if self.elements is not None:
                self.elements |= {cell.place: node for cell in cells}


def _preformatted(node: etree._Element) -> str:
    """Text of a dump, with a line break for each `br` and block in it."""
    parts = []
    for event, inner in etree.iterwalk(node, events=("start", "end")):
        if inner is not node and inner.tag in BLOCKS and (event == "end" or inner.tag != "br"):
            parts.append("\n")
        if event == "start":
            parts.append(inner.text or "")
        elif inner is not node:
            parts.append(inner.tail or "")
    return "".join(parts)
