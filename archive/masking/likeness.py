"""Two readings that may be masked by different rules, made comparable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from extract.types import Report

from .masks import MASK
from .reports import masked_report

Grids = tuple[tuple[tuple[str, ...], ...], ...]


def alike(one: Report, other: Report) -> tuple[Report, Report]:
    """Both readings masked alike: by the rules of today, and where either is masked already.

    A release that was made before a rule was mended, or before there were any, shows more than
    today's does. That a reader read otherwise is another thing.
    """
    one, other = masked_report(one), masked_report(other)
    return _behind(one, other), _behind(other, one)


def is_masking(one: Report, other: Report) -> bool:
    """Whether two readings that were made `alike` differ in nothing but what was masked."""
    if not any(MASK in text for text in _texts(one)):
        return False
    said = [
        (each.status, each.title, _said(each), each.grids, _printed(each)) for each in (one, other)
    ]
    return said[0] == said[1]


def _texts(report: Report) -> Iterator[str]:
    yield report.title or ""
    yield from report.chapters.values()
    yield from (cell for grid in report.grids for row in grid for cell in row)
    yield from (figure.printed or "" for figure in report.figures)


def _said(report: Report) -> dict[str, str]:
    """Chapters with text: a release has a row for those with a heading alone, too."""
    return {number: text for number, text in report.chapters.items() if text}


def _printed(report: Report) -> dict[str, tuple[str | None, str | None]]:
    return {figure.key: (figure.printed, figure.unit) for figure in report.figures}


def _behind(report: Report, other: Report) -> Report:
    """A reading masked where the other one is."""
    chapters = {
        number: _veiled(text, other.chapters.get(number, ""))
        for number, text in report.chapters.items()
    }
    title = report.title and _veiled(report.title, other.title or "")
    return replace(report, title=title, chapters=chapters, grids=_grids(report.grids, other.grids))


def _grids(own: Grids, other: Grids) -> Grids:
    if [list(map(len, grid)) for grid in own] != [list(map(len, grid)) for grid in other]:
        return own
    return tuple(
        tuple(tuple(map(_veiled, *rows)) for rows in zip(*tables, strict=True))
        for tables in zip(own, other, strict=True)
    )


def _veiled(text: str, other: str) -> str:
    """A text masked where another of its length is."""
    if MASK not in other or len(text) != len(other):
        return text
    pairs = zip(text, other, strict=True)
    return "".join(MASK if there == MASK else sign for sign, there in pairs)
