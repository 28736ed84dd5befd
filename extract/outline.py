"""Which of a document's headings are the report's own: one for each chapter, in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from .chapter_lines import NUMBERS, Heading, read_heading
from .types import Document

_HAN_TEXT = re.compile(r"[\u4e00-\u9fff]")


def find_headings(document: Document) -> tuple[list[Heading], int]:
    """The headings of a report's chapters in order, and the row at which its text ends.

    Of all ways to choose headings in statutory order the heaviest counts: a table of
    contents, or a list of links after the report, has no text between its lines.
    """
    hits = _in_one_style(list(_hits(document)))
    hits = [_followed(document, hits, i) for i in range(len(hits))]
    chosen = _heaviest(_without_outsiders(document, hits))
    return chosen, _end(document, hits, chosen)


def _hits(document: Document) -> Iterator[Heading]:
    index, rows = 0, document.rows
    while index < len(rows):
        hit = read_heading(rows, index)
        if hit:
            yield hit
            index = hit.last
        index += 1


def _in_one_style(hits: list[Heading]) -> list[Heading]:
    """Hits without those by keyword in another style: 1. and （一） number parts of chapters.

    Brackets count where all six chapters have them, or where the words are statutory.
    """
    styles = {hit.style for hit in hits if hit.exact and hit.style not in ("", "bracket")}
    bracketed = {hit.number for hit in hits if hit.style == "bracket"}
    all_in_brackets = not styles and len(bracketed) == len(NUMBERS)
    kept: list[Heading] = []
    for hit in hits:
        if not hit.exact and not _fits(hit, styles, all_in_brackets):
            continue
        if kept and kept[-1].number == hit.number and _is_next(kept[-1], hit):
            hit = replace(hit, number=hit.ordinal)  # 四、…申请 where 复议 is meant
        kept.append(hit)
    return kept


def _fits(hit: Heading, styles: set[str], all_in_brackets: bool) -> bool:
    if hit.style == "bracket":
        return all_in_brackets
    return not styles or hit.style in styles or hit.style in ("space", "part")


def _is_next(before: Heading, hit: Heading) -> bool:
    if before.ordinal != before.number or not hit.ordinal or hit.ordinal not in NUMBERS:
        return False
    return NUMBERS.index(hit.ordinal) == NUMBERS.index(hit.number) + 1


def _followed(document: Document, hits: list[Heading], i: int) -> Heading:
    end = hits[i + 1].row if i + 1 < len(hits) else len(document.rows)
    between = document.rows[hits[i].last + 1 : end]
    followed = bool(hits[i].rest) or any(_HAN_TEXT.search(row.text) for row in between)
    return replace(hits[i], followed=followed)


def _without_outsiders(document: Document, hits: list[Heading]) -> list[Heading]:
    """Hits without words lacking a number outside the container of the numbered ones."""
    own = [hit for hit in hits if hit.style and hit.followed]
    if len({hit.number for hit in own}) < len(NUMBERS) // 2:
        return hits
    inside = shared_trail(document, [hit.row for hit in own])
    return [
        hit for hit in hits if hit.style or document.rows[hit.row].trail[: len(inside)] == inside
    ]


def shared_trail(document: Document, rows: list[int]) -> tuple[int, ...]:
    """The innermost container that holds all of the rows; () where there are none."""
    trails = [document.rows[index].trail for index in rows]
    shared = 0
    for numbers in zip(*trails, strict=False):
        if len(set(numbers)) > 1:
            break
        shared += 1
    return trails[0][:shared] if trails else ()


def _heaviest(hits: list[Heading]) -> list[Heading]:
    """The heaviest hits in statutory order; between equals the later ones.

    Hits that follow each other weigh more together: the last of a list of links has a
    footer behind it, as the report's own last heading has its text.
    """
    best: dict[str, tuple[int, tuple[Heading, ...]]] = {}
    previous: Heading | None = None
    for hit in hits:
        before = NUMBERS[: NUMBERS.index(hit.number)]
        chains = [best[number] for number in before if number in best]
        weight, chain = max(
            ((weight + (chain[-1] is previous), chain) for weight, chain in chains),
            key=lambda pair: pair[0],
            default=(0, ()),
        )
        weight += hit.weight
        if hit.number not in best or weight >= best[hit.number][0]:
            best[hit.number] = weight, (*chain, hit)
        previous = hit
    return list(max(best.values(), key=lambda pair: pair[0], default=(0, ()))[1])


def _end(document: Document, hits: list[Heading], chosen: list[Heading]) -> int:
    """The row at which a list of headings after the report begins, or the document's end."""
    for hit in hits:
        if chosen and hit.row > chosen[-1].last and hit.exact and not hit.followed:
            return hit.row
    return len(document.rows)
