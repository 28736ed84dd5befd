"""The statutory tables of a report as grids of cells with spans."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from extract.forms import Line, Measure
from tests.portal.reports import FictionalReport

NOTE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
_SPREAD = {1: (3,), 2: (1, 2), 3: (1, 1, 1)}


@dataclass(frozen=True, slots=True)
class Box:
    """A printed cell with its spans; `head` marks a heading."""

    text: str
    across: int = 1
    down: int = 1
    head: bool = False


Grid = list[list[Box]]


def grids(report: FictionalReport) -> dict[str, Grid]:
    """Tables two, three and four by the number of their chapter."""
    return {"二": _table_two(report), "三": _table_three(report), "四": _table_four(report)}


def _head(report: FictionalReport) -> Callable[..., Box]:
    def head(text: str, across: int = 1, down: int = 1) -> Box:
        return Box(report.layout.label(text), across, down, head=True)

    return head


def _values(report: FictionalReport, line: Line, measures: tuple[str, ...]) -> list[Box]:
    return [Box(report.cells[f"{line.table}_{line.code}_{code}"]) for code in measures]


def _measure_label(report: FictionalReport, measure: Measure) -> str:
    if measure.kind != "money":
        return measure.label
    if measure.unit:
        return f"{measure.label}（单位：{measure.unit}）"
    return f"{measure.label}（{report.amount_unit}）" if report.amount_unit else measure.label


def _table_two(report: FictionalReport) -> Grid:
    form, head = report.statutory, _head(report)
    grid: Grid = []
    for group, lines in groupby(form.table("t2"), key=lambda line: line.group):
        members = list(lines)
        measures = members[0].measures
        widths = _SPREAD[len(measures)]
        labels = [_measure_label(report, form.measure("t2", code)) for code in measures]
        grid.append([head(group, 4)])
        grid.append([head("信息内容"), *map(head, labels, widths)])
        for line in members:
            boxes = _values(report, line, measures)
            spread = [Box(box.text, wide) for box, wide in zip(boxes, widths, strict=True)]
            grid.append([head(line.label), *spread])
    return grid


def _table_three(report: FictionalReport) -> Grid:
    form, head = report.statutory, _head(report)
    codes = [measure.code for measure in form.measures if measure.table == "t3"]
    labels = [form.measure("t3", code).label for code in codes]
    persons, others, total = labels[0], labels[1:-1], labels[-1]
    top = [head(NOTE, 3, 3), head("申请人情况", 7)]
    if report.layout.spanned:
        middle = [head(persons, 1, 2), head("法人或其他组织", 5), head(total, 1, 2)]
        bottom = [head(label) for label in others]
    else:
        middle = [head(persons), head("法人或其他组织", 5), head(total)]
        bottom = [head(""), *(head(label) for label in others), head("")]
    grid = [top, middle, bottom]
    lines = form.table("t3")
    outcomes = [line for line in lines if line.name.startswith("三")]
    for line in lines:
        values = _values(report, line, line.measures)
        if line not in outcomes:
            grid.append([head(line.label, 3), *values])
            continue
        row = [] if line is not outcomes[0] else [head("三、本年度办理结果", 1, len(outcomes))]
        members = [other for other in outcomes if line.group and other.group == line.group]
        if not members:
            row.append(head(line.label, 2))
        elif line is members[0]:
            row += [head(line.group, 1, len(members)), head(line.label)]
        else:
            row.append(head(line.label))
        grid.append(row + values)
    return grid


def _table_four(report: FictionalReport) -> Grid:
    form, head = report.statutory, _head(report)
    review, *suits = form.table("t4")
    verdicts = [form.measure("t4", code).label for code in review.measures]
    spanned = report.layout.spanned
    top = [head(review.label, 5), head(suits[0].group, 10)]
    middle = [head(label, 1, 2 if spanned else 1) for label in verdicts]
    middle += [head(line.label, 5) for line in suits]
    bottom = [] if spanned else [head("") for _ in verdicts]
    bottom += [head(label) for label in verdicts * 2]
    values = [box for line in (review, *suits) for box in _values(report, line, line.measures)]
    return [top, middle, bottom, values]
