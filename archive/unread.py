"""What a ledger holds, and which of its bodies are not read yet: of a country, both at once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from .bodies import Captured
from .inputs import Inputs, digests, inputs_of
from .ledger import Ledger
from .parallel import beside
from .readings import Readings, open_of
from .root import DataRoot


def told_and_unread(
    root: DataRoot, ledger: Ledger, readings: Readings, few: Captured | None, processes: int
) -> tuple[Inputs, list[str]]:
    """What a ledger holds for a release, and the bodies that the present reader is to read.

    Args:
        root: The data root.
        ledger: Its ledger.
        readings: Its readings.
        few: All captures, if they are few.
        processes: How many may work.

    Raises:
        DatabaseDamaged: The readings are no database.
    """
    if few is not None or processes < 2:
        said = inputs_of(ledger, few)
        return said, readings.missing(digests(ledger, said.last, few))
    with beside(_Looking(root.ledger, root.readings, readings.reader)) as look:
        found: list[Callable[[], dict[str, bool]]] = []
        said = inputs_of(ledger, begins=lambda last: found.append(look(last)))
        return said, readings.todo(found.pop()())


@dataclass(frozen=True, slots=True)
class _Looking:
    """Looks through both files for bodies that are not read; goes to a process of its own."""

    ledger: Path
    readings: Path
    reader: str

    def __call__(self, last: int) -> dict[str, bool]:
        """The bodies up to a row of the ledger's captures, as `readings.open_of` tells them."""
        with closing(Ledger(self.ledger, read_only=True)) as ledger:
            return open_of(self.readings, self.reader, digests(ledger, last))
