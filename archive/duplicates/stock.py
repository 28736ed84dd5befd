"""Stock wording: what the Regulation and the notices say, and what all say in their terms.

In a large archive such words are known by how many agencies use them (`index.COMMON`); where
there are few, a preface that each copies from the form would be a copy of another's.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from .units import units


@cache
def phrases() -> tuple[str, ...]:
    """The phrases of `stock.toml` in units, each once."""
    with Path(__file__).with_name("stock.toml").open("rb") as handle:
        groups: dict[str, list[str]] = tomllib.load(handle)
    return tuple(dict.fromkeys(units(phrase) for group in groups.values() for phrase in group))


def stock(text: str) -> bytearray:
    """For each unit of a text in units 1 if it belongs to stock wording, else 0.

    >>> list(stock(units("本局根据《中华人民共和国政府信息公开条例》")))[:6]
    [0, 0, 0, 0, 1, 1]
    """
    found = bytearray(len(text))
    for match in _pattern().finditer(text):
        start, end = match.span()
        found[start:end] = b"\x01" * (end - start)
    return found


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(_tree(phrases()))


def _tree(words: Iterable[str]) -> str:
    """A pattern of the longest word at a place, each beginning tried but once."""
    tails: dict[str, list[str]] = {}
    for word in words:
        tails.setdefault(word[:1], []).append(word[1:])
    may_end = tails.pop("", None) is not None
    if not tails:
        return ""
    branches = "|".join(sign + _tree(each) for sign, each in sorted(tails.items()))
    return f"(?:{branches}){'?' if may_end else ''}"
