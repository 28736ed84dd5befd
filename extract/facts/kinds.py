"""What the prose may state as a number: codes, labels, and the figures to hold it against."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..forms import columns


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fact.

    Attributes:
        fact: Code, e.g. `app_received`.
        label: Name in Chinese.
        label_en: The same in English.
        meaning: What is counted, and what the prose leaves unsaid.
        compares: Sums of figures, as keys joined by `+`; agreeing with one is enough.
    """

    fact: str
    label: str
    label_en: str
    meaning: str
    compares: tuple[str, ...]

    @property
    def sums(self) -> tuple[tuple[str, ...], ...]:
        """`compares` as keys of figures."""
        return tuple(tuple(each.split("+")) for each in self.compares)


@cache
def kinds() -> dict[str, Kind]:
    """All kinds by code, in order.

    Raises:
        ValueError: `kinds.toml` names a figure that no form has.
    """
    with Path(__file__).with_name("kinds.toml").open("rb") as handle:
        entries = tomllib.load(handle)["kind"]
    found = [Kind(**{**entry, "compares": tuple(entry["compares"])}) for entry in entries]
    for kind in found:
        unknown = {key for keys in kind.sums for key in keys} - columns().keys()
        if unknown:
            raise ValueError(f"kinds.toml: {kind.fact}: {', '.join(sorted(unknown))}")
    return {kind.fact: kind for kind in found}
