"""The home page: what is there, how much of what there should be, and how to cite it."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from archive.site import home_queries
from archive.site.serve import site
from tests.test_site import Fake


def asked(root: Path, path: str = "/") -> BeautifulSoup:
    answer = asyncio.run(site(root).client.get(path))
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "lxml")


def heat(page: BeautifulSoup) -> dict[str, list[str]]:
    """The heat table's rows: name → cells as printed."""
    return {
        row.th.get_text(strip=True): [cell.get_text(strip=True) for cell in row.select("td")]
        for row in page.select("table.nb-heat tr")
        if row.th and row.td
    }


@pytest.fixture(scope="module")
def fake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two regions, three years, seven reports of which five are read."""
    made = Fake(tmp_path_factory.mktemp("home"))
    years = range(2020, 2023)
    made.agency("990101-finance", "示例市财政局", "示例市", "finance", years)
    made.agency("990101-audit", "示例市审计局", "示例市", "audit", years)
    made.agency("990102-audit", "样例县<b>审计局", "样例县", "audit", years)
    for agency, year in (("990101-finance", 2020), ("990101-finance", 2021),
                         ("990101-audit", 2021), ("990102-audit", 2022)):  # fmt: skip
        made.report(agency, year, {})
    made.report("990101-audit", 2022, status="needs_ocr", form=None)
    made.report("990101-finance", 2022, {}, failed=2)
    return made.publish(counts={"figures": 1234567})


@pytest.fixture(scope="module")
def page(fake: Path) -> BeautifulSoup:
    return asked(fake)


def test_regions_by_year_with_their_numbers(page: BeautifulSoup) -> None:
    assert heat(page) == {
        "示例市": ["1/2", "2/2", "1/2"],
        "样例县": ["1/1", "0/1", "0/1"],
        "本档案全部": ["2", "2", "1"],
    }
    shades = [cell["class"] for cell in page.select("table.nb-heat tbody td")]
    assert shades == [["nb-h3"], ["nb-h5"], ["nb-h3"], ["nb-h5"], ["nb-h0"], ["nb-h0"]]
    assert page.select_one('table.nb-heat a[href="/fugai/diqu/990102"]')
    assert "未公布" not in page.get_text()


def test_the_query_behind_the_heat_table_gives_its_numbers(fake: Path, page: BeautifulSoup) -> None:
    link = next(a for a in page.find_all("a") if a.get_text() == "此表的查询语句")
    path, _, query = str(link["href"]).partition("?")
    datasette = site(fake)
    answer = asyncio.run(datasette.client.get(f"{path}.json?{query}&_shape=array"))
    found = {(row["name"], row["year"]): (row["read"], row["whole"]) for row in answer.json()}
    assert found["示例市", 2021] == (2, 2)
    assert found["样例县", 2020] == (0, 1)


def test_counts_search_downloads_and_citation(fake: Path, page: BeautifulSoup) -> None:
    counts = {div.dt.get_text(): div.dd.get_text() for div in page.select(".nb-counts div")}  # type: ignore[union-attr]  # the page has it, or the test fails
    assert counts["份年报"] == "6"
    assert counts["个数值"] == "1,234,567"
    form = page.select_one('form[action="/sousuo"][method="get"]')
    assert form is not None
    assert form.select_one('input[name="q"]') is not None
    assert page.select_one('#xiazai a[href="/nianbao.db"]') is not None
    assert page.select_one('#xiazai a[href="/xiazai"]') is not None
    line, entry = page.select_one("#yinyong .nb-cite-line"), page.select_one("#yinyong pre")
    assert line is not None
    assert entry is not None
    assert "版次 r1[DS/OL]. (2026-03-01)[2026-03-01]. http://localhost/banci/r1." in line.get_text()
    assert entry.get_text().startswith("@dataset{nianbao:r1,")
    assert "全部虚构" in line.get_text()


def test_a_small_archive_shows_each_agency(page: BeautifulSoup) -> None:
    marks = page.select_one('#jiguan a[href="/bg/990101-finance-2022"] sup')
    assert marks is not None
    assert marks.get_text() == "※"
    assert "样例县<b>审计局" in page.select("#jiguan")[0].get_text()


def test_a_large_archive_shows_provinces_and_no_agencies(
    fake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_queries, "AGENCIES_SHOWN", 2)
    assert asked(fake).select_one("#jiguan") is None


def test_all_reports_are_dated_as_their_pages_say(page: BeautifulSoup) -> None:
    first = page.select_one(".nb-latest li")
    assert first is not None
    assert first.get_text(" ", strip=True).startswith("2023-01-20 示例市审计局 2022 年度")


def test_an_empty_release(tmp_path: Path) -> None:
    made = Fake(tmp_path)
    made.tables = {"agencies": [], "versions": [], "reports": []}
    assert "本版次还没有年报" in asked(made.publish()).get_text()


def test_expected_agencies_by_region_and_by_province(
    demo: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The demo has a frame: cells are counted against the agencies that there should be."""
    with closing(sqlite3.connect(f"{(demo[0] / 'releases/current').resolve()}/nianbao.db")) as db:
        years = sorted((y for (y,) in db.execute("SELECT year FROM _years")), reverse=True)
        expected = [
            [f"{read}/{cells}"]
            for read, cells in db.execute(
                "SELECT sum(\"read\"), sum(cells) FROM frame_summary WHERE part = 'local' "
                "AND existence = 'certain' AND year BETWEEN ? AND ? GROUP BY year ORDER BY 1",
                (years[-1], years[0]),
            )
        ]
        found = home_queries.home(db, 0).heat
        assert found is not None
        assert (found.by, found.against, found.years) == ("region", "expected", tuple(years))
        read_there = {
            line.name: [s and (s.read, s.whole) for s in line.squares] for line in found.lines
        }
        assert read_there["示例市样本县"][0] == (2, 17)
        monkeypatch.setattr(home_queries, "BY_REGION", home_queries.BY_PROVINCE)
        whole: Any = home_queries.home(db, 0).heat
    assert [line.name for line in whole.lines] == ["示例省"]
    assert sorted([f"{s.read}/{s.whole}"] for s in whole.lines[0].squares) == sorted(expected)
