"""A sheet's cells to rows: cells that start in a row, of the table that the row is in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from ..chapter_lines import read_heading
from ..errors import TooLarge
from ..forms import union
from ..labels import LONGEST_LABEL, core
from ..types import Cell, Row

#: Filled rows of a sheet; no report has so many.
MOST_ROWS = 20_000
MOST_MERGES = 5_000
#: Filled cells of a workbook, and its sheets.
MOST_FILLED = 200_000
MOST_SHEETS = 200
#: Cells of one table, blank ones included; and cells that merges cover.
MOST_CELLS = 1_000_000
_SENTENCE = re.compile(r"[。；;]")

Merge = tuple[int, int, int, int]


@dataclass(slots=True)
class Sheet:
    """What one sheet prints; rows and columns count from 0.

    Attributes:
        cells: Row → column → printed text, filled cells only.
        merges: (first row, first column, last row, last column) of merged cells.
        hidden_rows: Rows that are not shown.
        hidden_columns: Columns that are not shown.
        framed_rows: Rows with blank cells that have a frame: below a row of the table
            such a row is a row of it, though nothing stands in it.
        filled: How often a cell was filled.
    """

    cells: dict[int, dict[int, str]] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    framed_rows: set[int] = field(default_factory=set)
    filled: int = 0

    def put(self, row: int, column: int, text: str) -> None:
        """Add a filled cell.

        Raises:
            TooLarge: The sheet is longer than any report.
        """
        if text.strip():
            self.cells.setdefault(row, {})[column] = text
            self.filled += 1
            if self.filled > MOST_FILLED:
                raise TooLarge(f"a sheet has more than {MOST_FILLED:,} cells: no report has")
            if len(self.cells) > MOST_ROWS:
                raise TooLarge(f"a sheet has more than {MOST_ROWS} filled rows: no report has")


def check_sheets(sheets: Sequence[Sheet]) -> None:
    """Refuse a workbook whose sheets together are too much, before the next is read.

    Raises:
        TooLarge: They are.
    """
    if len(sheets) > MOST_SHEETS:
        raise TooLarge(f"the workbook has more than {MOST_SHEETS} sheets: no report has")
    if sum(len(sheet.cells) for sheet in sheets) > MOST_ROWS:
        raise TooLarge(f"the workbook has more than {MOST_ROWS} filled rows: no report has")
    if sum(sheet.filled for sheet in sheets) > MOST_FILLED:
        raise TooLarge(f"the workbook has more than {MOST_FILLED:,} cells: no report has")


@dataclass(slots=True)
class _Line:
    """A row that is shown: its own cells by column, and the columns covered from elsewhere."""

    number: int
    texts: dict[int, str]
    ends: dict[int, int]  # column of a merged cell → its last column
    covered: set[int]

    @property
    def first(self) -> int:
        return min(self.texts)

    @property
    def last(self) -> int:
        return max(max(column, self.ends.get(column, column)) for column in self.texts)


def rows_of(sheet: Sheet, number: int) -> list[Row]:
    """The rows of a sheet, the `number`th of its workbook.

    Lines that follow each other are one table, as wide as its filled cells; a line of
    one cell that is prose, a heading, or as wide as the table is a paragraph.
    """
    rows: list[Row] = []
    run: list[_Line] = []
    for line in _lines(sheet):
        if run and line.number > run[-1].number + 1:
            rows += _table(run, number)
            run = []
        run.append(line)
    rows += _table(run, number)
    return rows


def _lines(sheet: Sheet) -> Iterator[_Line]:
    """Rows that are shown, with something in them or a table's frame around them."""
    if len(sheet.merges) > MOST_MERGES:
        raise TooLarge(f"a sheet has more than {MOST_MERGES} merged cells: no report has")
    waiting = sorted((_visible(sheet, merge) for merge in sheet.merges), reverse=True)
    active: list[Merge] = []
    edge = max((max(cells) for cells in sheet.cells.values()), default=0)
    covered = 0
    framed = {row for row in sheet.framed_rows if row - 1 in sheet.cells}
    for row in sorted(framed.union(sheet.cells) - sheet.hidden_rows):
        while waiting and waiting[-1][0] <= row:
            active.append(waiting.pop())
        active = [merge for merge in active if merge[2] >= row]
        covered += sum(min(right, edge) - left + 1 for _, left, _, right in active)
        if covered > MOST_CELLS:
            raise TooLarge(f"merges cover more than {MOST_CELLS} cells of a sheet")
        line = _line(sheet, row, active, edge)
        if line.texts or row in framed:
            yield line


def _visible(sheet: Sheet, merge: Merge) -> Merge:
    """A merged cell without its hidden edge, where its text is printed."""
    top, left, bottom, right = merge
    text = sheet.cells.get(top, {}).get(left)
    first_row, first_column = top, left
    while first_row in sheet.hidden_rows and first_row < bottom:
        first_row += 1
    while first_column in sheet.hidden_columns and first_column < right:
        first_column += 1
    if text is not None and (first_row, first_column) != (top, left):
        sheet.put(first_row, first_column, text)
    return first_row, first_column, bottom, right


def _line(sheet: Sheet, row: int, active: list[Merge], edge: int) -> _Line:
    covered: set[int] = set()
    ends: dict[int, int] = {}
    for top, left, _, right in active:
        covered.update(range(left, min(right, edge) + 1))
        if top == row:
            covered.discard(left)
            ends[left] = right
    texts = {
        column: text
        for column, text in sorted(sheet.cells.get(row, {}).items())
        if column not in covered and column not in sheet.hidden_columns
    }
    return _Line(row, texts, ends, covered | sheet.hidden_columns)


def _table(run: list[_Line], number: int) -> Iterator[Row]:
    """Rows of lines that follow each other without an empty one between them."""
    block: list[_Line] = []
    for line in run:
        if _is_prose(line):
            yield from _block(block, number)
            block = []
            yield _paragraph(line, number)
        else:
            block.append(line)
    yield from _block(block, number)


def _block(block: list[_Line], number: int) -> Iterator[Row]:
    """Lines of one table, or a few labels among them."""
    filled = [line for line in block if line.texts]
    if not filled:
        return
    # A caption may be merged wider than its table.
    wide = [line for line in filled if len(line.texts) > 1] or filled
    first, last = min(line.first for line in filled), max(line.last for line in wide)
    if (last - first + 1) * len(block) > MOST_CELLS:
        raise TooLarge(f"a sheet has a table of more than {MOST_CELLS} cells: no report has")
    for i, line in enumerate(block):
        if _is_caption(line, first, last, is_first=not i):
            yield _paragraph(line, number)
            continue
        columns = [c for c in range(first, last + 1) if c not in line.covered]
        if not line.texts and len(columns) < 2:
            continue  # nothing of this row is its own
        yield Row(
            tuple(
                Cell(_clean(line.texts.get(c, "")), f"t{number}r{line.number + 1}c{c + 1}")
                for c in columns
            ),
            tabular=True,
        )


def _is_caption(line: _Line, first: int, last: int, is_first: bool) -> bool:
    """Whether a line's one cell is no label of a row: as wide as the table, or above it."""
    if len(line.texts) != 1 or line.first != first:
        return False
    return is_first or first == last or line.ends.get(first, first) >= last


def _paragraph(line: _Line, number: int) -> Row:
    ((column, text),) = line.texts.items()
    return Row((Cell(" ".join(text.split()), f"t{number}r{line.number + 1}c{column + 1}"),))


def _is_prose(line: _Line) -> bool:
    """Whether a line of one cell is a sentence or a chapter's heading."""
    if len(line.texts) != 1:
        return False
    (text,) = line.texts.values()
    row = Row((Cell(" ".join(text.split()), ""),))
    is_long = len(text) > LONGEST_LABEL or bool(_SENTENCE.search(text))
    heading = read_heading((row,), 0)
    # 二、上年结转…申请数量 is much like chapter three's heading; its values may all be blank.
    named = heading is not None and (heading.exact or core(text) not in _lines_of_requests())
    return is_long or named


@cache
def _lines_of_requests() -> frozenset[str]:
    return frozenset(core(line.label) for line in union("t3"))


def _clean(text: str) -> str:
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.split("\n"))))
