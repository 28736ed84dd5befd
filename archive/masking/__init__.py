"""Telephone numbers, identity numbers and e-mail addresses, masked in public text."""

from __future__ import annotations

from .masks import masked, masked_cell
from .reports import masked_details, masked_report, masked_texts, masked_words

__all__ = [
    "masked",
    "masked_cell",
    "masked_details",
    "masked_report",
    "masked_texts",
    "masked_words",
]
