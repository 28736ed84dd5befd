"""Corrections laid over what the machine read."""

from __future__ import annotations

from collections.abc import Callable

from extract.types import Report

from ..histories import ReportHistory, Version
from ..readings import Reading
from .correction import Corrections

Read = Callable[[str], Reading]


def with_entered(read: Read, corrections: Corrections) -> Read:
    """Readings, with those of documents that people entered by hand."""
    return read


def corrected(
    report: Report, history: ReportHistory, version: Version, corrections: Corrections
) -> Report:
    """A version's whole reading with its corrections, and what the checks say of it then."""
    return report
