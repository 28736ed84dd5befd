"""The rates of a release, from what was counted in a sample of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from .draw import Sample
from .interval import cautious_high, interval
from .measures import MEASURES, Counts, Measure
from .published import Rate
from .ratio import Ratio, Stratum
from .strata import UNREAD


def estimate(
    sample: Sample, counts: Mapping[str, Counts], measures: Sequence[Measure] = MEASURES
) -> tuple[Rate, ...]:
    """Estimate measures, each with its 95 % interval.

    Args:
        sample: What was drawn.
        counts: By `Drawn.key`; every drawn document has its counts.
        measures: Which.

    Returns:
        One rate a measure, in their order; none where the sample has no such unit.

    Raises:
        KeyError: A drawn document was not counted.
    """
    by_stratum: dict[str, list[Counts]] = defaultdict(list)
    for drawn in sample.drawn:
        by_stratum[drawn.stratum].append(counts[drawn.key])
    rates = []
    for measure in measures:
        strata = [
            Stratum(
                sample.strata[name][0],
                [(measure.errors(each), measure.units(each)) for each in counted],
            )
            for name, counted in by_stratum.items()
            if name.startswith(f"{UNREAD}/") == measure.of_unread
        ]
        rate = _rate(measure.name, strata)
        if rate:
            rates.append(rate)
    return tuple(rates)


def _rate(name: str, strata: Sequence[Stratum]) -> Rate | None:
    units = sum(units for each in strata for _, units in each.counted)
    if not units:
        return None
    errors = sum(errors for each in strata for errors, _ in each.counted)
    ratio = Ratio(strata)
    low, high = interval(ratio)
    cautious = cautious_high(ratio, high)
    return Rate(name, errors, units, ratio.estimate, low, high, cautious)
