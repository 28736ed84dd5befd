"""Beyond one machine: reading under Dask, crawling in shards, a million reports."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench import Figure
from tests.bench.scale import crawling, national, reading


def figures() -> Iterator[Figure]:
    """The bench's figures."""
    yield from reading.figures()
    yield from crawling.figures()
    yield from national.figures()
