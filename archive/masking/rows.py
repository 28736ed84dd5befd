"""Public rows that hold words of documents beside their readings: titles, names, details.

What a reading says is masked as a whole (`reports`); here is what reaches a release another way:
titles of lists, names of agencies, why a document was not read. Addresses stay, for they are how
a source is found again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from .masks import masked, masked_cell

Row = Mapping[str, Any]

#: Table → its columns that hold words of pages, of lists, or of people.
TEXTS: Mapping[str, tuple[str, ...]] = {
    "agencies": ("name", "short_name"),
    "agency_names": ("name", "reason"),
    "changes": ("detail",),
    "corrections": ("reason", "evidence", "contributor", "checked_by"),
    "portals": ("agency", "detail"),
    "reports": ("agency", "title", "title_derived"),
    "sources": ("list_title",),
    "unread": ("list_title", "detail"),
    "versions": ("title", "title_derived"),
}
#: Likewise what cells print: a number that is all of one is a count.
CELLS: Mapping[str, tuple[str, ...]] = {"corrections": ("machine_printed", "printed")}


def masked_rows(table: str, rows: Iterable[Row]) -> Iterable[Row]:
    """The rows of a table with its texts masked; of another table, the same rows."""
    ways = [(name, masked) for name in TEXTS.get(table, ())]
    ways += [(name, masked_cell) for name in CELLS.get(table, ())]
    return _masked(ways, rows) if ways else rows


def _masked(ways: Sequence[tuple[str, Callable[[str], str]]], rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        told = {
            name: text
            for name, mask in ways
            if row.get(name) and (text := mask(str(row[name]))) != row[name]
        }
        yield {**row, **told} if told else row
