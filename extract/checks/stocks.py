"""C06–C09: what the cells of table two mean to each other."""

from __future__ import annotations

from collections.abc import Iterator

from ..forms import Line, forms
from ..types import Figure, Finding
from .running import Equation, Result, Sheet, check, doubt, total
from .wording import say


def _lines(sheet: Sheet, *measures: str) -> Iterator[tuple[Line, tuple[Figure, ...]]]:
    """Lines of table two that have all of these measures in the form found, with their figures."""
    form = forms().get(sheet.forms.get("t2", ""))
    if form is None:
        return
    found = frozenset(sheet.lines("t2"))
    for line in form.table("t2"):
        if line.code in found and set(measures) <= set(line.measures):
            yield line, tuple([sheet.get("t2", line.code, measure) for measure in measures])


@check("C06")
def items_left(sheet: Sheet) -> Iterator[Result]:
    """上一年项目数量 + 本年增/减 ≥ 0, in the form of 2019."""
    for line, inputs in _lines(sheet, "prev_items", "delta"):
        left = total(inputs)
        about = f"“{line.name}”行上一年项目数量加本年增/减，与0"
        about_en = f"Line {line.label_en}: items of the previous year plus change, against 0"
        unread = doubt("C06", inputs, left, 0, about, about_en)
        if unread or left is None or left >= 0:
            yield unread
            continue
        yield Finding(
            "C06", "fail", left, 0, tuple(figure.key for figure in inputs),
            f"“{line.name}”行上一年项目数量加本年增/减：报告所载两数之和为{say(left)}，小于0。",
            f"Line {line.label_en}: items of the previous year plus change add up to "
            f"{say(left)}, which is less than 0.",
        )  # fmt: skip


@check("C07")
def newly_published(sheet: Sheet) -> Iterator[Result]:
    """本年新公开 ≤ 对外公开总数量, in the form of 2019.

    Not held against 本年新制作: what was made earlier may be published this year.
    """
    for line, (new, stock) in _lines(sheet, "newly_public", "total_public"):
        yield Equation(
            (stock,), (new,),
            "“{}”行对外公开总数量，与本年新公开数量",
            "Line {}: published in total, against newly published",
            (line.name, line.label_en),
            at_least=True,
        )  # fmt: skip


@check("C08")
def in_force(sheet: Sheet) -> Iterator[Result]:
    """现行有效 ≥ 制发 − 废止, in the form of 2021."""
    for line, (issued, repealed, stock) in _lines(sheet, "issued", "repealed", "in_force"):
        yield Equation(
            (stock,), (issued,),
            "“{}”行现行有效件数，与本年制发件数减本年废止件数",
            "Line {}: in force, against issued minus repealed",
            (line.name, line.label_en),
            less=(repealed,), at_least=True,
        )  # fmt: skip


@check("C09")
def procurement(sheet: Sheet) -> Iterator[Result]:
    """采购项目数量 and 采购总金额 are zero together, in the form of 2019."""
    for line, inputs in _lines(sheet, "projects", "amount"):
        projects, amount = (figure.value for figure in inputs)
        about = f"“{line.name}”行采购项目数量，与采购总金额"
        about_en = f"Line {line.label_en}: projects, against amount"
        unread = doubt("C09", inputs, projects, amount, about, about_en)
        if unread or (projects == 0) == (amount == 0):
            yield unread
            continue
        yield Finding(
            "C09", "fail", projects, amount, tuple(figure.key for figure in inputs),
            f"{about}：报告所载一为零、一不为零，前者为{say(projects)}，后者为{say(amount)}。",
            f"{about_en}: one is zero and the other is not, {say(projects)} on one side and "
            f"{say(amount)} on the other.",
        )  # fmt: skip
