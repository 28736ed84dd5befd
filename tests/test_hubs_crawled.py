"""One crawl, from hubs and tabs of years to the release: nothing that they lead to is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from archive.root import DataRoot
from tests.crawls import collect, ledger, scrapy
from tests.portal import Portal
from tests.portal.pages import Asked, Page, Routes, text_page
from tests.stored import build, db

HOSTS = [f"127.0.31.{number}" for number in range(1, 7)]
HEAD = 'name = "hubs"\nfiction = true\ncontact = "https://nianbao.invalid/about"\ndelay = 0\n'
AGENCIES = ("示例县大数据局", "城东街道办事处", "示例县总工会", "样板老干部活动基地")
CHAPTERS = (
    "总体情况",
    "主动公开政府信息情况",
    "收到和处理政府信息公开申请情况",
    "政府信息公开行政复议、行政诉讼情况",
    "存在的主要问题及改进情况",
    "其他需要报告的事项",
)


def report(agency: str, year: int, inside: str = "") -> str:
    """An article: the whole report, or what is inside instead."""
    title = f"{agency}{year}年政府信息公开工作年度报告"
    text = "".join(
        f"<p>{'一二三四五六'[at]}、{chapter}</p><p>{year}年，{agency}依法公开政府信息，第{at}项。</p>"
        for at, chapter in enumerate(CHAPTERS)
    )
    return (
        f"<html><title>{title}</title><h1>{title}</h1><div id='zoom'>{inside or text}</div></html>"
    )


def listing(links: str, *rows: tuple[str, str, int]) -> str:
    """A list's page: other links, then rows of (address, agency, year)."""
    found = "".join(
        f"<li><a href='{href}'>{agency}{year}年政府信息公开工作年度报告</a>"
        f"<span>{year + 1}-01-20</span></li>"
        for href, agency, year in rows
    )
    return f"<html><title>政府信息公开年报</title><div>{links}</div><ul>{found}</ul></html>"


def served() -> Routes:
    """A hub of agencies, three ways to stand years beside a list, and a report in a frame."""
    texts: dict[tuple[str, str], str] = {}
    hub, tabs, query, pictures, framed, unlike = HOSTS
    items = ""
    for at, agency in enumerate(AGENCIES):
        folder = f"/bm/{'abcd'[at]}/nb/"
        items += f"<li><a href='{folder}'>{agency}</a></li>"
        href = f"{folder}202301/t20230120_{at}.html"
        texts[hub, folder] = listing("", (href, agency, 2022))
        texts[hub, href] = report(agency, 2022)
    menu = "<li><a href='/bsdt/'>办事大厅</a></li><li><a href='/sjkf/'>数据开放</a></li>"
    texts[hub, "/nb/"] = f"<html><ul>{menu}</ul><ul>{items}</ul></html>"
    years = (2021, 2022)
    for year in years:
        other = "".join(f"<a href='/x/{each}nb/'>{each}年</a>" for each in years)
        href = f"/x/{year}nb/202301/t20230120_{year}.html"
        texts[tabs, f"/x/{year}nb/"] = listing(other, (href, "示例县财政局", year))
        texts[tabs, href] = report("示例县财政局", year)
        href = f"/nb/n{year}/202301/t20230120_{year}.html"
        texts[pictures, f"/nb/{year}n/"] = listing("", (href, "示例县民政局", year))
        texts[pictures, href] = report("示例县民政局", year)
    shown = "".join(f"<a href='{year}n/'><img alt='{year}年'></a>" for year in years)
    texts[pictures, "/nb/"] = listing(shown)
    rows = [(f"202301/t20230120_{year}.html", "示例县司法局", year) for year in years]
    texts[framed, "/nb/"] = listing("", *rows)
    for href, agency, year in rows:
        frame = f"<iframe src='./frag_{year}.html' width='100%'></iframe>"
        texts[framed, f"/nb/{href}"] = report(agency, year, frame)
        texts[framed, f"/nb/202301/frag_{year}.html"] = report(agency, year)
    texts[unlike, "/x/nb/"] = listing(
        "<a href='/x/21/'>2021年</a>",
        *((f"202301/t20230120_{year}.html", "示例县审计局", year) for year in (2022, 2023)),
    )
    for year in (2022, 2023):
        texts[unlike, f"/x/nb/202301/t20230120_{year}.html"] = report("示例县审计局", year)
    found: Routes = {place: text_page(text) for place, text in texts.items()}
    found[query, "/list.aspx"], found[query, "/show.aspx"] = _of_column, _of_article
    return found


def _of_column(asked: Asked) -> Page:
    """A list that its query names, and the tab of a year."""
    number = asked.number("cid", 0)
    row = (f"show.aspx?id={number}", "示例县水务局", 2022 if number == 2022 else 2023)
    return text_page(listing("<a href='list.aspx?cid=2022'>2022年</a>", row))


def _of_article(asked: Asked) -> Page:
    return text_page(report("示例县水务局", 2022 if asked.number("id", 0) == 2022 else 2023))


class Ran(NamedTuple):
    """A crawl and a probe: the data root, the port, what the probe printed."""

    data: Path
    port: int
    probed: str


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    """One crawl of everything."""
    folder = tmp_path_factory.mktemp("hubs")
    columns = (
        ("hub", "/nb/", "hub", "trs"), ("tabs", "/x/2022nb/", "list", "trs"),
        ("query", "/list.aspx?cid=10", "list", "query_list"), ("pictures", "/nb/", "list", "trs"),
        ("framed", "/nb/", "list", "trs"), ("unlike", "/x/nb/", "list", "trs"),
    )  # fmt: skip
    with Portal(hosts=HOSTS, served=served()) as portal:
        text = HEAD
        for host, (key, path, kind, family) in zip(HOSTS, columns, strict=True):
            text += f"""
[portals.{key}]
agency = ""
region = "990100"
region_name = "示例市"
column = "http://{host}:{portal.port}{path}"
family = "{family}"
hosts = {json.dumps([host])}
kind = "{kind}"
why = "a test"
"""
        registry = folder / "portals.toml"
        registry.write_text(text, "utf-8")
        done = collect(registry, folder / "data")
        assert done.returncode == 0, done.stdout + done.stderr
        probed = scrapy(
            "probe", "--registry", str(registry), f"http://{HOSTS[5]}:{portal.port}/x/nb/"
        )
        yield Ran(folder / "data", portal.port, probed.stdout)


def stored(ran: Ran, key: str, role: str = "article") -> list[str]:
    sql = "SELECT url FROM captures WHERE portal = ? AND role = ? ORDER BY url"
    return [row["url"].partition(f":{ran.port}")[2] for row in ledger(ran.data, sql, key, role)]


def test_every_agency_of_a_hub_is_read(ran: Ran) -> None:
    assert stored(ran, "hub") == [
        f"/bm/{'abcd'[at]}/nb/202301/t20230120_{at}.html" for at in range(len(AGENCIES))
    ]
    assert stored(ran, "hub", "node") == [f"/bm/{name}/nb/" for name in "abcd"], "no service"


def test_years_beside_a_list_are_read(ran: Ran) -> None:
    tabs = [f"/x/{year}nb/202301/t20230120_{year}.html" for year in (2021, 2022)]
    assert stored(ran, "tabs") == tabs
    assert stored(ran, "query") == ["/show.aspx?id=10", "/show.aspx?id=2022"]
    assert [path[:6] for path in stored(ran, "pictures")] == ["/nb/n2"] * 2


def test_years_that_may_be_something_else_are_named(ran: Ran) -> None:
    sql = "SELECT url, kind, detail FROM issues WHERE portal = 'unlike'"
    (issue,) = ledger(ran.data, sql)
    assert issue["url"].endswith("/x/21/")
    assert "2021年 stands beside the column" in issue["detail"]
    assert 'kind = "hub"' in ran.probed


def test_the_report_in_a_frame_is_the_pages_report(ran: Ran) -> None:
    assert stored(ran, "framed", "attachment") == [
        f"/nb/202301/frag_{year}.html" for year in (2021, 2022)
    ]
    assert ledger(ran.data, "SELECT * FROM issues WHERE portal = 'framed'") == []
    root = DataRoot(ran.data)
    build(root)
    read = db(root, "SELECT agency, year, url FROM reports WHERE status = 'read' AND year > 2020")
    framed = {(year, url.rpartition("/")[2]) for who, year, url in read if "司法局" in who}
    assert framed == {(2021, "frag_2021.html"), (2022, "frag_2022.html")}
    assert db(root, "SELECT * FROM unread WHERE portal = 'framed'") == []
