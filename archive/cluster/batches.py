"""Captures in batches, by WARC file and offset: what a worker of a cluster reads at a time."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

#: Captures of a batch: some tenths of a second of reading, beside which Dask's own
#: milliseconds a task do not count; few enough that who loses a batch loses little.
MOST = 50
#: Bytes of WARC that a batch spans: documents that are large are slow, too.
MOST_BYTES = 4 << 20

#: Name of a WARC file, offset and length of a record, SHA-256 of its body. Small: the scheduler
#: remembers the last thousand messages to each worker.
Capture = tuple[str, int, int, bytes]
Batch = tuple[Capture, ...]


def batches(captures: Iterable[Mapping[str, Any]]) -> Iterator[Batch]:
    """Captures in the order in which they lie in the WARC files, so many at a time.

    Args:
        captures: The ledger's rows of captures that hold a body.
    """
    batch: list[Capture] = []
    size = 0
    for row in sorted(captures, key=lambda row: (row["warc_file"], row["warc_offset"])):
        length = row["warc_length"] or 0
        if batch and (len(batch) == MOST or size + length > MOST_BYTES):
            yield tuple(batch)
            batch, size = [], 0
        # Interned, the name is sent once a batch.
        name = sys.intern(row["warc_file"])
        batch.append((name, row["warc_offset"], length, bytes.fromhex(row["sha256"])))
        size += length
    if batch:
        yield tuple(batch)


def singles(batch: Batch) -> Iterator[Batch]:
    """The same captures, each in a batch of its own."""
    return ((capture,) for capture in batch)


def digest_of(capture: Capture) -> str:
    """The SHA-256 of a capture's body, as the ledger writes it."""
    return capture[3].hex()
