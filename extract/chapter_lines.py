"""What a line must say to be the heading of a statutory chapter.

Wordings as seen are in forms-and-rules §1.2. A number of any kind and the statutory words
make a heading; a number that agrees and a keyword make one too; words without a number
must be the statutory ones.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from .labels import LONGEST_LABEL, end_of, flat, nfkc
from .types import Document, Row, record

NUMBERS = "一二三四五六"
_LONGEST = 40
#: Of a table's row that a heading stands in.
_MOST_CELLS = 2
_LONGEST_WITH_TEXT = 4000
_WORDS = {
    "一": r"(?:政府信息公开)?(?:工作)?(?:总体|基本)(?:公开)?情况|概述",
    "二": r"(?:本年度?)?主动公开(?:政府)?信息(?:工作)?(?:的)?情况",
    "三": r"(?:收到和)?(?:处理|办理)(?:政府)?(?:信息公开)?申请的?情况"
    r"|依申请公开(?:政府信息)?的?情况",
    "四": r"(?:因?政府信息公开(?:工作)?)?(?:被|申请)*(?:提起)?行政复议[、和及]?(?:提起)?"
    r"(?:行政)?诉讼的?情况",
    "五": r"(?:政府信息公开)?(?:工作)?(?:中)?存在的?(?:主要)?问题(?:[及和与、]|以及)?的?改进的?"
    r"(?:情况|措施)",
    "六": r"其[他它](?:需要|需|应当|应)?(?:报告|说明)?的?(?:事项|事宜|情况)",
}
_STATUTORY = {number: re.compile(words) for number, words in _WORDS.items()}
#: In the order in which they are asked: 依申请公开工作情况 is chapter three, not one.
_KEYWORDS = {
    "四": re.compile(r"复议|诉讼"),
    "五": re.compile(r"问题|不足|改进|整改"),
    "三": re.compile(r"申请"),
    "二": re.compile(r"主动公开"),
    "六": re.compile(r"其[他它](?:.*(?:事项|事宜|情况))?$"),
    "一": re.compile(r"总体|概况|概述|基本情况|工作.{0,4}情况"),
}
_HAN = "一二三四五六七八"
_FORMAL = "壹贰叁肆伍陆柒捌"
_DASHES = "—–-"
_STYLES = {"part": "p", "han": "h", "space": "s", "digit": "d", "bracket": "b"}
# A dash before 、 is a 一 that was typed wrong.
_NUMBERED = re.compile(
    r"第\s*(?P<p>[一二三四五六七八])\s*(?:章|部分)\s*[、.,:]?"
    r"|第?(?P<h>[一二三四五六七八壹贰叁肆伍陆柒捌]|[—–\-](?=\s*[、.,:]))\s*[、.,:](?:章|部分)?"
    r"|(?P<s>[一二三四五六七八])\s+"
    r"|(?P<d>[1-8])\s*[、.,:](?!\d)"
    r"|[(](?P<b>[一二三四五六七八])[)]"
)
_TOC_TAIL = re.compile(r"(?:\s*[.·]{2,}\s*\d*|\s+\d{1,3})$")
_SENTENCE = re.compile(r"[。;,:!?]")
_DEBRIS = re.compile(r"\[(?:bookmark|image): [^\]]*\]")
_SAYS_NONE = re.compile(r"无|没有|暂无|本(?:年|单位|机关|局)")


@record
class Heading:
    """A line that may begin a chapter.

    Attributes:
        number: The chapter that its words speak of.
        row: First row of the document that it stands in.
        last: Last one: a heading may take two lines.
        rest: Text of the chapter on the same line, or "".
        ordinal: The number printed before it, as one of 一…八, or "".
        style: How that number is printed (`part`, `han`, `space`, `digit`, `bracket`), or "".
        exact: Whether its words are the statutory ones.
        followed: Whether text stands between it and the next heading.
    """

    number: str
    row: int
    last: int
    rest: str = ""
    ordinal: str = ""
    style: str = ""
    exact: bool = True
    followed: bool = False

    @property
    def weight(self) -> int:
        """How likely it is to be the report's own heading, and not one of a list."""
        if not self.style:
            return 2 + 2 * self.followed
        if self.style == "bracket" and not self.followed:
            return 1
        agrees = self.ordinal == self.number
        weight = 4 + 2 * self.exact + agrees + 8 * self.followed
        return weight // 4 if self.style == "bracket" else weight


def without_debris(text: str) -> str:
    """A text without what a word processor leaves behind."""
    return (_DEBRIS.sub("", text) if "[" in text else text).strip()


def read_heading(rows: tuple[Row, ...], index: int) -> Heading | None:
    """The heading that begins in a row, over one line or two, or None."""
    row = rows[index]
    if row.tabular and len(row.cells) > _MOST_CELLS:
        return None
    text = row.text
    if len(text) <= LONGEST_LABEL and _is_mere_label(text):
        return None
    text = _printed(row)
    if not text or len(text) > _LONGEST_WITH_TEXT:
        return None
    single = _read_line(text, index)
    if single and single.exact:
        return replace(single, rest=_as_printed(rows[index], single.rest))
    match = _NUMBERED.match(text) if len(text) <= _LONGEST else None
    if match and index + 1 < len(rows):
        joined = _read_line(text + _printed(rows[index + 1]), index)
        alone = match.end() == len(text)
        if joined and not joined.rest and (joined.exact or alone):
            return replace(joined, last=index + 1)
    return single


def printed_heading(document: Document, heading: Heading) -> str:
    """A heading as it stands in the document, its number before it, without chapter text."""
    lines = [without_debris(row.text) for row in document.rows[heading.row : heading.last + 1]]
    text = "".join(lines)
    if heading.rest and text.endswith(heading.rest):
        text = text[: -len(heading.rest)]
    return text.strip("#* \t\u200b\ufeff\n：:")


def _printed(row: Row) -> str:
    if row.tabular and len(row.cells) > _MOST_CELLS:
        return ""
    text = row.text
    return _short_line(text) if len(text) <= LONGEST_LABEL else _line(text)


def _line(text: str) -> str:
    return without_debris(nfkc(text)).strip("#* \t\u200b\ufeff")


#: Statutory labels recur in every report, one a line in dumps; prose does not.
_short_line = lru_cache(8192)(_line)


@lru_cache(8192)
def _is_mere_label(text: str) -> bool:
    """Whether no heading begins in a short text, whatever follows it: as in most cells."""
    line = _line(text)
    return not _NUMBERED.match(line) and (line.isascii() or _read_text(line) is None)


def _as_printed(row: Row, rest: str) -> str:
    """The end of a row's own text that says what `rest` says in normal form."""
    text = without_debris(row.text)
    return text[end_of(text, len(flat(text)) - len(flat(rest))) :].strip() if rest else ""


def _read_line(text: str, index: int) -> Heading | None:
    """The heading in a line that begins in a row; most lines hold none."""
    found = _read_short(text) if len(text) <= LONGEST_LABEL else _read_text(text)
    return replace(found, row=index, last=index) if found else None


def _read_text(text: str) -> Heading | None:
    match = _NUMBERED.match(text)
    ordinal, style = _ordinal(match) if match else ("", "")
    title = _TOC_TAIL.sub("", text[match.end() :] if match else text).strip()
    found = _exact(title, style) or _by_keyword(title, ordinal, style) or _unseparated(title)
    if not found:
        return None
    number, rest, exact = found
    if style == "bracket" and ordinal != number:
        return None  # （一）主动公开政府信息情况 is a part of chapter one
    return Heading(number, 0, 0, rest, ordinal, style, exact)


_read_short = lru_cache(8192)(_read_text)


def _ordinal(match: re.Match[str]) -> tuple[str, str]:
    style, digit = next((s, match[g]) for s, g in _STYLES.items() if match[g])
    if digit in _DASHES:
        return "一", style
    if digit in _FORMAL:
        return _HAN[_FORMAL.index(digit)], style
    return (_HAN[int(digit) - 1] if digit.isascii() else digit), style


def _exact(title: str, style: str) -> tuple[str, str, bool] | None:
    """The chapter whose statutory words a title begins with, and the text after them."""
    text = flat(title)
    for number, pattern in _STATUTORY.items():
        match = pattern.match(text)
        if not match:
            continue
        if len(text) <= _LONGEST and text[match.end() :] in ("", ":", "。", "."):
            return number, "", True
        rest = _rest(title, match.end(), number)
        if rest and style not in ("", "bracket"):
            return number, rest, True
    return None


def _unseparated(title: str) -> tuple[str, str, bool] | None:
    """The chapter of 一总体情况, whose number nothing separates from its words."""
    found = _exact(title[1:], "") if title[:1] in _HAN else None
    return found if found and found[0] == title[0] else None


def _rest(title: str, length: int, number: str) -> str:
    """Text that follows a heading on its line, or "" where the words merely begin alike."""
    tail = title[end_of(title, length) :]
    rest = tail.lstrip(" \t\n:。.")
    if tail == rest and not (number == "六" and _SAYS_NONE.match(rest)):
        return ""
    # Another heading in the same line: it lists them.
    return "" if re.match(r"[二三四五六]\s*[、.]", rest) else rest


def _by_keyword(title: str, ordinal: str, style: str) -> tuple[str, str, bool] | None:
    text = flat(title).rstrip(":。.")
    if not ordinal or len(text) > _LONGEST or _SENTENCE.search(text):
        return None
    numbers = [number for number, pattern in _KEYWORDS.items() if pattern.search(text)]
    if ordinal in numbers:
        return ordinal, "", False
    for number in numbers:
        shift = abs(_HAN.index(ordinal) - _HAN.index(number))
        if number != "一" and shift == 1 and style != "bracket":
            return number, "", False
    return None
