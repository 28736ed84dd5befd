"""Runs, portals, outcomes and issues of the ledger beside their metadata records, both ways."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ..entering import run_of
from ..ledger import Ledger
from .kinds import Finding
from .ledger import rows_of

_KEYS: Mapping[str, tuple[str, ...]] = {
    "runs": ("run_id",),
    "portals": ("run_id", "portal"),
    "outcomes": ("run_id", "portal"),
    "issues": ("run_id", "portal", "url", "kind"),
}
#: What records of older versions do not say.
_LATER: Mapping[str, Any] = {"shard": ""}
_FILE = "ledger.db"
Key = tuple[Any, ...]
Row = Mapping[str, Any]


class Notes:
    """The newest record of each row."""

    def __init__(self) -> None:
        self._notes: dict[str, dict[Key, tuple[Row, str]]] = {table: {} for table in _KEYS}

    def add(self, table: str, row: Row, file: str) -> None:
        """Take in a row; files come in the order in which they were written."""
        if table in _KEYS:
            key = tuple(row.get(name) for name in _KEYS[table])
            self._notes[table][key] = (row, file)

    def findings(self, ledger: Ledger, unsettled: Collection[str]) -> Iterator[Finding]:
        """Compare with the ledger.

        Args:
            ledger: The ledger.
            unsettled: Runs that are at work or were broken off: rows and records of these may
                be ahead of each other.
        """
        for table, notes in self._notes.items():
            for row in rows_of(ledger, f"SELECT * FROM {table}"):
                values = dict(row)
                said = notes.pop(tuple(values[name] for name in _KEYS[table]), None)
                if values["run_id"] not in unsettled:
                    yield from _compared(table, values, said)
            for kept, file in notes.values():
                if kept.get("run_id") not in unsettled:
                    what = f"the ledger lacks a row of {table}: {_label(table, kept)}"
                    yield Finding("record_unknown", f"warc/{file}", what)


def _compared(table: str, row: Row, said: tuple[Row, str] | None) -> Iterator[Finding]:
    place = f"table {table}"
    if said is None:
        what = f"no record keeps the row {_label(table, row)}"
        yield Finding("row_lost", _FILE, what, place)
        return
    kept = {**_LATER, **said[0]}
    other = [name for name in row if row[name] != kept.get(name)]
    if other:
        what = f"the row {_label(table, row)} differs from its record in {', '.join(other)}"
        yield Finding("row_wrong", _FILE, what, place)


def _label(table: str, row: Row) -> str:
    return " ".join(str(row.get(name)) for name in _KEYS[table])


def strays(ledger: Ledger) -> tuple[dict[str, int], list[Finding]]:
    """Captures by the file in which they stand.

    Returns:
        How many captures each file has; and findings about rows whose run did not write
        their file, and about captures of runs that the ledger does not know.
    """
    counts: dict[str, int] = {}
    findings = []
    runs = {row["run_id"] for row in rows_of(ledger, "SELECT run_id FROM runs")}
    grouped = rows_of(
        ledger,
        "SELECT run_id, warc_file, count(*) AS count FROM captures GROUP BY run_id, warc_file",
    )
    for row in grouped:
        run, name, count = row["run_id"], row["warc_file"], row["count"]
        counts[name] = counts.get(name, 0) + count
        if run_of(name) != run:
            what = f"{count} rows of run {run} say that they stand in {name}, another run's file"
            findings.append(Finding("row_wrong", _FILE, what, "table captures"))
        elif run not in runs:
            what = f"{count} captures are of run {run}, which is not in the ledger"
            findings.append(Finding("run_unknown", _FILE, what, "table captures"))
    return counts, findings
