"""The prose of a report to the numbers that it states."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ..types import Fact
from .hits import Hit
from .judges import judge_count, judge_none
from .patterns import patterns
from .plain import Plain, plain
from .totals import settled

#: How far back the paragraph says what a sentence is about.
_NEAR = 600
#: A longer run without a full stop is no sentence.
_LONGEST = 1_500
_SENTENCES = re.compile(r"[^。！？!?\n\r\u2028\u2029]+")
#: A sentence without a count, or without one of these words and a negation, is not looked at.
_COUNTS = re.compile(
    r"[0-9０-９零〇一二两三四五六七八九十⼀⼆⼋⼗]\s*[万亿]?\s*[余多来]?\s*[件宗起份条项例封篇则元]"
)
_DENIES = re.compile(r"[未无零⽆]|没\s*有|不\s*存|不\s*涉|均\s*为")
_DENIED = ("申请", "复议", "诉讼", "处理费", "费用")


def read_facts(chapters: Mapping[str, str], year: int | None) -> tuple[Fact, ...]:
    """What the chapters state as numbers, in their order.

    Args:
        chapters: Number of the chapter → text, as in `Report.chapters`.
        year: The report's year: numbers of other years count for nothing.

    Returns:
        Facts with `quote == chapters[chapter][start:end]`.
    """
    found: list[Hit] = []
    for chapter, text in chapters.items():
        is_spaced = any([space in text for space in " \u3000\xa0\t"])
        for match in _SENTENCES.finditer(text):
            sentence = match[0]
            counts = _COUNTS.search(sentence) is not None
            words = "".join(sentence.split()) if is_spaced else sentence
            denies = _names(_DENIED, words) and _DENIES.search(words) is not None
            if (counts or denies) and len(sentence) <= _LONGEST:
                place = _Place(chapter, text, match.start(), plain(sentence, match.start()))
                found += _of_sentence(place, year, counts=counts, denies=denies)
    return tuple(hit.fact(chapters[hit.chapter]) for hit in settled(found))


class _Place(NamedTuple):
    """A sentence in its chapter."""

    chapter: str
    text: str
    start: int
    plain: Plain


def _names(words: Iterable[str], text: str) -> bool:
    for word in words:  # a generator in any() costs more than the looking
        if word in text:
            return True
    return False


def _of_sentence(place: _Place, year: int | None, *, counts: bool, denies: bool) -> Iterator[Hit]:
    masked, known = place.plain.masked, patterns()
    if counts:
        words = set(known.trigger.findall(masked))
        for pattern in {each: None for word in words for each in known.by_word[word]}:
            for match in pattern.pattern.finditer(masked):
                yield from judge_count(_hit(pattern.code, match, place), year)
        if "申请" in masked or "申请" in place.text[max(0, place.start - _NEAR) : place.start]:
            for match in known.channels.finditer(masked):
                yield from judge_count(_hit("", match, place), year)
    if denies:
        for pattern in known.nones:
            if _names(pattern.words, masked):
                for match in pattern.pattern.finditer(masked):
                    yield from judge_none(_hit(pattern.code, match, place), year)


def _hit(code: str, match: re.Match[str], place: _Place) -> Hit:
    context = _context(place.text, place.start)
    return Hit.of(code, match, place.plain, place.chapter, context)


def _context(text: str, start: int) -> str:
    """The paragraph up to a sentence, and the heading above it."""
    line = text.rfind("\n", 0, start) + 1
    above = text[max(0, line - 60) : max(0, line - 1)].rpartition("\n")[2]
    heading = above if len(above) <= 30 and not above.endswith(("。", "；", ";")) else ""
    return "".join(f"{heading} {text[max(line, start - _NEAR) : start]}".split())
