"""A figure's place leads back to its cell, in the browser as in the file."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from extract import read
from extract.errors import ReadingError
from extract.locators import Locator, locate, locate_all
from extract.types import Report
from tests import odd_pages
from tests.portal.pdf import report_pdf
from tests.portal.render import TEMPLATES, article_html, dump_html, text_dump
from tests.portal.reports import make_report

REPORT, _ = make_report("示例市示例局", "990107", "justice", 2022, busy=True)
PAGE = article_html(REPORT, "trs")
_FOUND_BY = """paths => paths.map(css => {
    const found = document.querySelector(css); return found ? found.textContent : null })"""


def _hidden(page: str) -> str:
    """Hidden elements of every kind before what is shown."""
    page = page.replace("<tr>", '<tr style="DISPLAY: none"><td>1</td><td>2</td></tr><tr>', 1)
    page = page.replace("<tr><td", "<tr><td hidden>8</td><template><i>7</i></template><td")
    return page.replace("<tbody>", "<tbody hidden><tr><td>5</td><td>6</td></tr></tbody><tbody>")


#: Oddities of the markup; both trees must lead to the same cells. Left out are those that
#: this page has no place for, and struck-out text, which the cell holds beside its number.
CHANGES = {
    change.__name__: change
    for change in odd_pages.KEPT
    if change(PAGE) != PAGE and change is not odd_pages.struck_numbers
}
OTHERS: dict[str, Callable[[str], str]] = {
    "without_doctype": lambda page: page.replace("<!DOCTYPE html>", ""),
    "without_tbody": lambda page: re.sub("</?tbody>", "", page),
    "orphan_cells": odd_pages.orphan_cells,
    "paragraph_around": lambda page: page.replace("<table border", "<p><table border"),
    "form_in_table": lambda page: page.replace("<tbody>", "<form><tbody>"),
    "form_in_row": lambda page: page.replace("<tr>", "<tr><form>").replace("</tr>", "</form></tr>"),
    "stray_ends": lambda page: page.replace("</tr>", "</span></tr></div>"),
    "hidden": _hidden,
    "page_in_page": lambda page: page.replace(
        '<div class="TRS_Editor">', '<div class="TRS_Editor"><html><body><p>x</p></body></html>'
    ),
    **{f"template_{name}": lambda _, name=name: article_html(REPORT, name) for name in TEMPLATES},
    **{
        f"dump_{how}": lambda _, how=how: article_html(
            REPORT, "trs", dump_html(text_dump(REPORT, "lines"), how)
        )
        for how in ("pre", "p", "br")
    },
}  # fmt: skip


def located(page: str) -> tuple[Report, list[Locator]]:
    report = read(page.encode())
    places = [figure.place for figure in report.figures if figure.place]
    return report, list(locate_all(page.encode(), places).values())


def squeezed(text: str | None) -> str | None:
    return None if text is None else re.sub(r"[\s\u200b\u00ad\ufeff]+", "", text)


def share_found(browser: Any, page: str) -> tuple[int, int]:
    """How many of a page's figures a browser finds, each with its own text."""
    report, locators = located(page)
    tab = browser.new_page()
    tab.set_content(page)
    texts = tab.evaluate(_FOUND_BY, [locator.css for locator in locators])
    tab.close()
    hits = 0
    for text, locator in zip(map(squeezed, texts), locators, strict=True):
        own = squeezed(locator.text) or ""
        hits += text == own if locator.whole else text is not None and own in text
    return hits, len(report.figures)


@pytest.mark.parametrize("name", [*CHANGES, *OTHERS])
def test_a_browser_finds_every_cell(browser: Any, name: str) -> None:
    page = (CHANGES | OTHERS)[name](PAGE)
    assert page != PAGE or name == "template_trs"
    assert share_found(browser, page) == (200, 200)


@pytest.mark.parametrize(
    "change",
    [
        lambda page: page.replace("</table>", ""),
        lambda page: odd_pages.unclosed(page).replace("<!DOCTYPE html>", ""),
    ],
    ids=["unclosed tables", "tables in paragraphs"],
)
def test_where_the_trees_differ_no_wrong_cell_is_shown(
    browser: Any, change: Callable[[str], str]
) -> None:
    """What the path finds does not say the printed text, so that a viewer can refuse it."""
    report, locators = located(change(PAGE))
    assert len(locators) == 200
    assert {locator.place: locator.text for locator in locators} == {
        figure.place: figure.printed for figure in report.figures
    }
    hits, _ = share_found(browser, change(PAGE))
    assert hits == 0


def test_a_text_dump_has_lines() -> None:
    dump = text_dump(REPORT, "tsv")
    report = read(dump.encode())
    lines = dump.splitlines()
    for figure in report.figures:
        assert figure.place is not None
        locator = locate(dump.encode(), figure.place)
        assert locator.line is not None
        assert locator.column is not None
        assert lines[locator.line - 1].split("\t")[locator.column - 1].strip() == figure.printed


def test_a_place_of_another_document_is_refused() -> None:
    with pytest.raises(ReadingError, match="t99r1c1"):
        locate(PAGE.encode(), "t99r1c1")


def test_a_member_of_an_archive_is_named() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("年报.html", PAGE)
    figure = read(packed.getvalue()).figures[0]
    assert figure.place
    locator = locate(packed.getvalue(), figure.place)
    assert (locator.member, locator.text, locator.place) == (
        "年报.html",
        figure.printed,
        figure.place,
    )
    assert locator.css


def test_a_figure_of_a_pdf_has_its_page_and_box() -> None:
    body = report_pdf(REPORT)
    places = [figure.place for figure in read(body).figures if figure.place]
    assert len(places) == 200
    for place, locator in locate_all(body, places).items():
        assert locator.place == place
        assert locator.page is not None
        assert locator.page > 0
        assert locator.box is not None
        left, top, right, bottom = locator.box
        assert left < right
        assert top < bottom
