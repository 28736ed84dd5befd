"""The six statutory chapters: headings found by keyword, text without tables and chrome."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from .dates import is_date_line
from .forms import forms
from .labels import core, flat
from .types import Document, Row
from .values import is_value

NUMBERS = "一二三四五六"
_LONGEST_HEADING = 40
#: What a heading's words may be after its number; real wordings are in forms-and-rules §1.2.
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
_NUMBER = (
    r"(?:第?[一二三四五六七八—\-][、.,:](?:章|部分)?"
    r"|第[一二三四五六](?:章|部分)[、.,:]?|[1-9][、.,:])?"
)
_HEADINGS = {
    number: re.compile(rf"{_NUMBER}(?:{words})(?:[:：](?P<rest>.*))?[。.]?")
    for number, words in _WORDS.items()
}
_CHROME = re.compile(
    r"版权所有|网站标识码|ICP备|公网安备|主办单位|承办单位|技术支持|扫一扫|分享到|返回顶部|"
    r"^(?:主办|承办|上一[篇条]|下一[篇条]|相关(?:链接|附件|文档|信息|稿件)|责任编辑|网站地图|联系我们|打印|"
    r"【?(?:打印|关闭|字体)|浏览次数|附件[:：\d]|文件下载|政策解读[:：]?$)"
)
_AGENCY_LINE = re.compile(
    r"[\u4e00-\u9fff（）()·、]{2,40}(?:局|委|委员会|办|办公室|办公厅|厅|部|院|署|政府|处|乡|镇|街道|中心|区|县|市|省|旗|会|馆|队|所|站|公司)"
)


@dataclass(frozen=True, slots=True)
class Chapters:
    """Where the chapters are and what they say.

    Attributes:
        texts: Number 一…六 → text; a chapter without text is absent.
        first: Document row of the first heading, or None where there is none.
        found: Numbers of the headings that were found.
        signature: Lines of the signature block at the report's end.
    """

    texts: dict[str, str]
    first: int | None
    found: tuple[str, ...]
    signature: tuple[str, ...]


def read_chapters(document: Document) -> Chapters:
    """Split a document at its statutory headings.

    A heading is a line of its own that holds nothing but a chapter's words; one in
    brackets （一） is a part of a chapter. Where a table of contents repeats the
    headings, the last complete run of them counts.
    """
    starts = _headings(document)
    if not starts:
        return Chapters({}, None, (), ())
    numbers = sorted(starts, key=NUMBERS.index)
    bounds = [starts[number][0] for number in numbers] + [len(document.rows)]
    container = _container(document, bounds[:-1])
    texts: dict[str, str] = {}
    signature: tuple[str, ...] = ()
    for i, number in enumerate(numbers):
        rows = document.rows[bounds[i] + 1 : bounds[i + 1]]
        lines = [starts[number][1]] if starts[number][1] else []
        lines += _prose(rows, container, number)
        if i == len(numbers) - 1:
            lines, signature = _without_end(lines)
        if lines:
            texts[number] = "\n".join(lines)
    return Chapters(texts, bounds[0], tuple(numbers), signature)


def _headings(document: Document) -> dict[str, tuple[int, str]]:
    """Chapter → (row, rest of the line): the last occurrences that keep the order."""
    hits: list[tuple[int, str, str]] = []
    for index, row in enumerate(document.rows):
        if row.tabular and len(row.cells) > 2:
            continue
        text = flat(row.text)
        if len(text) > _LONGEST_HEADING:
            continue
        for number, pattern in _HEADINGS.items():
            match = pattern.fullmatch(text)
            if match:
                hits.append((index, number, match["rest"] or ""))
    chosen: dict[str, tuple[int, str]] = {}
    limit = len(document.rows)
    for number in reversed(NUMBERS):
        for index, other, rest in reversed(hits):
            if other == number and index < limit:
                chosen[number] = (index, rest)
                limit = index
                break
    return chosen


def _container(document: Document, starts: list[int]) -> tuple[int, ...]:
    """The innermost container that holds every heading: the report's own part of a page."""
    trails = [document.rows[index].trail for index in starts]
    if len(trails) < 2:
        return ()
    shared = 0
    for numbers in zip(*trails, strict=False):
        if len(set(numbers)) > 1:
            break
        shared += 1
    return trails[0][:shared]


def _prose(rows: tuple[Row, ...], container: tuple[int, ...], number: str) -> list[str]:
    lines = []
    for row in rows:
        if row.trail[: len(container)] != container:
            break
        if row.tabular and len(row.cells) > 1 and number in "二三四":
            continue
        text = row.text.strip()
        if not text or (number in "二三四" and _is_furniture(text)):
            continue
        lines.append(text)
    return lines


@cache
def _furniture() -> frozenset[str]:
    words = {"信息内容", "申请人情况", "法人或其他组织", "行政诉讼", "三、本年度办理结果", "小计"}
    for form in forms().values():
        words |= {measure.label for measure in form.measures}
        words |= {line.label for line in form.lines} | {line.group for line in form.lines}
    return frozenset(core(word) for word in words)


def _is_furniture(text: str) -> bool:
    """Whether a line belongs to a table that was flattened to one cell a line."""
    return (
        all(is_value(word) or core(word) in _furniture() for word in text.split())
        or flat(text).startswith("(本列数据的勾稽关系")
        or flat(text).strip("|") == ""
    )


def _without_end(lines: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Cut page chrome and the signature block off the last chapter."""
    for i, line in enumerate(lines):
        if len(line) < 120 and _CHROME.search(line):
            lines = lines[:i]
            break
    for i, line in enumerate(lines):
        # A date of its own ends the report; the agency's name stands before it.
        if is_date_line(line):
            start = i
            while start > 0 and _is_agency_line(lines[start - 1]):
                start -= 1
            return lines[:start], tuple(lines[start : i + 1])
    if len(lines) > 1 and _is_agency_line(lines[-1]):
        return lines[:-1], (lines[-1],)
    return lines, ()


def _is_agency_line(line: str) -> bool:
    return bool(_AGENCY_LINE.fullmatch(flat(line)))
