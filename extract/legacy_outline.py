"""The chapters of a legacy report: any number of them, numbered as printed.

The 2007 regulations named what a report must hold and left its chapters to the agency:
概述, 主动公开, 依申请公开, 收费, 复议诉讼, 问题, and often staff, an annex and more.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

from .chapter_lines import without_debris
from .labels import flat
from .types import Document, Row

_DIGITS = "一二三四五六七八九"
_HAN = r"[一二三四五六七八九十]{1,3}"
#: Ways to number chapters, the outermost first.
_STYLES = (
    re.compile(rf"第\s*({_HAN}|\d{{1,2}})\s*(?:章|部分|节)[\s、.,:]*"),
    re.compile(rf"({_HAN})\s*(?:[、.,:]|(?<=\S)\s(?=\S))\s*"),
    re.compile(r"(\d{1,2})\s*[、.,](?!\d)\s*"),
    re.compile(rf"[(]\s*({_HAN}|\d{{1,2}})\s*[)]\s*[、.]?\s*"),
)
_BARE = re.compile(
    r"(?:.{0,8}概述|.{0,8}(?:基本|总体)情况|.{0,8}主动公开.{0,12}情况|.{0,8}依申请公开.{0,14}情况"
    r"|.{0,12}收费.{0,8}(?:情况)?|.{0,16}(?:复议|诉讼).{0,10}情况|.{0,16}(?:问题|不足).{0,16}"
    r"|其[他它].{0,10}(?:事项|情况)|附表.{0,16})"
)
_LAST = 100
_LONGEST = 40
_LONGEST_BARE = 30
_SENTENCE = re.compile(r"[。;!?]")
_SPLIT = re.compile(r"[。:;\n]|\s{2,}")
#: More lines that begin with a number than any report has; a list of something else.
_MOST = 400


@dataclass(frozen=True, slots=True)
class Line:
    """A numbered line that may begin a chapter.

    Attributes:
        row: Row of the document.
        ordinal: Its number; 0 for a heading that bears none.
        title: What it says behind the number.
        topic: Which chapter of the 2007 regulations that is, or "".
        rest: Text of the chapter in the same line, or "".
        followed: Whether text stands between it and the next numbered line.
    """

    row: int
    ordinal: int
    title: str
    topic: str
    rest: str = ""
    followed: bool = False

    @property
    def weight(self) -> int:
        """How likely it is a chapter's heading."""
        return 1 + 6 * bool(self.topic) + 3 * self.followed


@cache
def words() -> dict[str, Any]:
    """The vocabulary of legacy reports, `data/legacy.toml`."""
    path = Path(__file__).parent / "data" / "legacy.toml"
    return tomllib.loads(path.read_text("utf-8"))


@cache
def _topics() -> dict[str, re.Pattern[str]]:
    return {topic: re.compile(pattern) for topic, pattern in words()["topics"].items()}


def topic_of(title: str) -> str:
    """The topic of a heading without its number, or "".

    >>> topic_of("政府信息公开的收费及减免情况"), topic_of("地理位置")
    ('fees', '')
    """
    text = flat(title).rstrip(":。.")
    return next((topic for topic, pattern in _topics().items() if pattern.search(text)), "")


def topics_in(lines: Sequence[Line]) -> set[str]:
    """Topics of the lines that have text."""
    return {line.topic for line in lines if line.topic and line.followed}


def read_outline(document: Document, annex: range) -> list[Line]:
    """The lines that begin a report's chapters, in order; [] where there are none.

    The outermost style of numbers counts in which three topics follow each other; where
    there is none, lines that are nothing but a topic's own words.

    Args:
        document: The page.
        annex: Rows of its table of 2014, whose groups are numbered like chapters.
    """
    best: list[Line] = []
    for style in _STYLES:
        chain = _heaviest(_followed(document, _numbered(document, style, annex)))
        if len(topics_in(chain)) >= 3:
            return chain
        if len(topics_in(chain)) > len(topics_in(best)):
            best = chain
    bare = _bare(document, annex)
    return bare if len(topics_in(bare)) > max(3, len(topics_in(best))) else best


def number_of(line: Line, place: int) -> str:
    """A line's number in Chinese; of one that bears none, its place."""
    number = line.ordinal or place
    if number <= 9:
        return _DIGITS[number - 1]
    tens, ones = divmod(number, 10)
    ten = "十" if tens == 1 else f"{_DIGITS[tens - 1]}十"
    return ten + (_DIGITS[ones - 1] if ones else "")


def chapter_place(number: str) -> tuple[int, str]:
    """Sorts chapters as they are numbered; 三（2） comes after 三, 附表 after all.

    >>> sorted(["十一", "三（2）", "十", "三"], key=chapter_place)
    ['三', '三（2）', '十', '十一']
    """
    return _ordinal(number.partition("（")[0]) or _LAST, number


def _numbered(document: Document, style: re.Pattern[str], annex: range) -> list[Line]:
    made = (_line(row, i, style) for i, row in enumerate(document.rows) if i not in annex)
    return list(islice((line for line in made if line), _MOST))


def _line(row: Row, index: int, style: re.Pattern[str]) -> Line | None:
    if row.tabular and sum(bool(cell.text) for cell in row.cells) > 1:
        return None
    text = without_debris(unicodedata.normalize("NFKC", row.text[:4000])).strip("#* \t\u200b\ufeff")
    match = style.match(text)
    if not match:
        return None
    title = text[match.end() :].strip()
    ordinal = _ordinal(match[1])
    if not title or not ordinal:
        return None
    printed, title = title, title.rstrip(":。")
    split = _SPLIT.search(title)
    if len(title) <= _LONGEST and not (split and split[0] == ":") and not _SENTENCE.search(title):
        return Line(index, ordinal, title, topic_of(title))
    if split and split.start() <= _LONGEST_BARE and topic_of(title[: split.start()]):
        head, rest = title[: split.start()], printed[split.end() :].strip()
        return Line(index, ordinal, head, topic_of(head), rest)
    return None


def _ordinal(text: str) -> int:
    if text.isascii():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    unit = _DIGITS.find(ones) + 1 if ones else 0
    if not ten:
        return unit
    return (_DIGITS.find(tens) + 1 if tens else 1) * 10 + unit


def _followed(document: Document, lines: list[Line]) -> list[Line]:
    made = []
    for line, after in zip_longest(lines, lines[1:]):
        end = after.row if after else len(document.rows)
        between = document.rows[line.row + 1 : end]
        said = bool(line.rest) or any(re.search(r"[\u4e00-\u9fff]", row.text) for row in between)
        made.append(replace(line, followed=said))
    return made


def _heaviest(lines: list[Line]) -> list[Line]:
    """The heaviest run of rising numbers; between equals the later one.

    A number may be left out or stand twice, as a slip of two different chapters.
    """
    best: list[tuple[int, tuple[Line, ...]]] = []
    for i, line in enumerate(lines):
        weight = 0
        chain: tuple[Line, ...] = ()
        for j in range(max(0, i - _MOST // 4), i):
            step = line.ordinal - lines[j].ordinal
            twice = step == 0 and line.topic and lines[j].topic not in ("", line.topic)
            if not (step in (1, 2) or twice):
                continue
            gained = best[j][0] + (2 if step == 1 else 0)
            if gained >= weight:
                weight, chain = gained, best[j][1]
        best.append((weight + line.weight, (*chain, line)))
    return list(max(reversed(best), key=lambda pair: pair[0], default=(0, ()))[1])


def _bare(document: Document, annex: range) -> list[Line]:
    """Headings without numbers, each topic once."""
    lines = []
    for index, row in enumerate(document.rows):
        text = flat(without_debris(row.text)).strip("#*:")
        if index in annex or row.tabular or len(text) > _LONGEST_BARE or not _BARE.fullmatch(text):
            continue
        topic = topic_of(text)
        if topic:
            lines.append(Line(index, 0, text, topic))
    seen: set[str] = set()
    kept = []
    for line in _followed(document, lines):
        if line.followed and line.topic not in seen:
            seen.add(line.topic)
            kept.append(line)
    return kept
