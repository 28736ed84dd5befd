"""The prose of a report to the numbers that it states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..types import Fact
from .hits import Hit
from .judges import judge_count, judge_none
from .patterns import patterns
from .plain import plain
from .totals import settled

#: A longer run without a full stop is no sentence.
_LONGEST = 1_500
_SENTENCES = re.compile(r"[^。！？!?\n\r\u2028\u2029]+")
#: Without one of these a sentence states none of the kinds.
_WORDS = ("申请", "公开", "复议", "诉讼", "处理费", "发布", "推送", "收到", "受理", "答复", "办结")
_MORE = ("结转", "撤回", "撤销", "不予", "提供", "其他处理", "费")
_SAYS = re.compile(r"[\d０-９]|[未无没零一二三四五六七八九十两]|不存在|不涉及")
#: Characters of radicals and of compatibility, which some files have in the place of Han.
_ODD = re.compile("[\u2e80-\u2fdf\uf900-\ufaff]")


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
        has_odd = bool(_ODD.search(text))
        for match in _SENTENCES.finditer(text):
            sentence = match[0]
            if len(sentence) > _LONGEST or not _SAYS.search(sentence):
                continue
            squeezed = "".join(sentence.split())
            if has_odd or any(word in squeezed for word in _WORDS):
                found += _of_sentence(chapters, chapter, match.start(), sentence, year)
    return tuple(hit.fact(chapters[hit.chapter]) for hit in settled(found))


def _of_sentence(
    chapters: Mapping[str, str], chapter: str, start: int, sentence: str, year: int | None
) -> Iterator[Hit]:
    folded = plain(sentence, start)
    context = _context(chapters[chapter], start)
    known = patterns()
    for pattern in known.counts:
        if any(word in folded.masked for word in pattern.words):
            for match in pattern.pattern.finditer(folded.masked):
                yield from judge_count(Hit.of(pattern.code, match, folded, chapter, context), year)
    for pattern in known.nones:
        if any(word in folded.masked for word in pattern.words):
            for match in pattern.pattern.finditer(folded.masked):
                yield from judge_none(Hit.of(pattern.code, match, folded, chapter, context), year)
    if "申请" in folded.masked or "申请" in context:
        for match in known.channels.finditer(folded.masked):
            yield from judge_count(Hit.of("", match, folded, chapter, context), year)


def _context(text: str, start: int) -> str:
    """The paragraph up to a sentence, and the heading above it."""
    line = text.rfind("\n", 0, start) + 1
    above = text[max(0, line - 60) : max(0, line - 1)].rpartition("\n")[2]
    heading = above if len(above) <= 30 and not above.endswith(("。", "；", ";")) else ""
    return "".join(f"{heading} {text[max(line, start - 600) : start]}".split())
