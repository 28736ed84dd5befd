"""Rows on their way from WARC records into a ledger: after a crash, and when it is made again."""

from __future__ import annotations

import json
import logging
import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from .ledger import TABLES, Ledger, Row
from .member import Record
from .records import revisited, unpacked
from .root import DataRoot
from .traces import Traces
from .walk import Damage, Readable, records
from .warc import damaged

log = logging.getLogger(__name__)
#: Rows entered in one transaction: short, for other shards write the same ledger.
_AT_ONCE = 500
#: What SQLite says of a row that it will never hold, as opposed to a disk that is full.
_REFUSED = (OverflowError, ValueError, sqlite3.IntegrityError, sqlite3.ProgrammingError)
_NAME = re.compile(r"(?P<run>.+)-(?P<stamp>\d{17})-(?P<serial>\d{5,})\.warc\.gz")
#: Records that say nothing of the ledger.
_IDLE = ("request",)


def run_of(name: str) -> str | None:
    """The run that a file's name begins with, or None if it is no name of ours."""
    found = _NAME.fullmatch(name)
    return found["run"] if found else None


def in_order(names: Iterable[str]) -> list[str]:
    """Names of files of ours in the order in which runs began and wrote them."""
    parts = [found for found in map(_NAME.fullmatch, names) if found]
    began: dict[str, str] = {}
    for part in parts:
        began[part["run"]] = min(part["stamp"], began.get(part["run"], part["stamp"]))
    parts.sort(key=lambda p: (began[p["run"]], p["run"], p["stamp"], int(p["serial"])))
    return [part[0] for part in parts]


class Entering:
    """Enters the rows that files hold; the same row twice changes nothing.

    Rows of runs come last: a run is known only when all its files are entered, for this may
    be broken off, too.

    Attributes:
        entered: How many rows were entered.
        left_out: How many could not be.
        untold: Runs that no record tells of, which were entered by what else there is.
    """

    def __init__(self, ledger: Ledger, *, numbered: bool = False) -> None:
        """Enter rows into a ledger.

        Args:
            ledger: The ledger.
            numbered: Number captures as they come, in a ledger that nobody else writes: the
                few that must wait for another file get the place that they have in theirs.
        """
        self._ledger, self._numbered = ledger, numbered
        self.entered = self.left_out = 0
        self.untold: list[str] = []
        self._traces = Traces()
        self._number = 0
        self._rows: list[tuple[str, Row]] = []
        self._runs: dict[str, tuple[str, Row]] = {}
        #: Captures among the rows, by record.
        self._new: dict[str, Row] = {}
        #: Revisits that refer to a capture of a file that is still to come, with their files
        #: and numbers: runs of several shards wrote at once.
        self._early: list[tuple[Record, str, int]] = []

    def file(
        self,
        handle: Readable,
        name: str,
        start: int = 0,
        on_damage: Callable[[Damage], bool] | None = None,
    ) -> None:
        """Enter the records of a file.

        Args:
            handle: The file.
            name: Its final name, which the ledger keeps.
            start: A byte that begins a record.
            on_damage: Told of what cannot be read, says whether that is more than a crash
                leaves; without it that is an error.

        Raises:
            RecordDamaged: A record cannot be read.
            WriteFailed: The ledger takes nothing more.
        """
        pending: dict[str, Row] = {}
        parts = _NAME.fullmatch(name)
        if parts:
            self._traces.file(parts["run"], parts["stamp"])
        for record in records(handle, name, start, passed_over=_IDLE, bare=True):
            if not isinstance(record, Damage):
                self._record(record, name, pending)
            elif on_damage is None:
                raise damaged(name, record)
            elif on_damage(record) and parts:
                self._traces.damage(parts["run"])
            if len(self._rows) >= _AT_ONCE:
                self._put(name)
        self._put(name)

    def _record(self, record: Record, name: str, pending: dict[str, Row]) -> None:
        if record.kind == "warcinfo":
            self._traces.warcinfo(run_of(name) or "", record)
        elif record.kind == "metadata":
            note = _note(record)
            if note is not None:
                self._noted(*note, pending)
        elif record.record_id in pending:
            kept = pending.pop(record.record_id)
            self._number += 1
            self._add(unpacked(kept, name, record.offset, record.length), self._number)
        elif record.row:
            self._number += 1
            if not self._revisit(record, name, self._number):
                self._early.append((record, name, self._number))

    def _noted(self, table: str, row: dict[str, Any], pending: dict[str, Row]) -> None:
        """Take a row that a metadata record holds."""
        if table == "captures":
            pending[str(row["record_id"])] = row
        elif table == "runs":
            self._run(row)
        else:
            self._traces.row(row)
            self._rows.append((table, row))

    def _run(self, row: Row) -> None:
        """A run says twice what it is, when it begins and when it ends: the end counts."""
        known = self._runs.get(row["run_id"])
        if known is None or row.get("finished_at") or not known[1].get("finished_at"):
            self._runs[row["run_id"]] = ("runs", row)

    def end(self) -> int:
        """Enter what waited for all files; how many rows were entered in all.

        Raises:
            WriteFailed: The ledger takes nothing more.
        """
        early, self._early = self._early, []
        for record, name, number in early:
            if not self._revisit(record, name, number):
                self.left_out += 1
                log.warning(
                    "%s: left out a row of captures, %s: the record that it refers to is lost",
                    name,
                    record.url,
                )
        self._put("captures")
        self._untold()
        self._rows = sorted(self._runs.values(), key=_entered_at)
        self._put("runs")
        return self.entered

    def _untold(self) -> None:
        """Enter runs whose own records are lost: their captures are of some run, after all."""
        registry = DataRoot(self._ledger.path.parent).registry()
        for row in self._traces.lost(self._knows, registry.name if registry else ""):
            run = row["run_id"]
            self.untold.append(run)
            self._runs[run] = ("runs", row)
            log.warning("run %s: no record tells of it; entered as stopped, by its files", run)

    def _knows(self, run: str) -> bool:
        return run in self._runs or bool(
            self._ledger.one("SELECT 1 FROM runs WHERE run_id = ?", run)
        )

    def _add(self, row: Row, number: int) -> None:
        self._traces.row(row)
        self._new[row["record_id"]] = row
        self._rows.append(("captures", {"rowid": number, **row} if self._numbered else row))

    def _revisit(self, record: Record, name: str, number: int) -> bool:
        """Add the row of a revisit, if that of the capture that it refers to is known."""
        run = run_of(name)
        holder = self._new.get(record.refers_to) or self._ledger.capture(record.refers_to)
        if holder is None or run is None:
            return False
        try:
            self._add(revisited(record, dict(holder), name, run), number)
        except ValueError:
            return False
        return True

    def _put(self, name: str) -> None:
        done = _put_all(self._ledger, self._rows, name)
        self.entered += done
        self.left_out += len(self._rows) - done
        self._rows = []
        self._new.clear()


def enter(files: Sequence[tuple[Path, str]], ledger: Ledger, start: int = 0) -> int:
    """Enter the records of files in a ledger.

    Args:
        files: Each as it lies on the disk, with its final name, which the ledger keeps;
            older ones first.
        ledger: Where rows are put.
        start: A byte that begins a record of the first file.

    Returns:
        How many rows were entered.

    Raises:
        RecordDamaged: A record cannot be read; no run is entered then.
        WriteFailed: The ledger takes nothing more.
    """
    entering = Entering(ledger)
    for path, name in files:
        with path.open("rb") as handle:
            entering.file(handle, name, start)
        start = 0
    return entering.end()


def _put_all(ledger: Ledger, rows: Sequence[tuple[str, Row]], name: str) -> int:
    """Enter rows; one that cannot be entered must not keep out all others for ever."""
    try:
        ledger.put_all(rows)
    except _REFUSED as error:
        if len(rows) > 1:
            return sum(_put_all(ledger, (each,), name) for each in rows)
        (table, row) = rows[0]
        what = row.get("url") or row.get("portal") or row.get("run_id")
        log.warning("%s: left out a row of %s, %s: %s", name, table, what, error)
        return 0
    return len(rows)


def _entered_at(run: tuple[str, Row]) -> str:
    """When the ledger was told of a run last: when it ended, or began and did not end."""
    return str(run[1].get("finished_at") or run[1].get("started_at"))


def _note(record: Record) -> tuple[str, dict[str, Any]] | None:
    """Table and row of a metadata record of ours; None for another program's."""
    try:
        note = json.loads(record.body)
        table, row = note["table"], note["row"]
    except (ValueError, KeyError, TypeError):
        return None
    return (table, row) if table in TABLES and isinstance(row, dict) else None
