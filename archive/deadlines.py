"""When a report must be published by law; data in `deadlines.toml`, never logic."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from .rows import Row


@cache
def deadline_rows() -> tuple[Row, ...]:
    """Rows of the table `deadlines`: one a scope, level and span of report years.

    Raises:
        ValueError: Two rules hold for one scope, level and year, or a day is none.
    """
    with Path(__file__).with_name("deadlines.toml").open("rb") as handle:
        rules = tomllib.load(handle)["rule"]
    found = [
        _row(rule, scope, level)
        for rule in rules
        for scope in rule["scopes"]
        for level in rule["levels"]
    ]
    for row in found:
        date(row["first_year"] + 1, row["month"], row["day"])
        if any(other is not row and _meet(row, other) for other in found):
            raise ValueError(f"deadlines.toml: two rules for {row['scope']}, {row['level']}")
    return tuple(found)


def _row(rule: dict[str, Any], scope: str, level: str) -> dict[str, Any]:
    return {
        "scope": scope,
        "level": level,
        "first_year": rule["first_year"],
        "last_year": rule.get("last_year"),
        "month": rule["month"],
        "day": rule["day"],
        "source": rule["source"],
        "is_verified": int(rule["is_verified"]),
    }


def _meet(one: Row, other: Row) -> bool:
    """Whether both hold for the same scope, level and some year."""
    if (one["scope"], one["level"]) != (other["scope"], other["level"]):
        return False
    last = [row["last_year"] or 9999 for row in (one, other)]
    return bool(one["first_year"] <= last[1] and other["first_year"] <= last[0])
