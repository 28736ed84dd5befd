"""What is shown of a chapter that was found: its words, with what stands around them."""

from __future__ import annotations

from .folding import composed, fold, places

#: Characters before the first word of a stretch, in a stretch, and stretches of a chapter.
_BEFORE, _LENGTH, _STRETCHES = 24, 90, 3
GAP = "…"
#: Text, and whether it is what was asked for.
Piece = tuple[str, bool]
_Span = tuple[int, int]


def holds(text: str, words: tuple[str, ...]) -> bool:
    """Whether a text holds all words of a question (`bigrams.words`)."""
    folded = fold(text)
    return all(word in folded for word in words)


def snippet(text: str, words: tuple[str, ...]) -> list[Piece]:
    """Stretches of a text that holds all words, with the first place of each.

    >>> snippet("本年度，信 息公开条例的落实", ("信息",))
    [('本年度，', False), ('信 息', True), ('公开条例的落实', False)]
    """
    plain = composed(text)
    folded = fold(plain)
    back = [*places(plain), len(plain)]
    told = _told(folded, words)
    pieces: list[Piece] = []
    shown = 0
    for start, end in _whole(_stretches(folded, words), told):
        pieces.append((GAP if start > shown else "", False))
        at = back[start]
        for first, last in _within(told, start, end):
            # One character may stand for two (ﬁ), and between two some are dropped.
            until = back[last - 1] + 1
            pieces += [
                (plain[at : back[first]], False),
                (plain[max(at, back[first]) : until], True),
            ]
            at = until
        pieces.append((plain[at : back[end]], False))
        shown = end
    pieces.append((GAP if shown < len(folded) else "", False))
    return [(piece.replace("\n", " "), is_word) for piece, is_word in pieces if piece]


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
