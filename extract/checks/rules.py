"""The checks as data: what each compares, how strong it is, why a good report may fail it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

#: must: an identity that the form itself prints. should: follows from what the cells mean.
#: heuristic: often wrong about a good report. informative: says something, judges nothing.
STRENGTHS = ("must", "should", "heuristic", "informative")
#: Whether the check needs one report, or several with their agencies.
NEEDS = ("report", "archive")


@dataclass(frozen=True, slots=True)
class Rule:
    """A check, C01 … C26 (forms-and-rules §2).

    Attributes:
        code: `C01` …
        title: What is compared, in Chinese.
        title_en: The same in English.
        strength: One of `STRENGTHS`.
        needs: One of `NEEDS`.
        formula: The two sides in words or codes of lines.
        innocent: Reasons, in Chinese, why a report in order may not pass.
        innocent_en: The same in English.
        source: Where the rule is from.
        is_on: False while its rate of false alarms has not been measured.
    """

    code: str
    title: str
    title_en: str
    strength: str
    needs: str
    formula: str
    innocent: str
    innocent_en: str
    source: str
    is_on: bool = True


@cache
def rules() -> dict[str, Rule]:
    """All checks by code, in order.

    Raises:
        ValueError: `rules.toml` names a strength or a need that is none.
    """
    with Path(__file__).with_name("rules.toml").open("rb") as handle:
        found = [Rule(**entry) for entry in tomllib.load(handle)["rule"]]
    for rule in found:
        if rule.strength not in STRENGTHS or rule.needs not in NEEDS:
            raise ValueError(f"rules.toml: {rule.code}: {rule.strength}, {rule.needs}")
    return {rule.code: rule for rule in found}
