"""Every page in a real browser, as a phone and a desk show it, with JavaScript off where ours.

axe-core reads one page of each kind here; all pages at both widths, and those of the real
corpus, are `make prove ONLY=pages`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from archive.site.serve import running
from tests.looking import NARROW, WIDE, Looking, Seen, looking
from tests.pages import Page, pages

#: One page of each kind, for axe.
READ = {
    "home", "agency", "report-2021", "archived", "changes", "cite", "compare", "region", "charts",
    "findings-check", "coverage-place", "search-hits", "downloads", "interface", "about",
    "database", "table-filtered", "row", "query-named", "query-wrong", "nowhere",
}  # fmt: skip


class Browsing:
    """A site that is served, and browsers on it."""

    def __init__(self, browser: Any, address: str, all_pages: tuple[Page, ...]) -> None:
        self._browser, self._address, self._open = browser, address, ExitStack()
        self.pages = {page.name: page for page in all_pages}

    def at(self, width: int, *, script: bool = True) -> Looking:
        """A browser of one width."""
        return self._open.enter_context(looking(self._browser, self._address, width, script=script))

    def close(self) -> None:
        """End the browsers."""
        self._open.close()


@pytest.fixture(scope="module")
def browsing(browser: Any, demo: tuple[Path, str]) -> Iterator[Browsing]:
    root, _ = demo
    with running(root) as address:
        found = Browsing(browser, address, pages(root))
        yield found
        found.close()


def wrong(seen: list[Seen]) -> list[str]:
    return [f"{each.width} {each.page.name}: {said}" for each in seen for said in each.wrong]


def test_every_page_of_ours_on_a_telephone_without_javascript(browsing: Browsing) -> None:
    look = browsing.at(NARROW, script=False)
    seen = [look.at(page) for page in browsing.pages.values() if page.is_ours]
    assert len(seen) > 35
    assert wrong(seen) == []
    twice = {title for title, count in Counter(each.title for each in seen).items() if count > 1}
    assert twice == set()


def test_a_page_of_each_kind_serves_a_screen_reader(browsing: Browsing) -> None:
    look = browsing.at(WIDE)
    seen = [look.at(browsing.pages[name], axe=True) for name in sorted(READ)]
    assert wrong(seen) == []


def test_datasettes_own_pages_on_a_telephone(browsing: Browsing) -> None:
    look = browsing.at(NARROW)
    seen = [look.at(page) for page in browsing.pages.values() if not page.is_ours]
    assert len(seen) > 12
    assert wrong(seen) == []


def test_what_is_wrong_is_seen(browsing: Browsing) -> None:
    look = browsing.at(NARROW)
    look.tab.route(
        "**/guanyu",
        lambda route: route.fulfill(
            content_type="text/html",
            body="<html lang=en><h1>a</h1><h1>b</h1><main><img src=//other.invalid/x>"
            "<pre style='overflow:auto'>" + "x" * 999 + "</pre><p style='width:999px'>c</p>"
            "<input><script>alert(1)</script>",
        ),
    )
    told = " ".join(look.at(browsing.pages["about"], axe=True).wrong)
    for said in ("lang 'en'", "2 headings", "px too wide: ", "not by keyboard: pre",
                 "asked http://other.invalid", "dialog: 1", "axe critical image-alt"):  # fmt: skip
        assert said in told
