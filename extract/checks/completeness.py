"""C22, C25, C26: the period, the cells and the form that a report should have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from ..forms import TABLES, Form, Slot, forms
from ..types import Finding
from .running import Result, Sheet, check

_CHAPTER = {"t2": "表二", "t3": "表三", "t4": "表四"}
#: The day from which the regulations of 2007 are in force: nothing was counted before.
_IN_FORCE = (2008, 5, 1)
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_DATES = re.compile(r"(\d+)年(\d+)月(\d+)日(?:.*?(\d+)年|.*?[至到—–~-]\D*?)(\d+)月(\d+)日")


@check("C22")
def period(sheet: Sheet) -> Iterator[Result]:
    """The printed 统计期限 is 1 January to 31 December of the report year.

    Where the title prints another year and not the report's, it is held against the title:
    the report year may be the period's own word. A report that prints no whole period says
    nothing to be checked.
    """
    printed = sheet.evidence.get("period")
    if not printed or sheet.year is None:
        return
    words, titled = printed[0].value, _year_of_title(sheet)
    year = titled or sheet.year
    first, last = _bounds(words) or (None, None)
    if first in _first_days(year) and last == (year, 12, 31):
        yield None
        return
    named, named_en = "本档案所认年份", "the year that this archive takes it for"
    if titled:
        named, named_en = "标题所印年份", "the year that the title prints"
    yield Finding(
        "C22", "fail", None, None, (),
        f"所印统计期限为“{words}”，与{named}（{year}年）的1月1日至12月31日不一致。",
        f"The printed period is “{words}”, not 1 January to 31 December of {named_en}, {year}.",
    )  # fmt: skip


def _year_of_title(sheet: Sheet) -> int | None:
    """The year that the title prints; the report's, where the title prints it among others."""
    votes = [int(each.value) for each in sheet.evidence.get("year", ()) if each.source == "title"]
    if not votes:
        return None
    printed = {int(year) for year in _YEAR.findall(sheet.title)}
    return sheet.year if sheet.year in printed else votes[0]


def _first_days(year: int) -> tuple[tuple[int, int, int], ...]:
    """From when a report of a year may count."""
    days = ((year, 1, 1),)
    return (*days, _IN_FORCE) if year == _IN_FORCE[0] else days


def _bounds(words: str) -> tuple[tuple[int, int, int], tuple[int, int, int]] | None:
    """First and last day of a printed period; a last day without a year is of the same year."""
    found = _DATES.search(words)
    if found is None:
        return None
    year, month, day, last_year, last_month, last_day = found.groups()
    return (
        (int(year), int(month), int(day)),
        (int(last_year or year), int(last_month), int(last_day)),
    )


@check("C25")
def every_cell(sheet: Sheet) -> Iterator[Result]:
    """All cells of the form found are there, filled or not: one answer a table."""
    if not sheet.figures:
        return
    for table in TABLES:
        form = _form(sheet, table)
        if form is not None:
            whole = all(sheet.prints(table, *line) for line in _wanted(form.code, table))
            yield None if whole else _cells(sheet, form, table)


def _form(sheet: Sheet, table: str) -> Form | None:
    """The form of a table; where its own lines do not tell, that of another table."""
    known = [sheet.forms.get(each) for each in (table, *TABLES)]
    return next((forms()[code] for code in known if code in forms()), None)


@cache
def _wanted(form: str, table: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The lines of a form's table, each with the cells that it has."""
    lines = dict.fromkeys(slot.line.code for slot in _slots(form, table))
    return tuple(
        (line, tuple(s.measure.code for s in _slots(form, table) if s.line.code == line))
        for line in lines
    )


@cache
def _slots(form: str, table: str) -> tuple[Slot, ...]:
    return forms()[form].slots(table)


def _cells(sheet: Sheet, form: Form, table: str) -> Finding | None:
    name, slots = _CHAPTER[table], _slots(form.code, table)
    if not sheet.has(table):
        return Finding(
            "C25", "not_assessable", None, len(slots), (),
            f"{name}：本档案未从报告中读到这张表，按格式应有{len(slots)}格。",
            f"Table {table[1]}: this archive did not read it in the report; the form has "
            f"{len(slots)} cells.",
        )  # fmt: skip
    lines = frozenset(sheet.lines(table))
    absent = [slot.key for slot in slots if slot.line.code not in lines]
    if absent:
        lacking = dict.fromkeys(s.line.name for s in slots if s.line.code not in lines)
        there = len(slots) - len(absent)
        return Finding(
            "C25", "fail", there, len(slots), tuple(absent),
            f"{name}：本档案未读到“{'”“'.join(lacking)}”，读到{there}格，按格式应有{len(slots)}格。",
            f"Table {table[1]}: {len(lacking)} lines were not read; {there} cells of the "
            f"{len(slots)} that the form has.",
        )  # fmt: skip
    lost = [s.key for s in slots if sheet.get(table, s.line.code, s.measure.code).printed is None]
    if not lost:
        return None
    there = len(slots) - len(lost)
    return Finding(
        "C25", "not_assessable", there, len(slots), tuple(lost),
        f"{name}：有的格无法与原文对应，可以确定{there}格，按格式应有{len(slots)}格。",
        f"Table {table[1]}: some cells could not be told from the text; {there} of the "
        f"{len(slots)} that the form has are certain.",
    )  # fmt: skip


@check("C26")
def form_of_year(sheet: Sheet) -> Iterator[Result]:
    """The form is that of the report year."""
    used = [(table, forms()[code]) for table, code in sheet.forms.items() if code in forms()]
    if sheet.year is None or not used:
        return
    others = [(table, form) for table, form in used if not _is_of(form, sheet.year)]
    if not others:
        yield None
        return
    words = "、".join(f"{_CHAPTER[t]}用{form.code}年格式（{_years(form)}）" for t, form in others)
    words_en = ", ".join(f"table {t[1]} has the form of {form.code}" for t, form in others)
    yield Finding(
        "C26", "fail", None, None, (),
        f"{words}，报告年度为{sheet.year}。",
        f"By its lines {words_en}; the report year is {sheet.year}.",
    )  # fmt: skip


def _is_of(form: Form, year: int) -> bool:
    return form.first_year <= year and (form.last_year is None or year <= form.last_year)


def _years(form: Form) -> str:
    last = f"至{form.last_year}年度" if form.last_year else "年度起"
    return f"{form.first_year}{last}"
