"""Printed dates to ISO dates."""

from __future__ import annotations

import re
from datetime import date

from .labels import flat, nfkc

_HAN_DIGITS = str.maketrans("〇○零Oo一二三四五六七八九", "00000123456789")
# White space may stand beside a separator only, and a day ends where its digits do: in
# "2022-1-2 10:12" the hour is no part of it. Two digits right before hh:mm are a day too.
_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s*[-年/.]\s*(\d{1,2})\s*[-月/.]\s*"
    r"(\d{1,2}(?!\d)|\d\d(?=\d\d:\d\d))(?:\s*日)?"
)
#: 日 closes the day, so a date written out may be letter-spaced.
_WRITTEN_OUT = re.compile(r"(?<!\d)((?:19|20)\d\d)年(\d{1,2})月(\d{1,2})日")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])(?!\d)")
_HAN_DATE = re.compile(
    r"([二一][〇○零Oo0一二三四五六七八九]{3})年"
    r"([一二三四五六七八九十元]{1,3})月([一二三四五六七八九十]{1,3})日"
)
_TIME = re.compile(r"\s*\d{1,2}:\d\d(?::\d\d)?$")


def find_date(text: str) -> str | None:
    """The first date in a text as `YYYY-MM-DD`, or None; one that cannot be is none.

    Args:
        text: Any text; its width does not matter, nor white space beside 年, 月, 日
            and the separators.

    >>> find_date("发布时间：2022-1-2 10:12")
    '2022-01-02'
    """
    text = nfkc(text)
    match = _DATE.search(text) or _WRITTEN_OUT.search(flat(text))
    if match:
        return _iso(*(int(part) for part in match.groups()))
    match = _HAN_DATE.search(flat(text))
    if match:
        year, month, day = match.groups()
        return _iso(int(year.translate(_HAN_DIGITS)), _han(month), _han(day))
    return None


def labelled_date(text: str) -> str | None:
    """The date that a text begins with, as it follows a date label; 20220105 is one too."""
    text = nfkc(text).lstrip(" \t\n:[]【】|")
    match = _COMPACT.match(text)
    if match:
        return _iso(*(int(part) for part in match.groups()))
    if _DATE.match(text) or _WRITTEN_OUT.match(flat(text)) or _HAN_DATE.match(flat(text)):
        return find_date(text)
    return None


def is_date_line(text: str) -> bool:
    """Whether a line holds a date and nothing else, as a signature block does."""
    return not without_date(text) and find_date(text) is not None


def is_moment_line(text: str) -> bool:
    """Whether a line holds a date, perhaps a time of day, and nothing else."""
    return is_date_line(_TIME.sub("", nfkc(text).strip()))


def without_date(text: str) -> str:
    """What a line says beside its first date, flattened, outer brackets removed."""
    text = nfkc(text)
    match = _DATE.search(text)
    if match:
        left = flat(text[: match.start()] + text[match.end() :])
    else:
        left = _HAN_DATE.sub("", _WRITTEN_OUT.sub("", flat(text), count=1), count=1)
    return "" if left in ("()", "(", ")") else left


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
