"""What a ledger holds, and which of its bodies are not read yet: of a country, both at once."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from .bodies import Captured
from .inputs import Inputs, digests, inputs_of, last_row, others_of, rows_between
from .ledger import Ledger
from .parallel import beside
from .readings import Readings, known_of
from .root import DataRoot

#: Percent of the rows that this process looks through: the other one begins later.
_OWN = 55


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
    looking = _Looking(root.ledger, root.readings, readings.reader)
    with beside(looking) as look, ledger.snapshot():
        last = last_row(ledger)
        until = last * _OWN // 100
        others = look((until, last))
        known = readings.known()
        said = rows_between(ledger, 0, until, known.read)
        said.last, said.others = last, others_of(ledger)
        found = others()
        if found.last != last:
            # A crawl wrote meanwhile: what the other saw may be another ledger's state.
            found = rows_between(ledger, until, last, known.read)
        said.add(found)
    unread, said.unread = said.unread, {}
    return said, readings.todo(unread, known)


@dataclass(frozen=True, slots=True)
class _Looking:
    """Looks through both files while another does; goes to a process of its own."""

    ledger: Path
    readings: Path
    reader: str

    def __call__(self, rows: tuple[int, int]) -> Inputs:
        """What some captures say; `last` is the last row that the ledger has by now.

        Args:
            rows: The row of the ledger's captures behind which they begin, and their last one.
        """
        known = known_of(self.readings, self.reader)
        with closing(Ledger(self.ledger, read_only=True)) as ledger, ledger.snapshot():
            made = rows_between(ledger, *rows, known.read)
            made.last = last_row(ledger)
            return made
