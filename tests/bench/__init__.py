"""Measurements of speed, each beside its goal, as ratios taken in one run.

These machines are noisy: a figure is the median of several rounds in which both
sides alternate. `NIANBAO_SCALE=small` makes every bench a quick look.
"""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

SMALL = os.environ.get("NIANBAO_SCALE") == "small"


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured figure and its goal.

    Attributes:
        name: What was measured.
        value: The figure.
        goal: Its bound.
        at_least: Whether the goal is a lower bound; else an upper one.
        unit: What the figure counts, or "" for a ratio.
    """

    name: str
    value: float
    goal: float
    at_least: bool
    unit: str = ""

    @property
    def met(self) -> bool:
        """Whether the goal is reached."""
        return self.value >= self.goal if self.at_least else self.value <= self.goal

    def __str__(self) -> str:
        bound = "≥" if self.at_least else "≤"
        verdict = "ok" if self.met else "MISSED"
        return f"{self.name}: {self.value:.2f}{self.unit} (goal {bound} {self.goal:g}) {verdict}"


def cpu(work: Callable[[], object]) -> float:
    """Seconds of CPU of this process that a call takes."""
    before = time.process_time()
    work()
    return time.process_time() - before


def medians(rounds: int, *works: Callable[[], object]) -> list[float]:
    """Median CPU of each call, over rounds in which they alternate.

    What the bench has imported is kept from the garbage collector: it would weigh on
    whatever allocates most small objects, and no worker has pandas in memory.
    """
    gc.collect()
    gc.freeze()
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for found, work in zip(times, works, strict=True):
            found.append(cpu(work))
    gc.unfreeze()
    return [statistics.median(found) for found in times]
