"""Automatic numbers of a DOCX: what Word prints before a paragraph and stores elsewhere.

Chapter headings often have their 一、 only here ([ISO 29500-1] 17.9). A number that this
module cannot tell for certain is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from .package import attribute, local, whole

_DIGITS = "〇一二三四五六七八九"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_FORMAL = "零壹贰叁肆伍陆柒捌玖"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_COUNTING = frozenset(
    {
        "chineseCounting",
        "chineseCountingThousand",
        "japaneseCounting",
        "taiwaneseCounting",
        "taiwaneseCountingThousand",
    }
)
_LEVELS = 9
_LONGEST = 64  # characters of a number's text; what is longer is no number of a heading
#: Between a number and a text that begins with no letter of its own: 1. and 5 is not 1.5.
_CLOSED = re.compile(r"[、.．)）:：]$")


@dataclass(slots=True)
class _Level:
    format: str = "decimal"
    text: str = ""
    start: int = 1


@dataclass(slots=True)
class _List:
    """A w:num: its definition's name (which its counters belong to) and its levels."""

    counters: str
    levels: dict[int, _Level]
    restarts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts the numbered paragraphs of one document in reading order."""

    def __init__(self, root: etree._Element | None) -> None:
        """Take the definitions from numbering.xml; without one nothing is numbered."""
        self._lists: dict[str, _List] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[str] = set()
        if root is not None:
            self._define(root)

    def _define(self, root: etree._Element) -> None:
        levels: dict[str, dict[int, _Level]] = {}
        links: dict[str, str] = {}
        styles: dict[str, str] = {}
        for abstract in root:
            if local(abstract) != "abstractNum":
                continue
            name = attribute(abstract, "abstractNumId") or ""
            levels[name] = dict(map(_level, _children(abstract, "lvl")))
            for child in abstract:
                if local(child) == "numStyleLink":
                    links[name] = attribute(child, "val") or ""
                elif local(child) == "styleLink":
                    styles[attribute(child, "val") or ""] = name
        for num in _children(root, "num"):
            of = next((attribute(c, "val") for c in _children(num, "abstractNumId")), None) or ""
            of = styles.get(links[of], of) if of in links else of
            number = _List(of, dict(levels.get(of, {})))
            for override in _children(num, "lvlOverride"):
                _override(number, override)
            self._lists[attribute(num, "numId") or ""] = number

    def count(self, number: str, level: int) -> str:
        """Count a paragraph of the list `number`; what is printed before it, or ""."""
        found = self._lists.get(number)
        if found is None or level not in found.levels:
            return ""
        counts = self._counts.setdefault(found.counters, {})
        if number not in self._begun:
            self._begun.add(number)
            for at, start in found.restarts.items():
                counts[at] = start - 1
        counts[level] = counts.get(level, found.levels[level].start - 1) + 1
        for deeper in range(level + 1, _LEVELS):
            counts.pop(deeper, None)
        return _printed(found.levels, level, counts)


def with_number(number: str, text: str) -> str:
    """A text behind its number; apart where they could be read as one."""
    if not number or not text:
        return text
    apart = not _CLOSED.search(number) or text[0].isascii()
    return f"{number} {text}" if apart else f"{number}{text}"


def _printed(levels: dict[int, _Level], level: int, counts: dict[int, int]) -> str:
    if levels[level].format in ("bullet", "none"):
        return ""
    unknown = False

    def spell(match: re.Match[str]) -> str:
        nonlocal unknown
        at = int(match[1]) - 1
        own = levels.get(at, _Level())
        word = spelled(counts.get(at, own.start), own.format)
        unknown |= word is None
        return word or ""

    text = re.sub(r"%([1-9])", spell, levels[level].text).strip()
    return "" if unknown else text


def spelled(number: int, how: str) -> str | None:
    """A number in one of the formats of 17.18.59; None in one not known here.

    >>> spelled(12, "chineseCounting")
    '十二'
    """
    if not 0 < number < 100:
        return str(number) if how == "decimal" and 0 <= number < 10_000 else None
    if how in _COUNTING:
        return _counted(number, _DIGITS, "十")
    if how in ("chineseLegalSimplified", "ideographLegalTraditional"):
        return _counted(number, _FORMAL, "拾", one=True)
    sequence = {
        "ideographTraditional": _STEMS,
        "ideographZodiac": _BRANCHES,
        "decimalEnclosedCircle": _CIRCLED,
        "decimalEnclosedCircleChinese": _CIRCLED,
    }.get(how)
    if sequence is not None:
        return sequence[number - 1] if number <= len(sequence) else None
    plain = {
        "decimal": str(number),
        "decimalZero": f"{number:02d}",
        "decimalFullWidth": str(number).translate(_WIDE),
        "ideographDigital": "".join(_DIGITS[int(digit)] for digit in str(number)),
        "japaneseDigitalTenThousand": "".join(_DIGITS[int(digit)] for digit in str(number)),
        "upperRoman": _roman(number),
        "lowerRoman": _roman(number).lower(),
        "upperLetter": _letter(number),
        "lowerLetter": _letter(number).lower(),
    }
    return plain.get(how)


def _counted(number: int, digits: str, ten: str, one: bool = False) -> str:
    tens, units = divmod(number, 10)
    head = "" if not tens else ten if tens == 1 and not one else digits[tens] + ten
    return head + (digits[units] if units else "")


def _roman(number: int) -> str:
    tens, units = divmod(number, 10)
    return ("", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC")[tens] + (
        "",
        "I",
        "II",
        "III",
        "IV",
        "V",
        "VI",
        "VII",
        "VIII",
        "IX",
    )[units]


def _letter(number: int) -> str:
    times, letter = divmod(number - 1, 26)
    return chr(ord("A") + letter) * (times + 1)


def _children(element: etree._Element, name: str) -> list[etree._Element]:
    return [child for child in element if local(child) == name]


def _level(element: etree._Element) -> tuple[int, _Level]:
    level = _Level()
    for child in element.iter():  # the format of a newer Word stands in an AlternateContent
        value = attribute(child, "val") or ""
        if local(child) == "start":
            level.start = whole(value, 1)
        elif local(child) == "numFmt":
            level.format = value
        elif local(child) == "lvlText":
            level.text = value if len(value) <= _LONGEST else ""
    return whole(attribute(element, "ilvl"), 0), level


def _override(number: _List, override: etree._Element) -> None:
    at = whole(attribute(override, "ilvl"), 0)
    for child in override:
        if local(child) == "startOverride":
            number.restarts[at] = whole(attribute(child, "val"), 1)
        elif local(child) == "lvl":
            number.levels[at] = _level(child)[1]
