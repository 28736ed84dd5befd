"""Descriptions of the tables on meaning: places, agencies, checks, facts, coverage, rates."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def said() -> dict[str, dict[str, Any]]:
    """Table → `title` and `text` of a table that is described here alone, and `columns`."""
    with Path(__file__).with_name("meanings.toml").open("rb") as handle:
        return tomllib.load(handle)
