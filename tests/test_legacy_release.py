"""A legacy report and an untitled one, from bytes to the release and the site."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from archive.printed import details
from archive.root import DataRoot, Registry
from archive.site.serve import site
from archive.store import Context, Exchange, Store
from tests.stored import build
from tests.test_index_block import HEADINGS
from tests.test_legacy import CHAPTERS, HEADS, STATISTICS, TITLE, table

ENTRY = {"agency": "", "region": "990100", "region_name": "示例市"}
BLOCK = "<table><tr><td>索引号</td><td>A-2014/7</td></tr></table>"
SIGNED = "<p>样板市样板局</p><p>2022年1月20日</p>"


def legacy_page(count: str = "4209") -> bytes:
    chapters = "".join(f"<p>{head}</p><p>{text}</p>" for head, text in CHAPTERS.items())
    annex = table(STATISTICS).replace("4209", count)
    body = f"{BLOCK}<div><h1>{TITLE}</h1><p>发布时间：2014-03-20</p>{chapters}{annex}</div>"
    return f"<html><body>{body}</body></html>".encode()


def untitled_page() -> bytes:
    chapters = "".join(f"<p>{heading}</p><p>我局工作平稳。</p>" for heading in HEADINGS)
    intro = (
        "<p>统计期限自2021年1月1日起至2021年12月31日止，现将本年度政府信息公开年度报告公布。</p>"
    )
    return f"<html><body><div>{intro}{chapters}{SIGNED}</div></body></html>".encode()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    root = DataRoot(tmp_path_factory.mktemp("data"))
    store = Store(root, Registry("demo", fiction=True))
    store.portal("shili", ENTRY)
    pages = {"a": legacy_page(), "b": untitled_page()}
    for name, body in pages.items():
        headers = [("Content-Type", "text/html")]
        url = f"http://127.0.0.1/{name}.html"
        exchange = Exchange("GET", url, [("Host", "127.0.0.1")], b"", 200, "OK", headers, body)
        store.capture(exchange, Context("shili", "article", "http://127.0.0.1/l/"))
    store.outcome("shili", "complete", candidates=len(pages))
    store.finish("complete")
    build(root)
    return root


def rows(root: DataRoot, sql: str, name: str = "nianbao") -> list[dict[str, object]]:
    path: Path = root.current / f"{name}.db"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        db.row_factory = sqlite3.Row
        return [dict(row) for row in db.execute(sql)]


def test_a_legacy_report_is_a_report_without_figures(root: DataRoot) -> None:
    (row,) = rows(root, "SELECT * FROM reports JOIN versions USING (version_id) WHERE year = 2013")
    assert (row["form"], row["title"], row["title_derived"]) == ("legacy", TITLE, None)
    assert (row["published"], row["published_source"]) == ("2014-03-20", "label")
    with closing(sqlite3.connect(f"file:{root.current / 'text.db'}?mode=ro", uri=True)) as text:
        block = details(text, str(row["version_id"])).block
    assert block == {"索引号": "A-2014/7", "发布时间": "2014-03-20"}
    assert (row["format"], row["passed"], row["not_assessable"]) == ("html", 1, 0)  # on time (C23)
    mine = f"WHERE version_id = '{row['version_id']}'"
    assert rows(root, f"SELECT * FROM figures {mine}") == []
    assert rows(root, f"SELECT * FROM findings {mine}") == []


def test_its_chapters_keep_order_and_headings_and_its_tables_their_cells(root: DataRoot) -> None:
    kept = rows(
        root,
        "SELECT heading, text FROM chapters WHERE version_id LIKE '%2013%' ORDER BY position",
        "text",
    )
    assert [(row["heading"], row["text"]) for row in kept] == list(CHAPTERS.items())
    (grid,) = rows(root, "SELECT * FROM grids", "text")
    assert grid["number"] == 1
    assert json.loads(str(grid["rows"])) == [list(HEADS), *map(list, STATISTICS)]


def test_an_untitled_report_bears_a_derived_title_apart(root: DataRoot) -> None:
    (row,) = rows(root, "SELECT title, title_derived, scope, form FROM reports WHERE year = 2021")
    assert row == {
        "title": None,
        "title_derived": "样板市样板局2021年政府信息公开工作年度报告",
        "scope": "own",
        "form": None,
    }


def test_a_table_that_changes_makes_a_version(tmp_path: Path) -> None:
    root = DataRoot(tmp_path / "data")
    for number in ("4209", "5209"):
        store = Store(root, Registry("demo", fiction=True))
        store.portal("shili", ENTRY)
        headers = [("Content-Type", "text/html")]
        request = ("GET", "http://127.0.0.1/a.html", [("Host", "127.0.0.1")], b"")
        exchange = Exchange(*request, 200, "OK", headers, legacy_page(number))
        store.capture(exchange, Context("shili", "article", "http://127.0.0.1/l/"))
        store.outcome("shili", "complete", candidates=1)
        store.finish("complete")
        build(root)
    assert len(rows(root, "SELECT * FROM versions")) == 2


def test_the_site_marks_a_derived_title_and_shows_the_raw_tables(root: DataRoot) -> None:
    pages = {}
    datasette = site(root.path)
    for row in rows(root, "SELECT report_id, year FROM reports"):
        answer = asyncio.run(datasette.client.get(f"/bg/{row['report_id']}"))
        assert answer.status_code == 200
        pages[row["year"]] = BeautifulSoup(answer.text, "lxml")
    derived = pages[2021].h1
    assert derived is not None
    assert derived.get_text() == "样板市样板局2021年政府信息公开工作年度报告 〔据机关与年度拟定〕"
    printed = pages[2013].h1
    assert printed is not None
    assert printed.get_text() == TITLE
    assert "旧格式" in pages[2013].get_text()
    cells = [td.get_text() for td in pages[2013].select("#shuzhi td")]
    assert cells == [cell for line in [HEADS, *STATISTICS] for cell in line]
    assert [h.get_text() for h in pages[2013].select("#zhengwen h3")] == list(CHAPTERS)
    assert [h.get_text() for h in pages[2021].select("#zhengwen h3")] == list(HEADINGS)


def test_an_agency_s_page_says_why_a_legacy_year_has_no_numbers(root: DataRoot) -> None:
    (row,) = rows(root, "SELECT agency_id FROM reports WHERE form = 'legacy'")
    answer = asyncio.run(site(root.path).client.get(f"/jg/{row['agency_id']}"))
    page = BeautifulSoup(answer.text, "lxml")
    assert "旧格式年报" in page.select(".nb-years tbody")[0].get_text()
    assert "未读到" not in page.select(".nb-years tbody")[0].get_text()
