"""`scrapy probe`: from an address to the registry tables of the columns behind it."""

from __future__ import annotations

import csv
import itertools
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from crawler.lint import lint
from crawler.probe.domains import belongs, family_of, slug
from crawler.probe.journal import Answer, Journal
from crawler.probe.links import Link, links
from crawler.probe.lists import SheetError, lines
from crawler.probe.ranking import rank
from crawler.probe.sheet import Sheet
from crawler.registry import load
from tests.crawls import ROOT, collect, scrapy
from tests.portal import Portal, pages
from tests.portal.counties import SKELETONS, county, expected, kinds, routes, serve
from tests.portal.counties.home import LAYOUTS, layout
from tests.portal.pages import Page, Routes, text_page

HEAD = 'name = "probes"\nfiction = true\ncontact = "https://nianbao.invalid/about"\ndelay = 0\n'
PLACES = [county(number, kinds()[0]) for number in range(1, len(LAYOUTS) + 1)]


def head(folder: Path) -> Path:
    """A registry that says who asks; it has no portals yet."""
    path = folder / "portals.toml"
    path.write_text(HEAD + "[portals]\n", "utf-8")
    return path


def probe(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return scrapy("probe", "--registry", str(head(folder)), *arguments)


def politely(portal: Portal) -> None:
    """Assert that no host was asked twice for anything, or while it was answering."""
    # Failures are tried again.
    answered = [each for each in portal.requests if each.status < 500]
    asked = Counter((each.host, each.path) for each in answered)
    assert not [each for each, times in asked.items() if times > 1]
    for host in {each.host for each in portal.requests}:
        of_host = [each for each in portal.requests if each.host == host]
        assert of_host[0].path == "/robots.txt"
        for one, following in itertools.pairwise(of_host):
            assert one.ended <= following.started
    for each in portal.requests:
        assert "+https://nianbao.invalid/about" in each.headers["User-Agent"]


# -- what leads where ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "family"),
    [
        ("www.qianjiang.gov.cn", "qianjiang.gov.cn"),
        ("qianjiang.gov.cn", "qianjiang.gov.cn"),
        ("gaj.gzlps.gov.cn", "gzlps.gov.cn"),
        ("rsj.sh.gov.cn", "rsj.sh.gov.cn"),
        ("www.rsj.sh.gov.cn", "rsj.sh.gov.cn"),
        ("www.sh.gov.cn", "sh.gov.cn"),
        ("www.audit.gov.cn", "audit.gov.cn"),
        ("files.shili.com.cn", "shili.com.cn"),
        ("a.shili.cn", "shili.cn"),
        ("127.0.1.4", "127.0.1.4"),
        ("localhost", "localhost"),
    ],
)
def test_host_families(host: str, family: str) -> None:
    assert family_of(host) == family
    assert belongs(host, family)
    assert not belongs(f"evil-{family}", family)


def test_keys_begin_with_the_place() -> None:
    assert slug("www.qianjiang.gov.cn") == "qianjiang"
    assert slug("czj.yl.gov.cn") == "czj-yl"
    assert slug("127.0.0.1") == "site-127-0-0-1"


def test_every_way_out_of_a_page_is_seen() -> None:
    text = """<html><body><!-- <a href="/old/">旧</a> -->
    <a href="a/">文字</a><a href="/b/" title="政府信息公开年报"><img src="x.png"></a>
    <a href="/c/"><img alt="年报" src="y.png"></a><map><area href="/d/" alt="公开"></map>
    <select><option value="/e/">样板镇</option><option value="3">三</option></select>
    <iframe src="/f/"></iframe><div onclick="window.open('/g/')">财政局</div>
    <a href="javascript:location.href='/h/'">部门</a><a href="javascript:go(1)">无</a>
    <a href="/gkmlpt/annualreport#2473">年报</a><a href="#top">顶</a><a href="mailto:a@b.cn">信</a>
    </body></html>"""
    found = {link.url.removeprefix("http://a.cn"): link for link in links(text, "http://a.cn/x/")}
    assert {path: link.text for path, link in found.items()} == {
        "/x/a/": "文字", "/b/": "政府信息公开年报", "/c/": "年报", "/d/": "公开", "/e/": "样板镇",
        "/f/": "", "/g/": "财政局", "/h/": "部门", "/gkmlpt/annualreport#2473": "年报",
    }  # fmt: skip
    assert found["/f/"].framed


@pytest.mark.parametrize(
    ("text", "path", "role", "want"),
    [
        ("政府信息公开年报", "/x/1/", "", "column"),
        ("信息公开年度报告", "/x/1/", "", "column"),
        ("政府信息公开工作年度报告", "/x/", "agency", "column"),
        ("年报", "/x/", "disclosure", "column"),
        ("点击进入", "/zwgk/zfxxgknb/", "", "column"),
        ("", "/bm/qczj/zfxxgkgzndbg/", "", "column"),
        ("2023年", "/zfxxgknb/2023n/", "column", "year"),
        ("2023年", "/photos/2023/", "", ""),
        ("政府信息公开", "/x/", "", "disclosure"),
        ("政务公开", "/x/", "", "disclosure"),
        ("县政府部门", "/x/", "disclosure", "directory"),
        ("乡镇街道", "/x/", "", "directory"),
        ("示例县统计局", "/x/", "directory", "agency"),
        ("示例县文化和旅游局", "/x/", "directory", "agency"),
        ("财政", "/x/", "directory", "agency"),
        ("示例县财政局", "/x/", "", ""),
        ("统计年报", "/zwgk/tjnb/", "disclosure", ""),
        ("法治政府建设年度报告", "/x/", "disclosure", ""),
        ("政府网站工作年度报表", "/x/nb/", "disclosure", ""),
        ("政府信息公开指南", "/x/", "disclosure", ""),
        ("新闻中心", "/x/", "", ""),
        ("办事服务中心", "/x/", "", ""),
        ("示例县2023年政府信息公开工作年度报告", "/zfxxgknb/202401/t20240117_1.html", "", ""),
        ("下一页", "/zfxxgknb/index_1.html", "column", ""),
        ("下一页", "/bm/index_1.html", "directory", "directory"),
        ("政府信息公开年报.pdf", "/x/nb.pdf", "", ""),
    ],
)
def test_links_are_ranked(text: str, path: str, role: str, want: str) -> None:
    judged = rank(Link(f"http://a.gov.cn{path}", text), role)
    assert (judged.role, bool(judged.score)) == (want, bool(want)), judged
    assert judged.why


# -- one address -----------------------------------------------------------------------------


def test_a_column_becomes_a_table(tmp_path: Path) -> None:
    place = PLACES[0]
    with serve([place]) as portal:
        column = next(url for url in expected(place, portal.port) if "czj" in url)
        done = probe(tmp_path, column)
        assert done.returncode == 0, done.stdout + done.stderr
        politely(portal)
        assert not list(tmp_path.rglob("*.warc*"))
        assert len(portal.requests) == 2, "robots.txt and the column"
        path = tmp_path / "pasted.toml"
        path.write_text(HEAD + done.stdout, "utf-8")
        assert lint(path) == []
        crawled = collect(path, tmp_path / "data")
        assert crawled.returncode == 0, crawled.stdout
    for word in (
        "status 200",
        "3 reports",
        "report     ",
        "示例一县财政局2023年",
        "accept: 1 column",
    ):
        assert word in done.stdout
    (portal_of,) = load(path).portals
    assert (portal_of.column, portal_of.agency) == (column, "示例一县财政局")
    assert portal_of.family == SKELETONS[place.kind].family
    assert (portal_of.region, portal_of.region_name) == (place.code, place.name)
    assert (portal_of.expect_reports, portal_of.confidence) == (3, "inferred")
    assert portal_of.evidence.startswith("scrapy probe 20")


def listing(agency: str, *years: int) -> str:
    """A list of an agency's reports."""
    rows = "".join(
        f"<li><a href='/bg/202401/t20240117_{sum(map(ord, agency))}{year}.html'>"
        f"{agency}{year}年政府信息公开工作年度报告</a><span>2024-01-17</span></li>"
        for year in years
    )
    return f"<html><body><ul>{rows}</ul></body></html>"


def hubs() -> Routes:
    """Columns that are trees: years below a column, years elsewhere, agencies."""
    host, other, agencies = "127.0.6.11", "127.0.6.12", "127.0.6.13"

    def menu(title: str, *links: tuple[str, str]) -> Page:
        items = "".join(f"<li><a href='{href}'>{text}</a></li>" for href, text in links)
        return text_page(f"<html><title>{title}</title><ul>{items}</ul></html>")

    report = "<h1>示例县2022年政府信息公开工作年度报告</h1>总体情况 主动公开政府信息 行政复议"
    found: Routes = {}
    for each, below in ((host, "/zfxxgknb/2023n/"), (other, "/nianbao23/")):
        found[each, "/"] = menu("首页", ("/zfxxgknb/", "政府信息公开年报"))
        found[each, "/zfxxgknb/"] = menu(
            "年报", (below, "2023年"), ("/zfxxgknb/2022n/", "2022年度")
        )
        found[each, below] = text_page(listing("示例县", 2023, 2020))
        found[each, "/zfxxgknb/2022n/"] = text_page(f"<html>{report}</html>")
    found[agencies, "/"] = menu("首页", ("/nb/", "政府信息公开年报"))
    found[agencies, "/nb/"] = menu(
        "年报", ("/a/1780/", "示例县财政局"), ("/a/2138/", "示例县民政局")
    )
    found[agencies, "/a/1780/"] = text_page(listing("示例县财政局", 2022, 2023))
    found[agencies, "/a/2138/"] = text_page(listing("示例县民政局", 2022, 2023))
    return found


def special() -> Routes:
    """Hosts that each have one trouble: 127.0.6.1 …"""
    title = "示例县2023年政府信息公开工作年度报告"
    shell = "<!DOCTYPE html><script>document.cookie='a='+f(7);location.reload()</script>"
    return {
        ("127.0.6.1", "/"): pages.wall(),
        ("127.0.6.2", "/robots.txt"): pages.robots("User-agent: *\nDisallow: /\n"),
        ("127.0.6.2", "/"): text_page("<p>页</p>"),
        ("127.0.6.4", "/"): text_page("<html><p>示例企业</p><a href='/a/'>产品</a></html>"),
        ("127.0.6.5", "/zfxxgknb/"): text_page(
            "<html><title>政府信息公开年报</title><ul><li><a href='/x/'>空</a></li></ul></html>"
        ),
        ("127.0.6.6", "/"): text_page(
            "<html><head><meta http-equiv='refresh' content='0;url=http://127.0.6.4/'></head></html>"
        ),
        ("127.0.6.7", "/"): pages.pdf("年报"),
        ("127.0.6.8", "/"): text_page(shell),
        ("127.0.6.9", "/robots.txt"): text_page("", status=503),
        ("127.0.6.9", "/"): text_page("<p>页</p>"),
        ("127.0.6.10", "/zfxxgknb/2023/"): text_page(
            f"<html><title>{title}</title><h1>{title}</h1><p>一、总体情况</p>"
            "<p>二、主动公开政府信息情况</p><p>三、收到和处理政府信息公开申请情况</p></html>"
        ),
    }  # fmt: skip


#: What each of these addresses comes to: verdict and the beginning of the reason.
SPECIAL = {
    "127.0.6.1/": ("reject", "wall:jsl"),
    "127.0.6.2/": ("reject", "robots_denied"),
    "127.0.6.3/": ("reject", "http_404"),
    "127.0.6.4/": ("check", "no column of annual reports among 1 pages"),
    "127.0.6.5/zfxxgknb/": ("check", "http://127.0.6.5:{port}/zfxxgknb/ is a doubtful column"),
    "127.0.6.6/": ("reject", "off_host"),
    "127.0.6.7/": ("reject", "wrong_type"),
    "127.0.6.8/": ("reject", "js_shell"),
    "127.0.6.9/": ("check", "robots_unreachable"),
    "127.0.6.10/zfxxgknb/2023/": ("accept", "1 column"),
    "127.0.6.11/": ("accept", "1 column"),
    "127.0.6.12/": ("accept", "1 column"),
    "127.0.6.13/": ("accept", "2 columns"),
}


@pytest.mark.parametrize(("address", "status"), [("127.0.6.1/", 3), ("127.0.6.5/zfxxgknb/", 4)])
def test_exit_statuses(tmp_path: Path, address: str, status: int) -> None:
    host = address.partition("/")[0]
    with Portal(hosts=[host], served=special()) as portal:
        done = probe(tmp_path, f"http://{address.replace('/', f':{portal.port}/', 1)}")
    assert done.returncode == status, done.stdout + done.stderr
    verdict, reason = SPECIAL[address]
    assert f"# {verdict}: {reason.format(port=portal.port)}" in done.stdout
    assert "[portals." not in done.stdout


def test_nobody_is_asked_without_a_contact(tmp_path: Path) -> None:
    path = tmp_path / "portals.toml"
    text = HEAD.replace("true", "false").replace("nianbao.invalid", "nianbao.example")
    path.write_text(text + "[portals]\n", "utf-8")
    done = scrapy("probe", "--registry", str(path), "http://127.0.6.1:1/")
    assert (done.returncode, done.stdout) == (1, "")
    assert "reaches nobody" in done.stderr
    assert scrapy("probe").returncode == 2
    assert probe(tmp_path, "no address").returncode == 2
    assert probe(tmp_path, "http://a.gov.cn/", "--list", "x.csv").returncode == 2


def test_the_budget_is_kept_and_said(tmp_path: Path) -> None:
    place = PLACES[3]
    assert layout(place) == "directory"
    with serve([place]) as portal:
        done = probe(tmp_path, "--pages", "6", portal.address(1) + "/")
        assert len(portal.requests) == 7
    assert "the budget of 6 pages was used up" in done.stdout
    assert "6 pages were read" in done.stdout


# -- many addresses ----------------------------------------------------------------------------


class Ran(NamedTuple):
    """A list that was probed: where, on which port, its sheet by address, what was asked."""

    out: Path
    port: int
    rows: dict[str, dict[str, str]]
    done: subprocess.CompletedProcess[str]
    portal: Portal


def sheet_of(out: Path) -> list[dict[str, str]]:
    with (out / "sheet.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    """The home pages of every layout, and every trouble, in one list."""
    folder = tmp_path_factory.mktemp("list")
    served = special() | hubs()
    for place in PLACES:
        served |= routes(place)
    hosts = [place.host for place in PLACES] + [f"127.0.6.{number}" for number in range(1, 14)]
    with Portal(hosts=hosts, served=served, latency=0.01) as portal:
        text = "url,agency,region_name,note\n"
        for place in PLACES:
            text += f"{place.host}:{portal.port}/,,示例省 {place.name},\n"
        for address in SPECIAL:
            text += f"http://{address.replace('/', f':{portal.port}/', 1)},,,\n"
        text += ",no address,,\nftp://a.gov.cn/,,,\n"
        text += f"http://127.0.6.1:{portal.port}/,again,,\n1,2,3,4,5\n"
        (folder / "list.csv").write_text(text, "utf-8")
        done = probe(folder, "--list", str(folder / "list.csv"), "--out", str(folder / "out"))
        rows = {row["url"]: row for row in sheet_of(folder / "out") if "again" not in row["agency"]}
        yield Ran(folder / "out", portal.port, rows, done, portal)


def test_every_layout_leads_to_every_column(ran: Ran) -> None:
    assert ran.done.returncode == 0, ran.done.stderr
    tables = tomllib.loads((ran.out / "accepted.toml").read_text("utf-8"))["portals"]
    found = {table["column"]: table for table in tables.values() if "127.0.1" in table["column"]}
    want = {url: place for place in PLACES for url in expected(place, ran.port)}
    assert found.keys() == want.keys()
    for url, place in want.items():
        assert found[url]["family"] == SKELETONS[place.kind].family, url
        assert found[url]["region_name"] == f"示例省 {place.name}"
        assert found[url]["why"].count(" → ") <= 4
    for place in PLACES:
        assert ran.rows[f"http://{place.host}:{ran.port}/"]["verdict"] == "accept"


def test_every_trouble_has_its_verdict(ran: Ran) -> None:
    for address, (verdict, reason) in SPECIAL.items():
        row = ran.rows[f"http://{address.replace('/', f':{ran.port}/', 1)}"]
        assert row["verdict"] == verdict, row
        assert row["reason"].startswith(reason.format(port=ran.port)), row


def test_trees_become_what_the_crawl_can_walk(ran: Ran) -> None:
    tables = tomllib.loads((ran.out / "accepted.toml").read_text("utf-8"))["portals"].values()
    found = {
        table["column"].replace(f":{ran.port}", ""): (table.get("kind"), table["agency"])
        for table in tables
        if "127.0.6" in table["column"]
    }
    assert found == {
        "http://127.0.6.10/zfxxgknb/2023/": ("single", "示例县"),
        "http://127.0.6.11/zfxxgknb/": (None, "示例县"),
        "http://127.0.6.12/zfxxgknb/": ("hub", "示例县"),
        "http://127.0.6.13/a/1780/": (None, "示例县财政局"),
        "http://127.0.6.13/a/2138/": (None, "示例县民政局"),
    }


def test_no_line_of_the_list_is_lost(ran: Ran) -> None:
    rows = sheet_of(ran.out)
    assert [int(row["line"]) for row in rows] == list(range(2, len(rows) + 2))
    bad = {int(row["line"]): row["reason"] for row in rows[-4:]}
    first = len(PLACES) + len(SPECIAL) + 2
    assert bad == {
        first: f"line {first}: no address",
        first + 1: f"line {first + 1}: no http(s) address",
        first + 2: f"line {first + 2}: the address of line {2 + len(PLACES)} again",
        first + 3: f"line {first + 3}: more fields than the first line names; "
        "is a comma not quoted?",
    }
    assert not list((ran.out / "answers").iterdir())


def test_a_list_is_asked_politely_and_side_by_side(ran: Ran) -> None:
    politely(ran.portal)
    shown = {each.host for each in ran.portal.requests}
    assert shown == {*(place.host for place in PLACES), *(f"127.0.6.{n}" for n in range(1, 14))}
    spans = [
        (min(e.started for e in of_host), max(e.ended for e in of_host))
        for place in PLACES
        if (of_host := [e for e in ran.portal.requests if e.host == place.host])
    ]
    assert max(begun for begun, _ in spans) < min(ended for _, ended in spans)


def test_a_killed_list_goes_on(tmp_path: Path) -> None:
    registry, out, file = head(tmp_path), tmp_path / "out", tmp_path / "list.csv"
    places = PLACES[:4]
    with serve(places, latency=0.01) as portal:
        file.write_text("url\n" + "".join(f"{p.host}:{portal.port}\n" for p in places), "utf-8")
        order = [sys.executable, "-m", "scrapy", "probe", "--registry", str(registry),
                 "--list", str(file), "--out", str(out)]  # fmt: skip
        first = subprocess.Popen(order, cwd=ROOT, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while len(portal.requests) < 30 and first.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        first.kill()
        first.wait()
        before = len(portal.requests)
        done = probe(tmp_path, "--list", str(file), "--out", str(out))
        assert done.returncode == 0, done.stderr
        asked = Counter((e.host, e.path) for e in portal.requests if e.path != "/robots.txt")
        columns = {url for place in places for url in expected(place, portal.port)}
    # What was under way when the process died has no answer that could be known.
    assert sum(times - 1 for times in asked.values()) <= len(places)
    assert before >= 30
    assert {row["verdict"] for row in sheet_of(out)} == {"accept"}
    tables = tomllib.loads((out / "accepted.toml").read_text("utf-8"))["portals"]
    assert {table["column"] for table in tables.values()} == columns


def test_a_torn_journal_is_read_to_its_last_whole_line(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    journal = Journal(path)
    journal.add("GET a", Answer("http://a/", 200, "年报"))
    journal.add("GET b", Answer("http://b/", 200, "报"))
    journal.close()
    path.write_bytes(path.read_bytes()[:-9])
    again = Journal(path)
    assert again.get("GET a") == Answer("http://a/", 200, "年报")
    assert again.get("GET b") is None
    again.add("GET c", Answer("http://c/", issue="timeout"))
    again.close()
    third = Journal(path)
    assert third.get("GET c") == Answer("http://c/", issue="timeout")
    third.close()


def test_lists_in_other_encodings_and_broken_ones(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("URL, agency\nwww.a.gov.cn, 示例市财政局\n".encode("gb18030"))
    (line,) = lines(path)
    assert (line.url, dict(line.given)) == ("http://www.a.gov.cn", {"agency": "示例市财政局"})
    path.write_text("address\nx\n", "utf-8")
    with pytest.raises(SheetError, match="one of them url"):
        lines(path)
    with pytest.raises(SheetError, match="cannot be read"):
        lines(tmp_path / "none.csv")


def test_two_probes_do_not_share_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("url\nwww.a.gov.cn\n", "utf-8")
    kept = Sheet(path, tmp_path / "out", "2026-01-31")
    with kept, pytest.raises(SheetError, match="another probe"):
        Sheet(path, tmp_path / "out", "2026-01-31")
