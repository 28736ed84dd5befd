"""The site's speed on a release of 100,000 reports: its own process, a proxy, a browser."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench import Figure
from tests.bench.site import browser, hostile, pages, proxy
from tests.bench.site.country import data_root


def figures() -> Iterator[Figure]:
    """The bench's figures, in the order of `goals.GOALS`."""
    root = data_root()
    yield from pages.figures(root)
    yield from proxy.figures(root)
    yield from hostile.figures(root)
    yield from browser.figures(root)
