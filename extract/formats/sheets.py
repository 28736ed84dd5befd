"""XLSX and XLS to a `Document`."""

from __future__ import annotations

from ..errors import ReadingError
from ..types import Document


def read(body: bytes) -> Document:
    """Read a workbook."""
    raise ReadingError("workbook: not read yet")
