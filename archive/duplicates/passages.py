"""Passages that two texts share, the longest that there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from .units import SHINGLE


@dataclass(frozen=True, slots=True)
class Passage:
    """Units that are the same: `own` to `own + length`, and from `other` in the other text."""

    own: int
    other: int
    length: int


def shared(
    own: str,
    other: str,
    seeds: Iterable[tuple[int, int]],
    places: Mapping[int, Sequence[int]],
    least: int,
) -> list[Passage]:
    """Passages of `own` that stand in `other`, from left to right, none over another.

    Args:
        own: A text in units.
        other: Another; signs that divide chapters must differ between the two.
        seeds: Samples of `own`, (where one begins, its hash), from left to right; a passage
            without any is not looked for.
        places: Hash of each sample of `other` → where such begin.
        least: Units of the shortest passage.
    """
    passages: list[Passage] = []
    end = 0  # of the passage before
    for start, seed in seeds:
        if start < end:
            continue
        found = [_around(own, start, other, at, end) for at in places.get(seed, ())]
        longest = max(found, key=lambda each: (each.length, -each.other), default=None)
        if longest is not None and longest.length >= least:
            passages.append(longest)
            end = longest.own + longest.length
    return passages


def _around(own: str, start: int, other: str, at: int, first: int) -> Passage:
    """The passage around two places, from `first` in `own` on; empty if they are not the same."""
    if own[start : start + SHINGLE] != other[at : at + SHINGLE]:  # one hash of two shingles
        return Passage(start, at, 0)
    before = _longest(
        min(start - first, at),
        lambda low, high: own[start - high : start - low] == other[at - high : at - low],
    )
    after = _longest(
        min(len(own) - start, len(other) - at),
        lambda low, high: own[start + low : start + high] == other[at + low : at + high],
    )
    return Passage(start - before, at - before, before + after)


def _longest(most: int, same: Callable[[int, int], bool]) -> int:
    """How far two texts are the same, in steps that grow while they are, and then shrink."""
    low, step = 0, SHINGLE
    while step:
        high = min(low + step, most)
        if high > low and same(low, high):
            low, step = high, step * 2
        else:
            step //= 2
    return low
