"""Checks of one report, C01–C05 of forms-and-rules §2. Nothing is ever changed by one.

A check is a function decorated with `check`; it yields `Equation`s. An equation with
a blank in it is `uncertain`, one with an input that was not found `not_assessable`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from ..forms import forms, measures, union
from ..types import Figure, Finding, Value

_BLANKS = frozenset({"blank", "dash", "slash", "none_word"})
_FRAME = ("received_new", "carried_in", "processed_total", "carried_out")


class Sheet:
    """The figures of a report, by line and measure."""

    def __init__(self, figures: tuple[Figure, ...], form_t3: str | None) -> None:
        """Index `figures`; `form_t3` is the form of table three, or None."""
        self._figures = {(f.table, f.line, f.measure): f for f in figures}
        self.figures = figures
        self.form_t3 = form_t3

    def get(self, table: str, line: str, measure: str) -> Figure:
        """The figure, or an empty one with status `missing_cell`."""
        found = self._figures.get((table, line, measure))
        return found or Figure(table, line, measure, None, None, "missing_cell")

    def has(self, table: str) -> bool:
        """Whether any line of the table was found."""
        return any(key[0] == table for key in self._figures)

    def lines(self, table: str) -> list[str]:
        """Codes of the lines that were found, in statutory order."""
        have = {key[1] for key in self._figures if key[0] == table}
        return [line.code for line in union(table) if line.code in have]


@dataclass(frozen=True, slots=True)
class Equation:
    """Two sums that the form makes equal, and what they are about."""

    left: tuple[Figure, ...]
    right: tuple[Figure, ...]
    about: str
    about_en: str


#: What a check yields: an equation to assess, a finding, or None for a pass.
Result = Equation | Finding | None
Check = Callable[[Sheet], Iterator[Result]]
CHECKS: dict[str, Check] = {}


def check(code: str) -> Callable[[Check], Check]:
    """Register a check under its code."""

    def register(function: Check) -> Check:
        CHECKS[code] = function
        return function

    return register


def run_checks(figures: tuple[Figure, ...], form_t3: str | None) -> tuple[tuple[Finding, ...], int]:
    """Run every check.

    Args:
        figures: The report's figures.
        form_t3: Form of table three by its labels, or None.

    Returns:
        The findings in order of check and place, and how many checks passed.
    """
    sheet, findings, passes = Sheet(figures, form_t3), [], 0
    for code, function in CHECKS.items():
        for result in function(sheet):
            finding = _assess(code, result) if isinstance(result, Equation) else result
            if finding is None:
                passes += 1
            else:
                findings.append(finding)
    return tuple(findings), passes


def _assess(code: str, equation: Equation) -> Finding | None:
    inputs = equation.left + equation.right
    left, right = _sum(equation.left), _sum(equation.right)
    if left == right and all(figure.value is not None for figure in inputs):
        return None
    keys = tuple(figure.key for figure in inputs)
    missing = [f for f in inputs if f.value is None and f.status not in _BLANKS]
    blank = [f for f in inputs if f.status in _BLANKS]
    about, about_en = equation.about, equation.about_en
    if missing:
        return Finding(
            code, "not_assessable", left, right, keys,
            f"{about}：有{len(missing)}个数值未读出，无法核对。",
            f"{about_en}: figures that were not found: {len(missing)}; not assessable.",
        )  # fmt: skip
    if blank:
        return Finding(
            code, "uncertain", left, right, keys,
            f"{about}：有{len(blank)}格未填数字（空白、斜线、横线或“无”）；"
            f"只计已填数字，前者为{_say(left)}，后者为{_say(right)}。",
            f"{about_en}: cells without a number: {len(blank)}; without them one side is "
            f"{_say(left, 'empty')}, the other {_say(right, 'empty')}.",
        )  # fmt: skip
    if left == right:
        return None
    return Finding(
        code, "fail", left, right, keys,
        f"{about}：报告所载数字不相等，前者为{_say(left)}，后者为{_say(right)}。",
        f"{about_en}: the printed figures differ, {_say(left)} on one side and "
        f"{_say(right)} on the other.",
    )  # fmt: skip


def _sum(figures: tuple[Figure, ...]) -> Value:
    values = [figure.value for figure in figures if figure.value is not None]
    if not values:
        return None
    total = sum(values)
    return round(total, 6) if isinstance(total, float) else total


def _say(value: Value, nothing: str = "（空）") -> str:
    if value is None:
        return nothing
    return f"{value:g}" if isinstance(value, float) else str(value)


def _measures(table: str) -> list[tuple[str, str, str]]:
    return [(m.code, m.label, m.label_en) for m in measures(table)]


def _absent(code: str, table: str) -> Finding:
    chapter = {"t3": "表三（收到和处理申请情况）", "t4": "表四（行政复议、行政诉讼情况）"}[table]
    return Finding(
        code, "not_assessable", None, None, (), f"{chapter}未找到，无法核对。",
        f"Table {table[1]} was not found; not assessable.",
    )  # fmt: skip


@check("C01")
def balance(sheet: Sheet) -> Iterator[Result]:
    """新收 + 结转 = 总计 + 结转下年度, each column. Printed on the form (勾稽关系)."""
    if not sheet.has("t3"):
        yield _absent("C01", "t3")
        return
    for code, label, label_en in _measures("t3"):
        new, carried, total, next_year = (sheet.get("t3", line, code) for line in _FRAME)
        yield Equation(
            (new, carried),
            (total, next_year),
            f"“{label}”列第一项加第二项，与第三项加第四项",
            f"Column {label_en}: received plus carried in, against handled plus carried over",
        )


@check("C02")
def result_sums(sheet: Sheet) -> Iterator[Result]:
    """Sum of the results （一）…（六） = （七）总计, each column; the lines of the form found."""
    if not sheet.has("t3") or sheet.form_t3 is None:
        yield _absent("C02", "t3") if not sheet.has("t3") else Finding(
            "C02", "not_assessable", None, None, (),
            "表三“其他处理”各行未能确定所用格式，无法核对办理结果之和。",
            "The form of table three could not be told from its lines; not assessable.",
        )  # fmt: skip
        return
    results = [line.code for line in forms()[sheet.form_t3].table("t3") if line.code not in _FRAME]
    for code, label, label_en in _measures("t3"):
        yield Equation(
            tuple(sheet.get("t3", line, code) for line in results),
            (sheet.get("t3", "processed_total", code),),
            f"“{label}”列各项办理结果之和，与（七）总计",
            f"Column {label_en}: sum of the results, against the total handled",
        )


@check("C03")
def row_sums(sheet: Sheet) -> Iterator[Result]:
    """Six classes of applicant = 总计, each printed line of table three."""
    if not sheet.has("t3"):
        yield _absent("C03", "t3")
        return
    names = {line.code: (line.name, line.label_en) for line in union("t3")}
    for line in sheet.lines("t3"):
        *classes, total = (sheet.get("t3", line, code) for code, _, _ in _measures("t3"))
        yield Equation(
            tuple(classes),
            (total,),
            f"“{names[line][0]}”行各类申请人之和，与总计",
            f"Line {names[line][1]}: sum of the applicants, against the total",
        )


@check("C04")
def dispute_sums(sheet: Sheet) -> Iterator[Result]:
    """维持 + 纠正 + 其他 + 尚未审结 = 总计, in each of three blocks."""
    if not sheet.has("t4"):
        yield _absent("C04", "t4")
        return
    for line in union("t4"):
        *results, total = (sheet.get("t4", line.code, code) for code, _, _ in _measures("t4"))
        yield Equation(
            tuple(results),
            (total,),
            f"“{line.name}”各项结果之和，与总计",
            f"{line.label_en}: sum of the results, against the total",
        )


@cache
def _kinds() -> dict[tuple[str, str], str]:
    """Kind of each measure: count, signed or money."""
    return {(m.table, m.code): m.kind for form in forms().values() for m in form.measures}


@check("C05")
def whole_numbers(sheet: Sheet) -> Iterator[Result]:
    """Counts are whole and not negative; only 增/减 is signed; money is not a count."""
    passed = True
    for figure in sheet.figures:
        kind = _kinds()[figure.table, figure.measure]
        if figure.value is None or kind == "money":
            continue
        whole = isinstance(figure.value, int) or figure.value.is_integer()
        if whole and (kind == "signed" or figure.value >= 0):
            continue
        passed = False
        yield Finding(
            "C05", "fail", figure.value, None, (figure.key,),
            f"件数应为不小于零的整数，报告所载为{figure.printed}。",
            f"A count should be a whole number not below zero; printed is {figure.printed}.",
        )  # fmt: skip
    if passed and sheet.figures:
        yield None
