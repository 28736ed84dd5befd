"""DOCX to a `Document`."""

from __future__ import annotations

from ..errors import ReadingError
from ..types import Document


def read(body: bytes) -> Document:
    """Read a DOCX."""
    raise ReadingError("DOCX: not read yet")
