"""Printed labels made comparable: width, radicals, spaces, brackets, enumerators."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# PDF fonts map some characters to the CJK Radicals Supplement, which NFKC leaves alone.
_RADICALS = str.maketrans(
    "⺠⻔⻅⻥⻓⻢⻋⻛⻚⻄⻘⻉⻩⻰⻝⻁⻦⻮⺟⻬⻣⻤⻜⻆⻨⻳⻧⻙⻖⺃",
    "民门见鱼长马车风页西青贝黄龙食虎鸟齿母齐骨鬼飞角麦龟卤韦阜乚",
)
_KANGXI = re.compile("[\u2e80-\u2fdf]")
#: Fullwidth marks of nearly every sentence. Replaced one after the other, they leave
#: nothing to normalise in most texts, which then takes a thirtieth of the time.
_MARKS = tuple(zip("，；：（）！？\u3000", ",;:()!? ", strict=True))
#: What `flat` takes out or turns into another character; few texts have any.
_ODD = re.compile("[\u2e80-\u2eff\u200b-\u200f\u2060\ufeff\u00ad]")
_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]+")
_BRACKETED = re.compile(r"[(\[【〔].*?[)\]】〕]")
_ENUMERATOR = re.compile(
    r"(?:\(?[一二三四五六七八九十]{1,3}(?:\)|[、.,:])|\(?\d{1,2}(?:\)|[、.,:])?)+"
)
_KEEP = re.compile(r"[^\w]|_")
LONGEST_LABEL = 60
#: Texts whose flat form is kept; a chapter, or a page taken for a name, would only fill memory.
_LONGEST_KEPT = 200


def characters(text: str) -> str:
    """Text with the characters that look-alike radicals stand for, else as it is.

    Fonts in PDFs are said to print ⼤ (a Kangxi radical) where they print 大: the eye
    sees no difference, and no search finds it.

    >>> characters("⼤厅，⻔牌")
    '大厅，门牌'
    """
    if not _KANGXI.search(text):
        return text
    return _KANGXI.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text).translate(
        _RADICALS
    )


def nfkc(text: str) -> str:
    """`unicodedata.normalize("NFKC", text)`, quick where only punctuation is fullwidth.

    >>> nfkc("２０２１年，（一）")
    '2021年,(一)'
    """
    return text if text.isascii() else unicodedata.normalize("NFKC", with_narrow_marks(text))


def with_narrow_marks(text: str) -> str:
    """Text with the common fullwidth marks as NFKC has them, letter for letter."""
    for mark, into in _MARKS:
        text = text.replace(mark, into)
    return text


def flat(text: str) -> str:
    """Text under NFKC without white space, invisible marks and radical look-alikes.

    >>> flat("（一）  规 章")
    '(一)规章'
    """
    return (_flat if len(text) <= _LONGEST_KEPT else _flat.__wrapped__)(text)


@lru_cache(maxsize=8192)
def _flat(text: str) -> str:
    joined = "".join(nfkc(text).split())
    return _UNSEEN.sub("", joined.translate(_RADICALS)) if _ODD.search(joined) else joined


def end_of(text: str, length: int) -> int:
    """Where the first `length` characters of a text's flat form end in the text itself.

    >>> end_of("一、 总体 情况：无", 6)
    8
    """
    end = 0
    while end < len(text) and len(flat(text[:end])) < length:
        end += 1
    return end


@lru_cache(maxsize=8192)
def bare(text: str) -> str:
    """A label without enumerator and punctuation; what is in brackets stays.

    >>> bare("3.危及“三安全一稳定”")
    '危及三安全一稳定'
    """
    text = flat(text)
    match = _ENUMERATOR.match(text)
    if match and match.end() < len(text):
        text = text[match.end() :]
    return _KEEP.sub("", text)


@lru_cache(maxsize=8192)
def core(text: str) -> str:
    """A label without enumerator, punctuation and anything in brackets.

    >>> core("（二）部分公开（区分处理的，只计这一情形，不计其他情形）")
    '部分公开'
    """
    text = flat(text)
    match = _ENUMERATOR.match(text)
    if match and match.end() < len(text):
        text = text[match.end() :]
    return _KEEP.sub("", _BRACKETED.sub("", text))


@lru_cache(maxsize=65536)
def likeness(left: str, right: str) -> float:
    """Dice coefficient of the character pairs of two bare labels, 0 to 1."""
    if left == right:
        return 1.0 if left else 0.0
    if min(len(left), len(right)) < 2:
        return 0.0
    have = _pairs(left)
    want = _pairs(right)
    shared = sum(min(count, want.get(pair, 0)) for pair, count in have.items())
    return 2 * shared / (len(left) + len(right) - 2)


@lru_cache(maxsize=8192)
def _pairs(text: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for i in range(len(text) - 1):
        counts[text[i : i + 2]] = counts.get(text[i : i + 2], 0) + 1
    return counts
