"""The six statutory chapters: their text without headings, tables, chrome and signature."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, lru_cache

from .chapter_lines import NUMBERS, printed_heading, without_debris
from .forms import forms
from .labels import LONGEST_LABEL, core, flat
from .outline import find_headings, shared_trail
from .signature import split_end
from .title_words import agency_of_title
from .titles import Title, read_title
from .types import Document, Row
from .values import is_value

__all__ = ["NUMBERS", "Chapters", "read_chapters"]


#: A page's number between two lines of a printed file: - 4 -, 第4页 共6页.
_PAGE = re.compile(r"[-—–]+\d{1,3}[-—–]+|第\d{1,3}页(?:[,/]?共\d{1,3}页)?")


@dataclass(frozen=True, slots=True)
class Chapters:
    """Where the chapters are and what they say.

    Attributes:
        texts: Number 一…六 → text; a chapter without text is absent.
        first: Document row of the first heading, or None where there is none.
        found: Numbers of the headings that were found.
        signature: Lines of the signature block at the report's end.
        last: Document row of the last heading, or None.
        container: Trail of the innermost container that holds every heading.
        headings: Number → heading as printed, with its number.
        worded: Numbers of those whose heading is numbered and says the statutory words.
        title: The title before the first heading; None also where it was not looked for.
    """

    texts: dict[str, str]
    first: int | None
    found: tuple[str, ...]
    signature: tuple[str, ...]
    last: int | None = None
    container: tuple[int, ...] = ()
    headings: dict[str, str] = field(default_factory=dict)
    worded: tuple[str, ...] = ()
    title: Title | None = None


def read_chapters(document: Document) -> Chapters:
    """Split a document at its statutory headings."""
    headings, end = find_headings(document)
    if not headings:
        return Chapters({}, None, (), ())
    rows = [heading.row for heading in headings]
    container = shared_trail(document, rows) if len(rows) > 1 else ()
    title = read_title(document, rows[0], container)
    texts: dict[str, str] = {}
    signature: tuple[str, ...] = ()
    for heading, until in zip(headings, [*rows[1:], end], strict=True):
        lines = [heading.rest] if heading.rest else []
        lines += _prose(document.rows[heading.last + 1 : until], container, heading.number)
        if heading is headings[-1]:
            lines, signature = split_end(lines, agency_of_title(title.text) if title else None)
        if lines:
            texts[heading.number] = "\n".join(lines)
    found = tuple(heading.number for heading in headings)
    printed = {heading.number: printed_heading(document, heading) for heading in headings}
    worded = tuple(heading.number for heading in headings if heading.style and heading.exact)
    return Chapters(texts, rows[0], found, signature, rows[-1], container, printed, worded, title)


def _prose(rows: tuple[Row, ...], container: tuple[int, ...], number: str) -> list[str]:
    lines, depth, has_table = [], len(container), number in "二三四"
    for row in rows:
        if row.trail[:depth] != container:
            break
        if row.tabular and len(row.cells) > 1 and (has_table or _is_form(row)):
            continue
        text = without_debris(row.text)
        if text and not _is_beside(text, has_table):
            lines.append(text)
    return lines


def _is_beside(text: str, has_table: bool) -> bool:
    """Whether a line is no prose: a page's number, or in some chapters a piece of a table."""
    if len(text) > LONGEST_LABEL:
        return bool(_PAGE.fullmatch(flat(text))) or (has_table and _is_furniture(text))
    return _is_page(text) or (has_table and _is_cell(text))


@lru_cache(maxsize=8192)
def _is_page(text: str) -> bool:
    return bool(_PAGE.fullmatch(flat(text)))


@lru_cache(maxsize=8192)
def _is_cell(text: str) -> bool:
    return _is_furniture(text)


@cache
def _furniture() -> frozenset[str]:
    words = {"信息内容", "申请人情况", "法人或其他组织", "行政诉讼", "三、本年度办理结果", "小计"}
    for form in forms().values():
        words |= {measure.label for measure in form.measures}
        words |= {line.label for line in form.lines} | {line.group for line in form.lines}
    return frozenset(core(word) for word in words)


def _is_form(row: Row) -> bool:
    """Whether a table's row is a statutory one: the heading of its chapter may be lost."""
    texts = [cell.text for cell in row.cells if cell.text]
    words = [core(text) for text in texts if not is_value(text)]
    return bool(words) and all(word in _furniture() for word in words)


def _is_furniture(text: str) -> bool:
    """Whether a line belongs to a table that was flattened to one cell a line."""
    return (
        all(is_value(word) or core(word) in _furniture() for word in text.split())
        or core(text) in _furniture()
        or flat(text).startswith("(本列数据的勾稽关系")
        or flat(text).strip("|") == ""
    )
