"""OFD (GB/T 33190) to a `Document`."""

from __future__ import annotations

from ..errors import ReadingError
from ..types import Document


def read(body: bytes) -> Document:
    """Read an OFD."""
    raise ReadingError("OFD: not read yet")
