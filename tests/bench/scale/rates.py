"""Rates that the benches of this room measured, for the table of what follows from them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """A measured rate.

    Attributes:
        value: The rate.
        unit: What it counts.
        how: How it was measured, in a few words.
    """

    value: float
    unit: str
    how: str


#: By name; filled while the benches run.
MEASURED: dict[str, Rate] = {}


def note(name: str, value: float, unit: str, how: str) -> None:
    """Keep a measured rate under a name of `follows.NEEDED`."""
    MEASURED[name] = Rate(value, unit, how)
