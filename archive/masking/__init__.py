"""Telephone numbers, identity numbers and e-mail addresses, masked in public text."""

from __future__ import annotations

from .masks import masked
from .reports import masked_report

__all__ = ["masked", "masked_report"]
