"""A sentence as patterns see it, with the way back to the text as printed.

Every character is folded by NFKC on its own and white space is dropped, except between two
digits: `1 2` may be two numbers. What only looks like a count is masked, digit by digit, so that
a pattern finds no number there: years, dates, percentages, titles in 《》, 第二十条.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_SPACES = re.compile(r"(?<![0-9])\s+|\s+(?![0-9\s])")
_NOT_COUNTS = re.compile(
    r"(?=[《〔\[(0-9二百第])(?:"
    r"\d+(?:年(?:度|(?:\d{1,2}月(?:\d{1,2}日)?)?)|月(?:\d{1,2}日)?|日|(?:\.\d+)?(?:%|个百分点|‰))"
    r"|《[^》]{1,80}》"
    r"|[〔\[(]\d{4}[〕\])]\d{0,4}号?"
    r"|二[〇○零一二三四五六七八九]{3}年度?"
    r"|百分之[零〇一二三四五六七八九十百点]+"
    r"|第[\d零〇一二三四五六七八九十百]+[(（]?[条款项章次届号期名])"
)
_DIGITS = re.compile(r"[\d零〇○一二三四五六七八九十百]")
#: Stands for a digit or numeral that counts nothing.
MASK = "Y"
_TITLE_MASK = "T"


class _Fold(dict[int, str | int]):
    """NFKC of single characters, worked out when first asked for."""

    def __missing__(self, code: int) -> str | int:
        char = chr(code)
        # ① and ² are marks beside a text, no digits of it.
        folded = char if unicodedata.category(char) == "No" else unicodedata.normalize("NFKC", char)
        self[code] = value = code if folded == char else folded
        return value


_FOLD = _Fold()
#: What nearly every sentence has, folded at once; and whatever else there may be to fold.
_COMMON = (("，", ","), ("；", ";"), ("：", ":"), ("（", "("), ("）", ")"))
_OTHER = re.compile("[^\u4e00-\u9fff\x00-\x7f、。《》“”‘’—·]")


@dataclass(frozen=True, slots=True)
class Plain:
    """A sentence folded.

    Attributes:
        text: Folded, white space dropped.
        masked: The same, with what counts nothing masked; of the same length.
        starts: Where the one character that each of `text` comes from stands in the chapter.
    """

    text: str
    masked: str
    starts: range | list[int]


def plain(printed: str, offset: int = 0) -> Plain:
    """Fold a sentence.

    Args:
        printed: As it stands in the chapter.
        offset: Where it begins there.
    """
    folded = printed
    for char, into in _COMMON:
        folded = folded.replace(char, into)
    if _OTHER.search(folded):
        folded = printed.translate(_FOLD)
    starts: range | list[int] = range(offset, offset + len(printed))
    if len(folded) != len(printed):
        pieces = [(at, char.translate(_FOLD)) for at, char in enumerate(printed, offset)]
        starts = [at for at, piece in pieces for _ in piece]
    words = folded.split()
    if len(words) != 1 or len(words[0]) != len(folded):
        kept: list[int] = []
        past = 0
        for match in _SPACES.finditer(folded):
            kept += starts[past : match.start()]
            past = match.end()
        starts = [*kept, *starts[past:]]
        folded = _SPACES.sub("", folded)
    return Plain(folded, _NOT_COUNTS.sub(_mask, folded), starts)


def _mask(match: re.Match[str]) -> str:
    found = match[0]
    if found[0] == "《":
        return "《" + _TITLE_MASK * (len(found) - 2) + "》"
    return _DIGITS.sub(MASK, found)
