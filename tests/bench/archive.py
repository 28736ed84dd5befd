"""What keeping and publishing cost: builds, fsck, reindex, size of a release."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench import Figure, builds, fsck, reindex, size

ROOMS = (builds, fsck, reindex, size)


def figures() -> Iterator[Figure]:
    """The bench's figures."""
    for room in ROOMS:
        yield from room.figures()
