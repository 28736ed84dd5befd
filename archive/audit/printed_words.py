"""What a printed cell says, by a rule of its own.

The reader is not asked: it would agree with itself. The rule, which docs/auditing.md states:
full-width characters are half-width ones, blanks at the ends do not count; a cell of nothing, of
dashes, of slashes or of a word for none is of that class; a number may have thousands separators
and a unit behind it, x Everything else is a text that is no number.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from .entries import BLANK, Entry

NUMBER, DASH, SLASH, NONE_WORD, TEXT = "number", "dash", "slash", "none_word", "text"
_YUAN = {
    "元": 1, "千元": 10**3, "万元": 10**4, "百万元": 10**6, "千万元": 10**7, "亿元": 10**8,
}  # fmt: skip
_UNITS = sorted((*_YUAN, *"件条项个次份宗起部人篇期", "人次"), key=len, reverse=True)
_UNIT = re.compile(rf"\(?({'|'.join(_UNITS)})\)?")
_DIGITS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_SIGNS = {"+": 1, "-": -1, "增加": 1, "新增": 1, "减少": -1, "增": 1, "减": -1, "↑": 1, "↓": -1}
_NONE_WORDS = frozenset({"无", "没有", "暂无", "不涉及", "不适用", "N/A", "NA"})
_DASHES, _SLASHES = frozenset("-—–―‐‑‒−─ー﹣ "), frozenset("/\\ ")
_HAN = dict(zip("〇一二三四五六七八九", range(10), strict=True)) | {"零": 0, "两": 2}
_WRITTEN = re.compile(f"[{''.join(_HAN)}十百千]+")
_BY = {"万": 10**4, "亿": 10**8}
_SCALES = {"十": 10, "百": 100, "千": 1000}


@dataclass(frozen=True, slots=True)
class Said:
    """What a cell says.

    Attributes:
        kind: `number`, a class without one (`blank`, `dash`, `slash`, `none_word`, `text`), or a
            mark of the person who read it (`absent`, `illegible`).
        value: The number.
        unit: The unit printed behind it, or "".
    """

    kind: str
    value: Decimal | None = None
    unit: str = ""


def said(entry: Entry) -> Said:
    """What somebody entered says.

    >>> said(Entry("１，２３４件"))
    Said(kind='number', value=Decimal('1234'), unit='件')
    """
    if entry.mark:
        return Said(entry.mark)
    text = _folded(entry.text)
    kind = _class(text)
    if kind:
        return Said(kind)
    value, unit = _number(text)
    if value is None:
        return Said(TEXT)
    return Said(NUMBER, value, unit)


def same(first: Entry, second: Entry, *, money: bool = False) -> bool:
    """Whether two people read the same cell: one number, one class, or one text.

    Args:
        first: What one of them entered.
        second: What the other one entered.
        money: Whether it is an amount, of which the unit counts, too.
    """
    one, other = said(first), said(second)
    if one.kind == other.kind == TEXT:
        return bare(first.text) == bare(second.text)
    return (one.kind, one.value) == (other.kind, other.value) and (
        not money or one.unit == other.unit
    )


def bare(text: str) -> str:
    """A text without blanks and differences of width, to compare names and titles."""
    return "".join(_folded(text).split())


def unit_of(text: str) -> str:
    """The unit of money that a heading prints, or ""."""
    found = _UNIT.fullmatch(bare(text).removeprefix("单位:").removeprefix("(单位:"))
    return found[1] if found and found[1] in _YUAN else ""


def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).replace("−", "-").replace("–", "-")
    return "".join(each for each in folded if unicodedata.category(each) != "Cf").strip()


def _class(text: str) -> str:
    if not text:
        return BLANK
    if text.upper() in _NONE_WORDS:
        return NONE_WORD
    if set(text) <= _DASHES:
        return DASH
    return SLASH if set(text) <= _SLASHES else ""


def _number(text: str) -> tuple[Decimal | None, str]:
    sign, rest = 1, text
    for word, meant in _SIGNS.items():
        if text.startswith(word):
            sign, rest = meant, text.removeprefix(word).lstrip()
            break
    digits = _DIGITS.match(rest)
    found = digits or _WRITTEN.match(rest)
    written = found[0] if found else ""
    tail = rest[len(written) :].strip()
    unit, by = _UNIT.fullmatch(tail), 1
    if not unit and tail[:1] in _BY:
        by, tail = _BY[tail[0]], tail[1:].strip()
        unit = _UNIT.fullmatch(tail)
    if not written or (tail and not unit):
        return None, ""
    value = Decimal(written.replace(",", "")) if digits else _han(written)
    return (None if value is None else sign * by * value), unit[1] if unit else ""


def _han(text: str) -> Decimal | None:
    """十二, 三百零五 or 二〇 as a number; None of anything that can be read in two ways."""
    if not set(text) & set(_SCALES):
        plain = "".join(str(_HAN[each]) for each in text)
        return Decimal(plain) if len(text) == 1 or set(text) & set("〇零") else None
    total, digit, least = 0, None, 10_000
    for each in text:
        if each in _HAN:
            if digit:
                return None
            digit = _HAN[each]
            continue
        scale = _SCALES[each]
        if scale >= least or (not digit and not (each == "十" and not total)):
            return None
        total, digit, least = total + (digit or 1) * scale, None, scale
    if digit and least > 10 and not set(text) & set("零〇"):
        return None  # 二百五: 205, or 250
    return Decimal(total + (digit or 0))
