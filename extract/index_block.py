"""The 索引号 block: what a portal's form says about the document, as it is printed.

It stands before chapter one, in a table or in lines of `label：value`; on some portals
behind the report. The statutory tables never enter it.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path

from .chapters import Chapters
from .labels import flat, nfkc, with_narrow_marks
from .types import Document, Row

_WORDS: dict[str, list[str]] = tomllib.loads(
    (Path(__file__).parent / "data" / "index_block.toml").read_text("utf-8")
)
#: A page without one of these has no block.
_OWN = frozenset(_WORDS["own"])


def _spaced(words: Iterable[str]) -> str:
    """A pattern of the words, longest first; their letters may be spaced out."""
    return "|".join(r"\s*".join(word) for word in sorted(words, key=len, reverse=True))


_LABEL = _spaced([*_WORDS["own"], *_WORDS["shared"]])
_IN_LINE = re.compile(
    # A label may follow a number or an agency's name without a blank; 申请公开时间 is another's.
    r"(?:(?<=^)|(?<=[\s|;,\]】>)\d局委会厅办府院署镇乡处室心]))[\[【]?\s*"
    rf"(?:(?P<own>{_LABEL})\s*(?:[\]】]\s*:?|:)|(?P<other>{_spaced(_WORDS['furniture'])})\s*[\]】:(]?)"
)
_WHOLE = re.compile(rf"[\[【]?\s*({_LABEL})\s*[\]】]?\s*:?\s*")
#: Behind the label of a field stands one of these; most lines have none.
_AFTER_LABEL = re.compile(r"[\]】:]")
_LONGEST_LINE = 400
_LONGEST_VALUE = 200
#: Rows that are looked at where there are no chapters.
_HEAD = 60
#: Labels that a block behind the report needs: lists of links print dates too.
_LEAST_BEHIND = 3


def read_block(document: Document, chapters: Chapters) -> dict[str, str]:
    """Label → text of the page's 索引号 block; {} where there is none.

    Labels are kept without inner white space; an empty field is kept as "".

    Args:
        document: The page.
        chapters: Its chapters: the block stands before the first, or behind the last one.
    """
    first = chapters.first if chapters.first is not None else _HEAD
    before = _block(document.rows[:first])
    if set(before) & _OWN:
        return before
    if chapters.last is None or not chapters.container:
        return {}
    depth = len(chapters.container)
    behind = _block(
        [
            row
            for row in document.rows[chapters.last + 1 :]
            if row.trail[:depth] != chapters.container
        ]
    )
    own = set(behind) & _OWN
    return behind if own and len(behind) >= _LEAST_BEHIND else {}


def _block(rows: Sequence[Row]) -> dict[str, str]:
    found: dict[str, str] = {}
    for label, value in _pairs(rows):
        # The first wins, unless it is empty: a page prints its block again for small screens.
        if not found.get(label):
            found[label] = value
    return found


def _pairs(rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """(label, value) of all fields, in reading order."""
    waiting = ""  # a label whose value stands in the next line
    for row in rows:
        if row.tabular:
            if waiting:
                yield waiting, ""
            waiting = ""
            yield from _in_cells([cell.text for cell in row.cells])
            continue
        alone = _WHOLE.fullmatch(nfkc(row.text))
        if waiting:
            usable = not alone and not _fields(row.text) and len(row.text) <= _LONGEST_VALUE
            yield waiting, row.text.strip() if usable else ""
            waiting = ""
            if usable:
                continue
        if alone:
            waiting = flat(alone[1])
        elif len(row.text) <= _LONGEST_LINE:
            yield from _fields(row.text)
    if waiting:
        yield waiting, ""


def _in_cells(cells: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Fields of a table's row: label beside value, or both in one cell."""
    i = 0
    while i < len(cells):
        label = _whole_label(cells[i])
        if label:
            after = cells[i + 1] if i + 1 < len(cells) else ""
            is_value = _whole_label(after) is None and not _fields(after)
            if is_value and len(after) <= _LONGEST_VALUE:
                yield label, _one_line(after)
                i += 2
                continue
            yield label, ""
        else:
            yield from _fields(cells[i])
        i += 1


def _whole_label(text: str) -> str | None:
    match = _WHOLE.fullmatch(nfkc(text)) if len(text) < 40 else None
    return flat(match[1]) if match else None


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _fields(text: str) -> list[tuple[str, str]]:
    """Fields `label：value` of one line; the value runs to the next label."""
    if len(text) > _LONGEST_LINE:
        return []
    narrow = _narrowed(text)
    if not _AFTER_LABEL.search(narrow):
        return []
    marks = list(_IN_LINE.finditer(narrow))
    found = []
    for mark, after in zip_longest(marks, marks[1:]):
        if mark["own"]:
            value = _one_line(text[mark.end() : after.start() if after else len(text)])
            found.append((flat(mark["own"]), value.strip("|;；[]【】 ")))
    return [(label, value) for label, value in found if len(value) <= _LONGEST_VALUE]


def _narrowed(text: str) -> str:
    """A text in width only, letter by letter: values are cut out of it as it is printed."""
    narrow = with_narrow_marks(text)
    if unicodedata.is_normalized("NFKC", narrow):
        return narrow
    return "".join(map(_narrow, text))


def _narrow(letter: str) -> str:
    folded = unicodedata.normalize("NFKC", letter)
    return folded if len(folded) == 1 else letter
