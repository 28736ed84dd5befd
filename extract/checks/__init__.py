"""Checks of one report against itself. Those that need others are in `archive.checks`.

What a check is called, how strong it is and why a good report may fail it: `rules.toml`.
"""

from __future__ import annotations

from collections.abc import Collection

from ..types import Finding, Report
from . import completeness, identities, prose, stocks
from .rules import Rule, rules
from .running import CHECKS, Check, Equation, Result, Sheet, check, findings_of, those_on
from .shifts import mark_shifts

__all__ = ["CHECKS", "Check", "Equation", "Result", "Rule", "Sheet", "check", "rules", "run_checks"]

_MODULES = (completeness, identities, prose, stocks)  # each registers its checks


def run_checks(
    report: Report, codes: Collection[str] | None = None
) -> tuple[tuple[Finding, ...], int]:
    """Run the checks of one report.

    Args:
        report: Figures, forms, facts, year and evidence are asked.
        codes: Which checks; None for all that are on.

    Returns:
        The findings in order of check and place, and how many comparisons passed.
    """
    sheet = Sheet(report)
    findings, passes = findings_of(sheet, those_on() if codes is None else codes)
    return tuple(mark_shifts(sheet, findings)), passes
