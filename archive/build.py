"""The build: read what has not been read, gather, write a release, switch to it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import RecordDamaged
from .gather import Body, bodies, gather
from .ledger import Ledger
from .readings import Readings
from .recovery import recover
from .release import current_manifest, write_release
from .root import DataRoot
from .warc import locate, read_record

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did: the release that is current now, whether it is new, its counts."""

    folder: Path | None
    is_new: bool
    counts: Mapping[str, int]


def build(root: DataRoot, processes: int | None = None) -> Built:
    """Publish a release of everything in a data root.

    Derived from WARCs, ledger and registry entries alone; the network is not used.

    Args:
        root: The data root.
        processes: How many processes read; all cores if None.

    Raises:
        RootRefused: Nothing was ever crawled or imported into the root.
        RootBusy: Another build is at work.
        ReleaseRefused: The new release did not pass its checks.
    """
    registry = root.require()
    with root.lock("build"):
        ledger = Ledger(root.ledger)
        readings = Readings(root.readings)
        try:
            _mend(root, ledger)
            found = bodies(ledger)
            _read(root, readings, found, processes)
            digests = [body.capture["sha256"] for body in found]
            gathered = gather(ledger, found, readings.get(digests))
            if not found and not current_manifest(root):
                return Built(None, False, {})
            folder, is_new = write_release(
                root, registry, gathered, last_outcomes(ledger), readings.reader
            )
            return Built(folder, is_new, current_manifest(root)["counts"])
        finally:
            readings.close()
            ledger.close()


def last_outcomes(ledger: Ledger) -> dict[str, Any]:
    """Each portal's newest outcome: portal → outcome, expected, detail."""
    rows = ledger.rows(
        "SELECT portal, outcome, expected, detail, candidates FROM outcomes ORDER BY at"
    )
    return {row["portal"]: {**dict(row)} for row in rows}


def _mend(root: DataRoot, ledger: Ledger) -> None:
    """Mend what a killed crawl left, unless a crawl is at work right now."""
    from .errors import RootBusy

    try:
        with root.lock("crawl"):
            recover(root.warc, ledger)
    except RootBusy as error:
        log.info("building beside a crawl: %s", error)


def _read(root: DataRoot, readings: Readings, found: list[Body], processes: int | None) -> None:
    captures = {body.capture["sha256"]: body.capture for body in found}
    todo = readings.missing(captures)

    def load(digest: str) -> bytes:
        return load_body(root, captures[digest])

    if todo:
        readings.read(todo, load, processes)


def load_body(root: DataRoot, capture: Mapping[str, Any]) -> bytes:
    """The decoded body of a capture that holds one, proven by its digest.

    Args:
        root: The data root.
        capture: A row with `warc_file`, `warc_offset`, `sha256` and `url`.

    Raises:
        RecordDamaged: The record is gone, or is not what the ledger says.
    """
    record = read_record(locate(root.warc, capture["warc_file"]), capture["warc_offset"])
    try:
        body = record.decoded()
    except RecordDamaged:
        body = record.body  # it was stored undecoded for the same reason
    if hashlib.sha256(body).hexdigest() != capture["sha256"]:
        raise RecordDamaged(
            f"{capture['warc_file']} at byte {capture['warc_offset']}: the body of "
            f"{capture['url']} does not match its SHA-256; restore the file from a backup"
        )
    return body
