"""Spans of text that are withheld: the mark in their place, and what rested on them gone.

A span is found by the words beside it, white space and widths of signs aside. Where they are not
found so that exactly one span results, more is hidden than was asked for, never less: the whole
chapter, and every other chapter that holds the words; all chapters where none holds them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from extract.checks import run_checks
from extract.labels import flat
from extract.types import Fact, Report

from ..schema.codes import WITHHELD_REASON
from .decision import Withholding
from .repeated import bare, elsewhere, is_telling

#: Checks that hold figures against numbers of the prose: a number that is hidden is no side.
_PROSE = ("C19", "C20", "C21")
#: A place in a chapter that is hidden, and by which decision.
Piece = tuple[int, int, Withholding]


@dataclass(frozen=True, slots=True)
class Cut:
    """What a span's decision hid.

    Attributes:
        span: The decision.
        chapters: The chapters of which something is hidden.
        is_exact: Whether just the span is; else whole chapters are.
        words: What the span hid, `bare`, if it is looked for elsewhere; else "".
    """

    span: Withholding
    chapters: tuple[str, ...]
    is_exact: bool
    words: str = ""


def mark(span: Withholding) -> str:
    """What stands in a text where something is withheld."""
    return f"［已隐去：{WITHHELD_REASON[span.reason]}，{span.date}］"


def hide(report: Report, spans: Sequence[Withholding]) -> tuple[Report, tuple[Cut, ...]]:
    """A whole reading without spans, and what each decision hid.

    Args:
        report: The reading as it was read.
        spans: The decisions on its body.
    """
    whole: dict[str, Withholding] = {}
    places: dict[str, list[Piece]] = {}
    cuts: list[Cut] = []
    for span in spans:
        found = _in_chapters(report, span)
        exact = found.keys() == {span.chapter} and len(found[span.chapter]) == 1
        if exact:
            start, end = found[span.chapter][0]
            places.setdefault(span.chapter, []).append((start, end, span))
            words = bare(report.chapters[span.chapter][start:end])
            cuts.append(_repeated(report, span, words, places))
            continue
        named = {span.chapter} & report.chapters.keys()
        hidden = tuple(sorted({*found, *named} if found else report.chapters))
        whole |= dict.fromkeys(hidden, span)
        cuts.append(Cut(span, hidden, is_exact=False))
    chapters, facts = dict(report.chapters), list(report.facts)
    for chapter in {*whole, *places}:
        text = report.chapters[chapter]
        pieces = _merged(places.get(chapter, []))
        if chapter in whole:
            pieces = [(0, len(text), whole[chapter])]
        chapters[chapter], facts = _without(chapter, text, pieces, facts)
    made = replace(report, chapters=chapters, facts=tuple(facts))
    if any(cut.chapters == tuple(sorted(report.chapters)) and not cut.is_exact for cut in cuts):
        made = replace(made, leftovers=(), grids=())  # the words may have stood in a table
    made = elsewhere(made, {cut.words: mark(cut.span) for cut in cuts if cut.words})
    return (_rechecked(report, made) if made.facts != report.facts else made), tuple(cuts)


def found_in(text: str, span: Withholding) -> list[tuple[int, int]]:
    """The first two places of a text that a span's words may mean, white space and widths aside.

    The decision's words are held against the text in the form in which they are read there
    (`curation.withheld`): `，` and `,` are the same sign.
    """
    # One sign may become several: all of it is hidden if one of these is.
    folded = [(place, each) for place, sign in enumerate(text) for each in flat(sign)]
    at, plain = [place for place, _ in folded], "".join(each for _, each in folded)
    after, before = flat(span.after), flat(span.before)
    starts = [0] if not after else [p + len(after) for p in _all(plain, after)]
    ends = [len(plain)] if not before else list(_all(plain, before))
    # Whether there is one or more is all that counts: words may stand there ten thousand times.
    pairs = ((start, end) for start in starts for end in ends[bisect_right(ends, start) :])
    return [(at[start], at[end - 1] + 1) for start, end in islice(pairs, 2)]


def _repeated(report: Report, span: Withholding, words: str, places: dict[str, list[Piece]]) -> Cut:
    """Add the places at which the very words of a span stand again; what it hid then."""
    if not is_telling(words):
        return Cut(span, (span.chapter,), is_exact=True)
    hidden = [span.chapter]
    for chapter, text in report.chapters.items():
        at, plain = _squeezed(text)
        found = [(at[p], at[p + len(words) - 1] + 1, span) for p in _all(plain, words)]
        if found:
            places.setdefault(chapter, []).extend(found)
            hidden.append(chapter)
    return Cut(span, tuple(sorted({*hidden})), is_exact=True, words=words)


def _squeezed(text: str) -> tuple[list[int], str]:
    """A text without white space, and where each of its signs stands."""
    at = [place for place, sign in enumerate(text) if not sign.isspace()]
    return at, "".join(text[place] for place in at)


def _in_chapters(report: Report, span: Withholding) -> dict[str, list[tuple[int, int]]]:
    """Where a span's words stand; an end of a chapter is meant in the named one alone."""
    named = [span.chapter] if span.chapter in report.chapters else []
    asked = list(report.chapters) if span.after and span.before else named
    found = {chapter: found_in(report.chapters[chapter], span) for chapter in asked}
    return {chapter: places for chapter, places in found.items() if places}


def _all(text: str, words: str) -> Iterator[int]:
    """Each place at which words stand in a text, also where they overlap."""
    place = text.find(words)
    while place >= 0:
        yield place
        place = text.find(words, place + 1)


def _merged(places: list[Piece]) -> list[Piece]:
    """Spans in order; what overlaps is one, under the decision that begins first."""
    made: list[Piece] = []
    for start, end, span in sorted(places, key=lambda each: each[:2]):
        if made and start < made[-1][1]:
            before = made.pop()
            made.append((before[0], max(end, before[1]), before[2]))
        else:
            made.append((start, end, span))
    return made


def _without(
    chapter: str, text: str, pieces: list[Piece], facts: list[Fact]
) -> tuple[str, list[Fact]]:
    """A chapter with marks in the place of pieces, and the facts that are left, in their place."""
    said, last = [], 0
    for start, end, span in pieces:
        said += [text[last:start], mark(span)]
        last = end
    kept = []
    for fact in facts:
        if fact.chapter != chapter:
            kept.append(fact)
        elif not any(fact.start < end and start < fact.end for start, end, _ in pieces):
            moved = sum(len(mark(s)) - (e - b) for b, e, s in pieces if e <= fact.start)
            kept.append(replace(fact, start=fact.start + moved, end=fact.end + moved))
    return "".join([*said, text[last:]]), kept


def _rechecked(before: Report, after: Report) -> Report:
    """A reading whose prose is checked again: a finding would repeat a number that is hidden."""
    _, passed = run_checks(before, _PROSE)
    findings, passes = run_checks(after, _PROSE)
    kept = [each for each in before.findings if each.check not in _PROSE]
    every = sorted((*kept, *findings), key=lambda each: each.check)
    return replace(after, findings=tuple(every), passes=before.passes - passed + passes)
