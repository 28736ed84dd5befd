"""Archived pages in a real browser: shut in whatever they hold, the cell of a figure outlined."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.site.highlight import show
from archive.site.serve import running
from extract import read
from tests import odd_pages
from tests.archived_roots import Enemy, enemy, hostile, root_of, serving, versions_of
from tests.portal.pdf import report_pdf
from tests.portal.render import article_html, dump_html, text_dump
from tests.stored import report_of
from tests.test_archived_tokens import DECOYS, FIGURE
from tests.test_locators import CHANGES, OTHERS, PAGE

CELL = "t3_granted_total"
#: The element that is outlined; its id is made anew by each process.
ANCHOR = "[id^=nianbao-cell-]"
#: Ways to build a page with the same figures; not all give one tree in browsers and libxml2.
ODD: dict[str, Callable[[str], str]] = {
    "plain": odd_pages.upper_case,
    "unclosed": lambda page: odd_pages.unclosed(page).replace("<!DOCTYPE html>", ""),
    "open-tables": lambda page: page.replace("</table>", ""),
    "wrong-spans": odd_pages.wrong_spans,
    "orphans": odd_pages.orphan_cells,
    "own-ids": lambda page: page.replace("<td", '<td id="nianbao-cell" style="width:50px"'),
    "decoys": lambda page: page.replace(
        "<table border",
        "<!-- <td>--><p title='<td>1</td>'>x</p><script>'<td>'</script><table border",
    ),
}  # fmt: skip
ODDER = (
    "without_tbody", "form_in_table", "page_in_page", "hidden", "stray_ends", "hidden_copy",
    "tables_in_cells", "paragraph_around", "spans_on_lines", "layout_table", "form_in_row",
)  # fmt: skip
NAMES = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未"


def originals(to: str) -> dict[str, bytes]:
    """Pages and files by name, each of an agency of its own."""
    names = iter(NAMES)
    reports = (report_of(2022, f"示例市{name}局") for name in names)
    pages = {"hostile.html": hostile(to).encode()}
    pages["report.pdf"] = report_pdf(next(reports))
    for name, change in ODD.items():
        pages[f"{name}.html"] = change(article_html(next(reports), "trs")).encode()
    report = next(reports)
    page = article_html(report, "trs", dump_html(text_dump(report, "lines"), "br"))
    pages["br.html"] = page.encode()
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


@pytest.fixture(scope="module")
def shared(browser: Any) -> Iterator[Any]:
    """A tab for tests that leave nothing behind in it."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    yield opened
    opened.close()


def framed(tab: Any) -> Any:
    """The frame of the archived page, once it is there: it loads when it has been laid out."""
    tab.frame_locator("iframe").locator("body *").first.wait_for(state="attached")
    frame = tab.locator("iframe").element_handle().content_frame()
    frame.wait_for_load_state("load")
    return frame


# -- what a page may not do ---------------------------------------------------------------


def test_a_hostile_page_runs_nothing_reads_nothing_reaches_nobody(site: Site, tab: Any) -> None:
    tab.context.add_cookies([{"name": "secret", "value": "geheim", "url": site.address}])
    tab.goto(site.original("hostile.html"))
    frame = framed(tab)
    assert frame.locator(ANCHOR).count() == 1
    for step in ("", "script", "away", "top", "new", "own", "file", "send", "act"):
        if step:
            frame.locator(f"#{step}").focus()
            tab.keyboard.press("Enter")
        tab.wait_for_timeout(60)
        assert tab.url == site.original("hostile.html"), step
        assert "存档原件" in tab.title(), step
        assert len(tab.context.pages) == 1, step
        assert tab.frames == [tab.main_frame, frame], step
        assert "/yuanjian?" in frame.url, step
    for drawn in ("drawn", "set"):  # links that a drawing's animation would give an address
        frame.locator(f"#{drawn} text").click(force=True)
        frame.locator(f"#{drawn}").evaluate("e => e.focus()")
        tab.keyboard.press("Enter")
        assert "/yuanjian?" in frame.url, drawn
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


def test_an_archived_page_is_never_the_top_page(site: Site, shared: Any) -> None:
    shown = f"{site.address}cundang/{site.versions['hostile.html']}/1"
    shared.goto(f"{shown}/yuanjian?cell={CELL}")
    assert shared.url == f"{shown}?cell={CELL}"
    assert site.enemy.knocks == 0


def test_nobody_else_may_frame_it(site: Site, shared: Any) -> None:
    shown = f"{site.address}cundang/{site.versions['plain.html']}/1"
    for address in (shown, f"{shown}/yuanjian"):
        with serving(f'<iframe src="{address}"></iframe>'.encode()) as stranger:
            shared.goto(stranger)
            assert shared.frames[1].url.startswith("chrome-error:")


# -- a figure's cell ----------------------------------------------------------------------


@pytest.mark.parametrize("name", [*ODD, "gb18030"])
def test_the_cell_of_a_figure_is_outlined(site: Site, shared: Any, name: str) -> None:
    shared.goto(site.original(f"{name}.html"))
    marked = framed(shared).locator(ANCHOR)
    frame, box = shared.locator("iframe").bounding_box(), marked.bounding_box()
    assert frame["x"] <= box["x"] < frame["x"] + frame["width"]
    assert frame["y"] <= box["y"] < min(900, frame["y"] + frame["height"])
    style = "e => {const s = getComputedStyle(e); return s.outlineStyle + s.outlineColor}"
    assert marked.evaluate(style) == "solidrgb(200, 16, 46)"
    printed = shared.locator(".nb-sought-number").inner_text()
    # Where a table is never closed, what follows stands in its last cell; not in this one.
    assert re.sub(r"\s", "", marked.inner_text()) == printed
    assert "红框标出的就是此格" in shared.inner_text(".nb-sought")


def test_no_other_cell_is_outlined_whatever_the_page_holds(shared: Any) -> None:
    """Whether one is outlined is settled as the browser settles it."""
    outlined = """() => [...document.querySelectorAll('*')]
        .filter(e => getComputedStyle(e).outlineStyle !== 'none')
        .map(e => e.textContent.trim())"""
    shared.goto("about:blank")  # our own pages allow no inline styles
    forged = "<style>td:first-child:not(#a#b){outline:3px solid red!important}</style>"
    for name, page in {**DECOYS, "forged": DECOYS["entity"].replace("</head>", forged)}.items():
        made = show(page.encode(), FIGURE.place or "", FIGURE.printed or "")
        shared.set_content(made.html)
        assert shared.evaluate(outlined) == [FIGURE.printed], name


def test_a_browser_shows_the_figure_in_the_marked_element_of_odd_pages(shared: Any) -> None:
    """Whatever tree it builds: what is marked begins with what the reader read there."""
    for name in ODDER:
        body = (CHANGES | OTHERS)[name](PAGE).encode()
        figure = read(body).figures[77]
        shown = show(body, figure.place or "", figure.printed or "")
        shared.set_content(shown.html)
        marked = shared.locator(f"#{shown.anchor}")
        box = marked.bounding_box()
        assert box["width"] > 0, name
        assert box["height"] > 0, name
        text = "".join(marked.inner_text().split())
        assert text.endswith(figure.printed) if shown.line else text == figure.printed, name


def test_in_a_dump_the_line_is_outlined(site: Site, shared: Any) -> None:
    shared.goto(site.original("br.html"))
    marked = framed(shared).locator(ANCHOR)
    printed = shared.locator(".nb-sought-number").inner_text()
    assert printed in marked.inner_text()
    assert "\n" not in marked.inner_text()
    assert "一行" in shared.inner_text(".nb-sought")


def test_from_a_figure_to_its_cell_and_back(site: Site, shared: Any) -> None:
    shared.goto(f"{site.address}bg/{site.versions['plain.html']}")
    figure = shared.locator(f'td[data-figure="{CELL}"]')
    printed = figure.inner_text()
    figure.click(position={"x": 3, "y": 3})  # the whole cell is the link
    assert shared.url == site.original("plain.html")
    assert framed(shared).locator(ANCHOR).inner_text() == printed
    shared.click("text=回到数值")
    assert shared.url.endswith(f"/bg/{site.versions['plain.html']}#sz-{CELL}")
    target = shared.locator("td:target")  # waited for: the address changes before the page is there
    assert target.get_attribute("data-figure") == CELL


def test_of_a_pdf_the_page_is_drawn(site: Site, shared: Any) -> None:
    shared.goto(site.original("report.pdf"))
    assert "在原件第 2 页" in shared.inner_text(".nb-sought")
    picture = shared.locator(".nb-drawn img")
    assert picture.evaluate("e => e.decode().then(() => e.naturalWidth)") > 1000
    with shared.expect_download() as saving:
        shared.click("text=下载（未经改动）")
    saved = Path(saving.value.path()).read_bytes()
    assert hashlib.sha256(saved).hexdigest() == shared.inner_text("dd .nb-hash >> nth=0")
    assert saving.value.suggested_filename == "report.pdf"


def test_what_is_saved_is_what_was_archived(site: Site, shared: Any) -> None:
    shared.goto(site.original("hostile.html"))
    with shared.expect_download() as saving:
        shared.click("text=下载（未经改动）")
    assert Path(saving.value.path()).read_bytes() == site.pages["hostile.html"]


def test_a_phone_sees_the_cell_and_no_sideways_scrolling(site: Site, browser: Any) -> None:
    tab = browser.new_page(locale="zh-CN", viewport={"width": 390, "height": 844})
    for name in ("plain.html", "report.pdf"):
        tab.goto(site.original(name))
        assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    tab.goto(site.original("plain.html"))
    box = framed(tab).locator(ANCHOR).bounding_box()
    assert 0 <= box["x"] < 390
    assert 0 <= box["y"] < 844
    tab.close()
