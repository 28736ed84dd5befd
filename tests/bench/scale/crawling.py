"""Two crawl shards beside one."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench import Figure


def figures() -> Iterator[Figure]:
    """The bench's figures."""
    print("  crawling: not reached yet")
    yield from ()
