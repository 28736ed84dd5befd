"""Ways in which the tables themselves are odd, as changes to a well-made report's grids.

Each changes the grids of a report in place. Sources: oddities.md, forms-and-rules §1.4.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.portal.figures import dice
from tests.portal.reports import FictionalReport
from tests.portal.tables import Box, Grid

Grids = dict[str, Grid]
Odd = Callable[[FictionalReport, Grids], None]
VERDICTS = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
COURSES = ("行政复议", "未经复议直接起诉", "复议后起诉")


def is_body(row: list[Box]) -> bool:
    """Whether a row holds values."""
    return any(not box.head for box in row)


def _label_at(row: list[Box]) -> int:
    return max(i for i, box in enumerate(row) if box.head)


def _body(grid: Grid) -> Iterator[list[Box]]:
    return (row for row in grid if is_body(row) and any(box.head for box in row))


def _relabel(grids: Grids, change: Callable[[str], str]) -> None:
    for grid in grids.values():
        for row in grid:
            row[:] = [replace(box, text=change(box.text)) if box.head else box for box in row]


def _subtotal(grids: Grids, name: str, at: int, *, heading: Callable[[Grid], None]) -> None:
    """A column of the agency's own before the value number `at` of table three."""
    for number, row in enumerate(_body(grids["三"])):
        row.insert(_label_at(row) + 1 + at, Box(f"{80_000 + number}"))
    grids["三"][0][-1] = replace(grids["三"][0][-1], across=8)
    heading(grids["三"])


def subtotal_last(report: FictionalReport, grids: Grids) -> None:
    """小计 behind the five legal persons, below their heading."""
    at = len(grids["三"][2]) - (0 if report.layout.spanned else 1)

    def heading(grid: Grid) -> None:
        grid[1][-2] = replace(grid[1][-2], across=6)
        grid[2].insert(at, Box("小计", head=True))

    _subtotal(grids, "小计", 6, heading=heading)


def subtotal_first(report: FictionalReport, grids: Grids) -> None:
    """小计 before the five legal persons, below their heading."""

    def heading(grid: Grid) -> None:
        grid[1][-2] = replace(grid[1][-2], across=6)
        grid[2].insert(0 if report.layout.spanned else 1, Box("小计", head=True))

    _subtotal(grids, "小计", 1, heading=heading)


def column_of_remarks(report: FictionalReport, grids: Grids) -> None:
    """同比 beside 总计, a heading of its own over two rows."""
    _subtotal(grids, "同比", 7, heading=lambda grid: grid[1].append(Box("同比", 1, 2, head=True)))


def enumerator_cells(report: FictionalReport, grids: Grids) -> None:
    """The number of a line in a cell of its own."""
    for row in _body(grids["三"]):
        at = _label_at(row)
        parts = re.match(r"([（(][^）)]+[）)]|[^、]、|\d[.．、] ?)(.+)", row[at].text, re.S)
        if parts:
            row[at : at + 1] = [Box(parts[1], head=True), Box(parts[2], head=True)]


def groups_repeated(report: FictionalReport, grids: Grids) -> None:
    """The group's heading repeated in each row instead of spanning them."""
    above: list[tuple[Box, int]] = []
    for row in _body(grids["三"]):
        above = [(box, left - 1) for box, left in above if left > 1]
        spanning = [(box, box.down) for box in row if box.down > 1]
        row[:] = [replace(box, down=1) for box, _ in above] + [replace(b, down=1) for b in row]
        above += spanning


def headings_repeated(report: FictionalReport, grids: Grids) -> None:
    """The heading rows again in the middle, as Word repeats them on each page."""
    grid = grids["三"]
    at = len(grid) // 2 + 2
    grid[at:at] = [list(row) for row in grid[:3]]


def page_mark_rows(report: FictionalReport, grids: Grids) -> None:
    """Page marks as rows of their own: one cell, and one cell among blanks."""
    grids["三"].insert(9, [Box("- 4 -", 10)])
    grids["三"].insert(16, [Box("5"), *[Box("")] * 9])


def page_marks_in_labels(report: FictionalReport, grids: Grids) -> None:
    """A page mark that got into a label's cell."""
    for number, row in enumerate(_body(grids["三"])):
        if number in (5, 14):
            at = _label_at(row)
            row[at] = replace(row[at], text=f"{row[at].text} - {number} -")


def cut_in_group(report: FictionalReport, grids: Grids) -> None:
    """（四）无法提供 cut between two pages: its heading begins here and ends there."""
    for row in grids["三"]:
        for i, box in enumerate(row):
            if box.head and "无法提供" in box.text:
                row[i] = replace(box, text=box.text[:-3], down=1)
    row = next(r for r in grids["三"] if any("没有现成信息" in box.text for box in r))
    row.insert(0, Box("法提供", 1, 2, head=True))


def typos(report: FictionalReport, grids: Grids) -> None:
    """Typing errors that have been seen in labels."""
    seen = {
        "法律行政法规禁止公开": "法律行政止公开",
        "本年处理决定数量": "本年处理绝对数量",
        "上年结转政府信息公开申请数量": "上年结转政府信息公开数量",
        "本机关不掌握相关政府信息": "本机关不掌握相关政务信息",
        "结转下年度继续办理": "结转下一年度继续办理",
        "重新出具已获取信息": "重新出具以获取信息",
    }

    def change(text: str) -> str:
        for right, wrong in seen.items():
            text = text.replace(right, wrong)
        return text

    _relabel(grids, change)


def radicals(report: FictionalReport, grids: Grids) -> None:
    """Radicals and compatibility ideographs, as PDF fonts and old code pages print them."""
    plain = "见长民门一二人大方文止入行不量理立律金"
    odd = "⻅⻓⺠⻔⼀⼆⼈⼤⽅⽂⽌⼊\ufa08\uf967\uf97e\uf9e4\uf9f7\uf9d8\uf90a"
    table = str.maketrans(plain, odd)
    _relabel(grids, lambda text: text.translate(table))


def letter_spaced(report: FictionalReport, grids: Grids) -> None:
    """A blank between all letters of each label."""
    _relabel(grids, lambda text: " ".join(text.replace(" ", "")))


def words_over_two_rows(report: FictionalReport, grids: Grids) -> None:
    """商业企业 as 商业 in one row of headings and 企业 in the next."""
    grid = grids["三"]
    upper, lower = [], []
    for box in grid[2]:
        text = box.text.replace(" ", "")
        half = len(text) // 2 if len(text) > 2 else len(text)
        upper.append(replace(box, text=text[:half]))
        lower.append(replace(box, text=text[half:]))
    grid[2:3] = [upper, lower]
    for i, box in enumerate(grid[1]):
        grid[1][i] = replace(box, down=3 if box.down == 2 else 1)


def paragraphs_in_labels(report: FictionalReport, grids: Grids) -> None:
    """A label over two paragraphs of one cell."""

    def change(text: str) -> str:
        return f"{text[:4]}\n{text[4:]}" if len(text) > 6 else text

    _relabel(grids, change)


def other_deindented(report: FictionalReport, grids: Grids) -> None:
    """3.其他 and （七）总计 in an outer column, with an empty cell behind them."""
    for row in _body(grids["三"]):
        at = _label_at(row)
        if re.fullmatch(r"3\D{1,2}其 ?他|[（(]七[）)]总 ?计", row[at].text):
            row.insert(at + 1, Box(""))


def leading_column(report: FictionalReport, grids: Grids) -> None:
    """An empty column before all others."""
    for grid in grids.values():
        for row in grid:
            row.insert(0, Box(""))


def dispute_rows(report: FictionalReport, grids: Grids) -> None:
    """Table four as three rows of five."""
    values = grids["四"][-1]
    grids["四"][:] = [[Box("", head=True), *(Box(verdict, head=True) for verdict in VERDICTS)]]
    for number, course in enumerate(COURSES):
        grids["四"].append([Box(course, head=True), *values[5 * number : 5 * number + 5]])


def dispute_columns(report: FictionalReport, grids: Grids) -> None:
    """Table four turned: a row a verdict, a column a course."""
    values = grids["四"][-1]
    grids["四"][:] = [[Box("", head=True), *(Box(course, head=True) for course in COURSES)]]
    for number, verdict in enumerate(VERDICTS):
        grids["四"].append([Box(verdict, head=True), *values[number::5]])


def clauses_beside(report: FictionalReport, grids: Grids) -> None:
    """The clause of table two beside its rows instead of above them."""
    grid: Grid = []
    for row in grids["二"]:
        if len(row) == 1:
            clause = row[0]
            continue
        first = bool(clause.text)
        grid.append([clause, *row] if first else row)
        clause = replace(clause, text="")
    grids["二"][:] = grid


def fee_with_unit(report: FictionalReport, grids: Grids) -> None:
    """43.788万元 in the cell under a heading that says 万元, too."""
    row = next(row for row in grids["二"] if is_body(row) and "收费" in row[0].text)
    if report.form == "2021" and row[-1].text[:1].isdigit():
        row[-1] = replace(row[-1], text=f"{row[-1].text}万元")


def normative_documents(report: FictionalReport, grids: Grids) -> None:
    """The 2021 form with the 2019 form's name of a line, and the other way round."""
    pair = ("行政规范性文件", "规范性文件")
    old, new = pair if report.form == "2021" else pair[::-1]
    _relabel({"二": grids["二"]}, lambda text: new if text == old else text)


def unknown_lines(report: FictionalReport, grids: Grids) -> None:
    """Lines of the agency's own at the end of groups."""
    for after, label in (("行政查询", "9.其他"), ("重新出具", "6.其他")):
        at = next(i for i, row in enumerate(grids["三"]) if any(after in box.text for box in row))
        own = [Box(label, head=True), *(Box(f"{70_000 + at * 10 + i}") for i in range(7))]
        grids["三"].insert(at + 1, own)


def group_rows(report: FictionalReport, grids: Grids) -> None:
    """A subtotal row above the lines of each group, with the group's heading."""
    out: Grid = []
    for number, row in enumerate(grids["三"]):
        group = next((b for b in row if b.head and b.down > 1 and "（" in b.text), None)
        if group and is_body(row):
            out.append(
                [
                    Box(group.text, 2, head=True),
                    *(Box(f"{60_000 + number * 10 + i}") for i in range(7)),
                ]
            )
        out.append(row)
    grids["三"][:] = out


def last_year_beside(report: FictionalReport, grids: Grids) -> None:
    """Last year's numbers in seven more columns of table three, without headings."""
    rng = dice("last year", report.seed)
    for row in _body(grids["三"]):
        row += [Box(str(rng.randint(20_000, 90_000))) for _ in range(7)]


def footnotes(report: FictionalReport, grids: Grids) -> None:
    """Marks of footnotes at some numbers."""
    for number, row in enumerate(_body(grids["三"])):
        if number % 4 == 0 and row[-1].text[:1].isdigit():
            row[-1] = replace(row[-1], text=row[-1].text + "①²*"[number % 3])


#: Nothing is lost in these.
KEPT: tuple[Odd, ...] = (
    subtotal_last, subtotal_first, column_of_remarks, enumerator_cells, groups_repeated,
    headings_repeated, page_mark_rows, page_marks_in_labels, cut_in_group, typos, radicals,
    letter_spaced, words_over_two_rows, paragraphs_in_labels, leading_column, dispute_rows,
    dispute_columns, clauses_beside, fee_with_unit, normative_documents, unknown_lines, group_rows,
)  # fmt: skip
#: What is lost here shows only in rows with blanks at an edge.
KEPT_IN_FULL_ROWS: tuple[Odd, ...] = (other_deindented,)
LOST: tuple[Odd, ...] = (last_year_beside, footnotes)
