"""Reports whose text stands, in part, in another report: last year's, or another agency's."""

from __future__ import annotations

from .finding import duplicate_rows
from .renewing import renewed

__all__ = ["duplicate_rows", "renewed"]
