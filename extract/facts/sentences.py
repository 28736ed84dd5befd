"""Sentences that may state a number, or that there was none, with what stands before them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .plain import Plain, plain

#: How far back the paragraph says what a sentence is about.
NEAR = 600
#: A longer run without a full stop is no sentence.
_LONGEST = 1_500
#: More sentences with numbers are no chapter's.
_MOST = 2_000
_ENDS = "。！？!?\n\r\u2028\u2029"
_END = re.compile(f"[{_ENDS}]")
#: A sentence without a count, or without one of these words and a negation, is not looked at.
_COUNTS = re.compile(
    r"[0-9０-９零〇一二两三四五六七八九十⼀⼆⼋⼗]\s*[万亿]?\s*[余多来]?\s*[件宗起份条项例封篇则元]"
)
_DENIED = re.compile(r"申\s*请|复\s*议|诉\s*讼|处\s*理\s*费|费\s*[用⽤]")
_DENIES = re.compile(r"[未无零⽆]|没\s*有|不\s*存|不\s*涉|均\s*为")


@dataclass(slots=True)
class Sentence:
    """A sentence in its chapter.

    Attributes:
        chapter: Number of the chapter.
        chapter_text: Its whole text.
        start: Where the sentence begins in it.
        plain: The sentence, folded.
        counts: Whether a number with a unit stands in it.
        denies: Whether it may say that there was none.
        asked: Answers about the sentence as a whole, kept for its next number.
    """

    chapter: str
    chapter_text: str
    start: int
    plain: Plain
    counts: bool
    denies: bool
    asked: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    _context: str | None = None

    @property
    def context(self) -> str:
        """The paragraph up to the sentence, and the heading above it, without white space."""
        if self._context is None:
            self._context = self._read_context()
        return self._context

    def _read_context(self) -> str:
        text = self.chapter_text
        line = text.rfind("\n", max(0, self.start - NEAR), self.start) + 1
        line = line or max(0, self.start - NEAR)
        above = "".join(text[max(0, line - 120) : max(0, line - 1)].rpartition("\n")[2].split())
        heading = above if len(above) <= 30 and not above.endswith(("。", "；", ";")) else ""
        return heading + "".join(text[line : self.start].split())


def sentences(chapter: str, text: str) -> Iterator[Sentence]:
    """The sentences of a chapter that are worth a look.

    Most are not: they are found by their numbers and words, and not one after the other.
    """
    spots = [(match.start(), True) for match in _COUNTS.finditer(text)]
    spots += [(match.start(), False) for match in _DENIED.finditer(text)]
    spots.sort()
    marks = [mark for mark in _ENDS if mark in text]
    at = until = 0
    del spots[_MOST:]
    while at < len(spots):
        spot = spots[at][0]
        start = max([text.rfind(mark, until, spot) for mark in marks], default=-1) + 1 or until
        found = _END.search(text, spot)
        until = found.start() if found else len(text)
        kinds = set()
        while at < len(spots) and spots[at][0] < until:
            kinds.add(spots[at][1])
            at += 1
        printed = text[start:until]
        if len(printed) <= _LONGEST:
            denies = False in kinds and _DENIES.search(printed) is not None
            if denies or True in kinds:
                folded = plain(printed, start)
                yield Sentence(chapter, text, start, folded, True in kinds, denies)
