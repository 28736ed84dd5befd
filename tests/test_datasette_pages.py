"""Datasette's own pages: Chinese, columns in groups, forms of named queries, a strict policy."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup

from archive.schema.describe import example_rows
from archive.schema.indicators import breaks
from archive.site import column_words, metadata, query_forms, wide_tables
from archive.site.cell_links import NULL, cell, long_text
from archive.site.filter_words import OPERATORS, said
from archive.site.serve import running, site
from tests.conftest import CHROMIUM

VERSION = "990100-finance-2021~2Ev1"
ENDLESS = "with+recursive+c(x)+as+(select+1+union+all+select+x%2B1+from+c)+select+count(*)+from+c"
PAGES = (
    "/nianbao", "/text", "/nianbao/reports", "/nianbao/reports?year=2021&agency__contains=局",
    "/nianbao/figures", "/nianbao/figures?_lie=t3_natural", "/nianbao/region_years",
    "/nianbao/agencies", "/nianbao/agencies/990100-finance", f"/nianbao/figures/{VERSION}",
    "/nianbao/sources", "/nianbao/lines", "/text/chapters", "/text/locators",
    f"/nianbao/{quote('三种公开率（按机关类别）')}", "/nianbao?sql=select+1+as+a,null+as+b",
    "/nianbao?sql=select+nocol", f"/nianbao?sql={ENDLESS}&_timelimit=10", "/nianbao/none",
    "/-/settings", "/-/plugins",
)  # fmt: skip
#: One of each template; the database's own page follows.
IN_A_BROWSER = (
    "/nianbao/agencies", f"/nianbao/figures/{VERSION}", f"/nianbao/{quote('申请人是谁')}",
    "/-/plugins",
)  # fmt: skip
#: What Datasette's own templates say.
ENGLISH = re.compile(
    r"Apply|Next page|View and edit SQL|Advanced export|Custom SQL query|Powered by|rows? where|"
    r"Search:|returning|This data as|Log out|Run SQL|remove filter|Suggested facets|Binary|"
    r"Links from other tables|records|Sort ascending|took too long|Invalid SQL|sorted by"
)


@pytest.fixture(scope="module")
def ask(demo: tuple[Path, str]) -> Any:
    datasette = site(demo[0])
    return lambda path: asyncio.run(datasette.client.get(path, follow_redirects=True))


@pytest.fixture(scope="module")
def database(demo: tuple[Path, str]) -> Iterator[sqlite3.Connection]:
    path = demo[0] / "releases" / "current" / "nianbao.db"
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    yield connection
    connection.close()


def soup(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.text, "lxml")


def heads(response: Any) -> list[str]:
    return [each.get_text() for each in soup(response).select(".nbd-rows thead code")]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_chinese_and_needs_no_inline_style_or_script_but_ours(
    ask: Any, path: str
) -> None:
    answer = ask(path)
    page = soup(answer)
    assert page.html is not None
    assert page.html["lang"] == "zh-CN"
    assert not ENGLISH.search(page.get_text()), ENGLISH.findall(page.get_text())
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert not page.select("style, [style], [onclick], [onload]")
    for script in page.select("script"):
        assert script.get("src", "").startswith("/-/static/") or (
            f"'nonce-{script['nonce']}'" in policy and len(script["nonce"]) > 16
        )
    assert not page.select('a[href^="javascript:"]')
    for link in page.select(".nbd td a[href^=http]"):
        assert link["rel"] == ["nofollow", "noopener", "noreferrer"]


def test_each_response_has_a_nonce_of_its_own(ask: Any) -> None:
    nonces = {
        re.search("'nonce-([^']+)'", ask("/nianbao/none").headers["content-security-policy"])[1]  # type: ignore[index]  # the page has it, or the test fails
        for _ in range(3)
    }
    assert len(nonces) == 3


def test_a_wide_table_shows_a_few_columns_and_the_others_in_groups(ask: Any) -> None:
    own = heads(ask("/nianbao/figures"))
    assert own[0] == "version_id"
    assert own[1:] == list(wide_tables.wide_tables()["figures"].groups[0].columns)
    natural = heads(ask("/nianbao/figures?_lie=t3_natural"))
    assert len(natural) > 20
    assert all(name.endswith("_natural") for name in natural[1:])
    assert len(heads(ask("/nianbao/figures?_lie=quan&_size=1"))) == 227
    assert heads(ask("/nianbao/figures?_col=t3_granted_ngo")) == ["version_id", "t3_granted_ngo"]
    page = soup(ask("/nianbao/figures?_lie=t4"))
    (current,) = page.select(".nbd-groups [aria-current]")
    assert current.get_text() == "四、复议与诉讼"
    rows = ask("/nianbao/figures.json?_size=1&_shape=array").json()
    assert len(rows[0]) == 227
    links = [a["href"] for a in page.select(".nbd-rows thead a")]
    assert links
    assert not [each for each in links if "_col=" in each]
    (shown,) = soup(ask(links[0])).select(".nbd-groups [aria-current]")
    assert shown.get_text() == current.get_text()


def test_groups_name_columns_that_are_there(database: sqlite3.Connection) -> None:
    for table, wide in wide_tables.wide_tables().items():
        have = {row[1] for row in database.execute(f"PRAGMA table_info({table})")}
        for group in wide.groups:
            assert {*wide.always, *group.columns} <= have, (table, group.code)
            for rate in group.columns:
                if f"{rate}_of" in have:  # a pooled rate is shown with what it rests on
                    assert {f"{rate}_of", f"{rate}_n"} <= set(group.columns)


def test_breaks_have_words() -> None:
    assert set(column_words.BREAKS) == {each.code for each in breaks()}


def test_every_column_has_a_short_heading(database: sqlite3.Connection) -> None:
    tables = database.execute(
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') "
        "AND name NOT LIKE '\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'"
    ).fetchall()
    for (table,) in tables:
        headings = column_words.headings(table)
        for row in database.execute(f'PRAGMA table_info("{table}")').fetchall():
            text = headings[row[1]]
            assert text, (table, row[1])
            assert text.count("（") == text.count("）"), (table, text)
            assert table == "figures" or len(text) < 60


def test_filters_are_offered_and_told_in_chinese(ask: Any) -> None:
    page = soup(
        ask("/nianbao/reports?year__gte=2021&agency__contains=财政&title__isnull=1&_sort=year")
    )
    told = [each.get_text() for each in page.select(".nbd-condition")]
    assert told == ["机关名称含“财政”", "所印标题为空值", "年度不小于“2021”"]
    assert "按年度由小到大" in page.select_one(".nbd-count").get_text()  # type: ignore[union-attr]  # the page has it, or the test fails
    choices = page.select("select[name=_filter_op] option")
    assert {each.get_text() for each in choices} == set(OPERATORS.values())
    hidden = {each["name"] for each in page.select("form input[type=hidden]")}
    assert "_col" not in hidden
    applied = ask(
        "/nianbao/reports?_filter_column=agency&_filter_op=startswith&_filter_value=示例区"
    )
    assert [e.get_text() for e in soup(applied).select(".nbd-condition")] == [
        "机关名称以“示例区”开头"
    ]


def test_a_condition_that_nobody_knows_is_told_as_it_is() -> None:
    class Odd:
        def selections(self) -> list[tuple[str, str, str]]:
            return [("x", "near", "7"), ("y", "in", "1,2")]

    assert said(Odd(), "词", {"y": "乙"}, 2) == [
        "含“词”", "xnear“7”", "乙是 1,2 之一", "另有 2 个 SQL 条件",
    ]  # fmt: skip


def test_facets_are_ours_in_our_order_with_words(ask: Any) -> None:
    page = soup(ask("/nianbao/reports"))
    facets = page.select(".nbd-facets section")
    assert [each["data-column"] for each in facets] == [
        "year", "kind", "region_name", "form", "status",
    ]  # fmt: skip
    assert "已读取" in facets[-1].get_text()
    assert facets[-1].select("a")[0]["href"] == "/nianbao/reports?status=read"
    for rest in ("", "?year=2021"):
        path = f"/nianbao/reports{rest}{'&' if rest else '?'}status=read"
        chosen = soup(ask(path)).select_one(".nbd-facets [data-column=status] a[aria-label]")
        assert chosen is not None
        assert chosen["href"] == f"/nianbao/reports{rest}"


def test_provinces_are_links_by_the_beginning_of_the_code(ask: Any) -> None:
    page = soup(ask("/nianbao/agency_years?year=2021"))
    links = {a.get_text(): a["href"] for a in page.select(".nbd-provinces a")}
    assert links == {"示例": "/nianbao/agency_years?year=2021&region_code__startswith=99"}
    shown = soup(ask(links["示例"]))
    assert [a.get_text() for a in shown.select(".nbd-provinces a[aria-current]")] == ["示例"]
    assert len(shown.select(".nbd-rows tbody tr")) == 22
    assert soup(ask("/nianbao/lines")).select(".nbd-provinces") == []


def test_pages_follow_each_other(ask: Any) -> None:
    found, path = [], "/nianbao/agencies?_size=9"
    while path:
        page = soup(ask(path))
        found += [each.get_text() for each in page.select("td.nbd-pk a[href^='/jg/']")]
        following = page.select_one('a[rel="next"]')
        path = str(following["href"]) if following else ""
    assert len(found) == len(set(found)) == 22


def test_nothing_empty_text_and_zero_are_told_apart(ask: Any) -> None:
    page = soup(ask("/nianbao?sql=select+null+as+a,''+as+b,0+as+c"))
    cells = page.select(".nbd-rows tbody td")
    assert [each.get_text().strip() for each in cells] == ["空", "", "0"]
    assert cells[0].select_one(".nbd-null") is not None
    assert "不是 0" in str(NULL)


def test_cells_are_safe_and_lead_to_our_pages(ask: Any) -> None:
    class Urls:
        def path(self, path: str) -> str:
            return path

    class Site:
        urls = Urls()

    def shown(column: str, value: Any, table: str | None = "reports") -> str:
        return str(cell(Site(), column, table, value))

    assert shown("report_id", "a<b>/1") == '<a href="/bg/a%3Cb%3E%2F1">a&lt;b&gt;/1</a>'
    assert shown("url", "javascript:alert(1)") == "javascript:alert(1)"
    assert shown("url", "https://x.example/?a=1&b") == (
        '<a href="https://x.example/?a=1&amp;b" rel="nofollow noopener noreferrer">'
        "https://x.example/?a=1&amp;b</a>"
    )
    assert shown("title", "https://x.example/") == "https://x.example/"
    assert shown("scope", "own") == '本机关 <code class="nbd-code">own</code>'
    assert shown("places", b"\0\1\2") == "（二进制，3 字节）"
    label = {"value": "990100-finance", "label": "示例市<财政局>"}
    assert shown("agency_id", label) == (
        '示例市&lt;财政局&gt; <a href="/jg/990100-finance">990100-finance</a>'
    )
    text = "甲" * 500
    assert str(long_text(text)).count("甲") == 500
    assert str(long_text(text)).startswith("<details")
    assert str(long_text(text * 9)).count("甲") == 120
    assert "共 4,500 字" in str(long_text(text * 9))


def test_a_row_of_figures_can_be_read(ask: Any) -> None:
    page = soup(ask(f"/nianbao/figures/{VERSION}"))
    assert page.select_one('a[href="/bg/990100-finance-2021.v1"]') is not None
    lines = {
        row.select_one("th code").get_text(): row.select_one("td").get_text()  # type: ignore[union-attr]  # the page has it, or the test fails
        for row in page.select(".nbd-row tbody tr")
        if row.select_one("td")
    }
    assert len(lines) == 227
    assert lines["t3_received_new_total"] == "53726"
    chapters = [each.get_text() for each in page.select(".nbd-row th[scope=colgroup]")]
    assert [each[0] for each in chapters] == ["二", "三", "四"]


def test_named_queries_without_parameters_are_the_examples(database: sqlite3.Connection) -> None:
    queries = metadata.build()["databases"]["nianbao"]["queries"]
    examples = {each["name"]: each["sql"] for each in example_rows()}
    assert len(queries) > 40
    plain = 0
    for name, query in queries.items():
        names = set(re.findall(r":([a-z_]+)", query["sql"]))
        plain += not names
        empty = database.execute(query["sql"], dict.fromkeys(names, "")).fetchall()
        assert empty == database.execute(examples[name]).fetchall(), name
        for parameter in names:
            assert query_forms.hint_of(parameter).label != parameter, (name, parameter)
    assert plain == 0


def test_a_filter_leaves_out_rows_and_changes_no_number(ask: Any) -> None:
    path = f"/nianbao/{quote('三种公开率（按机关类别）')}"
    whole = ask(f"{path}.json?_shape=array").json()
    some = ask(f"{path}.json?_shape=array&year=2021&level=county&kind={quote('审计')}").json()
    assert some == [
        row for row in whole
        if (row["年度"], row["层级"], row["类别"]) == (2021, "county", "审计")
    ]  # fmt: skip
    assert some
    page = soup(ask(f"{path}?year=2021&level=county"))
    assert page.select_one("input[name=year]")["value"] == "2021"  # type: ignore[index]  # the page has it, or the test fails
    chosen = page.select_one("select[name=level] option[selected]")
    assert chosen is not None
    assert chosen.get_text() == "县级"
    one = quote("一个机关历年公开率")
    rows = ask(f"/nianbao/{one}.json?_shape=array&agency_id=990100-finance").json()
    assert (rows[2]["年度"], rows[2]["本年新收"]) == (2021, 53726)
    assert rows != ask(f"/nianbao/{one}.json?_shape=array").json()


def test_no_filter_looks_for_a_text_among_numbers(database: sqlite3.Connection) -> None:
    texts = {"agency", "kind", "level", "scope", "applicant", "check", "report", "region"}
    for name, query in metadata.build()["databases"]["nianbao"]["queries"].items():
        filtered = re.findall(r'"(\w+)"[^"\n]*?:(\w+)', query["sql"].rpartition("\nWHERE ")[2])
        assert filtered or name == "一个机关历年公开率", name
        given = dict.fromkeys(re.findall(r":([a-z_]+)", query["sql"]), "")
        cursor = database.execute(query["sql"], given)
        found = cursor.fetchall()
        places = {column[0]: place for place, column in enumerate(cursor.description)}
        for column, parameter in filtered:
            values = {row[places[column]] for row in found} if parameter in texts else set()
            assert not any(isinstance(value, int | float) for value in values), (name, column)


def test_a_limit_comes_after_the_filter() -> None:
    sql = query_forms.with_filters("x", "SELECT 1 AS 年度 ORDER BY 1 LIMIT 7", ["年度"])
    assert sql.endswith('"年度" = CAST(:year AS INTEGER))\nLIMIT 7')
    assert sql.count("LIMIT") == 1
    assert query_forms.with_filters("x", "SELECT 1 AS n", ["n"]) == "SELECT 1 AS n"


def test_a_query_that_takes_too_long_is_told_with_its_statement(ask: Any) -> None:
    answer = ask(f"/nianbao?sql={ENDLESS}&_timelimit=10")
    assert answer.status_code == 400
    page = soup(answer)
    assert page.h1 is not None
    assert page.h1.get_text() == "查询超过时限"
    assert "with recursive" in page.select_one("pre").get_text()  # type: ignore[union-attr]  # the page has it, or the test fails
    bad = ask("/nianbao?sql=select+nocol")
    assert bad.status_code == 400
    assert "没有这一列" in bad.text
    assert "no such column: nocol" in bad.text
    assert 'name="sql"' in bad.text


def test_pages_about_the_machine_are_not_shown(ask: Any) -> None:
    for path in ("databases", "threads", "patterns", "messages", "permissions", "allow-debug",
                 "actor", "logout", "auth-token"):  # fmt: skip
        assert ask(f"/-/{path}").status_code == 404, path
        assert ask(f"/-/{path}.json").status_code == 404, path
    for path in ("/_internal", "/_internal/tables", "/_internal.json?sql=select+1"):
        assert ask(path).status_code == 403, path
    assert ask("/-/settings.json").json()["suggest_facets"] is False


def test_the_editor_works_with_scripts_and_without(demo: tuple[Path, str], browser: Any) -> None:
    assert CHROMIUM.exists()
    with running(demo[0]) as address:
        for scripts in (True, False):
            context = browser.new_context(java_script_enabled=scripts, locale="zh-CN")
            page = context.new_page()
            said: list[str] = []
            page.on("console", lambda message, said=said: said.append(message.text))
            page.on("pageerror", lambda error, said=said: said.append(str(error)))
            if scripts:  # whatever the policy refuses stands in the console
                for path in IN_A_BROWSER:
                    page.goto(address.rstrip("/") + path)
            page.goto(f"{address}nianbao#sql")
            if scripts:
                page.click(".CodeMirror")
                page.keyboard.press("Control+A")
                page.keyboard.type("select 6*7 as answer, 'a' as b")
                page.click("#sql-format")
            else:
                assert not page.is_visible("#sql-format")
                page.fill("#sql-editor", "select 6*7 as answer")
            page.click("form.sql button[type=submit]")
            page.wait_for_selector(".nbd-rows tbody td")
            assert page.inner_text(".nbd-rows tbody td") == "42"
            assert said == []
            context.close()
