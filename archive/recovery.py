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
from .records import unpacked
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
        found = enter(path, final.name, ledger, known)
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
    kept: list[tuple[str, Row]] = []
    for path in unknown:
        enter(path, path.name, ledger, runs=kept)
    ledger.put_all(kept)


def enter(
    path: Path,
    name: str,
    ledger: Ledger,
    start: int = 0,
    runs: list[tuple[str, Row]] | None = None,
) -> int:
    """Enter the records of a file in the ledger, from byte `start` on.

    Args:
        path: The file as it lies on the disk.
        name: Its final name, which the ledger keeps.
        ledger: Where rows are put; the same row twice changes nothing.
        start: A byte that begins a record.
        runs: Where rows of runs are put instead, or None.

    Returns:
        How many rows were entered.
    """
    pending: dict[str, dict[str, Any]] = {}
    found: list[tuple[str, Row]] = []
    entered = 0
    for record in read_records(path, start):
        if record.kind == "metadata":
            note = _note(record)
            if note is None:
                continue
            table, row = note
            if table == "captures":
                pending[str(row["record_id"])] = row
            elif table == "runs" and runs is not None:
                runs.append(note)
            else:
                found.append(note)
        elif record.record_id in pending:
            kept = pending.pop(record.record_id)
            row = unpacked(kept, name, record.offset, record.length)
            found.append(("captures", row))
        if len(found) >= _AT_ONCE:
            entered += _put_all(ledger, found, name)
            found.clear()
    return entered + _put_all(ledger, found, name)


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
