"""Which parts share a key: they must be gathered together."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Sequence

from .keys import Keys

#: Keys are compared in so many shares: each is a table in memory of its own.
_SHARES = 16


def joined(parts: Sequence[Keys]) -> list[list[int]]:
    """Groups of parts that share a key, directly or through others; single ones are left out.

    Args:
        parts: The keys of each part.

    Returns:
        Numbers of parts, each group and all of them in order.
    """
    leaders = list(range(len(parts)))
    for share in range(_SHARES):
        _join(parts, share, leaders)
    groups: dict[int, list[int]] = {}
    for number in range(len(parts)):
        groups.setdefault(_leader(leaders, number), []).append(number)
    return sorted(group for group in groups.values() if len(group) > 1)


def _join(parts: Sequence[Keys], share: int, leaders: list[int]) -> None:
    """Join the parts that have a key of one share in common."""
    owners: dict[int, int] = {}
    for number, keys in enumerate(parts):
        for key in _share(keys.given, share):
            owner = owners.setdefault(key, number)
            if owner != number:
                _unite(leaders, owner, number)
    for number, keys in enumerate(parts):
        for key in _share(keys.asked, share):
            asked_of = owners.get(key)
            if asked_of is not None and asked_of != number:
                _unite(leaders, asked_of, number)


def _share(keys: array[int], share: int) -> array[int]:
    """The keys of one share, of keys in order."""
    width = (1 << 64) // _SHARES
    return keys[bisect_left(keys, share * width) : bisect_left(keys, (share + 1) * width)]


def _leader(leaders: list[int], number: int) -> int:
    while leaders[number] != number:
        leaders[number] = leaders[leaders[number]]
        number = leaders[number]
    return number


def _unite(leaders: list[int], one: int, other: int) -> None:
    one, other = _leader(leaders, one), _leader(leaders, other)
    leaders[max(one, other)] = min(one, other)
