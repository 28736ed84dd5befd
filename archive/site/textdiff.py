"""Two texts in one: what stands in both, in the first only, in the second only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

#: Characters of a passage that are compared one by one; longer ones are shown whole.
LONGEST = 1_500
#: Lines of a chapter that are compared; more are a hostile page's.
MOST_LINES = 2_000
SAME, OLD, NEW = "same", "old", "new"
Piece = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph as pieces of (`same`, `old` or `new`, text); or equal ones that are left out.

    Attributes:
        pieces: What the paragraph says; empty where paragraphs are left out.
        left_out: How many equal paragraphs are left out here.
    """

    pieces: tuple[Piece, ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class ChapterDiff:
    """What differs in one chapter."""

    number: str
    heading: tuple[Piece, ...]
    passages: tuple[Passage, ...]


Texts = Mapping[str, tuple[str, Sequence[str]]]


def chapters(old: Texts, new: Texts) -> list[ChapterDiff]:
    """The chapters that differ, in the order of the later text; those that fell away follow.

    Args:
        old: Chapter → heading and paragraphs.
        new: The same of the later text.
    """
    made = []
    for number in dict.fromkeys((*new, *old)):
        (heading, lines), (later, later_lines) = (
            old.get(number, ("", ())),
            new.get(number, ("", ())),
        )
        if heading != later or list(lines) != list(later_lines):
            passages = tuple(_passages(list(lines), list(later_lines)))
            made.append(ChapterDiff(number, tuple(pieces(heading, later)), passages))
    return made


def pieces(old: str, new: str) -> Iterator[Piece]:
    """A passage in pieces, character by character where it is not too long."""
    if old == new:
        if old:
            yield SAME, old
        return
    if max(len(old), len(new)) > LONGEST:
        yield from _whole(old, new)
        return
    for _, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if old[a:b] == new[c:d]:
            yield SAME, old[a:b]
        else:
            yield from _whole(old[a:b], new[c:d])


def _whole(old: str, new: str) -> Iterator[Piece]:
    if old:
        yield OLD, old
    if new:
        yield NEW, new


def _passages(old: list[str], new: list[str]) -> Iterator[Passage]:
    old, new = old[:MOST_LINES], new[:MOST_LINES]
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Passage(left_out=b - a)
            continue
        paired = min(b - a, d - c)
        for one, other in zip(old[a : a + paired], new[c : c + paired], strict=True):
            yield Passage(tuple(pieces(one, other)))
        for line in old[a + paired : b]:
            yield Passage(((OLD, line),))
        for line in new[c + paired : d]:
            yield Passage(((NEW, line),))
