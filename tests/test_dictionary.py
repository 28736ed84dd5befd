"""The data dictionary where people read it: the site's page, dictionary.csv, index.html."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag

from archive.root import DataRoot
from archive.site.serve import running, site
from extract.forms import columns, forms
from extract.forms.meaning import Entry, entries, of_figure, told
from tests.stored import SITE, Got, Run, article, build, keep, report_of


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    root = DataRoot(tmp_path_factory.mktemp("dictionary") / "data")
    keep(root, Run([Got(f"{SITE}/2022.html", article(report_of(2022)))]))
    build(root, files=True)
    return root


@pytest.fixture(scope="module")
def ask(root: DataRoot) -> Any:
    """Ask the site in this process."""
    datasette = site(root.path)
    return lambda path: asyncio.run(datasette.client.get(path))


@pytest.fixture(scope="module")
def page(ask: Any) -> BeautifulSoup:
    answer = ask("/zidian")
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    return BeautifulSoup(answer.text, "lxml")


def words(tag: Tag) -> str:
    return close(tag.get_text())


def close(text: str) -> str:
    """Text without its white space."""
    return "".join(text.split())


def by_id(page: BeautifulSoup) -> dict[str, Tag]:
    tags = page.select("[id]")
    found = {str(tag["id"]): tag for tag in tags}
    assert len(found) == len(tags)
    return found


def texts_of(key: str) -> list[str]:
    """Definition, what is unsaid, what compares."""
    parts: list[Callable[[Entry], str]] = [
        lambda entry: entry.definition,
        lambda entry: entry.unsaid,
        lambda entry: entry.comparable,
    ]
    return [told(key, part) for part in parts]


def test_each_figure_has_one_entry_with_all_of_it(page: BeautifulSoup) -> None:
    ids = by_id(page)
    lines = {key: words(tag) for key, tag in ids.items() if tag.name == "section"}
    for key, slots in columns().items():
        own, slot = words(ids[key]), slots[-1]
        line = lines[f"{slot.line.table}_{slot.line.code}"]
        assert own in line
        assert key in own
        assert f"单位：{slot.measure.unit or '格式未规定'}" in own
        for text in (slot.measure.label, slot.measure.text.definition, slot.measure.text.unsaid):
            assert close(text) in own
        for text in (slot.line.text.definition, slot.line.text.unsaid, slot.line.basis):
            assert close(text) in line
        (entry, *_) = of_figure(key).values()
        if entry.links[0].relation == "same":
            assert own.count("，可比") == 1
        else:
            assert close(entry.comparable) in own
            linked = [a["href"] for a in ids[key].select("a")]
            assert linked == [f"#{figure}" for figure in entry.links[0].figures]
    assert "未见所据条文" in lines["t3_carried_out"]
    assert "格式未印" in lines["t3_granted"]
    assert "格式未印" not in lines["t2_license"]
    assert "2024年" in lines["t4_review"]
    assert "印作“第二十条第（一）项规范性文件”" in lines["t2_normative"]


@pytest.mark.parametrize("form", ["2019", "2021"])
def test_both_forms_are_laid_out_with_a_name_in_every_cell(page: BeautifulSoup, form: str) -> None:
    tables = page.select(f'table[data-form="{form}"]')
    assert len(tables) == 3
    cells = [td for table in tables for td in table.select("td")]
    links = [td.select_one("a") for td in cells]
    assert [a and a["href"] for a in links] == [f"#{key}" for key in entries(form)]
    assert {str(a["href"])[1:] for a in page.select("article table a")} <= set(by_id(page))
    # A name is put together from the line's part at the left (table four: above) and the cell's.
    for table in tables[:2]:
        for row in table.select("tbody tr:has(td)"):
            (code,) = row.select("th code")
            names = [f"{words(code)}{words(td)}" for td in row.select("td")]
            assert [f"#{name}" for name in names] == [a["href"] for a in row.select("td a")]
            label = words(row.select("th")[-1]).removesuffix(words(code))
            (line,) = [each for each in forms()[form].lines if f"_{each.code}" == words(code)[2:]]
            assert label == "".join(line.label.split())
    heads = [words(code) for code in tables[2].select("thead code")]
    assert heads == ["t4_review", "t4_suit_direct", "t4_suit_after_review"]


def test_the_page_is_found_and_runs_nothing(ask: Any, page: BeautifulSoup) -> None:
    assert page.select("script, iframe, form, img") == []
    assert '<a href="/zidian">字典</a>' in ask("/biangeng").text
    assert '<a href="/zidian">数据字典</a>' in ask("/bg/990100-finance-2022").text


def test_the_offline_dictionaries_say_the_same(root: DataRoot) -> None:
    with (root.current / "dictionary.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    told_of = {r["列名（SQLite、Parquet）"]: r for r in rows if r["文件"] == "wide_2021"}
    html = BeautifulSoup((root.current / "index.html").read_text("utf-8"), "lxml")
    for key in entries("2021"):
        definition, *more = texts_of(key)
        row = told_of[key]
        assert row["含义"].endswith(f"。{definition}")
        assert [row["格式未说明"], row["与另一格式是否可比"]] == more
    ids = by_id(html)
    for key in columns():
        entry = words(ids[key])
        assert all(close(text) in entry for text in texts_of(key))
    assert "单位格式未规定" in words(ids["t2_procurement_amount"])


@pytest.fixture(scope="module")
def address(root: DataRoot) -> Iterator[str]:
    with running(Path(root.path)) as base:
        yield base


def test_a_figure_is_led_to_on_a_small_screen(address: str, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    try:
        view = context.new_page()
        view.goto(f"{address}zidian#t3_granted_total")
        assert view.evaluate("document.documentElement.scrollWidth") <= 360
        box = view.locator("#t3_granted_total").bounding_box()
        assert 0 <= box["y"] <= 740 - box["height"]
        # Its line's name stays above it.
        assert -1 <= view.locator("#t3_granted h3").bounding_box()["y"] < box["y"]
        view.locator('table[data-form="2019"] a', has_text="_prev_items").first.click()
        assert view.url.endswith("#t2_license_prev_items")
    finally:
        context.close()
