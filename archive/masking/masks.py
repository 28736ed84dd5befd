"""A text with what tells of a person masked, sign by sign: places in it stay the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from .context import Span
from .identities import identities
from .mails import mails
from .telephones import telephones
from .view import view

#: What stands for each masked sign. No form and no agency prints it for an empty cell, a search
#: takes it for a break between words, and everybody knows it for something blacked out.
MASK = "█"
#: What may hold something to mask: six digits near each other, a sign of an address, numerals.
#: Three patterns that each begin with one set of signs are ten times as fast as one of them all.
_MAYBE = (
    re.compile(r"\d(?:(?:[^\w\n,，、。；;：:%％]|_){0,4}\d){5}"),
    re.compile(r"[@＠﹫]|[(（\[［【] ?[aAａＡ][tTｔＴ] ?[)）\]］】]"),
    re.compile(r"{0}(?:[^\S\n]?{0}){{6}}".format("[〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖]")),
)
#: So far do the rules look around a number, and so far on it may be cut at no Chinese sign.
_AROUND, _MORE = 80, 400
_CUT = re.compile(r"[\n一-鿿]")
#: A cell that is a number and nothing else.
_COUNT = re.compile(r"\s*[\d,，.．]+\s*\Z")
#: Names, titles and years are no longer, and each is met in many places of a report.
_SHORT = 80


def masked(text: str) -> str:
    """A text of the same length without telephone numbers, identity numbers, e-mail addresses.

    >>> masked("电话：0795-7022345，受理申请7022345件")
    '电话：████████████，受理申请7022345件'
    """
    return _known(text) if len(text) <= _SHORT else _masked(text)


@lru_cache(maxsize=4096)
def _known(text: str) -> str:
    return _masked(text)


def _masked(text: str) -> str:
    for pattern in _MAYBE:
        if pattern.search(text):
            break
    else:
        return text  # nearly all texts
    found = [span for window in _windows(text) for span in _personal(text, *window)]
    if not found:
        return text
    signs = list(text)
    for start, end in found:
        for place in range(start, end):
            if signs[place] != "\n":
                signs[place] = MASK
    return "".join(signs)


def masked_cell(text: str) -> str:
    """A figure's printed text, masked: a number that is all of its cell is a count.

    >>> masked_cell("13812345678"), masked_cell("见0795-7022345")
    ('13812345678', '见████████████')
    """
    return text if _COUNT.match(text) else masked(text)


def _personal(text: str, first: int, last: int) -> Iterator[Span]:
    plain, places = view(text[first:last])
    for find in (mails, identities, telephones):
        for start, end in find(plain):
            yield first + places[start], first + places[end - 1] + 1


def _windows(text: str) -> Iterator[Span]:
    """The stretches of a text in which something may be, with what stands around it."""
    spans = sorted(found.span() for pattern in _MAYBE for found in pattern.finditer(text))
    first = last = 0
    for start, end in spans:
        if end <= last:
            continue
        begin = _before(text, start)
        if last and begin > last:
            yield first, last
            first = begin
        elif not last:
            first = begin
        last = _behind(text, end)
    if last:
        yield first, last


def _before(text: str, start: int) -> int:
    """Where a window begins: at a Chinese sign, so that no number and no address is cut."""
    place = max(0, start - _AROUND)
    while place > max(0, start - _MORE) and not _CUT.match(text, place):
        place -= 1
    return place


def _behind(text: str, end: int) -> int:
    found = _CUT.search(text, min(len(text), end + _AROUND), min(len(text), end + _MORE))
    return found.start() if found else min(len(text), end + _MORE)
