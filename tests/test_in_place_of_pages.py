"""Captchas, refusals and error pages in the place of single pages: named, and asked for again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from scrapy.http import HtmlResponse, Request

from archive.store import Context
from crawler.at_work import AtWork
from crawler.families import FAMILIES
from crawler.gate import MOST_REFUSALS, Gate, Refused
from crawler.handler import _wall_of
from crawler.transfer import note
from extract.stand_ins import asks_first
from tests.crawls import Rows, collect, ledger
from tests.portal.counties import county, kinds, routes
from tests.portal.faults import Faults, page
from tests.portal.pages import Page

CAPTCHA = (
    "<html><head><title>访问验证</title></head><body><p>请输入验证码</p>"
    '<form><img src="/code.jpg"><input name="code"></form></body></html>'
).encode()
BUSY = "<html><body><h3>系统繁忙，请稍后再试</h3><a href='/'>返回首页</a></body></html>".encode()
MISSING = "<html><body><h1>您访问的页面不存在或已被删除</h1></body></html>".encode()
#: An error page as large as a site's home page, and no captcha.
ERROR = page(b"<html><body>%s</body></html>" % (b"<p>error</p>" * 9000))
PDF = b"%PDF-1.4"
#: Site → the outcome of its portal in the second run.
SITES = {
    "article-captcha": "incomplete", "article-busy": "incomplete", "file-captcha": "incomplete",
    "file-error": "incomplete", "file-refused": "incomplete", "files-refused": "wall",
    "column-captcha": "wall", "article-missing": "complete", "guess-403": "complete",
    "guess-500": "complete", "known-403": "incomplete",
}  # fmt: skip


class Crawls:
    """Four runs over the same sites: as they should be, disturbed twice, and mended."""

    def __init__(self, folder: Path, faults: Faults) -> None:
        self.faults, self.data = faults, folder / "data"
        self._registry = folder / "r.toml"
        self.asked: list[list[tuple[str, str]]] = []
        self.first: dict[str, list[str]] = {}
        for name in SITES:
            paths = sorted(path for site, path in faults.pages if site == name and "html" in path)
            self.first[name] = paths
        self._prepare()
        whole = dict(faults.pages)
        self.run(30)
        self._disturb()
        self.run(0)
        self.run(30)
        faults.pages = whole
        self.run(30)

    def _prepare(self) -> None:
        """Files for those that lose them; a list that does not say how many pages it has."""
        pages = self.faults.pages
        for name in ("file-captcha", "file-error", "file-refused", "files-refused"):
            article = self.first[name][0]
            links = "".join(f'<a href="/{number}.pdf">附件{number}.pdf</a>' for number in range(5))
            pages[name, article] = f"<div id='zoom'>{links}</div>".encode()
            pages.update({(name, f"/{number}.pdf"): PDF for number in range(5)})
        for name in ("guess-403", "guess-500"):
            column = pages[name, "/c/"]
            assert isinstance(column, bytes)
            pages[name, "/c/"] = re.sub(rb"<script>.*</script>", b"", column)
        column = pages["known-403", "/c/"]
        assert isinstance(column, bytes)
        pages["known-403", "/c/"] = column.replace(b"HTML(1", b"HTML(2")

    def _disturb(self) -> None:
        first, pages = self.first, self.faults.pages
        pages["article-captcha", first["article-captcha"][0]] = CAPTCHA
        pages["article-busy", first["article-busy"][0]] = BUSY
        pages["article-missing", first["article-missing"][0]] = MISSING
        pages["column-captcha", "/c/"] = CAPTCHA
        pages["file-captcha", "/0.pdf"] = CAPTCHA
        pages["file-error", "/0.pdf"] = ERROR
        pages["file-refused", "/0.pdf"] = page(b"no", 403)
        pages.update({("files-refused", f"/{n}.pdf"): page(b"no", 403) for n in range(5)})
        pages["guess-403", "/c/index_1.html"] = page(b"no", 403)
        pages["guess-500", "/c/index_1.html"] = page(b"no", 500)
        pages["known-403", "/c/index_1.html"] = page(b"no", 403)

    def run(self, recheck_days: int) -> None:
        """One crawl."""
        text = self.faults.registry().replace("recheck_days = 0", f"recheck_days = {recheck_days}")
        self._registry.write_text(text, "utf-8")
        self.faults.asked.clear()
        done = collect(self._registry, self.data, "-s", "RETRY_TIMES=0")
        assert "Traceback" not in done.stderr, done.stderr
        self.asked.append([(site, path) for site, path, _ in self.faults.asked])

    def of_run(self, number: int, table: str) -> Rows:
        """A table's rows of a run, the first being 0."""
        runs = ledger(self.data, "SELECT run_id FROM runs ORDER BY started_at, rowid")
        return ledger(self.data, f"SELECT * FROM {table} WHERE run_id = ?", runs[number]["run_id"])

    def outcomes(self, number: int) -> dict[str, str]:
        """Outcomes of a run."""
        return {row["portal"]: row["outcome"] for row in self.of_run(number, "outcomes")}

    def issues(self, number: int) -> dict[str, set[str]]:
        """Kinds of issue of a run by portal."""
        found: dict[str, set[str]] = {}
        for row in self.of_run(number, "issues"):
            found.setdefault(row["portal"], set()).add(row["kind"])
        return found


@pytest.fixture(scope="module")
def crawls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawls]:
    with Faults(tuple(SITES)) as faults:
        yield Crawls(tmp_path_factory.mktemp("stand-ins"), faults)


NAMED = {
    "article-captcha": {"wall:page"}, "article-busy": {"wall:page"}, "file-captcha": {"wall:page"},
    "file-error": {"wrong_type"}, "file-refused": {"wall:waf"}, "files-refused": {"wall:waf"},
    "column-captcha": {"wall:page"}, "article-missing": {"soft_404"}, "guess-403": {"wall:waf"},
    "guess-500": {"http_500"}, "known-403": {"wall:waf"},
}  # fmt: skip


def test_each_is_named_and_has_its_outcome(crawls: Crawls) -> None:
    assert crawls.outcomes(1) == SITES
    assert crawls.issues(1) == NAMED


def test_each_is_named_again_while_it_stays_though_nothing_is_due(crawls: Crawls) -> None:
    # What was refused, the archive has from before; that is not due.
    had = dict.fromkeys(("file-refused", "files-refused"), "complete")
    assert crawls.outcomes(2) == {**SITES, **had}
    assert crawls.issues(2) == {name: kinds for name, kinds in NAMED.items() if name not in had}
    asked = crawls.asked[2]
    for name in ("article-captcha", "article-busy", "article-missing"):
        articles = crawls.first[name]
        assert (name, articles[0]) in asked
        assert (name, articles[1]) not in asked, "what is as it should be is not due"
    for name in ("file-captcha", "file-error"):
        assert [path for site, path in asked if site == name and "pdf" in path] == ["/0.pdf"]


def test_once_mended_all_is_complete_and_nothing_is_named(crawls: Crawls) -> None:
    outcomes = dict.fromkeys(SITES, "complete")
    assert crawls.outcomes(3) == {**outcomes, "known-403": "incomplete"}
    assert crawls.issues(3) == {"known-403": {"http_404"}}


def test_what_came_is_kept_as_evidence(crawls: Crawls) -> None:
    rows = crawls.of_run(1, "captures")
    for name in ("article-captcha", "article-busy"):
        (row,) = [row for row in rows if row["url"].endswith(crawls.first[name][0])
                  and row["portal"] == name]  # fmt: skip
        assert row["status"] == 200


def test_a_refused_address_closes_its_host_only_with_others(crawls: Crawls) -> None:
    asked = crawls.asked[1]
    assert sum(site == "file-refused" and "pdf" in path for site, path in asked) == 5
    refused = [path for site, path in asked if site == "files-refused" and "pdf" in path]
    assert len(refused) == MOST_REFUSALS


# -- the gate -----------------------------------------------------------------------------


class _Entry:
    key, hosts = "a", ("a.cn",)


def test_a_host_that_gives_pages_is_left_alone_after_three_refusals_in_a_row() -> None:
    gate = Gate([_Entry()])
    gate.opened("a.cn")
    for _ in range(3):
        for _ in range(MOST_REFUSALS - 1):
            gate.refused("a.cn", "wall:waf")
        gate.check("http://a.cn/", "a")
        gate.opened("a.cn")
    for _ in range(MOST_REFUSALS):
        gate.refused("a.cn", "wall:waf")
    with pytest.raises(Refused, match="wall:waf"):
        gate.check("http://a.cn/", "a")


def test_a_host_that_gives_nothing_else_is_left_alone_at_once() -> None:
    gate = Gate([_Entry()])
    gate.refused("a.cn", "wall:waf")
    assert gate.is_closed("a.cn")


# -- which pages ask first ------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        "请输入验证码后继续访问", "安全验证", "请完成滑动验证", "您的请求已被拦截", "拦截提示",
        "您的请求带有不合法参数，已被网站管理员设置拦截", "系统繁忙，请稍后再试！", "操作过于频繁",
        "很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断", "服务器忙，请稍候重试",
        "您的访问过于频繁，请稍后访问", "当前访问人数过多",
    ],
)  # fmt: skip
def test_a_small_page_that_says_so_is_one(said: str) -> None:
    for charset in ("utf-8", "gb18030"):
        assert asks_first(f"<html><body><p>{said}</p></body></html>".encode(charset))
    titled = f"<html><head><title>{said}</title><script>x()</script></head></html>"
    assert asks_first(titled.encode())


@pytest.mark.parametrize(
    "more",
    [
        "<table><tr><td>1</td></tr></table>",
        "<a href='P1.pdf'>附件</a>",
        "<h1>示例市财政局2022年政府信息公开年度报告</h1>",
        "".join(f"<a href='{number}.html'>第{number}条</a>" for number in range(9)),
        "<p>" + "本局认真做好有关事项。" * 40 + "</p>",
        "<!--" + "x" * (64 << 10) + "-->",
    ],
)
def test_a_page_that_has_something_to_show_is_none(more: str) -> None:
    assert not asks_first(f"<html><body><p>请输入验证码</p>{more}</body></html>".encode())


@pytest.mark.parametrize("kind", kinds())
def test_no_page_of_a_county_is_one(kind: str) -> None:
    found = 0
    for answer in routes(county(1, kind)).values():
        if isinstance(answer, Page) and answer.status == 200:
            found += 1
            assert not asks_first(answer.body)
    assert found > 10


def test_no_document_of_the_corpus_is_one(corpus: Path) -> None:
    for path in sorted((corpus / "documents").iterdir()):
        assert not asks_first(path.read_bytes()), path


# -- a page that is a script because its family reads scripts ----------------------------------

SCRIPT = b"<html><script>window._CONFIG={SID:'755001',TREE:[]}</script><div></div></html>"


class _Run:
    """As much of a run as tells whether a page is its portal's list."""

    def __init__(self, family: str) -> None:
        self.family = family

    def is_list(self, portal: str, text: str, url: str) -> bool:
        return FAMILIES[self.family].detect(text, url) is not None


@pytest.mark.parametrize(
    ("family", "body", "name"),
    [
        ("gkmlpt", SCRIPT, ""),
        ("gkmlpt", SCRIPT.replace(b"SID", b"URL"), "js_shell"),
        ("trs", SCRIPT, "js_shell"),
    ],
)
def test_a_script_is_no_shell_where_its_family_reads_it(
    family: str, body: bytes, name: str
) -> None:
    url = "http://a.cn/czj/gkmlpt/annualreport"
    run = cast("AtWork", _Run(family))
    response = HtmlResponse(url, headers={"Content-Type": "text/html"}, body=body)
    for role, expected in (("list", name), ("article", "js_shell")):
        request = Request(url, meta={"context": Context("a", role)})
        note(request, response)
        assert _wall_of(request, response, run)[0] == expected
