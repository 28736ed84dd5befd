"""/yidian: what the checks found, filtered, and page by page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from archive.site import findings_queries
from tests.served import asking, soup, table, write

ACCUSING = ("错误", "造假", "虚报", "瞒报", "未公布年报", "违规", "违法")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("findings"))


@pytest.fixture
def ask(root: Path) -> Any:
    return asking(root)


def listed(page: BeautifulSoup) -> list[str]:
    return [str(a["href"]).removeprefix("/bg/") for a in page.select(".nb-findings .nb-of a")]


EVERY = [
    "990102-finance-2019#yd-1", "990102-finance-2021#yd-1", "990102-finance-2021#yd-2",
    "990102-finance-2022#yd-1", "990121-finance-2021#yd-1", "990121-finance-2021#yd-2",
]  # fmt: skip


def test_counts_by_check_with_their_reports(ask: Any) -> None:
    page = soup(ask("/yidian"))
    rows = {row[0][:3]: row[1:] for row in table(page, "各项核对的疑点数")}
    assert rows["C01"] == ["必须", "11份", "11份", "0", "0"]
    assert rows["C03"] == ["必须", "21份", "0", "0", "0"]
    assert rows["C26"] == ["说明", "0", "0", "0", "11份"]  # a note, and no failure
    assert listed(page) == EVERY
    assert "符合条件的疑点 6 处，涉及 4 份年报" in page.get_text()
    assert "的年报共 6 份，占 66.7%" in page.get_text()


@pytest.mark.parametrize(
    ("query", "wanted", "checked"),
    [
        ("jieguo=fail", [1, 4, 5], 6),
        ("jieguo=informative", [0], 6),
        ("jieguo=uncertain&nian=2021", [2], 4),
        ("hedui=C01", [1, 3], 6),
        ("hedui=C03&diqu=990121", [4, 5], 1),
        ("diqu=990100&nian=2022", [3], 1),
        ("lei=tax", [], 1),
        ("lei=finance&jieguo=not_assessable", [], 4),
        ("hedui=C99&jieguo=all&nian=x&diqu='", [0, 1, 2, 3, 4, 5], 6),
    ],
)
def test_filters(ask: Any, query: str, wanted: list[int], checked: int) -> None:
    page = soup(ask(f"/yidian?{query}"))
    assert listed(page) == [EVERY[number] for number in wanted]
    text = page.get_text()
    assert f"符合条件的疑点 {len(wanted)} 处" in text
    assert f"的年报共 {checked} 份" in text


def test_page_after_page_shows_each_once(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings_queries, "ON_A_PAGE", 2)
    monkeypatch.setattr("archive.site.findings_page.ON_A_PAGE", 2)
    address: str | None = "/yidian?lei=finance"
    pages = []
    while address:
        page = soup(ask(address))
        pages.append(listed(page))
        following = page.select_one("a[rel=next]")
        address = str(following["href"]) if following else None
    assert pages == [EVERY[:2], EVERY[2:4], EVERY[4:]]


def test_a_check_tells_its_formula_and_its_innocent_reasons(ask: Any) -> None:
    text = soup(ask("/yidian?hedui=C01")).select_one(".nb-check").get_text()
    assert "一 + 二 = 三（七）+ 四" in text
    assert "错列" in text
    assert "必须" in text
    sentence = soup(ask("/yidian?hedui=C03")).select_one(".nb-findings li").get_text()
    assert "前者为100，后者为101" in sentence
    assert "左边 100，右边 101" in sentence


def test_no_sentence_of_the_page_accuses(ask: Any) -> None:
    text = soup(ask("/yidian")).get_text()
    assert "不等于谁有错" in text
    assert not [word for word in ACCUSING if word in text]


def test_the_sql_gives_the_same_findings(ask: Any) -> None:
    page = soup(ask("/yidian?jieguo=fail&diqu=990102&lei=finance&nian=2021"))
    address = page.select_one(".nb-sql a")["href"].replace("/nianbao?", "/nianbao.json?", 1)
    rows = ask(address + "&_shape=array").json()
    assert [f"{row['report_id']}#yd-{row['number']}" for row in rows] == [EVERY[1]] == listed(page)
