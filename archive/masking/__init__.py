"""Telephone numbers, identity numbers and e-mail addresses, masked in public text."""

from __future__ import annotations

from .masks import masked, masked_cell
from .reports import masked_report

__all__ = ["masked", "masked_cell", "masked_report"]
