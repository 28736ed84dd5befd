"""The prose of a report to the numbers that it states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..types import Fact
from .denials import judge_none
from .hits import Hit
from .judges import judge_count
from .patterns import Patterns, patterns
from .sentences import NEAR, Sentence, sentences
from .totals import settled


def read_facts(chapters: Mapping[str, str], year: int | None) -> tuple[Fact, ...]:
    """What the chapters state as numbers, in their order.

    Args:
        chapters: Number of the chapter → text, as in `Report.chapters`.
        year: The report's year: numbers of other years count for nothing.

    Returns:
        Facts with `quote == chapters[chapter][start:end]`.
    """
    found: list[Hit] = []
    known = patterns()
    for chapter, text in chapters.items():
        for sentence in sentences(chapter, text):
            if sentence.counts:
                found += [hit for hit in _counts(sentence, known) if judge_count(hit, year)]
            if sentence.denies:
                found += [hit for hit in _nones(sentence, known) if judge_none(hit, year)]
    return tuple(hit.fact() for hit in settled(found))


def _counts(sentence: Sentence, known: Patterns) -> Iterator[Hit]:
    """Numbers behind the words that say what is counted, then numbers before them."""
    masked, start = sentence.plain.masked, sentence.start
    called: set[int] = set()
    for word in known.trigger.findall(masked):
        called |= known.by_word[word]
    chosen = [known.counts[at] for at in sorted(called)]
    if "申请" in masked or "申请" in sentence.chapter_text[max(0, start - NEAR) : start]:
        chosen.append(known.channels)
    for pattern in chosen:
        for match in pattern.lead.finditer(masked):
            yield Hit.of(pattern.code, sentence, match, match)
    trails = [pattern for pattern in chosen if pattern.trail]
    for number in known.number.finditer(masked) if trails else ():
        for pattern in trails:
            behind = pattern.trail.match(masked, number.end()) if pattern.trail else None
            if behind:
                yield Hit.of(pattern.code, sentence, behind, number)


def _nones(sentence: Sentence, known: Patterns) -> Iterator[Hit]:
    masked = sentence.plain.masked
    for pattern in known.nones:
        if any(word in masked for word in pattern.words):
            for match in pattern.lead.finditer(masked):
                yield Hit.of(pattern.code, sentence, match, None)
