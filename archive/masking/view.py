"""A text as its numbers are looked for: widths and kinds of hyphens and spaces folded away."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

#: Categories of signs that print nothing, and that a search passes over as well
#: (`archive.search.folding`): a number with one inside it is still that number.
_NOTHING = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_HYPHENS = frozenset("‐‑‒–—―−－─━﹣ー﹘﹣⁻_＿~～")
_AS = {
    "（": "(", "）": ")", "【": "(", "】": ")", "〔": "(", "〕": ")", "［": "(", "］": ")",
    "[": "(", "]": ")", "：": ":", "﹕": ":", "，": ",", "；": ";", "．": ".", "。": "。",
}  # fmt: skip


class _Plain(dict[int, str]):
    """Code point → the one sign that stands for it; made when it is first met."""

    def __missing__(self, code: int) -> str:
        plain = self[code] = _plain(chr(code))
        return plain


def _plain(sign: str) -> str:
    category = unicodedata.category(sign)
    if sign == "\n":
        return sign
    if sign == "\t" or category == "Zs":
        return " "
    if category in _NOTHING:
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(sign))
    if sign in _HYPHENS:
        return "-"
    if sign in _AS:
        return _AS[sign]
    folded = unicodedata.normalize("NFKC", sign)
    # ① is no digit of a number, and ℡ is a word.
    return folded if len(folded) == 1 and folded.isascii() and not folded.isdigit() else sign


_PLAIN = _Plain()


def view(text: str) -> tuple[str, Sequence[int]]:
    r"""The text to look in, and for each of its signs the place in the text.

    >>> view("０７９５－７０")[0]
    '0795-70'
    >>> plain, places = view("13\u200b8")
    >>> plain, list(places)
    ('138', [0, 1, 3])
    """
    plain = text.translate(_PLAIN)
    if len(plain) == len(text):
        return plain, range(len(text))
    return plain, [place for place, sign in enumerate(text) if _PLAIN[ord(sign)]]
