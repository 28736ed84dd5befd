"""PDF to `Document`s."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import ReadingError
from ..types import Document


def layouts(body: bytes) -> Iterator[Document]:
    """Read a PDF."""
    if body:
        raise ReadingError("PDF: not read yet")
    yield Document((), "pdf")
