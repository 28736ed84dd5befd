"""After a crash: whole records are kept, the torn rest is cut off, both are said."""

from __future__ import annotations

import json
import logging
import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .ledger import TABLES, Ledger, Row
from .records import revisited, unpacked
from .runs import label
from .warc import Record, read_records, whole_members
from .warcfile import OPEN

log = logging.getLogger(__name__)
#: Rows entered in one transaction: short, for other shards write the same ledger.
_AT_ONCE = 500
#: What SQLite says of a row that it will never hold, as opposed to a disk that is full.
_REFUSED = (OverflowError, ValueError, sqlite3.IntegrityError, sqlite3.ProgrammingError)
_NAME = re.compile(r"(?P<run>.+)-\d{17}-\d{5}\.warc\.gz")


def recover(folder: Path, ledger: Ledger, shard: str = "") -> None:
    """Mend every WARC file that a killed run left open; make a lost ledger again.

    Args:
        folder: The root's `warc/`.
        ledger: Its ledger; records that it does not know yet are entered.
        shard: Mend the files of this shard's runs alone, e.g. `2/8`: others are at work.
    """
    _enter_unknown(folder, ledger)
    whose = f"*-{label(shard)}-*" if shard else "*"
    for path in sorted(folder.glob(f"{whose}{OPEN}")):
        final = path.with_name(path.name.removesuffix(OPEN))
        known = ledger.end_of(final.name)
        size = path.stat().st_size
        end = whole_members(path, min(known, size))
        if end < size:
            with path.open("r+b") as handle:
                handle.truncate(end)
            log.warning("%s: cut a torn record of %d bytes off its end", final.name, size - end)
        if not end:
            path.unlink()
            continue
        found = enter([(path, final.name)], ledger, known)
        log.info("%s: closed after a broken run; %d rows entered", final.name, found)
        path.rename(final)


def _enter_unknown(folder: Path, ledger: Ledger) -> None:
    """Enter runs that the ledger does not know: it was lost, or they came from elsewhere."""
    runs = {row["run_id"] for row in ledger.rows("SELECT run_id FROM runs")}
    named = ((path, _NAME.fullmatch(path.name)) for path in sorted(folder.glob("*.warc.gz")))
    unknown = [path for path, name in named if name and name["run"] not in runs]
    if not unknown:
        return
    log.warning("entering what %d WARC files hold that the ledger does not know", len(unknown))
    # A run is known only when all its files are entered: this may be broken off, too.
    enter([(path, path.name) for path in unknown], ledger)


def enter(files: Sequence[tuple[Path, str]], ledger: Ledger, start: int = 0) -> int:
    """Enter the records of files in the ledger.

    Rows of runs come last: a run is known only when all its files are entered, for this may
    be broken off, too.

    Args:
        files: Each as it lies on the disk, with its final name, which the ledger keeps;
            older ones first.
        ledger: Where rows are put; the same row twice changes nothing.
        start: A byte that begins a record of the first file.

    Returns:
        How many rows were entered.
    """
    entering = _Entering(ledger)
    for path, name in files:
        entering.file(path, name, start)
        start = 0
    return entering.end()


class _Entering:
    """Rows on their way from records into the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._entered = ledger, 0
        self._rows: list[tuple[str, Row]] = []
        self._runs: list[tuple[str, Row]] = []
        #: Captures among the rows, by record.
        self._new: dict[str, Row] = {}
        #: Revisits that refer to a capture of a file that is still to come, with their files:
        #: runs of several shards wrote at once.
        self._early: list[tuple[Record, str]] = []

    def file(self, path: Path, name: str, start: int) -> None:
        """Enter the records of a file from byte `start` on."""
        pending: dict[str, dict[str, Any]] = {}
        for record in read_records(path, start):
            if record.kind == "metadata":
                note = _note(record)
                if note is None:
                    continue
                table, row = note
                if table == "captures":
                    pending[str(row["record_id"])] = row
                else:
                    (self._runs if table == "runs" else self._rows).append(note)
            elif record.record_id in pending:
                kept = pending.pop(record.record_id)
                self._add(unpacked(kept, name, record.offset, record.length))
            elif record.row and not self._revisit(record, name):
                self._early.append((record, name))
            if len(self._rows) >= _AT_ONCE:
                self._put(name)
        self._put(name)

    def end(self) -> int:
        """Enter what waited for all files; how many rows were entered."""
        early, self._early = self._early, []
        for record, name in early:
            if not self._revisit(record, name):
                log.warning(
                    "%s: left out a row of captures, %s: the record that it refers to is lost",
                    name,
                    record.url,
                )
        self._put("runs")
        self._rows = self._runs
        self._put("runs")
        return self._entered

    def _add(self, row: Row) -> None:
        self._rows.append(("captures", row))
        self._new[row["record_id"]] = row

    def _revisit(self, record: Record, name: str) -> bool:
        """Add the row of a revisit, if that of the capture that it refers to is known."""
        named = _NAME.fullmatch(name)
        holder = self._new.get(record.refers_to) or self._ledger.capture(record.refers_to)
        if holder is None or named is None:
            return False
        try:
            self._add(revisited(record, dict(holder), name, named["run"]))
        except ValueError:
            return False
        return True

    def _put(self, name: str) -> None:
        self._entered += _put_all(self._ledger, self._rows, name)
        self._rows = []
        self._new.clear()


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


def _note(record: Record) -> tuple[str, dict[str, Any]] | None:
    """Table and row of a metadata record of ours; None for another program's."""
    try:
        note = json.loads(record.body)
        table, row = note["table"], note["row"]
    except (ValueError, KeyError, TypeError):
        return None
    return (table, row) if table in TABLES else None
