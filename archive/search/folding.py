"""What counts as the same text in a search: widths, case and white space are folded away.

Agencies print １２ and 12, “2021 年” and “2021年”, GDP and ｇｄｐ. Text and question go through
the same folding, one character at a time, so that a place in the folded text leads back to
a place in the text.
"""

from __future__ import annotations

import unicodedata

#: Ends a paragraph; nothing is found across it.
PARAGRAPH = "\n"
#: Controls, marks of direction and of no width, halves of characters, private characters
#: (of which the index makes its own marks), and all spaces.
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp"})


class _Folding(dict[int, str]):
    """Code point → what stands for it; made when a character is first met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold(chr(code))
        return folded


def fold(text: str) -> str:
    """The text as it is compared.

    >>> fold("２０２１ 年，ＧＤＰ"), fold("信 息 公　开")
    ('2021年,gdp', '信息公开')
    """
    return composed(text).translate(_FOLDING)


def composed(text: str) -> str:
    """The text with letters and their accents in one character, of which a snippet is cut."""
    return unicodedata.normalize("NFC", text)


def places(text: str, until: int) -> list[int]:
    """For the first `until` characters of the folded text, their places in `composed(text)`.

    >>> places("２ ㎡后", 2)
    [0, 2]
    """
    found: list[int] = []
    for place, each in enumerate(text):
        found += [place] * len(_FOLDING[ord(each)])
        if len(found) >= until:
            break
    return found[:until]


def _fold(character: str) -> str:
    if character == PARAGRAPH:
        return character
    if unicodedata.category(character) in _DROPPED:
        return ""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", character).casefold())
    return "".join(each for each in plain if unicodedata.category(each) not in _DROPPED)


_FOLDING = _Folding()
