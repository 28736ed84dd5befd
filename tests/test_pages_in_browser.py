"""Every page in a real browser, as a phone and a desk show it, with JavaScript off where ours.

axe-core reads one page of each kind here; all pages at both widths, and those of the real
corpus, are `make prove ONLY=pages`.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from archive.site.serve import running
from tests.looking import NARROW, WIDE, Looking, Seen, looking
from tests.pages import Page, pages
from tests.poison import FORMULA, POISON, TURN, poisoned

#: Pages for axe: the kinds that hold the most different things.
READ = (
    "home", "agency", "report-2021", "compare", "findings-check", "search-hits", "downloads",
    "table-filtered", "query-named",
)  # fmt: skip


#: A page that is wrong in every way, and what is to be said of it.
ALL_WRONG = f"""<html lang=en><h1>a</h1><h1>b</h1><main><img src=//other.invalid/x>
<pre style='overflow:auto'>{"x" * 999}</pre><p style='width:999px'>c</p><input>
<script>alert(1)</script><a href=javascript:1 title=a{TURN}>d{TURN} 12</a>"""
TOLD = (
    "lang 'en'", "2 headings", "px too wide: ", "not by keyboard: pre", "dialog: 1", "made <a",
    "asked http://other.invalid", "axe critical image-alt", "title= turns", "turns “12” in",
)  # fmt: skip


class Browsing:
    """A site that is served, and browsers on it."""

    def __init__(self, browser: Any, address: str, all_pages: tuple[Page, ...]) -> None:
        self.address = address.rstrip("/")
        self._browser, self._open = browser, ExitStack()
        self.pages = {page.name: page for page in all_pages}

    def at(self, width: int, *, script: bool = True) -> Looking:
        """A browser of one width."""
        return self._open.enter_context(looking(self._browser, self.address, width, script=script))

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
    seen = [look.at(browsing.pages[name], axe=True) for name in READ]
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
        lambda route: route.fulfill(content_type="text/html; charset=utf-8", body=ALL_WRONG),
    )
    told = " ".join(look.at(browsing.pages["about"], axe=True).wrong + look.hostile(TURN))
    for said in TOLD:
        assert said in told


#: Pages on which texts of agencies and of their pages stand.
SHOWN = (
    "home", "agency", "report-2021", "report-unread", "cite", "archived", "compare", "region",
    "search-hits", "findings-check", "table", "row", "chapters", "notes",
)  # fmt: skip


@pytest.fixture(scope="module")
def hostile(
    browser: Any, demo: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browsing]:
    root = poisoned(demo[0], tmp_path_factory.mktemp("poisoned") / "root")
    with running(root) as address:
        more = (
            Page("chapters", "/text/chapters"),
            Page("notes", "/nianbao/figure_notes?printed__contains=alert"),
        )
        found = Browsing(browser, address, (*pages(root), *more))
        yield found
        found.close()


def test_hostile_texts_stay_texts(hostile: Browsing) -> None:
    look, wrongs, silent = hostile.at(NARROW), [], []
    for name in SHOWN:
        seen = look.at(hostile.pages[name])
        wrongs += wrong([seen]) + [f"{name}: {each}" for each in look.hostile(TURN)]
        if "alert(8)" not in look.tab.content():
            silent.append(name)
    assert wrongs == []
    assert silent == []  # else nothing has been shown


def test_no_cell_of_a_sheet_is_a_formula(hostile: Browsing) -> None:
    look = hostile.at(NARROW)
    answer = look.tab.request.get(look.address + "/nianbao/reports.csv?_stream=on")
    rows = list(csv.DictReader(io.StringIO(answer.text().removeprefix("\ufeff"))))
    titles = [row["title"] for row in rows if FORMULA in row["title"]]
    assert len(titles) > 100
    assert all(POISON in each and each.startswith("'=") for each in titles)


#: What has the focus: whether it is in sight, marked, and in the page's own part.
_FOCUS = """() => {
  const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
  return {skip: at.className === 'nb-skip', main: !!at.closest('main'), name: at.outerHTML,
    seen: box.bottom > 0 && box.top < innerHeight && box.width > 0,
    marked: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1};
}"""


@pytest.mark.parametrize("name", ["findings", "table"])
def test_by_keyboard_alone(browsing: Browsing, name: str) -> None:
    tab = browsing.at(WIDE).tab
    tab.goto(browsing.address + browsing.pages[name].path)
    tab.keyboard.press("Tab")
    first = tab.evaluate(_FOCUS)
    assert first["skip"]
    assert first["seen"]
    tab.keyboard.press("Enter")
    for _ in range(20):
        tab.keyboard.press("Tab")
        focus = tab.evaluate(_FOCUS)
        assert focus["main"], focus["name"][:200]
        assert focus["marked"], focus["name"][:200]
        assert focus["seen"], focus["name"][:200]


def test_a_printed_report_has_every_figure(browsing: Browsing) -> None:
    tab = browsing.at(WIDE).tab
    tab.goto(browsing.address + browsing.pages["report-2021"].path)
    cells = tab.eval_on_selector_all("td[data-figure]", "all => all.map(each => each.innerText)")
    printed = pypdfium2.PdfDocument(tab.pdf(prefer_css_page_size=True))
    texts = [page.get_textpage().get_text_bounded() for page in printed]
    assert {tuple(map(round, page.get_size())) for page in printed} == {(595, 842)}
    want = Counter(number for cell in cells for number in re.findall("[0-9]+", cell))
    have = Counter(number for text in texts for number in re.findall("[0-9]+", text))
    assert want.total() > 150
    assert want - have == Counter()
    printed.close()
