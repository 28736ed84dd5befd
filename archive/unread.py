"""What a ledger holds, and which of its bodies are not read yet: of a country, both at once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from .bodies import Captured
from .inputs import Inputs, digests, inputs_of, rows_between
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
        found: list[Callable[[], tuple[Inputs, dict[str, bool]]]] = []
        said = inputs_of(ledger, half=lambda *rows: found.append(look(rows)))
        others, unread = found.pop()()
    said.add(others)
    return said, readings.todo(unread)


@dataclass(frozen=True, slots=True)
class _Looking:
    """Looks through both files while another does; goes to a process of its own."""

    ledger: Path
    readings: Path
    reader: str

    def __call__(self, rows: tuple[int, int]) -> tuple[Inputs, dict[str, bool]]:
        """What some captures say, and the bodies of all up to the last that are not read.

        Args:
            rows: The row of the ledger's captures behind which those begin, and the last one.

        Returns:
            What they say, and the bodies as `readings.open_of` tells them.
        """
        after, last = rows
        with closing(Ledger(self.ledger, read_only=True)) as ledger:
            unread = open_of(self.readings, self.reader, digests(ledger, last))
            return rows_between(ledger, after, last), unread
