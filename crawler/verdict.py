"""The verdict on a run: what the ends of its portals come to, in a word and an exit status."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

#: Exit status of a run that ended in a status.
EXITS = {"complete": 0, "failed": 3, "stopped": 3, "fewer": 4, "window": 5}


class Ended(Protocol):
    """How a portal ended, here or in the ledger."""

    @property
    def outcome(self) -> str:
        """Its outcome."""

    @property
    def as_declared(self) -> bool:
        """Whether nobody needs to look."""


def verdict(results: Iterable[Ended]) -> tuple[str, int]:
    """Status and exit status of a run.

    Returns:
        0 if all is as declared, 4 if there were merely fewer reports, 5 if merely the
        window came first, else 3.
    """
    off = {result.outcome for result in results if not result.as_declared}
    if not off:
        return "complete", 0
    if off == {"window"}:
        return "window", 5
    return ("fewer", 4) if off <= {"fewer", "window"} else ("failed", 3)
