"""XLS (and ET, which is the same) to sheets of printed cells."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta

import python_calamine

from ..errors import ReadingError
from . import ole
from .biff import Facts, SheetFacts, read_facts
from .number_format import is_date, shown
from .sheet_rows import Sheet

_Stored = int | float | str | bool | time | date | datetime | timedelta


def read_sheets(body: bytes) -> list[Sheet]:
    """The visible sheets of a workbook, in their order.

    Raises:
        ReadingError: It is damaged, encrypted, or larger than any report.
    """
    facts = read_facts(ole.stream(body, "Workbook", "Book"))
    try:
        book = python_calamine.load_workbook(io.BytesIO(body))
        grids = [
            book.get_sheet_by_index(i).to_python(skip_empty_area=False) if sheet.visible else []
            for i, sheet in enumerate(facts.sheets)
        ]
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise ReadingError(f"the XLS is damaged ({error}): fetch it again") from error
    except BaseException as error:
        # A fault inside calamine; the bindings give its class no public name.
        if type(error).__name__ != "PanicException":
            raise
        raise ReadingError(f"the XLS is damaged ({error}): fetch it again") from error
    return [
        _sheet(grid, sheet, facts)
        for grid, sheet in zip(grids, facts.sheets, strict=True)
        if sheet.visible
    ]


def _sheet(grid: list[list[_Stored]], has: SheetFacts, facts: Facts) -> Sheet:
    sheet = Sheet(merges=has.merges, hidden_rows=has.hidden_rows, hidden_columns=has.hidden_columns)
    for row, cells in enumerate(grid):
        for column, value in enumerate(cells):
            if value != "":
                code = facts.format(has, row, column)
                sheet.put(row, column, _text(value, code, has.shows_zeros))
    return sheet


def _text(value: _Stored, code: str, shows_zeros: bool) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        if not value and not shows_zeros:
            return ""
        return str(value) if is_date(code) else shown(value, code)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
