"""One printed cell to a value, a status, a unit and flags. Nothing is repaired.

The rules are those of forms-and-rules §3; where it converts (万 in a count, a lone
letter O for a zero) this reader abstains instead: a wrong number is worse than none.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from .types import Value

_DASHES = frozenset("-－–—―−ー─﹣")
_SLASHES = frozenset("/／\\＼")
_NONE_WORDS = frozenset({"无", "没有", "暂无", "不涉及", "不适用", "N/A", "n/a", "NA"})
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")
_MONEY = "元|千元|万元|百万元|千万元|亿元"
_UNITS = re.compile(rf"\(?({_MONEY}|件|条|项|个|次|份|宗|起|部|人次|人)\)?$")
_PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
#: `3.其他` is a label, however short; `7件` is told apart by its unit.
_NUMBERED_LABEL = re.compile(r"[(（]?\d{1,2}[)）.、，,:]*\s*[\u4e00-\u9fff]")
#: `2.` on a line of its own begins a label that was broken.
_ENUMERATOR = re.compile(r"[(（]?\d{1,2}[.、．)）]")
#: Digits with something beside them that is no label: `12 3`, `3(含2件)`.
_GARBLED = re.compile(r"[+-]?\d[\d\s,.，．]*(?:[(（].*[)）])?[余多]?[万亿]?")
_DIGITS_APART = re.compile(r"\d\s+[\d.,]|[.,]\s+\d")
_SIGN_WORDS = {"增加": "", "新增": "", "增": "", "↑": "", "减少": "-", "减": "-", "↓": "-"}
_HAN = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_HAN_SCALE = {"十": 10, "百": 100, "千": 1000}
#: No count or amount is longer; SQLite and sums of several must still hold it.
_MOST_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Reading:
    """What one cell says: `value` is None unless `status` is `reported`."""

    value: Value
    status: str
    unit: str | None = None
    flags: tuple[str, ...] = ()


@lru_cache(maxsize=8192)
def read_value(printed: str, kind: str = "count") -> Reading:
    """Read a cell of a statutory table.

    Args:
        printed: The cell's text as printed.
        kind: The measure's kind: `count`, `signed` or `money`.

    Returns:
        The reading; `unparsed` with a flag where the text is more than one number.
    """
    if any(unicodedata.category(c) == "No" for c in printed):
        # ² ① ½: NFKC would make a footnote's mark a digit of the number.
        return Reading(None, "unparsed", flags=("mark",))
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", printed)).strip()
    text = text.replace("−", "-").replace("–", "-")
    placeholder = _placeholder(text)
    if placeholder:
        return Reading(None, placeholder)
    if _DIGITS_APART.search(text):
        return Reading(None, "unparsed", flags=("inner_space",))
    text = re.sub(r"\s+", "", text)
    unit_match = _UNITS.search(text)
    unit = unit_match[1] if unit_match else None
    number = text[: unit_match.start()] if unit_match else text
    if kind == "signed":
        number = _with_sign(number)
    return _number(number, unit)


@lru_cache(maxsize=8192)
def is_value(printed: str) -> bool:
    """Whether a non-empty text is a number or a placeholder, and no label."""
    # A footnote's mark beside a number makes it unreadable, not a label.
    text = "".join(c for c in printed if unicodedata.category(c) != "No").strip()
    if not text or len(text) > 24:
        return bool(printed.strip()) and not text
    if _placeholder(text):
        return True
    if _ENUMERATOR.fullmatch(text):
        return False
    if not any(c.isdigit() for c in text) or _NUMBERED_LABEL.match(text):
        return bool(_UNITS.search(text)) and read_value(text, "signed").status == "reported"
    return read_value(text, "signed").status == "reported" or bool(_GARBLED.fullmatch(text))


def _placeholder(text: str) -> str | None:
    if not text:
        return "blank"
    if text in _NONE_WORDS:
        return "none_word"
    letters = set(text) - {" "}
    if letters <= _DASHES:
        return "dash"
    if letters <= _SLASHES:
        return "slash"
    return None


def _with_sign(text: str) -> str:
    for word, sign in _SIGN_WORDS.items():
        if text.startswith(word) and text[len(word) : len(word) + 1].isdigit():
            return sign + text[len(word) :]
    return text


def _number(text: str, unit: str | None) -> Reading:
    flags: list[str] = []
    if _GROUPED.fullmatch(text):
        flags.append("grouped")
        text = text.replace(",", "")
    elif not _PLAIN.fullmatch(text):
        return _words(text, unit)
    digits = text.lstrip("+-")
    if len(digits) > _MOST_DIGITS:
        return Reading(None, "unparsed", flags=("too_large",))
    if len(digits) > 1 and digits[0] == "0" and digits[1] != ".":
        flags.append("leading_zero")
    if unit:
        flags.append("unit_in_cell")
    value = float(text) if "." in text else int(text)
    return Reading(value, "reported", unit, tuple(flags))


def _words(text: str, unit: str | None) -> Reading:
    number = _han_number(text)
    if number is not None:
        flags = ("chinese_numeral", *(("unit_in_cell",) if unit else ()))
        return Reading(number, "reported", unit, flags)
    if text in ("O", "o"):
        return Reading(None, "unparsed", flags=("letter_o",))
    if re.fullmatch(r"[+-]?\d[\d,.]*[余多]?[万亿]?[余多]?", text):
        return Reading(None, "unparsed", flags=("scaled_or_approximate",))
    if len(re.findall(r"\d+", text)) > 1:
        return Reading(None, "unparsed", flags=("several_numbers",))
    return Reading(None, "unparsed")


def _han_number(text: str) -> int | None:
    """十二, 三百零五 or 二〇 as an integer; None for anything else.

    Only written-out numbers: a bare 千 is a scale, 二百五 may be 205 or 250, and 三五件 are
    three to five.
    """
    if not text or len(text) > 7 or any(c not in _HAN and c not in _HAN_SCALE for c in text):
        return None
    if all(c in _HAN for c in text):
        if len(text) > 1 and not set(text) & set("〇零"):
            return None
        return int("".join(str(_HAN[c]) for c in text))
    total, digit, last_scale, zero = 0, 0, 10_000, False
    for c in text:
        if c in _HAN:
            digit, zero = _HAN[c], zero or c in "零〇"
            continue
        scale = _HAN_SCALE[c]
        if scale >= last_scale or (not digit and c != "十"):
            return None
        total += (digit or 1) * scale
        digit, last_scale, zero = 0, scale, False
    return None if digit and last_scale > 10 and not zero else total + digit
