"""A release of a million reports: build, size, pages, additions."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench import Figure


def figures() -> Iterator[Figure]:
    """The bench's figures."""
    print("  national: not reached yet")
    yield from ()
