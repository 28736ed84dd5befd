"""Into which strata the documents of a release fall, and how many are drawn from each.

A release is mostly all-zero reports, in which little can go wrong. So non-zero reports are drawn
`OVERSAMPLED` times as densely; more would make figures of all reports vague. A stratum that would
have fewer than `FEWEST` documents in the sample is pooled: first with the other formats of its
form and content, then with the other forms of its content.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: What a stratum is told by: format, form and content of a report; of others, why it is unread.
Traits = tuple[str, ...]

ZERO, NONZERO, NONE = "zero", "nonzero", "none"
#: Begins the strata of documents that are no read reports.
UNREAD = "unread"
#: Stands for formats and forms that were pooled.
OTHER = "other"
#: How many times as densely as others reports with a number other than 0 are drawn.
OVERSAMPLED = 3
#: Fewer than these in the sample are no stratum of their own.
FEWEST = 5
#: From every stratum, if it has as many: one alone says nothing of how documents differ.
AT_LEAST = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """How a sample is drawn.

    Attributes:
        strata: The stratum that documents of these traits fall into.
        sizes: How many documents each stratum has, and how many are drawn from it.
    """

    strata: Mapping[Traits, str]
    sizes: Mapping[str, tuple[int, int]]


def plan(populations: Mapping[Traits, int], size: int) -> Plan:
    """Pool small strata, and share the sample out.

    Args:
        populations: How many documents of the release have these traits.
        size: How many are to be drawn; all are if there are no more.

    Returns:
        Strata of which each is drawn from, and from each `AT_LEAST`, if it has as many.
    """
    size = min(size, sum(populations.values()))
    strata = {traits: _name(group) for traits, group in _groups(populations, size).items()}
    counted: dict[str, int] = defaultdict(int)
    density: dict[str, int] = {}
    for traits, population in sorted(populations.items()):
        counted[strata[traits]] += population
        density[strata[traits]] = min(_density(traits), density.get(strata[traits], OVERSAMPLED))
    shared = _shared(counted, density, size)
    return Plan(strata, {name: (counted[name], shared[name]) for name in sorted(counted)})


def _density(traits: Traits) -> int:
    return OVERSAMPLED if traits[-1] == NONZERO else 1


def _name(group: Traits) -> str:
    return "/".join(group)


def _groups(populations: Mapping[Traits, int], size: int) -> dict[Traits, Traits]:
    """Under which traits documents are drawn: their own, or those of a pool."""
    groups = {traits: traits for traits in populations}
    for pooled in range(2):  # the format, then the form
        for small in _small(groups, populations, size):
            if len(small) == 3:
                wider = tuple(OTHER if n <= pooled else trait for n, trait in enumerate(small))
            else:
                wider = (small[0], OTHER)
            for traits, group in groups.items():
                if group == small:
                    groups[traits] = wider
    if AT_LEAST * len(set(groups.values())) > size:  # a trial: a handful of documents
        first = (UNREAD,) if any(traits[0] == UNREAD for traits in populations) else ()
        groups = dict.fromkeys(populations, (*first, "all"))
    return groups


def _small(
    groups: Mapping[Traits, Traits], populations: Mapping[Traits, int], size: int
) -> Iterable[Traits]:
    """Groups too small to be strata, unless the sample is all there is."""
    whole = sum(_density(traits) * count for traits, count in populations.items())
    due: dict[Traits, float] = defaultdict(float)
    for traits, group in groups.items():
        due[group] += size * _density(traits) * populations[traits] / whole
    return [group for group, share in sorted(due.items()) if share < FEWEST]


def _shared(counted: Mapping[str, int], density: Mapping[str, int], size: int) -> dict[str, int]:
    """Share a sample out in proportion to population and density, by Sainte-Laguë's divisors.

    The seats of each are whole numbers, none above its population, and the sum is `size`.
    """
    shared = {name: min(AT_LEAST, population) for name, population in counted.items()}
    left = size - sum(shared.values())

    def claim(name: str) -> tuple[float, str]:
        return -density[name] * counted[name] / (2 * shared[name] + 1), name

    claims = [claim(name) for name in counted if shared[name] < counted[name]]
    heapq.heapify(claims)
    while left > 0 and claims:
        _, name = heapq.heappop(claims)
        shared[name] += 1
        left -= 1
        if shared[name] < counted[name]:
            heapq.heappush(claims, claim(name))
    return shared
