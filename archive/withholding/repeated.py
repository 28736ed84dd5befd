"""The very words of a hidden span, wherever else a reading has them: title, notes, tables, lists.

A name that is hidden in one place tells as much in another. Looked for are the words as they
were hidden, white space aside, if they can tell of anybody: no single sign, no short number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from extract.types import Cell, Evidence, Figure, Report

#: Hidden words, without white space → what stands in their place.
Words = Mapping[str, str]
#: Fewer digits are found where nobody meant them.
_DIGITS = 5


def squeezed(text: str) -> str:
    """A text without white space."""
    return "".join(text.split())


def bare(text: str) -> str:
    """The same without the signs around its words: a full stop was hidden with a name.

    >>> bare("，赵 某（女）。")
    '赵某（女'
    """
    plain = squeezed(text)
    told = [place for place, sign in enumerate(plain) if sign.isalnum()]
    return plain[told[0] : told[-1] + 1] if told else ""


def is_telling(words: str) -> bool:
    """Whether words without white space may be looked for elsewhere.

    >>> is_telling("赵某"), is_telling("某"), is_telling("123件"), is_telling("1234567")
    (True, False, False, True)
    """
    letters = sum(sign.isalpha() for sign in words)
    return letters > 1 or sum(sign.isdigit() for sign in words) >= _DIGITS


def without(text: str, words: Words) -> str:
    """A text with marks in the place of words."""
    for each, mark in words.items():
        # Cheap where they cannot be: nearly everywhere.
        if each[0] in text and each in squeezed(text):
            text = mark.join(re.split(r"\s*".join(map(re.escape, each)), text))
    return text


def elsewhere(report: Report, words: Words) -> Report:
    """A reading without words in all that is no chapter's text, and no number."""
    if not words:
        return report

    def clean(text: str) -> str:
        return without(text, words)

    return replace(
        report,
        title=report.title and clean(report.title),
        title_derived=report.title_derived and clean(report.title_derived),
        headings={chapter: clean(text) for chapter, text in report.headings.items()},
        figures=tuple(_figure(figure, words) for figure in report.figures),
        evidence={about: _pieces(found, words) for about, found in report.evidence.items()},
        attachments=tuple((href, clean(text)) for href, text in report.attachments),
        block={clean(label): clean(text) for label, text in report.block.items()},
        leftovers=tuple(_cell(cell, words) for cell in report.leftovers),
        grids=tuple(
            tuple(tuple(clean(text) for text in row) for row in grid) for grid in report.grids
        ),
    )


def _figure(figure: Figure, words: Words) -> Figure:
    if figure.value is not None or not figure.printed:
        return figure
    return replace(figure, printed=without(figure.printed, words))


def _cell(cell: Cell, words: Words) -> Cell:
    return replace(cell, text=without(cell.text, words))


def _pieces(found: Iterable[Evidence], words: Words) -> tuple[Evidence, ...]:
    return tuple(replace(piece, value=without(piece.value, words)) for piece in found)
