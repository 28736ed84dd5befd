"""Checks that need several reports, or to know who the agency is (needs = "archive").

A check is a function decorated with `check`. It asks the new release's own tables, so that a
country is one query and not a million objects; nothing is ever changed because one failed.
"""

from __future__ import annotations

from . import copies, lateness, powers, sums, wholes, years
from .running import CHECKS, Found, Passed, check, run_checks

__all__ = [
    "CHECKS",
    "Found",
    "Passed",
    "check",
    "copies",
    "lateness",
    "powers",
    "run_checks",
    "sums",
    "wholes",
    "years",
]
