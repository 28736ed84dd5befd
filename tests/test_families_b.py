"""Families gkmlpt, nfcms, ucap, jiangxi, lonsun, epoint, hebei and generic, against their sites."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from crawler.families import FAMILIES, fingerprints
from tests.crawls import addresses, collect, ledger
from tests.portal import Portal
from tests.portal.counties import (
    SKELETONS,
    County,
    county,
    expected,
    registry,
    routes,
    serve,
)
from tests.portal.counties.families.gkmlpt import Gkmlpt
from tests.portal.counties.families.jiangxi import Script
from tests.portal.pages import Asked, not_found

MINE = ("gkmlpt", "nfcms", "ucap", "jiangxi", "lonsun", "epoint", "hebei", "generic")
KINDS = [kind for kind, skeleton in SKELETONS.items() if skeleton.family in MINE]
#: Two years: enough for a second page of the government's column, and for one agency's.
COUNTIES = [
    county(100 + number, kind, years=range(2021, 2023)) for number, kind in enumerate(KINDS)
]


@dataclass
class Crawl:
    """What one crawl of all the counties left."""

    portal: Portal
    data: Path
    status: int
    asked: Counter[str]
    outcomes: dict[str, tuple[str, str]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("families")
    with serve(COUNTIES) as portal:
        (folder / "portals.toml").write_text(registry(COUNTIES, portal.port), "utf-8")
        done = collect(folder / "portals.toml", folder / "data")
        rows = ledger(folder / "data", "SELECT portal, outcome, detail FROM outcomes")
        found = {row["portal"]: (row["outcome"], row["detail"]) for row in rows}
        yield Crawl(portal, folder / "data", done.returncode, addresses(portal), found)


def test_every_portal_is_complete(crawl: Crawl) -> None:
    keys = {f"county{place.number}-{each.slug}" for place in COUNTIES for each in place.listings}
    assert crawl.outcomes == dict.fromkeys(keys, ("complete", ""))
    assert crawl.status == 0


def test_every_report_is_captured_once_and_nothing_else_is(crawl: Crawl) -> None:
    rows = ledger(
        crawl.data, "SELECT url, listing, list_date, status FROM captures WHERE role = 'article'"
    )
    found = Counter((row["listing"].partition("#")[0], row["url"]) for row in rows)
    wanted = {
        (column.partition("#")[0], url)
        for place in COUNTIES
        for column, reports in expected(place, crawl.portal.port).items()
        for urls in reports.values()
        for url in urls
    }
    assert found == Counter(wanted)
    assert {row["status"] for row in rows} == {200}
    assert all(crawl.asked[url] == 1 for _, url in wanted)


def test_dates_of_the_lists_are_kept(crawl: Crawl) -> None:
    rows = ledger(crawl.data, "SELECT url, list_date FROM captures WHERE role = 'article'")
    kept = {row["url"]: row["list_date"] for row in rows}
    for place in COUNTIES:
        skeleton, base = SKELETONS[place.kind], f"http://{place.host}:{crawl.portal.port}"
        for listing in place.listings:
            for post in listing.posts:
                printed = "" if place.kind == "generic_wanyuan" else post.date
                assert kept[base + skeleton.article(place, listing, post)] == printed, place.kind


def test_files_that_only_the_list_names_belong_to_their_articles(crawl: Crawl) -> None:
    rows = ledger(
        crawl.data,
        "SELECT url, parent, status, list_title FROM captures WHERE role = 'attachment'",
    )
    wanted = set()
    for place in COUNTIES:
        skeleton, base = SKELETONS[place.kind], f"http://{place.host}:{crawl.portal.port}"
        if not isinstance(skeleton, (Gkmlpt, Script)):
            continue
        for listing in place.listings:
            for post in listing.posts:
                if file := skeleton.file(listing, post):
                    article = skeleton.article(place, listing, post)
                    wanted.add((base + file, base + article, 200, f"{post.title}.pdf"))
    assert wanted
    assert Counter(tuple(row.values()) for row in rows) == Counter(wanted)


def test_only_what_nobody_promised_is_missing(crawl: Crawl) -> None:
    assert ledger(crawl.data, "SELECT * FROM issues") == []
    missing = [each for each in crawl.portal.requests if each.status != 200]
    # epoint's lists do not say that they end: one address beyond each.
    ends = {"epoint": ["3.html", "2.html", "2.html"]}
    for place in COUNTIES:
        names = [each.path.rpartition("/")[2] for each in missing if each.host == place.host]
        assert sorted(names) == sorted(ends.get(place.kind, [])), place.kind
    assert not [url for url in crawl.asked if "mpost_" in url or "/news/show/2024010" in url]


def test_lists_are_asked_for_once(crawl: Crawl) -> None:
    rows = ledger(crawl.data, "SELECT request_key FROM captures WHERE role = 'list'")
    assert Counter(row["request_key"] for row in rows).most_common(1)[0][1] == 1


def test_a_later_page_that_fails_is_said(tmp_path: Path) -> None:
    """Some gkmlpt sites answer 404 from page 2 on, whatever post_count says."""
    place = county(99, "gkmlpt", years=range(2021, 2023))
    skeleton, served = SKELETONS["gkmlpt"], routes(place)
    assert isinstance(skeleton, Gkmlpt)
    api = place.host, f"/szf/gkmlpt/api/all/{skeleton.category(place.listing('szf'))}"
    whole = served[api]
    assert callable(whole)
    served[api] = lambda asked: not_found() if asked.first("page") == "2" else whole(asked)
    with Portal(hosts=[place.host], served=served) as portal:
        text = registry([place], portal.port, slugs=["szf"])
        (tmp_path / "portals.toml").write_text(text, "utf-8")
        assert collect(tmp_path / "portals.toml", tmp_path / "data").returncode == 3
    (row,) = ledger(tmp_path / "data", "SELECT outcome, detail FROM outcomes")
    assert row["outcome"] == "incomplete"
    assert "http_404 × 1" in row["detail"]
    assert "the list gave 100 of 108 rows" in row["detail"]


# -- fingerprints ------------------------------------------------------------------------


def column_page(place: County) -> tuple[str, str]:
    """A county's first column: address and text."""
    skeleton = SKELETONS[place.kind]
    path = skeleton.column(place, place.listings[0])
    page = serve([place]).answer(_asked(place.host, path))
    return f"http://{place.host}{path}", page.body.decode()


def _asked(host: str, path: str) -> Any:
    address = urlsplit(path)
    return Asked("GET", host, address.path, tuple(parse_qsl(address.query)))


@pytest.mark.parametrize("place", COUNTIES, ids=KINDS)
def test_the_surest_fingerprint_names_the_family(place: County) -> None:
    url, text = column_page(place)
    found = fingerprints(text, url)
    family = SKELETONS[place.kind].family
    assert found[0].family == family, found
    assert found[0].signs
    if family == "generic":
        assert found[0].score < 50
    else:
        assert found[0].score >= 90
        assert len(found) == 1 or found[0].score > found[1].score


def test_params_that_a_page_gives() -> None:
    given = {
        place.kind: dict(fingerprints(text, url)[0].params)
        for place in COUNTIES
        for url, text in [column_page(place)]
    }
    assert given["gkmlpt"] == {"sid": "755100", "catId": str(2400 + ord("s"))}
    assert given["gkmlpt_index"] == {"sid": "755101", "catId": str(2400 + ord("s"))}
    assert set(given["ucap"]) == {"channelId"}
    assert given["jiangxi"] == {"webSiteCode": "slxrmzf", "channelCode": "szf2022nf,szf2021nb"}
    assert set(given["lonsun"]) == {"siteId"}


@pytest.mark.parametrize("family", MINE)
@pytest.mark.parametrize(
    "text", ["", " ", "<p>欢迎访问</p><a href='/zwgk/'>政务公开</a>", "\0", "{}"]
)
def test_a_page_of_nobody_has_no_fingerprint(family: str, text: str) -> None:
    assert FAMILIES[family].detect(text, "http://a.gov.cn/zwgk/") is None
