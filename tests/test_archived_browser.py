"""Archived pages in a real browser: shut in whatever they hold, the cell of a figure outlined."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.site.serve import running
from tests import odd_pages
from tests.archived_roots import Enemy, enemy, hostile, root_of, serving, versions_of
from tests.portal.pdf import report_pdf
from tests.portal.render import article_html, dump_html, text_dump
from tests.stored import report_of

CELL = "t3_granted_total"
#: Ways to build a page with the same figures; not all give one tree in browsers and libxml2.
ODD: dict[str, Callable[[str], str]] = {
    "plain": odd_pages.upper_case,
    "unclosed": lambda page: odd_pages.unclosed(page).replace("<!DOCTYPE html>", ""),
    "open-tables": lambda page: page.replace("</table>", ""),
    "nested": odd_pages.layout_table,
    "wrong-spans": odd_pages.wrong_spans,
    "form-in-row": lambda page: page.replace("<tr>", "<tr><form>").replace("</tr>", "</form></tr>"),
    "orphans": odd_pages.orphan_cells,
    "own-ids": lambda page: page.replace("<td", '<td id="nianbao-cell" style="width:50px"'),
    "decoys": lambda page: page.replace(
        "<table border",
        "<!-- <td>--><p title='<td>1</td>'>x</p><script>'<td>'</script><table border",
    ),
}  # fmt: skip
DUMPS = ("p", "br", "pre")
NAMES = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未"


def originals(to: str) -> dict[str, bytes]:
    """Pages and files by name, each of an agency of its own."""
    names = iter(NAMES)
    reports = (report_of(2022, f"示例市{name}局") for name in names)
    pages = {"hostile.html": hostile(to).encode()}
    pages["report.pdf"] = report_pdf(next(reports))
    for name, change in ODD.items():
        pages[f"{name}.html"] = change(article_html(next(reports), "trs")).encode()
    for how in DUMPS:
        report = next(reports)
        page = article_html(report, "trs", dump_html(text_dump(report, "lines"), how))
        pages[f"{how}.html"] = page.encode()
    page = article_html(next(reports), "trs").replace('charset="utf-8"', 'charset="gbk"')
    pages["gb18030.html"] = page.encode("gb18030")
    return pages


class Site:
    """A running site, and who waits for its pages to call."""

    def __init__(self, address: str, versions: dict[str, str], waiting: Enemy, root: Path) -> None:
        self.address, self.versions, self.enemy, self.root = address, versions, waiting, root
        self.pages = originals(waiting.address)

    def original(self, name: str, figure: str = CELL) -> str:
        """The address of our page around an original."""
        return f"{self.address}cundang/{self.versions[name]}/1?cell={figure}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with enemy() as waiting:
        root = root_of(tmp_path_factory.mktemp("archived") / "root", originals(waiting.address))
        with running(root) as address:
            yield Site(address, versions_of(root), waiting, root)


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    yield context.new_page()
    context.close()


# -- what a page may not do ---------------------------------------------------------------


def test_a_hostile_page_runs_nothing_reads_nothing_reaches_nobody(site: Site, tab: Any) -> None:
    tab.context.add_cookies([{"name": "secret", "value": "geheim", "url": site.address}])
    tab.goto(site.original("hostile.html"))
    frame = tab.frames[1]
    assert frame.locator("#nianbao-cell").count() == 1
    for step in ("", "script", "away", "top", "new", "own", "file", "send"):
        if step:
            frame.locator(f"#{step}").focus()
            tab.keyboard.press("Enter")
        tab.wait_for_timeout(60)
        assert tab.url == site.original("hostile.html"), step
        assert "存档原件" in tab.title(), step
        assert len(tab.context.pages) == 1, step
        assert tab.frames == [tab.main_frame, frame], step
        assert "/yuanjian?" in frame.url, step
    tab.wait_for_timeout(500)
    assert site.enemy.asked == []
    assert site.enemy.knocks == 0  # not even a connection without a word
    assert tab.evaluate("document.cookie") == "secret=geheim"
    assert tab.evaluate("localStorage.length") == 0


def test_the_same_page_unguarded_does_all_that(site: Site, tab: Any) -> None:
    """Else the test above would prove nothing."""
    with enemy() as waiting, serving(hostile(waiting.address).encode()) as address:
        tab.context.add_cookies([{"name": "secret", "value": "geheim", "url": address}])
        tab.goto(address, wait_until="commit")
        for _ in range(200):
            if any("/cookie?" in path for path in waiting.asked):
                break
            tab.wait_for_timeout(50)
        asked = {path.partition("?")[0] for path in waiting.asked}
        assert {"/script.js", "/cookie"} <= asked
        assert "/cookie?secret=geheim" in waiting.asked


def test_an_archived_page_is_never_the_top_page(site: Site, tab: Any) -> None:
    shown = f"{site.address}cundang/{site.versions['hostile.html']}/1"
    tab.goto(f"{shown}/yuanjian?cell={CELL}")
    assert tab.url == f"{shown}?cell={CELL}"
    assert site.enemy.knocks == 0


def test_nobody_else_may_frame_it(site: Site, tab: Any) -> None:
    shown = f"{site.address}cundang/{site.versions['plain.html']}/1"
    for address in (shown, f"{shown}/yuanjian"):
        with serving(f'<iframe src="{address}"></iframe>'.encode()) as stranger:
            tab.goto(stranger)
            assert tab.frames[1].url.startswith("chrome-error:")


# -- a figure's cell ----------------------------------------------------------------------


@pytest.mark.parametrize("name", [*ODD, "gb18030"])
def test_the_cell_of_a_figure_is_outlined(site: Site, tab: Any, name: str) -> None:
    anchor = "nianbao-cell-x" if name == "own-ids" else "nianbao-cell"
    tab.goto(site.original(f"{name}.html"))
    marked = tab.frames[1].locator(f"#{anchor}")
    frame, box = tab.locator("iframe").bounding_box(), marked.bounding_box()
    assert frame["x"] <= box["x"] < frame["x"] + frame["width"]
    assert frame["y"] <= box["y"] < min(900, frame["y"] + frame["height"])
    style = "e => {const s = getComputedStyle(e); return s.outlineStyle + s.outlineColor}"
    assert marked.evaluate(style) == "solidrgb(200, 16, 46)"
    printed = tab.locator(".nb-sought-number").inner_text()
    # Where a table is never closed, what follows stands in its last cell; not in this one.
    assert re.sub(r"\s", "", marked.inner_text()) == printed
    assert "红框标出的就是此格" in tab.inner_text(".nb-sought")


@pytest.mark.parametrize("how", DUMPS)
def test_in_a_dump_the_line_is_outlined(site: Site, tab: Any, how: str) -> None:
    tab.goto(site.original(f"{how}.html"))
    marked = tab.frames[1].locator("#nianbao-cell")
    printed = tab.locator(".nb-sought-number").inner_text()
    assert printed in marked.inner_text()


def test_from_a_figure_to_its_cell_and_back(site: Site, tab: Any) -> None:
    tab.goto(f"{site.address}bg/{site.versions['plain.html']}")
    figure = tab.locator(f'td[data-figure="{CELL}"]')
    printed = figure.inner_text()
    figure.click(position={"x": 3, "y": 3})  # the whole cell is the link
    assert tab.url == site.original("plain.html")
    assert tab.frames[1].locator("#nianbao-cell").inner_text() == printed
    tab.click("text=回到数值")
    assert tab.url.endswith(f"/bg/{site.versions['plain.html']}#sz-{CELL}")
    assert tab.evaluate("document.querySelector('td:target').dataset.figure") == CELL


def test_of_a_pdf_the_page_is_drawn(site: Site, tab: Any) -> None:
    tab.goto(site.original("report.pdf"))
    assert "在原件第 2 页" in tab.inner_text(".nb-sought")
    picture = tab.locator(".nb-drawn img")
    assert picture.evaluate("e => e.decode().then(() => e.naturalWidth)") > 1000
    with tab.expect_download() as saving:
        tab.click("text=下载（未经改动）")
    saved = Path(saving.value.path()).read_bytes()
    assert hashlib.sha256(saved).hexdigest() == tab.inner_text("dd .nb-hash >> nth=0")
    assert saving.value.suggested_filename == "report.pdf"


def test_what_is_saved_is_what_was_archived(site: Site, tab: Any) -> None:
    tab.goto(site.original("hostile.html"))
    with tab.expect_download() as saving:
        tab.click("text=下载（未经改动）")
    assert Path(saving.value.path()).read_bytes() == site.pages["hostile.html"]


def test_a_phone_sees_the_cell_and_no_sideways_scrolling(site: Site, browser: Any) -> None:
    tab = browser.new_page(locale="zh-CN", viewport={"width": 390, "height": 844})
    for name in ("plain.html", "report.pdf"):
        tab.goto(site.original(name))
        assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    tab.goto(site.original("plain.html"))
    box = tab.frames[1].locator("#nianbao-cell").bounding_box()
    assert 0 <= box["x"] < 390
    assert 0 <= box["y"] < 844
    tab.close()
