"""The date of publication that a page prints, with where it prints it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import zip_longest

from .chapters import Chapters
from .dates import find_date, is_moment_line, labelled_date
from .labels import nfkc
from .titles import Title
from .types import Document, Evidence, Row


def _label(*words: str) -> re.Pattern[str]:
    """A label at the beginning of a cell, after a separator, or right behind a source's name.

    申请公开时间 and 公告发布时间 are labels of something else.
    """
    spaced = "|".join(r"\s*".join(word) for word in words)
    source = r"(?:来源|机构|单位|主体|作者)\s*[:]\s*[\u4e00-\u9fff]{2,30}?"
    return re.compile(rf"(?:^|[\s|\[【(;,/>。]|{source})(?:{spaced})\s*[:\]】]?")


_STRONG = _label(
    "发布日期", "发布时间", "公开日期", "公开时间", "发文日期", "公布日期", "公布时间", "发表时间"
)
_PLAIN = _label("日期", "时间")
_WEAK = _label("生成日期", "成文日期", "更新时间", "更新日期")
#: Every label says 日期 or 时间.
_LAST_LETTERS = ("期", "间")
_LABEL_ENDS = (*_LAST_LETTERS, ":", "]", "】")
_FURNITURE = re.compile(r"来源|作者|浏览|点击|阅读|字[号体]|打印|分享|责任编辑|访问")
_METAS = ("pubdate", "publishdate", "publishtime")
_LONGEST = 400
_LONGEST_LABELLED = 120
_NEAR = 6
#: No agency published such a report earlier; a tag that says 1970 was never filled in.
_EARLIEST = "2000-01-01"


def read_published(
    document: Document, chapters: Chapters, title: Title | None, year: int | None
) -> tuple[Evidence, ...]:
    """Dates of publication as printed, the likeliest first.

    Args:
        document: The page.
        chapters: Its chapters.
        title: Its title: a label after it, or else nearest before it, is the page's own.
        year: Report year, if known: no report is published before its year begins.
    """
    earliest = f"{year}-01-01" if year else _EARLIEST
    found = [
        *_from_tags(document, earliest),
        *_labelled(_head(document, chapters, title), earliest),
        *_under_title(document, chapters, title, earliest),
        *_behind(document, chapters, earliest),
    ]
    return tuple(sorted(found, key=lambda evidence: -evidence.weight))


def _from_tags(document: Document, earliest: str) -> list[Evidence]:
    for name in _METAS:
        printed = find_date(document.meta.get(name, ""))
        if printed and printed >= earliest:
            return [Evidence(f"meta {name}", printed, 4)]
    return []


def _head(document: Document, chapters: Chapters, title: Title | None) -> list[str]:
    """Lines before chapter one, those after the title first, then upwards from it."""
    first = chapters.first if chapters.first is not None else min(60, len(document.rows))
    middle = title.row if title and title.row is not None else first
    lines = _lines(document.rows[:first])
    return lines[middle:] + lines[:middle][::-1]


def _lines(rows: Iterable[Row]) -> list[str]:
    """The rows' texts; one that ends with a label takes the row after it."""
    texts = [nfkc(row.text) for row in rows]
    return [
        f"{text} {after}" if len(text) < _LONGEST_LABELLED and _ends_in_label(text) else text
        for text, after in zip_longest(texts, texts[1:], fillvalue="")
    ]


def _ends_in_label(text: str) -> bool:
    text = text.rstrip()
    if not text.endswith(_LABEL_ENDS):
        return False
    return any(
        match.end() == len(text)
        for pattern in (_STRONG, _PLAIN, _WEAK)
        for match in pattern.finditer(text)
    )


def _labelled(lines: Iterable[str], earliest: str) -> list[Evidence]:
    short = _with_labels(line for line in lines if len(line) < _LONGEST)
    found = []
    for weight, pattern in ((3, _STRONG), (3, _PLAIN), (1, _WEAK)):
        printed = _first_labelled(pattern, short, earliest)
        if printed:
            found.append(Evidence("label", printed, weight))
    return found


def _with_labels(lines: Iterable[str]) -> list[str]:
    return [line for line in lines if any(letter in line for letter in _LAST_LETTERS)]


def _first_labelled(pattern: re.Pattern[str], lines: list[str], earliest: str) -> str | None:
    for line in lines:
        for match in pattern.finditer(line):
            printed = labelled_date(line[match.end() : match.end() + 30])
            if printed and printed >= earliest:
                return printed
    return None


def _under_title(
    document: Document, chapters: Chapters, title: Title | None, earliest: str
) -> list[Evidence]:
    """A date without a label, in a line of its own or beside the page's furniture."""
    if title is None or title.last is None:
        return []
    until = min(title.last + 1 + _NEAR, chapters.first or len(document.rows))
    for row in document.rows[title.last + 1 : until]:
        text = nfkc(row.text).strip("[]【】 ")
        own = is_moment_line(text)
        if own or (len(text) < _LONGEST_LABELLED and _begins_or_ends(text)):
            printed = find_date(text)
            if printed and printed >= earliest:
                return [Evidence("under title", printed, 2)]
    return []


def _begins_or_ends(text: str) -> bool:
    """Whether a line of furniture holds a date that no label names as another's."""
    if not _FURNITURE.search(text) or re.search(r"统计|期限|有效|[生制成更]", text):
        return False
    return find_date(text) is not None and "。" not in text


def _behind(document: Document, chapters: Chapters, earliest: str) -> list[Evidence]:
    """A label after the report's end; the last one, which is the farthest from the text."""
    if chapters.last is None:
        return []
    rows = document.rows[chapters.last + 1 :]
    lines = _with_labels(line for line in _lines(rows) if len(line) < _LONGEST_LABELLED)
    printed = _first_labelled(_STRONG, lines[::-1], earliest)
    return [Evidence("label behind", printed, 1)] if printed else []
