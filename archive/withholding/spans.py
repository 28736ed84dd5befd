"""Spans of text that are withheld."""

from __future__ import annotations

from extract.types import Report

from ..histories import Version
from .decision import Withheld


def without_spans(report: Report, version: Version, withheld: Withheld) -> Report:
    """A version's whole reading without the spans that are withheld."""
    return report
