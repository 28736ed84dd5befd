"""Other intervals than the one that was chosen: `python -m tests.audit_rivals` prints the table.

Each begins where the chosen one does, if no error is found: the rule of three.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from archive.audit.draw import Sample
from archive.audit.interval import interval, none_found
from archive.audit.quantiles import beta_quantile
from archive.audit.ratio import Ratio, Stratum
from tests.audit_population import KINDS, Planted, country, mixed, planted, samples

AUDITS = 1_000
SIZE = 300
Interval = tuple[float, float]
_NORMAL = 1.959964


def wald(ratio: Ratio) -> Interval:
    """The estimate, more or less two standard errors."""
    half = _NORMAL * math.sqrt(ratio.variance)
    return max(0.0, ratio.estimate - half), ratio.estimate + half


def logit(ratio: Ratio) -> Interval:
    """Wald's on the scale of log odds."""
    rate = ratio.estimate
    at = math.log(rate / (1 - rate))
    half = _NORMAL * math.sqrt(ratio.variance) / (rate * (1 - rate))
    return 1 / (1 + math.exp(half - at)), 1 / (1 + math.exp(-half - at))


def wilson(ratio: Ratio) -> Interval:
    """Wilson's, with the effective number of cells."""
    rate = ratio.estimate
    share = _NORMAL**2 * ratio.variance / (rate * (1 - rate))
    middle = rate + share / 2
    half = math.sqrt(rate * (1 - rate) * share + share * share / 4)
    return (middle - half) / (1 + share), (middle + half) / (1 + share)


def korn_graubard(ratio: Ratio) -> Interval:
    """Clopper and Pearson's, with the effective number of cells."""
    rate = ratio.estimate
    size = rate * (1 - rate) / ratio.variance
    low = beta_quantile(0.025, rate * size, size * (1 - rate) + 1)
    return low, beta_quantile(0.975, rate * size + 1, size * (1 - rate))


def cautious(ratio: Ratio) -> Interval:
    """As if the next document in error were all wrong, and of the size that most cells are in."""
    low, _ = korn_graubard(ratio)
    next_ = 1 / ratio.alone
    rate, variance = ratio.estimate + next_, ratio.variance + next_**2
    size = rate * (1 - rate) / variance
    return low, beta_quantile(0.975, rate * size, (1 - rate) * size)


def bootstrap(ratio: Ratio) -> Interval:
    """Percentiles of 200 samples drawn again from the documents of each stratum."""
    chance = random.Random(len(ratio.strata))
    found = []
    for _ in range(200):
        again = [
            Stratum(each.population, chance.choices(each.counted, k=len(each.counted)))
            for each in ratio.strata
        ]
        found.append(Ratio(again).estimate)
    found.sort()
    return found[4], found[194]


RIVALS: Mapping[str, Callable[[Ratio], Interval]] = {
    "chosen": interval,
    "Wald": wald,
    "logit": logit,
    "Wilson": wilson,
    "Korn-G.": korn_graubard,
    "cautious": cautious,
    "bootstrap": bootstrap,
}


def _ratio(sample: Sample, of: Planted) -> Ratio:
    strata: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for drawn in sample.drawn:
        count = of.counts[drawn.key]
        strata[drawn.stratum].append((of.measure.errors(count), of.measure.units(count)))
    return Ratio([Stratum(sample.strata[name][0], counted) for name, counted in strata.items()])


def compared(drawn: Sequence[Sample], of: Planted) -> dict[str, tuple[float, float]]:
    """Coverage, and mean width to the true rate, of each interval."""
    told = {name: [0, 0.0, 0] for name in RIVALS}
    for n, each in enumerate(drawn):
        ratio = _ratio(each, of)
        for name, rival in RIVALS.items():
            if name == "bootstrap" and n >= 100:
                continue
            ends = rival(ratio) if ratio.in_error else (0.0, none_found(ratio.alone))
            told[name][0] += ends[0] <= of.truth <= ends[1]
            told[name][1] += (ends[1] - ends[0]) / of.truth
            told[name][2] += 1
    return {name: (held / n, width / n) for name, (held, width, n) in told.items()}


def main() -> None:
    """Print coverage and width of each interval for each kind of error."""
    drawn = list(samples(country(), SIZE, AUDITS))
    print("| errors | rate | " + " | ".join(RIVALS) + " |")
    kinds = {**KINDS, "mixed": (mixed, "wrong_per_nonzero")}
    for kind, (plant, measure) in kinds.items():
        for rate in (0.001, 0.01, 0.05):
            found = compared(drawn, planted(plant, measure, rate))
            cells = [f"{held:.1%} ({width:.1f})" for held, width in found.values()]
            print(f"| {kind} | {rate:.1%} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
