"""Legacy reports (report years 2008–2018): recognised, their chapters and raw tables kept.

What decides is what is printed, never the year: agencies kept the old layout for 2019,
and some for 2020. Their numbers are counted by other rules (同意公开答复数 is no 予以公开),
so none becomes a figure of a later form.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .annex import LEAST_LABELS, count_labels, find_annex, is_statistic
from .chapter_lines import without_debris
from .chapters import Chapters
from .grids import Grid, read_grids
from .labels import end_of, flat
from .legacy_outline import Line, number_of, read_outline, topics_in, words
from .outline import shared_trail
from .signature import split_end
from .title_words import agency_of_title
from .titles import Title, is_of_another_kind, read_title, speaks_of_itself
from .types import Document

#: The form code of such a report.
LEGACY = "legacy"
#: Topics that every report of those years speaks of.
_CORE = frozenset({"proactive", "requests"})
_LEAST_TOPICS = 3
#: A page without a report's title must say more.
_LEAST_UNTITLED = 4
_LEAST_MARKS = 2
#: Key of a table of 2014 that was flattened to lines of text.
ANNEX = "附表"


@dataclass(frozen=True, slots=True)
class Legacy:
    """What was kept of a legacy report.

    Attributes:
        chapters: Its chapters by printed number; a number that is printed twice is
            kept as 二 and 二（2）, a table of 2014 in lines of text as 附表.
        grids: Its tables: rows of cell texts.
        cut: Whether there was more than is kept.
    """

    chapters: Chapters
    grids: tuple[Grid, ...]
    cut: bool


def read_legacy(
    document: Document, found: Sequence[str], *, must_count: bool = False
) -> Legacy | None:
    """The legacy report in a document that holds no statutory table; None if it is none.

    Args:
        document: The page.
        found: Numbers of the chapters of the later forms that were found.
        must_count: Whether only the table of 2014 proves it, as something was read that
            looks like a row of a later form.
    """
    labels = count_labels(document)
    if must_count and labels < LEAST_LABELS:
        return None
    annex = find_annex(document)
    lines = read_outline(document, annex)
    if labels < LEAST_LABELS and not _is_older(lines, found):
        return None
    first = lines[0].row if lines else annex.start
    container = _container(document, lines)
    title = read_title(document, first, container)
    if not _is_report(document, lines, labels, _own(document, title, container), first):
        return None
    chapters = _with_annex(
        document, _chapters(document, lines, title, container, annex.start), annex
    )
    grids, cut = read_grids(document, first, container, known=is_statistic)
    return Legacy(chapters, grids, cut)


def _is_older(lines: list[Line], found: Sequence[str]) -> bool:
    """Whether the headings are those of the 2007 regulations rather than a later form's."""
    older = _marks(lines, "marks")
    newer = _marks(lines, "modern")
    if len(found) >= _LEAST_TOPICS:
        return older >= _LEAST_MARKS and older > newer
    return not newer or older > newer


def _marks(lines: list[Line], side: str) -> int:
    return sum(
        int(mark["weight"])
        for mark in words()[side].values()
        if any(re.search(mark["pattern"], flat(line.title)) for line in lines)
    )


def _is_report(
    document: Document, lines: list[Line], labels: int, titled: bool, first: int
) -> bool:
    """Whether there is enough of a report: its title, and chapters with text or its table."""
    topics = topics_in(lines)
    if titled:
        return bool(topics & _CORE and len(topics) >= _LEAST_TOPICS) or labels >= LEAST_LABELS
    if is_of_another_kind(document) or not speaks_of_itself(document, first):
        return False
    return bool(topics & _CORE) and len(topics) >= _LEAST_UNTITLED


def _own(document: Document, title: Title | None, container: tuple[int, ...]) -> bool:
    """Whether a title is the page's own: a link to a report stands beside a guide, too."""
    if title is None:
        return False
    if title.row is None or not any(row.trail for row in document.rows):
        return True
    row = document.rows[title.row]
    return row.heading or row.tabular or row.trail[: len(container)] == container


def _container(document: Document, lines: list[Line]) -> tuple[int, ...]:
    rows = [line.row for line in lines]
    return shared_trail(document, rows) if len(rows) > 1 else ()


def _chapters(
    document: Document,
    lines: list[Line],
    title: Title | None,
    container: tuple[int, ...],
    annex: int,
) -> Chapters:
    """The chapters with their printed headings; the tables go into the grids."""
    if not lines:
        return Chapters({}, None, (), ())
    texts: dict[str, str] = {}
    headings: dict[str, str] = {}
    signature: tuple[str, ...] = ()
    last = annex if annex > lines[-1].row else len(document.rows)
    ends = [*(line.row for line in lines[1:]), last]
    for place, (line, end) in enumerate(zip(lines, ends, strict=True), 1):
        number = _free(number_of(line, place), headings)
        headings[number] = _heading(document, line)
        said = [line.rest] if line.rest else []
        said += _prose(document, line.row + 1, end, container)
        if line is lines[-1]:
            said, signature = split_end(said, agency_of_title(title.text) if title else None)
        if said:
            texts[number] = "\n".join(said)
    return Chapters(
        texts, lines[0].row, tuple(headings), signature, lines[-1].row, container, headings
    )


def _with_annex(document: Document, chapters: Chapters, annex: range) -> Chapters:
    """The chapters with a table of 2014 that stands in lines of text, so that none is lost."""
    lines = [document.rows[i].text for i in annex if not document.rows[i].tabular]
    if sum(not document.rows[i].tabular for i in annex) <= len(annex) // 2:
        return chapters
    texts = {**chapters.texts, ANNEX: "\n".join(lines[1:])}
    return replace(chapters, texts=texts, headings={**chapters.headings, ANNEX: lines[0]})


def _free(number: str, taken: dict[str, str]) -> str:
    again = 2
    key = number
    while key in taken:
        key, again = f"{number}（{again}）", again + 1
    return key


def _heading(document: Document, line: Line) -> str:
    text = without_debris(document.rows[line.row].text).strip("#* \t\u200b\ufeff")
    if line.rest and flat(text).endswith(flat(line.rest)):
        text = text[: end_of(text, len(flat(text)) - len(flat(line.rest)))]
    return text.strip("：:。 ")


def _prose(document: Document, start: int, end: int, container: tuple[int, ...]) -> list[str]:
    lines = []
    for row in document.rows[start:end]:
        if row.trail[: len(container)] != container:
            break
        text = without_debris(row.text)
        if text and not (row.tabular and len(row.cells) > 1):
            lines.append(text)
    return lines
