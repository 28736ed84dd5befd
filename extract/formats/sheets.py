"""Workbooks (XLSX, XLS and ET) to a `Document`: the rows of each visible sheet."""

from __future__ import annotations

from ..types import Document
from . import xls, xlsx
from .sheet_rows import rows_of


def read(body: bytes) -> Document:
    """Read a workbook, told by its first bytes.

    Raises:
        ReadingError: It is damaged, encrypted, or larger than any report.
    """
    sheets = (xlsx if body.startswith(b"PK") else xls).read_sheets(body)
    rows = [row for number, sheet in enumerate(sheets, 1) for row in rows_of(sheet, number)]
    return Document(rows=tuple(rows), kind="sheet")
