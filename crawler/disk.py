"""Whether the disk has room for a crawl."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from archive.ledger import Ledger

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?", re.I)
_LAST_RUNS = """
    SELECT max(bytes) AS bytes FROM (
        SELECT sum(warc_length) AS bytes FROM captures WHERE run_id IN (
            SELECT run_id FROM runs WHERE kind = 'crawl' ORDER BY started_at DESC LIMIT 3
        ) GROUP BY run_id
    )"""


def size(text: str) -> int:
    """Bytes of a size such as `500M` or `2G`.

    Raises:
        ValueError: It is none.
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no size such as 500M or 2G")
    return int(float(match[1]) * _UNITS[match[2].upper()])


def free(folder: Path) -> int:
    """Bytes free where a folder is, or will be."""
    there = folder.absolute()
    while not there.exists():
        there = there.parent
    return shutil.disk_usage(there).free


def usual(ledger: Ledger) -> int:
    """Bytes that a crawl stores: as many as the largest of the last three."""
    row = ledger.one(_LAST_RUNS)
    return (row["bytes"] or 0) if row else 0


def shortage(folder: Path, limit: int, needed: int = 0) -> str:
    """What is wrong with the room on the disk; "" if nothing is.

    Args:
        folder: The data root.
        limit: Fewer bytes free than these are too few.
        needed: What a crawl is likely to store.
    """
    there = free(folder)
    if there < limit:
        return f"{said(there)} are free for {folder}, fewer than {said(limit)} (--min-free)"
    if there < needed:
        return f"{said(there)} are free for {folder}; the last crawls stored up to {said(needed)}"
    return ""


def said(number: int) -> str:
    """Bytes in words."""
    for unit, factor in reversed(_UNITS.items()):
        if unit and number >= factor:
            return f"{number / factor:.1f} {unit}B"
    return f"{number} bytes"
