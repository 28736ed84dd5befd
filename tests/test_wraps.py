"""A number broken over two lines of a PDF's cell: joined in figures only, and marked there."""

from __future__ import annotations

import pytest

from extract.__main__ import summary
from extract.grids import read_grids
from extract.leftovers import leftovers
from extract.rows import candidates
from extract.types import WRAP, Cell, Document, Figure, Report, Row

ROW = Row((Cell("自设项目", "p1@1"), Cell(f"735{WRAP}4", "p1@2"), Cell("8", "p1@3")), tabular=True)
PAGE = Document((ROW,), "pdf")


def test_a_number_left_over_is_not_joined() -> None:
    found = leftovers(PAGE, candidates(PAGE), [])
    assert [cell.text for cell in found] == ["735\n4", "8"]


def test_a_raw_table_is_not_joined() -> None:
    assert read_grids(PAGE, 0, (), known=bool) == (((("自设项目", "735\n4", "8"),),), False)


@pytest.mark.parametrize(("status", "marked"), [("inferred", True), ("reported", False)])
def test_the_summary_marks_an_inferred_number(status: str, marked: bool) -> None:
    figure = Figure("t3", "granted", "total", "42", 42, status)
    left = (Cell("7", "p1@4"),)
    text = summary("a.pdf", Report(status="read", figures=(figure,), leftovers=left))
    assert ("42（推定" in text) is marked
    assert "1 个表内数字未归入任何数值" in text
