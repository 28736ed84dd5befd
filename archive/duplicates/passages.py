"""Passages that two texts share, the longest that there are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from .units import SHINGLE

#: Of a shingle that a text repeats, no more places are tried.
_PLACES = 8


@dataclass(frozen=True, slots=True)
class Passage:
    """Units that are the same: `own` to `own + length`, and from `other` in the other text."""

    own: int
    other: int
    length: int


def shared(own: str, other: str, least: int) -> list[Passage]:
    """Passages of `own` that stand in `other`, from left to right, none over another.

    Args:
        own: A text in units.
        other: Another; signs that divide chapters must differ between the two.
        least: Units of the shortest passage, at least those of a shingle.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for start in range(len(other) - SHINGLE + 1):
        found = places[other[start : start + SHINGLE]]
        if len(found) < _PLACES:
            found.append(start)
    passages: list[Passage] = []
    start = 0
    while start <= len(own) - SHINGLE:
        candidates = places.get(own[start : start + SHINGLE])
        if candidates is None:
            start += 1
            continue
        length, negative = max((_common(own, start, other, at), -at) for at in candidates)
        if length >= least:
            passages.append(Passage(start, -negative, length))
        start += length
    return passages


def _common(own: str, start: int, other: str, at: int) -> int:
    """How many units are the same from these two places on; at least a shingle is."""
    most = min(len(own) - start, len(other) - at)
    low, step = SHINGLE, SHINGLE
    while step:
        end = min(low + step, most)
        if end > low and own[start + low : start + end] == other[at + low : at + end]:
            low, step = end, step * 2
        else:
            step //= 2
    return low
