"""Printed dates to ISO dates."""

from __future__ import annotations

import re
from datetime import date

from .labels import flat

_HAN_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_DATE = re.compile(r"((?:19|20)\d\d)[-年/.](\d{1,2})[-月/.](\d{1,2})日?")
_HAN_DATE = re.compile(
    r"([二一][〇○零一二三四五六七八九]{3})年([一二三四五六七八九十元]{1,3})月([一二三四五六七八九十]{1,3})日"
)


def find_date(text: str) -> str | None:
    """The first date in a text as `YYYY-MM-DD`, or None; one that cannot be is none.

    Args:
        text: Any text; white space and width do not matter.
    """
    text = flat(text)
    match = _DATE.search(text)
    if match:
        return _iso(*(int(part) for part in match.groups()))
    match = _HAN_DATE.search(text)
    if match:
        year, month, day = match.groups()
        return _iso(int(year.translate(_HAN_DIGITS)), _han(month), _han(day))
    return None


def is_date_line(text: str) -> bool:
    """Whether a line holds a date and nothing else, as a signature block does."""
    text = flat(text).strip("()")
    return bool(_DATE.fullmatch(text) or _HAN_DATE.fullmatch(text))


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _han(text: str) -> int:
    if text == "元":
        return 1
    tens, ten, ones = text.rpartition("十")
    unit = int(ones.translate(_HAN_DIGITS)) if ones else 0
    if not ten:
        return unit
    return (int(tens.translate(_HAN_DIGITS)) if tens else 1) * 10 + unit
