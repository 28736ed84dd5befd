"""Shards: parts of a registry that separate processes or machines crawl side by side.

A host is asked by one shard alone, so portals that share any host are in one shard. Where
a portal goes is decided by its hosts' names: another portal that is added moves nothing,
unless it joins two groups of hosts. Over many portals the shards come out about equal.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from .registry import RegistryError

_SHARD = re.compile(r"(\d{1,4})/(\d{1,4})")


class Entry(Protocol):
    """What is needed to know of a portal."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """Hosts that it may be asked on."""


_P = TypeVar("_P", bound=Entry)


@dataclass(frozen=True, slots=True)
class Shard:
    """The `index`-th of `count` parts, counted from 1."""

    index: int
    count: int

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"


def parse_shard(text: str) -> Shard:
    """Read `2/8`.

    Raises:
        RegistryError: It is no such thing.
    """
    found = _SHARD.fullmatch(text.strip())
    shard = Shard(int(found[1]), int(found[2])) if found else None
    if shard is None or not 1 <= shard.index <= shard.count:
        raise RegistryError(
            f"shard {text!r}: give the part and the number of parts, from 1/8 to 8/8 for eight"
        )
    return shard


def shard_of(
    portals: Sequence[_P], index: int, count: int, every: Sequence[Entry] = ()
) -> tuple[_P, ...]:
    """The portals of one shard, in their order.

    Args:
        portals: All portals of the crawl.
        index: Which shard, counted from 1.
        count: How many there are.
        every: Those that a crawl beside this one may ask, too: which hosts belong together must
            not depend on which portals are named. These portals alone if there are none.
    """
    group = _groups(every or portals)
    chosen = {
        first: min(range(1, count + 1), key=lambda number: _lot(first, number))
        for first in set(group.values())
    }
    return tuple(portal for portal in portals if chosen[group[portal.hosts[0]]] == index)


def _groups(portals: Sequence[Entry]) -> dict[str, str]:
    """Hosts that portals tie together → the one of them that stands for all."""
    leader: dict[str, str] = {}

    def find(host: str) -> str:
        leader.setdefault(host, host)
        while leader[host] != host:
            leader[host] = leader[leader[host]]
            host = leader[host]
        return host

    for portal in portals:
        for host in portal.hosts:
            # The smallest digest leads, so that the order of the portals says nothing.
            first, second = sorted((find(portal.hosts[0]), find(host)), key=_digest)
            leader[second] = first
    return {host: find(host) for host in list(leader)}


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _lot(host: str, number: int) -> bytes:
    """The lot that a host draws for a shard; the smallest one takes it."""
    return _digest(f"{number} {host}")
