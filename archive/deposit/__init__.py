"""A folder that is ready for a data repository: files, metadata, checksums, a report of sizes."""

from __future__ import annotations

from .making import Made, Wanted, write_deposit

__all__ = ["Made", "Wanted", "write_deposit"]
