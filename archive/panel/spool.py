"""Rows on their way into several files: kept on the disk, measured as they pass.

A Parquet or Stata file must know before its first row how wide a text is, and whether all
counts are whole; and the rows take longer to make than to write.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from pathlib import Path

from .layout import columns
from .rows import Row


class Spool:
    """A file of batches of rows, written once and read as often as there are formats.

    Attributes:
        rows: How many rows there are.
        widths: Bytes of the longest text, by place of the column.
        largest: Largest absolute value of a column of numbers, by its place.
        broken: Places of counts of which one is not whole.
    """

    def __init__(self, path: Path) -> None:
        """Name the file, which need not be there."""
        self.path = path
        self.rows = 0
        kinds = [column.kind for column in columns()]
        self.widths = dict.fromkeys((n for n, k in enumerate(kinds) if k in ("text", "code")), 0)
        self.largest = dict.fromkeys(
            (n for n, k in enumerate(kinds) if k in ("integer", "count")), 0
        )
        self.broken: set[int] = set()

    def fill(self, batches: Iterable[list[Row]]) -> None:
        """Write all batches.

        Raises:
            OSError: The disk does not take them.
        """
        with self.path.open("wb") as file:
            for batch in batches:
                self._measure(batch)
                pickle.dump(batch, file, pickle.HIGHEST_PROTOCOL)

    def batches(self) -> Iterator[list[Row]]:
        """The batches as they were written, one in memory at a time."""
        with self.path.open("rb") as file:
            while True:
                try:
                    yield pickle.load(file)
                except EOFError:
                    return

    def _measure(self, batch: list[Row]) -> None:
        self.rows += len(batch)
        by_column = list(zip(*batch, strict=True))
        for place, width in self.widths.items():
            longest = max((len(str(v).encode()) for v in by_column[place] if v is not None),
                          default=0)  # fmt: skip
            self.widths[place] = max(width, longest)
        for place, largest in self.largest.items():
            numbers = [value for value in by_column[place] if value is not None]
            if numbers:
                self.largest[place] = max(largest, int(max(map(abs, numbers))) + 1)
                if any(number % 1 for number in numbers):
                    self.broken.add(place)
