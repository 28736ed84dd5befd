"""A first visit in a browser, from the home page to a cited figure (docs/first-visit.md)."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from archive.site.serve import running
from tests import dta

YEARS = ("2020", "2022")
#: A figure as the release and as the panel call it, and its line as the form words it.
FIGURE, IN_PANEL = "t3_received_new_total", "t3_new_total"
LINE = "一、本年新收政府信息公开申请数量"


@pytest.fixture(scope="module")
def visitor(demo: tuple[Path, str], browser: Any) -> Iterator[Any]:
    """The home page of the demo, just opened."""
    with running(demo[0]) as address:
        context = browser.new_context(base_url=address)
        page = context.new_page()
        page.goto("/")
        yield page
        context.close()


def number(printed: str) -> int:
    return int(printed.replace(",", ""))


def panels(archive: Path) -> list[list[dict[str, Any]]]:
    """The rows of each of the three files of a panel."""
    with zipfile.ZipFile(archive) as files:
        text = io.StringIO(files.read("panel.csv").decode("utf-8-sig"))
        parquet = pq.read_table(io.BytesIO(files.read("panel.parquet")))
        return [
            list(csv.DictReader(text)),
            dta.read(files.read("panel.dta")).rows,
            parquet.to_pylist(),
        ]


def test_from_the_home_page_to_a_cited_figure(visitor: Any, tmp_path: Path) -> None:
    agency = searched(visitor)
    seen = compared(visitor)
    visitor.go_back()
    visitor.go_back()
    taken = downloaded(visitor, agency, tmp_path)
    assert taken == [seen] * 3
    visitor.go_back()
    cited(visitor, seen)


def searched(page: Any) -> str:
    """Look for 公开, and open the agency of the first hit."""
    page.get_by_role("searchbox").fill("公开")
    page.get_by_role("button", name="搜索").click()
    assert re.search(r"正文 \d+ 章", page.locator("h2").last.inner_text())
    hits = page.locator(".nb-hits > li")
    assert hits.count() == 20
    assert set(page.locator(".nb-said mark").all_inner_texts()) == {"公开"}
    hits.first.get_by_role("link", name="各年").click()
    return str(page.locator("h1").inner_text())


def compared(page: Any) -> dict[str, int]:
    """Set two years of the agency side by side; the figure of each."""
    page.get_by_role("link", name="比较年度与机关").click()
    for year in YEARS:
        page.get_by_label(year, exact=True).check()
    page.get_by_role("button", name="比较").click()
    first, second, difference = (
        page.get_by_role("row").filter(has_text=LINE).locator("td").all_inner_texts()
    )
    assert number(second) - number(first) == number(difference.replace("−", "-"))
    assert page.get_by_text("格式不同").count() > 0
    return dict(zip(YEARS, map(number, (first, second)), strict=True))


def downloaded(page: Any, agency: str, folder: Path) -> list[dict[str, int]]:
    """Take the panel of its kind; what each of its files says of the figure."""
    page.get_by_role("link", name="下载同类面板").click()
    with page.expect_download() as saving:
        page.get_by_role("link", name="下载 ZIP").click()
    assert saving.value.suggested_filename.startswith("nianbao-")
    saving.value.save_as(folder / "panel.zip")
    return [
        {
            str(row["year"]): int(row[IN_PANEL])
            for row in rows
            if row["agency"] == agency and str(row["year"]) in YEARS
        }
        for rows in panels(folder / "panel.zip")
    ]


def cited(page: Any, seen: dict[str, int]) -> None:
    """Cite the figure of the later year from its place in the page, and follow the citation."""
    year = YEARS[1]
    page.locator(".nb-series thead").get_by_role("link", name=year).click()
    page.locator(f"td[data-figure={FIGURE}] a").first.click()
    page.get_by_role("link", name="引用此数").click()
    said = page.locator(".nb-cite-line").first.inner_text()
    release = re.search(r"版次 (\d{8}-\d{6}-\w{8})", page.locator(".nb-foot").inner_text())
    assert release is not None
    assert f"年报档案版次 {release[1]}." in said
    # As a word processor takes the address out of the line: to the next blank, without the stop.
    address = next(part for part in said.split() if part.startswith("http")).rstrip(".")
    page.goto("about:blank")
    page.goto(address)
    cell = page.locator(":target")
    assert cell.get_attribute("data-figure") == FIGURE
    assert number(cell.inner_text()) == seen[year]
    box = cell.bounding_box()
    assert 0 < box["y"] < page.viewport_size["height"]
    # With the stop, the version is found all the same.
    page.goto(address.split("#")[0] + ".")
    assert page.url == address.split("#")[0]


def test_on_a_phone_the_labels_lie_above_the_figures(visitor: Any) -> None:
    visitor.set_viewport_size({"width": 360, "height": 800})
    visitor.goto(f"/bg/990100-finance-2022#sz-{FIGURE}")
    on_top = visitor.evaluate(
        """() => [...document.querySelectorAll('.nb-t3 tbody th[scope=row]')].slice(0, 2).map(
            label => {
                const { left, top, width, height } = label.getBoundingClientRect()
                return label === document.elementFromPoint(left + width / 2, top + height / 2)
            })"""
    )
    assert on_top == [True, True]
