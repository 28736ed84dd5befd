"""What a search comes to: columns with the clicks that led to them, and what was left."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from .columns import Reading
from .journal import Answer

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One click: what was clicked, and where it led."""

    text: str
    url: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A page that may be a column, and the clicks that led to it.

    Attributes:
        reading: What it is.
        trail: The clicks, the first of them the home page.
        kind: `list`, `hub` or `single`.
    """

    reading: Reading
    trail: tuple[Step, ...]
    kind: str = "list"


@dataclass(slots=True)
class Survey:
    """What a search came to.

    Attributes:
        start: The address given.
        columns: Columns beyond doubt.
        doubtful: Pages called 年报 in which no report was listed, and other doubts.
        failures: Addresses that were not obtained: (address, kind, detail).
        left: Why links were not followed, and how many addresses of each reason.
        examples: Some addresses for each of these reasons.
        pages: How many pages were read.
        home: What the address itself gave.
    """

    start: str
    columns: list[Found] = field(default_factory=list)
    doubtful: list[Found] = field(default_factory=list)
    failures: list[tuple[str, str, str]] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    pages: int = 0
    home: Answer = field(default_factory=lambda: Answer(""))

    def leave(self, why: str, url: str) -> None:
        """Note that an address was not followed."""
        self.left[why] += 1
        shown = self.examples.setdefault(why, [])
        if len(shown) < _SHOWN and url not in shown:
            shown.append(url)
