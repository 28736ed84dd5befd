"""What is shown of a chapter that was found: its words, with what stands around them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .folding import composed, fold, places

#: Characters before the first word of a stretch, in a stretch, and stretches of a chapter.
_BEFORE, _LENGTH, _STRETCHES = 24, 90, 3
GAP = "…"
_LATIN = re.compile("[0-9a-z]{2}")
#: Text, and whether it is what was asked for.
Piece = tuple[str, bool]
_Span = tuple[int, int]


def snippet(text: str, words: tuple[str, ...]) -> list[Piece]:
    """Stretches of a text with the first place of each word; [] if it lacks one of them.

    This is where a chapter is verified: the index only said that it holds the words' pairs.

    Args:
        text: The text as printed.
        words: Those of a question (`bigrams.words`).

    >>> snippet("本年度，信 息公开条例的落实", ("信息",))
    [('本年度，', False), ('信 息', True), ('公开条例的落实', False)]
    """
    plain = composed(text)
    return _pieces(plain, _parts(plain, words)) or _pieces(plain, [((0, len(plain)), words)])


def _pieces(plain: str, parts: list[tuple[_Span, tuple[str, ...]]]) -> list[Piece]:
    """Stretches of each part of a text with its words; [] if a part lacks one of them."""
    pieces: list[Piece] = []
    shown = 0
    for (begin, until), words in parts:
        part = plain[begin:until]
        folded = fold(part)
        if not all(word in folded for word in words):
            return []
        told = _told(folded, words)
        stretches = _whole(_stretches(folded, words), told)
        back = places(part, stretches[-1][1] + 1)
        back += [len(part)] * (stretches[-1][1] + 1 - len(back))
        for start, end in stretches:
            pieces.append((GAP if begin + back[start] > shown else "", False))
            pieces += _cut(part, back, (start, end), _within(told, start, end))
            shown = begin + back[end]
    pieces.append((GAP if shown < len(plain) else "", False))
    return [(piece.replace("\n", " "), is_word) for piece, is_word in pieces if piece]


def _cut(part: str, back: list[int], stretch: _Span, told: list[_Span]) -> Iterator[Piece]:
    """A stretch of the folded text as it is printed."""
    at = back[stretch[0]]
    for first, last in told:
        # One character may stand for two (ﬁ), and between two some are dropped.
        until = back[last - 1] + 1
        yield part[at : back[first]], False
        yield part[max(at, back[first]) : until], True
        at = until
    yield part[at : back[stretch[1]]], False


def _parts(plain: str, words: tuple[str, ...]) -> list[tuple[_Span, tuple[str, ...]]]:
    """The parts of a text to look at, each with the words that stand in it letter by letter.

    Folding takes most of the time of a search, and most words are printed as they are asked.
    Where one is not, all of the text is looked at.
    """
    found = sorted((plain.find(word), word) for word in words)
    if found[0][0] < 0:
        return [((0, len(plain)), words)]
    parts: list[tuple[_Span, tuple[str, ...]]] = []
    for place, word in found:
        begin, until = max(0, place - 2 * _BEFORE), place + len(word) + 2 * _LENGTH
        if parts and begin <= parts[-1][0][1]:
            (first, _), others = parts.pop()
            parts.append(((first, min(until, len(plain))), (*others, word)))
        else:
            parts.append(((begin, min(until, len(plain))), (word,)))
    return parts[:_STRETCHES]


def _told(folded: str, words: tuple[str, ...]) -> list[_Span]:
    """Where words stand; those that overlap are one."""
    found: list[_Span] = []
    for word in words:
        place = folded.find(word)
        while place >= 0:
            found.append((place, place + len(word)))
            place = folded.find(word, place + len(word))
    merged: list[_Span] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _stretches(folded: str, words: tuple[str, ...]) -> list[_Span]:
    """What is shown of a folded text: each word's first place is in one of them."""
    found: list[_Span] = []
    for place, word in sorted((folded.find(word), word) for word in words):
        if found and place + len(word) <= found[-1][1]:
            continue
        shown = found[-1][1] if found else 0
        start = max(place - _BEFORE, shown)
        while shown < start < place and _LATIN.fullmatch(folded, start - 1, start + 1):
            start -= 1  # a number is not cut
        end = min(max(start + _LENGTH, place + len(word)), len(folded))
        if found and start == shown:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found[:_STRETCHES]


def _whole(stretches: list[_Span], told: list[_Span]) -> list[_Span]:
    """The same, but for words that would be cut off at an end: they are shown whole."""
    found: list[_Span] = []
    for start, end in stretches:
        cut = [(a, b) for a, b in told if a < start < b or a < end < b]
        ends = (min([start, *(a for a, _ in cut)]), max([end, *(b for _, b in cut)]))
        if found and ends[0] <= found[-1][1]:
            found[-1] = (found[-1][0], ends[1])
        else:
            found.append(ends)
    return found


def _within(spans: list[_Span], start: int, end: int) -> list[_Span]:
    return [(max(a, start), min(b, end)) for a, b in spans if a < end and b > start]
