"""The families TRS, Hanweb, jpaas, VSB, Henan, national and query lists, crawled and read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache, partial
from typing import Any
from urllib.parse import urlsplit

import pytest

from crawler.families import fingerprints
from extract.decode import decode
from tests.crawls import Rows, collect, ledger, whole
from tests.portal.counties import SKELETONS, county, expected, registry, routes
from tests.portal.counties.families import hanweb, jpaas
from tests.portal.counties.families.base import STALE
from tests.portal.handler import Exchange
from tests.portal.pages import Asked, Page, text_page
from tests.portal.server import Portal

OURS = {
    "trs", "hanweb", "hanweb_xxgk", "jpaas", "vsb", "henan", "national", "query_list",
}  # fmt: skip
KINDS = [kind for kind, skeleton in SKELETONS.items() if skeleton.family in OURS]
#: Endpoints, which are asked as often as there are questions.
ENDPOINTS = (hanweb.PROXY, jpaas.UNIT)
#: Sites that do not answer as their pages say: 54 bytes to everything, page 1 to everything.
DEFECTS = {"mute": "hanweb", "deaf": "jpaas"}
YEARS = range(2022, 2024)
LAST_YEAR = range(2023, 2024)


@cache
def place(kind: str) -> Any:
    return county(KINDS.index(kind) + 1, kind, per_page=2, years=LAST_YEAR)


@cache
def defect(name: str) -> Any:
    return county(150 + list(DEFECTS).index(name), DEFECTS[name], per_page=2, years=LAST_YEAR)


@dataclass
class Crawl:
    """What one crawl of all kinds left."""

    outcomes: dict[str, dict[str, Any]]
    captures: Rows
    requests: list[Exchange]
    issues: Rows
    port: int

    def of(self, host: str, role: str) -> Rows:
        start = f"http://{host}:"
        return [r for r in self.captures if r["role"] == role and r["url"].startswith(start)]


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Crawl:
    places, wrong = [place(kind) for kind in KINDS], [defect(name) for name in DEFECTS]
    served: Any = {}
    for each in (*places, *wrong):
        served |= routes(each)
    mute, deaf = wrong
    served[mute.host, hanweb.PROXY] = lambda asked: text_page(hanweb.EMPTY)
    skeleton = SKELETONS[deaf.kind]
    assert isinstance(skeleton, jpaas.Jpaas)
    served[deaf.host, jpaas.UNIT] = partial(skeleton.answer, deaf, deaf=True)
    folder = tmp_path_factory.mktemp("families")
    hosts = [each.host for each in (*places, *wrong)]
    with Portal(hosts=hosts, served=served) as portal:
        file, data = folder / "r.toml", folder / "data"
        text = registry(places, portal.port) + "".join(
            registry([each], portal.port, slugs=("szf",)).split("recheck_days = 0\n")[1]
            for each in wrong
        )
        file.write_text(text, "utf-8")
        collect(file, data)
        requests, port = portal.requests, portal.port
    whole(data)
    outcomes = {row["portal"]: row for row in ledger(data, "SELECT * FROM outcomes")}
    return Crawl(
        outcomes,
        ledger(data, "SELECT role, url, status, list_title, list_date FROM captures"),
        requests,
        ledger(data, "SELECT * FROM issues"),
        port,
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_portal_is_complete(crawl: Crawl, kind: str) -> None:
    for listing in place(kind).listings:
        row = crawl.outcomes[f"county{place(kind).number}-{listing.slug}"]
        assert (row["outcome"], row["detail"]) == ("complete", "")
        assert row["candidates"] == len(listing.posts)
    issues = [row for row in crawl.issues if f"//{place(kind).host}:" in row["url"]]
    assert issues == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_report_is_captured_once_with_its_title_and_date(crawl: Crawl, kind: str) -> None:
    captured = crawl.of(place(kind).host, "article")
    found = expected(place(kind), crawl.port)
    wanted = {url for reports in found.values() for urls in reports.values() for url in urls}
    assert Counter(row["url"] for row in captured) == Counter(wanted)
    said = {row["url"]: row for row in captured}
    skeleton = SKELETONS[kind]
    for listing in place(kind).listings:
        for post in listing.posts:
            address = skeleton.article(place(kind), listing, post)
            row = said[f"http://{place(kind).host}:{crawl.port}{address}"]
            assert row["status"] == 200
            if kind == "hanweb_xxgk":  # it has years, no dates
                assert str(post.year) in row["list_title"]
            else:
                assert row["list_title"] == post.title
                assert row["list_date"].replace(".", "-") == post.date


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_asked_twice_and_nothing_stale(crawl: Crawl, kind: str) -> None:
    asked = [e.path for e in crawl.requests if e.host == place(kind).host]
    counts = Counter(path for path in asked if urlsplit(path).path not in ENDPOINTS)
    assert [path for path, times in counts.items() if times > 1] == []
    assert [path for path in asked if STALE in path or "_wap" in path] == []


def test_lists_end_where_nobody_said_how_long_they_are(crawl: Crawl) -> None:
    beyond = {"trs_shanghai": "index_4.shtml", "trs_stub": "index_3.html",
              "trs_endless": "index_3.html"}  # fmt: skip
    for kind, name in beyond.items():
        asked = [e for e in crawl.requests if e.host == place(kind).host]
        ends = [e.status for e in asked if e.path.endswith(name)]
        assert ends == [404 if kind == "trs_shanghai" else 200], kind
        assert not [e for e in asked if e.path.endswith(f"index_{int(name[6]) + 1}{name[7:]}")]


def test_a_vsb_file_comes_with_its_page_as_referer(crawl: Crawl) -> None:
    files = crawl.of(place("vsb").host, "attachment")
    assert len(files) == sum(len(listing.posts) for listing in place("vsb").listings)
    assert all("download.jsp" in row["url"] for row in files)


@pytest.mark.parametrize(("name", "found"), [("mute", 4), ("deaf", 2)])
def test_a_list_that_gives_less_than_it_says_is_incomplete(
    crawl: Crawl, name: str, found: int
) -> None:
    row = crawl.outcomes[f"county{defect(name).number}-szf"]
    assert row["outcome"] == "incomplete"
    assert f"{found} of 5 rows" in row["detail"]
    assert len(crawl.of(defect(name).host, "article")) == found


def test_post_asks_in_groups_as_the_sites_do(crawl: Crawl) -> None:
    asked = [e for e in crawl.requests if e.host == place("hanweb").host and "proxy" in e.path]
    assert [(e.method, urlsplit(e.path).query) for e in asked] == [
        ("POST", "startrecord=5&endrecord=5&perpage=2")
    ]
    got = [e for e in crawl.requests if e.host == place("hanweb_get").host and "proxy" in e.path]
    assert {(e.method, "columnid=9c%2B" in e.path) for e in got} == {("GET", True)}


# -- what a column's page shows -----------------------------------------------------------


@cache
def column(kind: str, slug: str = "szf") -> tuple[str, str]:
    """Text and address of a column."""
    each = county(7, kind, per_page=3, years=YEARS)
    path = SKELETONS[kind].column(each, each.listing(slug))
    parts = urlsplit(path)
    found = routes(each)[each.host, parts.path]
    fields = tuple(tuple(pair.split("=", 1)) for pair in parts.query.split("&") if pair)
    page = found if isinstance(found, Page) else found(Asked("GET", each.host, parts.path, fields))  # type: ignore[arg-type]
    return decode(page.body)[0], f"http://{each.host}{path}"


@pytest.mark.parametrize("kind", SKELETONS)
@pytest.mark.parametrize("slug", ["szf", "czj"])
def test_the_best_fingerprint_names_the_family(kind: str, slug: str) -> None:
    text, url = column(kind, slug)
    best, *others = fingerprints(text, url)
    assert best.family == SKELETONS[kind].family, [best, *others]
    assert best.score >= 50 or best.family == "generic"
    assert best.signs
    assert not others or others[0].score < best.score
    told = {name: best.params[name] for name in SKELETONS[kind].params}
    assert told == SKELETONS[kind].params


@pytest.mark.parametrize("kind", SKELETONS)
def test_marks_in_a_comment_do_not_win(kind: str) -> None:
    text, url = column(kind)
    for other in SKELETONS:
        body = column(other)[0].partition("<body>")[2].rpartition("</body>")[0]
        stale = body.replace("<!--", "").replace("-->", "")
        shown = fingerprints(text.replace("</body>", f"<!-- {stale} --></body>"), url)
        assert shown[0].family == SKELETONS[kind].family, (other, shown)


#: One mark of each family, as it may stand in a page of another.
MARKS = {
    "trs": '<script>createPageHTML(1,0,"index","html");</script><div class="TRS_Editor"></div>',
    "hanweb": '<li><a href="/art/2021/1/29/art_1_2.html">通知</a> 2021-01-29</li>',
    "vsb": '<li><a href="/info/1/2.htm">x</a></li><script src="/system/resource/a.js"></script>',
    "jpaas": '<script src="/jpaas-publish-server/front/a.js"></script>',
    "henan": '<div class="side"><a href="/2023/01-19/2677014.html">动态</a></div>',
    "national": '<div class="scroll_tit">指南</div>',
}


@pytest.mark.parametrize("kind", SKELETONS)
def test_one_mark_of_another_family_does_not_win(kind: str) -> None:
    text, url = column(kind)
    for name, mark in MARKS.items():
        shown = fingerprints(text.replace("</body>", f"{mark}</body>"), url)
        assert shown[0].family == SKELETONS[kind].family, (name, shown)
