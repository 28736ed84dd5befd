"""What keeping and publishing cost: builds, fsck, reindex."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench import Figure, builds, fsck, reindex

ROOMS = (builds, fsck, reindex)


def figures() -> Iterator[Figure]:
    """The bench's figures."""
    for room in ROOMS:
        yield from room.figures()
