"""The 政府信息公开情况统计表 of 2014–2018 at a report's end, in cells or in lines of text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from .labels import bare, flat
from .legacy_outline import words
from .types import Document, Row

#: Labels that prove the table; others share two or three of its words.
LEAST_LABELS = 5
_CAPTION = re.compile(r"^附[件表录]|统计表|统计指标")
#: Rows between a caption and the first label: the year, the columns' headings, a group.
_LONGEST_CAPTION = 8
#: Rows between two labels: one cell a line, and a group's heading without numbers.
_LONGEST_GAP = 8
_LONGEST_LABEL = 60
_LONGEST_LINE = 100
_LONGEST_VALUE = 12


@cache
def _labels() -> frozenset[str]:
    return frozenset(bare(label) for label in words()["statistics"]["labels"])


def is_statistic(text: str) -> bool:
    """Whether a cell is a label of the table; its enumerator and a note may be there.

    >>> is_statistic("（一）收到申请数"), is_statistic("总计")
    (True, False)
    """
    if len(text) > _LONGEST_LABEL:
        return False
    plain = bare(re.sub(r"\([^()]*\)$", "", flat(text)))
    return plain in _labels() or bare(re.sub(r"^其中:?", "", plain)) in _labels()


def count_labels(document: Document) -> int:
    """How many different labels of the table a document prints."""
    return len({bare(label) for row in document.rows for label in _in_row(row)})


def find_annex(document: Document) -> range:
    """Rows of the table from its caption on, or an empty range where there is none."""
    found = [i for i, row in enumerate(document.rows) if next(_in_row(row), None)]
    clusters: list[list[int]] = []
    for index in found:
        if clusters and index - clusters[-1][-1] <= _LONGEST_GAP:
            clusters[-1].append(index)
        else:
            clusters.append([index])
    longest = max(clusters, key=len, default=[])
    if len(longest) < LEAST_LABELS:
        return range(len(document.rows), len(document.rows))
    return range(_begin(document, longest[0]), _end(document, longest[-1]))


def _begin(document: Document, first: int) -> int:
    """The caption before the first label, or the first row of its table."""
    rows = document.rows
    start = first
    while start and rows[start].tabular and rows[start - 1].tabular:
        start -= 1
    captions = range(max(0, start - _LONGEST_CAPTION), start)
    return next((i for i in captions if _CAPTION.search(flat(rows[i].text)[:40])), start)


def _end(document: Document, last: int) -> int:
    """The row after the table; one cell a line, a unit and a number follow the last label."""
    rows = document.rows
    end = last + 1
    while end < len(rows) and end <= last + 2 and len(rows[end].text) <= _LONGEST_VALUE:
        end += 1
    return end


def _in_row(row: Row) -> Iterator[str]:
    """Labels of the table in a row: cells, or the first word of a line."""
    texts = [cell.text for cell in row.cells]
    if not row.tabular and len(row.text) <= _LONGEST_LINE:
        texts += re.split(r"[\s,|，]+", row.text.strip("| "))[:1]
    return (text for text in texts if is_statistic(text))
