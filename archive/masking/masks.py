"""A text with what tells of a person masked, sign by sign: places in it stay the same."""

from __future__ import annotations

import re

from .identities import identities
from .mails import mails
from .telephones import telephones
from .view import view

#: What stands for each masked sign. No form and no agency prints it for an empty cell, a search
#: takes it for a break between words, and everybody knows it for something blacked out.
MASK = "█"
#: What may hold something to mask: six digits near each other, or a sign of an address.
_MAYBE = re.compile(
    r"[@＠﹫]|[(（\[［【] ?(?:at|AT|At|ａｔ) ?[)）\]］】]"
    r"|\d(?:[^\w\n,，、。；;：:%％]{0,4}\d){5}|[〇零○一二三四五六七八九]{7}"
)

#: A cell that is a number and nothing else.
_COUNT = re.compile(r"\s*[\d,，.．]+\s*\Z")


def masked(text: str) -> str:
    """A text of the same length without telephone numbers, identity numbers, e-mail addresses.

    >>> masked("电话：0795-7022345，受理申请7022345件")
    '电话：████████████，受理申请7022345件'
    """
    if not _MAYBE.search(text):
        return text
    plain, places = view(text)
    found = [*mails(plain), *identities(plain), *telephones(plain)]
    if not found:
        return text
    signs = list(text)
    for start, end in found:
        for place in range(places[start], places[end - 1] + 1):
            if signs[place] != "\n":
                signs[place] = MASK
    return "".join(signs)


def masked_cell(text: str) -> str:
    """A figure's printed text, masked: a number that is all of its cell is a count.

    >>> masked_cell("13812345678"), masked_cell("见0795-7022345")
    ('13812345678', '见████████████')
    """
    return text if _COUNT.match(text) else masked(text)
