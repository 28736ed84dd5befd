"""Into which strata the documents of a release fall, and how many are drawn from each.

Most reports of a release are all zeros, and little can go wrong in them; most numbers stand in
few reports. So the more numbers other than 0 a report has, the more densely it is drawn
(`DENSITY`): a single great report then weighs little more than a small one, and what was not
drawn can hide less. A stratum that would have fewer than `FEWEST` documents in the sample is
pooled: first with the other formats of its form and content, then with its content's other forms.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: What a stratum is told by: format, form and content of a report; of others, why it is unread.
Traits = tuple[str, ...]

#: Contents: no figure at all, zeros alone; then by how many figures are other numbers.
NONE, ZERO, FEW, SOME, MANY = "none", "zero", "few", "some", "many"
#: From so many numbers other than 0 on a report has some, and many.
FROM_SOME, FROM_MANY = 10, 40
#: Begins the strata of documents that are no read reports.
UNREAD = "unread"
#: Stands for formats and forms that were pooled.
OTHER = "other"
#: How many times as densely as all-zero reports documents of a content are drawn.
DENSITY = {NONE: 1, ZERO: 1, FEW: 2, SOME: 5, MANY: 12}
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


def content(nonzero: int, zeros: int) -> str:
    """The content of a report with so many figures other than 0, and so many zeros."""
    if not nonzero:
        return ZERO if zeros else NONE
    if nonzero < FROM_SOME:
        return FEW
    return SOME if nonzero < FROM_MANY else MANY


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
        density[strata[traits]] = _density(traits)  # all of a stratum are of one content
    shared = _shared(counted, density, size)
    return Plan(strata, {name: (counted[name], shared[name]) for name in sorted(counted)})


def _density(traits: Traits) -> int:
    return DENSITY.get(traits[-1], 1)


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
