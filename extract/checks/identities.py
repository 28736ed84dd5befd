"""C01–C05: the sums that the form itself prints, and what a count is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from ..forms import forms, measures, union
from ..types import Finding
from .running import Equation, Result, Sheet, check

_FRAME = ("received_new", "carried_in", "processed_total", "carried_out")


@cache
def _names() -> dict[str, tuple[str, str]]:
    """Name of each line of table three, in Chinese and in English."""
    return {line.code: (line.name, line.label_en) for line in union("t3")}


@cache
def _measures(table: str) -> list[tuple[str, str]]:
    """Name of each column, in Chinese and in English."""
    return [(measure.label, measure.label_en) for measure in measures(table)]


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
    frame = zip(*[sheet.row("t3", line) for line in _FRAME], strict=True)
    for name, (new, carried, total, next_year) in zip(_measures("t3"), frame, strict=True):
        yield Equation(
            (new, carried),
            (total, next_year),
            "“{}”列第一项加第二项，与第三项加第四项",
            "Column {}: received plus carried in, against handled plus carried over",
            name,
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
    columns = zip(*[sheet.row("t3", line) for line in results], strict=True)
    totals = sheet.row("t3", "processed_total")
    for name, column, total in zip(_measures("t3"), columns, totals, strict=True):
        yield Equation(
            column,
            (total,),
            "“{}”列各项办理结果之和，与（七）总计",
            "Column {}: sum of the results, against the total handled",
            name,
        )


@check("C03")
def row_sums(sheet: Sheet) -> Iterator[Result]:
    """Six classes of applicant = 总计, each printed line of table three."""
    if not sheet.has("t3"):
        yield _absent("C03", "t3")
        return
    names = _names()
    for line in sheet.lines("t3"):
        row = sheet.row("t3", line)
        yield Equation(
            row[:-1],
            row[-1:],
            "“{}”行各类申请人之和，与总计",
            "Line {}: sum of the applicants, against the total",
            names[line],
        )


@check("C04")
def dispute_sums(sheet: Sheet) -> Iterator[Result]:
    """维持 + 纠正 + 其他 + 尚未审结 = 总计, in each of three blocks."""
    if not sheet.has("t4"):
        yield _absent("C04", "t4")
        return
    for line in union("t4"):
        row = sheet.row("t4", line.code)
        yield Equation(
            row[:-1],
            row[-1:],
            "“{}”各项结果之和，与总计",
            "{}: sum of the results, against the total",
            (line.name, line.label_en),
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
        value = figure.value
        if value is None or (value.__class__ is int and value >= 0):
            continue
        kind = _kinds()[figure.table, figure.measure]
        whole = kind == "money" or isinstance(value, int) or value.is_integer()
        if whole and (kind != "count" or value >= 0):
            continue
        passed = False
        yield Finding(
            "C05", "fail", value, None, (figure.key,),
            f"件数应为不小于零的整数，报告所载为{figure.printed}。",
            f"A count should be a whole number not below zero; printed is {figure.printed}.",
        )  # fmt: skip
    if passed and sheet.figures:
        yield None
