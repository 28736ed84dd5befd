"""Identity numbers of citizens (公民身份号码): where they stand.

Eighteen signs: region, date of birth, sequence, check digit (GB 11643); fifteen before 1999.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .context import Span, addresses, has_unit, is_in, names_a_thing

_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_PLACE = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])\d{4}"
_ALONE_BEFORE, _ALONE_AFTER = r"(?<![0-9A-Za-z.])(?<!\d[-/,])", r"(?![0-9A-Za-z]|[.,]\d)"
_LONG = re.compile(
    rf"{_ALONE_BEFORE}([1-9]\d{{5}})([ -]?)((?:19|20)\d\d{_DAY})\2(\d{{3}}[0-9Xx]){_ALONE_AFTER}"
)
_SHORT = re.compile(rf"{_ALONE_BEFORE}{_PLACE}\d\d{_DAY}\d{{3}}{_ALONE_AFTER}")
#: Behind its word it is one whatever its check digit, and also where a part is starred out.
_LABELLED = re.compile(
    r"(?:身 ?份 ?证|身份号码|证件号|公民身份)[^\d\n。]{0,12}"
    r"(\d[0-9*Xx█]{13,16}[0-9Xx*]|\d{6}[ -]\d{4}[ -]?\d{4}[ -]\d{3}[0-9Xx]"
    r"|\d(?:[ -]?\d){16}[ -]?[0-9Xx])(?![0-9A-Za-z])"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def is_sound(number: str) -> bool:
    """Whether the last sign of eighteen is the check digit of the others.

    >>> is_sound("990101199003070016"), is_sound("990101199003070015")
    (False, True)
    """
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return _CHECKS[total % 11] == number[17].upper()


def identities(plain: str) -> Iterator[Span]:
    """Identity numbers: 18 digits and their check digit, 15 with a date, or behind the word."""
    for found in _LABELLED.finditer(plain):
        yield found.span(1)
    skipped: list[Span] | None = None
    for pattern in (_LONG, _SHORT):
        for found in pattern.finditer(plain):
            if pattern is _LONG and not is_sound(found[1] + found[3] + found[4]):
                continue
            if skipped is None:
                skipped = addresses(plain)
            start, end = found.span()
            thing = is_in(skipped, start) or names_a_thing(plain, start)
            if not thing and not has_unit(plain, end):
                yield start, end
