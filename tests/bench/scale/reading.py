"""Two Dask workers beside two processes of `--workers`."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench import Figure


def figures() -> Iterator[Figure]:
    """The bench's figures."""
    print("  reading: not reached yet")
    yield from ()
