"""What making the ledger again costs beside FastWARC, which verifies the same files' digests."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from fastwarc.warc import ArchiveIterator

from archive.reindex import reindex
from archive.root import DataRoot
from tests.bench import SMALL, Figure, medians
from tests.bench.builds import pages, store

_CAPTURES = 200 if SMALL else 2000
_ROUNDS = 5


def figures() -> Iterator[Figure]:
    """Reindex of one crawl."""
    with tempfile.TemporaryDirectory() as folder:
        root = DataRoot(Path(folder))
        store(root, pages(_CAPTURES))
        files = sorted(root.warc.glob("*.warc.gz"))
        done = reindex(root)
        if done.wrong or done.counts["captures"] != _CAPTURES:
            raise RuntimeError(f"the ledger was not made again: {done}")
        mine, theirs = medians(_ROUNDS, lambda: reindex(root), lambda: list(map(_verified, files)))
        name = f"CPU of reindex ÷ FastWARC's digests, {_CAPTURES} captures"
        yield Figure(name, mine / theirs, 6, at_least=False)


def _verified(path: Path) -> int:
    """How many records of a file FastWARC finds right."""
    return sum(
        record.verify_payload_digest()
        if "WARC-Payload-Digest" in record.headers and record.headers["WARC-Type"] != "revisit"
        else True
        for record in ArchiveIterator(str(path), verify_digests=True, parse_http=True)
    )
