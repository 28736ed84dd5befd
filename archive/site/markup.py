"""Cells of a laid-out table as HTML.

A report has three hundred cells: written here, not as a macro, they are half of its page's
time. Whatever comes from a page or a database passes `_safe`, as it would in a template.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from archive.site.bidi import straight
from archive.site.cells import Cell, Mark, Row
from archive.site.words import FIGURE, finding_word

#: States whose cell shows a word instead of what is printed.
_WORDED = ("missing_cell", "absent")
#: States that stand as a glyph beside what is printed.
_GLYPHED = ("unparsed", "inferred", "hand_read")
#: What `escape` changes.
_SPECIAL = re.compile("[&<>'\"]")


def row(cells: Row, placed: Container[str] = (), original: str = "") -> Markup:
    """All cells of a row.

    Args:
        cells: The row.
        placed: Figures whose place in the archived original is known.
        original: Address of the archived page, or "": figures are then no links.
    """
    return Markup("".join([_cell(each, placed, original) for each in cells]))


def covered(name: object, years: Sequence[int], found: Mapping[int, Mapping[str, Any]]) -> Markup:
    """A region's cells, year by year: how many of its certain agencies were read.

    Args:
        name: The region's.
        years: The columns, in order.
        found: Year → its sums; numbers all of them (`_frame_places`).
    """
    whose = str(escape(name))  # a Markup takes ten times as long to be put into a text
    return Markup("".join([_covered(whose, year, found.get(year)) for year in years]))


def _covered(whose: str, year: int, sums: Mapping[str, Any] | None) -> str:
    if sums is None:
        return '<td class="nb-none"><span class="nb-hidden">当年无此行政区划</span></td>'
    certain, read = sums["certain"], sums["certain_read"]
    return (
        f'<td title="{whose} {year:d}：确有的 {certain:d} 个机关中已读取 {read:d} 个；多有的 '
        f'{sums["likely"]:d} 类中已读取 {sums["likely_read"]:d} 个">{read:d}/{certain:d}</td>'
    )


def cell(each: Cell, placed: Container[str] = (), original: str = "") -> Markup:
    """One cell, a heading or a figure with its marks."""
    return Markup(_cell(each, placed, original))


def _cell(each: Cell, placed: Container[str], original: str) -> str:
    span = _span(each)
    if each.scope:
        return f'<th scope="{_safe(each.scope)}"{span}>{_safe(each.text)}</th>'
    title = _safe(straight(each.title)) if each.title else ""
    key = _safe(each.key)
    opening = f'<td class="nb-{_safe(each.state)}"{_name(key)}{span}'
    if title:
        opening += f' title="{title}"'
    if each.state in _WORDED:
        word = _safe(each.text or FIGURE[each.state].word)
        content = f'<abbr title="{title}">{word}</abbr>'
        if original and key and each.key in placed:
            content = f'<a class="nb-place" href="{_safe(original)}?cell={key}">{content}</a>'
    else:
        content = _printed(each, key, placed, original)
    if each.by_hand or each.state in _GLYPHED:
        glyph = _safe(FIGURE["hand_read" if each.by_hand else each.state].glyph)
        content += f'<abbr class="nb-state" title="{title}">{glyph}</abbr>'
    if each.unit and each.unit not in each.text:  # told beside what is printed, and apart from it
        content += f'<small class="nb-unit">（{_safe(each.unit)}）</small>'
    if not each.marks:
        return f"{opening}>{content}</td>"
    marks = "".join(_mark(mark) for mark in each.marks if mark.kind == "fail" or each.text)
    return f"{opening}>{content}{marks}</td>"


@lru_cache(maxsize=1_000)  # the figures of all forms, and no more
def _name(key: str) -> str:
    return f' data-figure="{key}" id="sz-{key}"' if key else ""


def _span(each: Cell) -> str:
    columns = f' colspan="{each.colspan:d}"' if each.colspan > 1 else ""
    return f'{columns} rowspan="{each.rowspan:d}"' if each.rowspan > 1 else columns


def _printed(each: Cell, key: str, placed: Container[str], original: str) -> str:
    """What a cell prints, as a link to its place in the archived original if that is known."""
    text = _safe(each.text)
    if not original or each.key not in placed:
        return text
    label = "" if text else ' aria-label="空白格：看存档原件"'
    return f'<a class="nb-place" href="{_safe(original)}?cell={key}"{label}>{text}</a>'


def _mark(mark: Mark) -> str:
    word = finding_word(mark.kind)
    return (
        f'<a class="nb-mark nb-mark-{_safe(mark.kind)}" href="#yd-{mark.number:d}" '
        f'title="{_safe(word.word)}：{_safe(straight(mark.sentence))}" '
        f'aria-label="疑点 {mark.number:d}">{_safe(word.glyph)}</a>'
    )


def _safe(text: str) -> str:
    """Escaped, as a plain string: a `Markup` would escape the tags that are added to it."""
    # Nearly all have nothing to escape.
    return str(escape(text)) if _SPECIAL.search(text) else text
