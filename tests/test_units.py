"""Amounts in yuan stand beside what is printed, and only where a unit is printed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract import read
from extract.table_headings import heading
from extract.units import YUAN, in_yuan, unit_flags
from tests.portal.render import article_html
from tests.portal.reports import make_report


@pytest.mark.parametrize(
    ("value", "unit", "amount"),
    [
        (12937, "元", "12937"),
        (160.5964, "万元", "1605964"),
        (43.788, "万元", "437880"),
        (1.2, "亿元", "120000000"),
        (0.005, "元", "0.005"),
        (0, None, "0"),
        (275788.31, None, None),
        (8040, "件", None),
        (None, "元", None),
    ],
)
def test_an_amount_is_converted_exactly_or_not_at_all(
    value: float | None, unit: str | None, amount: str | None
) -> None:
    assert in_yuan(value, unit) == (Decimal(amount) if amount is not None else None)


@given(st.integers(1, 10**9), st.sampled_from(sorted(YUAN)))
def test_conversion_can_be_undone(value: int, unit: str) -> None:
    assert in_yuan(value, unit) == Decimal(value) * YUAN[unit]


@pytest.mark.parametrize(
    ("value", "cell", "heading", "flags"),
    [
        (5, "元", "万元", ("unit_conflict",)),
        (5, "万元", "万元", ()),
        (5, None, "万元", ()),
        (5, None, None, ("unit_missing",)),
        (0, None, None, ()),
        (None, None, None, ()),
    ],
)
def test_a_missing_or_conflicting_unit_is_flagged(
    value: int | None, cell: str | None, heading: str | None, flags: tuple[str, ...]
) -> None:
    assert unit_flags(value, cell, heading) == flags


def test_a_cell_whose_unit_differs_from_its_heading_keeps_the_cells() -> None:
    report, _ = make_report("示例市示例局", "990107", "justice", 2022, form="2021", busy=True)
    amount = report.cells["t2_fee_charged"]
    page = article_html(report, "trs").replace(f">{amount}<", f">{amount}元<", 1)
    figure = next(f for f in read(page.encode()).figures if f.key == "t2_fee_charged")
    assert (figure.printed, figure.unit) == (f"{amount}元", "元")
    assert "unit_conflict" in figure.flags


def test_two_headings_that_touch_are_no_heading() -> None:
    assert heading("上一年项目数量").codes == {"2019": "prev_items"}
    assert heading("上一年项目数量本年增/减").codes == {}
