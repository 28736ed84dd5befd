"""After a crash: whole records are kept, the torn rest is cut off, both are said."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from .ledger import TABLES, Ledger
from .warc import OPEN, Record, read_records, whole_members

log = logging.getLogger(__name__)


def recover(folder: Path, ledger: Ledger) -> None:
    """Mend every WARC file that a killed run left open; make a lost ledger again.

    Args:
        folder: The root's `warc/`.
        ledger: Its ledger; records that it does not know yet are entered.
    """
    closed = sorted(folder.glob("*.warc.gz"))
    if closed and ledger.one("SELECT 1 FROM runs") is None:
        log.warning("the ledger is new: entering what %d WARC files hold", len(closed))
        for path in closed:
            enter(path, path.name, ledger)
    for path in sorted(folder.glob(f"*{OPEN}")):
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


def enter(path: Path, name: str, ledger: Ledger, start: int = 0) -> int:
    """Enter the records of a file in the ledger, from byte `start` on.

    Args:
        path: The file as it lies on the disk.
        name: Its final name, which the ledger keeps.
        ledger: Where rows are put; the same row twice changes nothing.
        start: A byte that begins a record.

    Returns:
        How many rows were entered.
    """
    pending: dict[str, dict[str, Any]] = {}
    entered = 0
    for record in read_records(path, start):
        if record.kind == "metadata":
            note = _note(record)
            if note is None:
                continue
            table, row = note
            if table == "captures":
                pending[str(row["record_id"])] = row
            else:
                ledger.put(table, row)
                entered += 1
        elif record.record_id in pending:
            row = pending.pop(record.record_id)
            row.update(warc_file=name, warc_offset=record.offset, warc_length=record.length)
            ledger.put("captures", row)
            entered += 1
    return entered


def _note(record: Record) -> tuple[str, dict[str, Any]] | None:
    """Table and row of a metadata record of ours; None for another program's."""
    try:
        note = json.loads(record.body)
        table, row = note["table"], note["row"]
    except (ValueError, KeyError, TypeError):
        return None
    return (table, row) if table in TABLES else None
