"""Checks of one report against itself. Those that need others are in `archive.checks`.

What a check is called, how strong it is and why a good report may fail it: `rules.toml`.
"""

from __future__ import annotations

from .identities import CHECKS, Check, Equation, Result, Sheet, check, run_checks
from .rules import Rule, rules

__all__ = ["CHECKS", "Check", "Equation", "Result", "Rule", "Sheet", "check", "rules", "run_checks"]
