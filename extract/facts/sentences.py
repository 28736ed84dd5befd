"""Sentences that may state a number, or that there was none, with what stands before them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .plain import Plain, plain

#: How far back the paragraph says what a sentence is about.
NEAR = 600
#: A longer run without a full stop is no sentence.
_LONGEST = 1_500
_SENTENCES = re.compile(r"[^。！？!?\n\r\u2028\u2029]+")
#: A sentence without a count, or without one of these words and a negation, is not looked at.
_COUNTS = re.compile(
    r"[0-9０-９零〇一二两三四五六七八九十⼀⼆⼋⼗]\s*[万亿]?\s*[余多来]?\s*[件宗起份条项例封篇则元]"
)
_DENIES = re.compile(r"[未无零⽆]|没\s*有|不\s*存|不\s*涉|均\s*为")
_DENIED = ("申请", "复议", "诉讼", "处理费", "费用")
_SPACES = " \u3000\xa0\t"


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
    """

    chapter: str
    chapter_text: str
    start: int
    plain: Plain
    counts: bool
    denies: bool

    @property
    def context(self) -> str:
        """The paragraph up to the sentence, and the heading above it, without white space."""
        text = self.chapter_text
        line = text.rfind("\n", max(0, self.start - NEAR), self.start) + 1
        line = line or max(0, self.start - NEAR)
        above = text[max(0, line - 60) : max(0, line - 1)].rpartition("\n")[2]
        heading = above if len(above) <= 30 and not above.endswith(("。", "；", ";")) else ""
        return "".join(f"{heading} {text[line : self.start]}".split())


def sentences(chapter: str, text: str) -> Iterator[Sentence]:
    """The sentences of a chapter that are worth a look."""
    is_spaced = any([space in text for space in _SPACES])
    for match in _SENTENCES.finditer(text):
        printed = match[0]
        words = "".join(printed.split()) if is_spaced else printed
        denies = names(_DENIED, words) and _DENIES.search(words) is not None
        counts = _COUNTS.search(printed) is not None
        if (counts or denies) and len(printed) <= _LONGEST:
            start = match.start()
            yield Sentence(chapter, text, start, plain(printed, start), counts, denies)


def names(words: Iterable[str], text: str) -> bool:
    """Whether one of the words stands in the text."""
    for word in words:  # a generator in any() costs more than the looking
        if word in text:
            return True
    return False
