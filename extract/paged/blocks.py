"""Table two without ruling lines: blocks of headings and the numbers below them."""

from __future__ import annotations

from collections.abc import Sequence

from ..align import best_line
from ..labels import core
from ..table_headings import holds_two
from ..types import Cell, Row
from .segments import Columns, Segment

#: First line, line behind the last, and rows of a table.
Span = tuple[int, int, list[Row]]


def block_spans(entries: Sequence[list[Segment]], end: int) -> list[Span]:
    """Blocks of table two: a line of headings that begins with 信息内容, and its rows.

    Args:
        entries: The entries of each line of the document.
        end: Line before which table two ends.
    """
    spans: list[Span] = []
    starts = [
        i for i in range(end) if entries[i] and core(entries[i][0].text) in ("信息内容", "内容")
    ]
    for begin in starts:
        head = entries[begin]
        if len(head) < 2 or any(holds_two(entry.text) for entry in head):
            continue
        columns = Columns(tuple(e.centre for e in head), lambda box: (box.x0 + box.x1) / 2)
        rows, at = [Row(tuple(e.cell for e in head), tabular=True)], begin + 1
        while at < end and (row := _line_of_block(entries[at], columns)) is not None:
            rows.append(row)
            at += 1
        spans.append((begin, at, rows))
    return spans


def _line_of_block(line: Sequence[Segment], columns: Columns) -> Row | None:
    """A label and its numbers, each below a heading; None for any other line."""
    label, *numbers = line
    if label.text[-1].isdigit():  # the number touches its label
        return None
    known = not label.is_value and best_line((label.text,), "t2")[0] is not None
    if not known or not all(entry.is_value for entry in numbers):
        return None
    count = len(columns.places) - 1
    if len(numbers) == count:  # wherever each is set, none is missing
        found: dict[int | None, Segment] = dict(enumerate(numbers, 1))
    else:
        found = {columns.of(entry.box): entry for entry in numbers}
    if len(found) != len(numbers) or not set(found) <= set(range(1, count + 1)):
        return None
    cells = [found[i].cell if i in found else Cell("", "") for i in range(1, count + 1)]
    return Row((label.cell, *cells), tabular=True)
