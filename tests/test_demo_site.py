"""The demo's pages in a real browser: every printed cell of a report, as the portal prints it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.site.serve import running
from tests.portal.manifest import manifest

#: One of each kind: both forms, the hybrid, blanks, marks, planted errors.
REPORTS = [
    ("示例市财政局", 2019),
    ("示例市财政局", 2021),
    ("示例区审计局", 2023),
    ("示例区民政局", 2022),
    ("示例区教育局", 2021),
    ("示例区卫生健康委员会", 2023),
    ("示例区样板镇人民政府", 2020),
]
#: Text of each table's number cells, without the mark of a finding.
CELLS = """() => [...document.querySelectorAll("table td")].map(cell => {
  const copy = cell.cloneNode(true);
  copy.querySelectorAll("a.nb-mark, small.nb-unit").forEach(mark => mark.remove());
  return copy.innerText.trim();
})"""


@pytest.fixture(scope="module")
def site(demo: tuple[Path, str]) -> Iterator[str]:
    with running(demo[0]) as address:
        yield address


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def test_a_visitor_goes_from_home_over_an_agency_to_a_report(site: str, browser: Any) -> None:
    page = browser.new_page(locale="zh-CN")
    page.goto(site)
    assert "演示数据：全部虚构" in page.inner_text("body")
    page.click("text=示例市财政局 >> nth=0")
    assert "示例市财政局" in page.inner_text("h1")
    page.click("a[href*='/bg/990100-finance-2021'] >> nth=0")
    assert "2021" in page.inner_text("h1")
    assert "报告所载数字不相等" in page.inner_text("body")
    page.close()


@pytest.fixture(scope="module")
def page(browser: Any) -> Iterator[Any]:
    """One for all reports: a new one takes longer than a report."""
    page = browser.new_page(locale="zh-CN")
    yield page
    page.close()


@pytest.mark.parametrize(("agency", "year"), REPORTS)
def test_every_cell_is_shown_as_it_is_printed(
    site: str, page: Any, port: int, agency: str, year: int
) -> None:
    (report,) = [r for r in manifest(port)["reports"] if (r["agency"], r["year"]) == (agency, year)]
    rows = f"{site}nianbao/reports.json?agency={agency}&year={year}&_shape=array"
    (row,) = page.request.get(rows).json()
    page.goto(f"{site}bg/{row['report_id']}")
    shown = [plain(text) for text in page.evaluate(CELLS)]
    printed = [plain(text) for text in report["cells"].values()]
    # The page lays the tables out in the order of the form, as the manifest lists them.
    assert shown == printed
