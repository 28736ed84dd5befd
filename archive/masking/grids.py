"""A raw table of a legacy report, masked: its cells are figures of a sort, so that counts stay."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .masks import MASK, masked
from .view import view

Grid = tuple[tuple[str, ...], ...]

#: A cell of one number and nothing else.
_NUMBER = re.compile(r"[\d ()+\-]{7,24}\Z")
#: A heading, of a column or of a line, whose cells are telephone numbers.
_TELEPHONE = re.compile(
    r".{0,8}(?:电 ?话|手 ?机|传 ?真|联系方式|热 ?线|tel|fax)(?:号码?)?[ :()]{0,3}\Z", re.IGNORECASE
)
_IDENTITY = re.compile(r".{0,6}(?:身份证|身份号码)(?:件)?(?:号码?)?[ :]{0,3}\Z")
#: Headings and units beside which a long number is an amount or a count.
_COUNT = re.compile(r"元|金额|收入|支出|资金|经费|数量?\Z|人次|件|条|次|总计|合计|统计|指标|单位")


def masked_grid(grid: Grid) -> Grid:
    """A table without telephone numbers, identity numbers, e-mail addresses.

    What a bare number is, its column's or its line's heading tells:

    >>> masked_grid((("单位", "电话", "申请数"), ("甲", "7022345", "7022346")))
    (('单位', '电话', '申请数'), ('甲', '███████', '7022346'))
    """
    above: dict[int, str] = {}  # the words nearest above, by column
    return tuple(_row(row, above) for row in grid)


def _row(row: Sequence[str], above: dict[int, str]) -> tuple[str, ...]:
    """A row, whose words are the headings of those below it from then on."""
    made, left = [], ""
    words = {}
    for column, text in enumerate(row):
        made.append(_cell(text, [each for each in (above.get(column), left) if each]))
        if _is_words(text):
            left = words[column] = view(text)[0].strip()
    above |= words
    return tuple(made)


def _cell(text: str, headings: Sequence[str]) -> str:
    plain = view(text)[0].strip()
    if not _NUMBER.match(plain):
        return masked(text)
    if any(_COUNT.search(heading) for heading in headings):
        return text
    labels = [each for each in headings if _TELEPHONE.match(each) or _IDENTITY.match(each)]
    if labels:
        return masked(f"{labels[0]}：{text}")[len(labels[0]) + 1 :]
    return masked(text)


def _is_words(text: str) -> bool:
    plain = view(text)[0].strip()
    return bool(plain) and MASK not in plain and not _NUMBER.match(plain) and not plain.isdigit()
