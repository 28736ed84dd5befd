"""The rates of a release, from what was counted in a sample of it."""

from __future__ import annotations

from collections.abc import Mapping

from .draw import Sample
from .measures import Counts
from .published import Rate


def estimate(sample: Sample, counts: Mapping[str, Counts]) -> tuple[Rate, ...]:
    """Estimate every measure, with its 95 % interval.

    Args:
        sample: What was drawn.
        counts: By `Drawn.key`; every drawn document has its counts.

    Returns:
        One rate a measure, in the order of `MEASURES`; none where the sample has no such unit.

    Raises:
        KeyError: A drawn document was not counted.
    """
    raise NotImplementedError
