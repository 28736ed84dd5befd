"""A line through a row of values, and not through its label, leaves one row."""

from __future__ import annotations

from extract.paged.divided import undivided
from extract.paged.grid import GridRow
from extract.paged.page import Box
from extract.types import Cell


def row(top: float, bottom: float, *texts: str, left: int = 0, label_bottom: float = 0) -> GridRow:
    boxes = tuple(
        Box(50.0 * (left + i), top, 50.0 * (left + i + 1), bottom) for i in range(len(texts))
    )
    if label_bottom:
        boxes = (Box(boxes[0].x0, top, boxes[0].x1, label_bottom), *boxes[1:])
    cells = tuple(Cell(text, box.place(1)) for text, box in zip(texts, boxes, strict=True))
    return GridRow(1, Box(boxes[0].x0, top, boxes[-1].x1, bottom), cells, boxes, 1)


def texts(rows: list[GridRow]) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in rows]


def test_values_below_the_line_join_their_label() -> None:
    upper = row(0, 10, "规章", "", "", label_bottom=20)
    assert texts(undivided([upper, row(10, 20, "3", "4", left=1)])) == [["规章", "3", "4"]]


def test_two_numbers_that_meet_stay_apart() -> None:
    upper = row(0, 10, "规章", "3", "", label_bottom=20)
    assert texts(undivided([upper, row(10, 20, "5", "4", left=1)])) == [["规章", "3 5", "4"]]


def test_a_row_below_the_label_is_a_row_of_its_own() -> None:
    upper = row(0, 10, "规章", "3", "4", label_bottom=10)
    lower = row(10, 20, "5", "6", left=1)
    assert len(undivided([upper, lower])) == 2


def test_a_row_of_headings_joins_nothing() -> None:
    upper = row(0, 10, "自然人", "", "", label_bottom=20)
    assert len(undivided([upper, row(10, 20, "商业企业", "科研机构", left=1)])) == 2
