"""Hubs and odd places: each is read to its end, and what hinders that is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.crawls import addresses, collect, ledger, whole
from tests.portal import Portal
from tests.portal.counties import odd

KEYS = tuple(odd.columns())
LEAVING = "/leaving/nb/202201/t20220120_{}.html"


class Crawled:
    """A crawl of all columns; then one column loses articles, and is crawled twice more."""

    def __init__(self, portal: Portal, folder: Path) -> None:
        self.port, self.data = portal.port, folder / "data"
        registry = folder / "portals.toml"
        registry.write_text(odd.registry(portal.port), "utf-8")
        self.done = collect(registry, self.data)
        self.asked = addresses(portal)
        self._leave(portal)
        only = ("--portal", "odd-leaving")
        self.later = [collect(registry, self.data, *only) for _ in range(2)]
        self.runs = [
            row["run_id"] for row in ledger(self.data, "SELECT * FROM runs ORDER BY started_at")
        ]

    @staticmethod
    def _leave(portal: Portal) -> None:
        """One is listed and gone, one is neither, one is there and not listed."""
        page = portal.page(odd.HOST, "/leaving/nb/").body.decode()
        for number in (3, 4):
            page = page.replace(f'<a href="{LEAVING.format(number)[12:]}"', "<a")
        portal.replace(odd.HOST, "/leaving/nb/", page.encode())
        portal.remove(odd.HOST, LEAVING.format(2))
        portal.remove(odd.HOST, LEAVING.format(4))

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        return ledger(self.data, sql, *values)

    def issues(self, key: str, run: int = 0) -> set[tuple[str, str]]:
        """(Kind, path) of what a run noted of a portal."""
        sql = "SELECT * FROM issues WHERE run_id = ? AND portal = ?"
        return {(r["kind"], urlsplit(r["url"]).path) for r in self.rows(sql, self.runs[run], key)}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    with odd.serve() as portal:
        yield Crawled(portal, tmp_path_factory.mktemp("odd"))


@pytest.mark.parametrize("key", KEYS)
def test_everything_is_captured_once_in_its_role_and_nothing_else(
    crawled: Crawled, key: str
) -> None:
    sql = (
        "SELECT url, role FROM captures WHERE run_id = ? AND portal = ? AND status = 200 "
        "AND role NOT IN ('list', 'robots')"
    )
    rows = crawled.rows(sql, crawled.runs[0], key)
    assert {row["url"]: row["role"] for row in rows} == odd.expected(key, crawled.port)
    assert len({row["url"] for row in rows}) == len(rows), "an address is asked for once"
    for path in odd.columns()[key].never:
        assert odd.address(path, crawled.port) not in crawled.asked
    if key != "odd-files":
        assert crawled.asked[odd.address("/about.pdf", crawled.port)] == 0


@pytest.mark.parametrize("key", KEYS)
def test_the_outcome_is_the_expected_one(crawled: Crawled, key: str) -> None:
    row = crawled.rows("SELECT * FROM outcomes WHERE portal = ? ORDER BY at", key)[0]
    assert (row["outcome"], row["candidates"] >= row["minimum"]) == (row["expected"], True), row
    assert crawled.done.returncode == 0, crawled.done.stderr
    assert "Traceback" not in crawled.done.stderr
    whole(crawled.data)


def test_every_report_of_a_hub_is_counted(crawled: Crawled) -> None:
    row = crawled.rows("SELECT * FROM outcomes WHERE portal = 'odd-hub'")[0]
    assert (row["candidates"], row["captured"]) == (9, 10), "nine reports and a file"
    assert crawled.issues("odd-hub") == set()


def test_caps_are_named(crawled: Crawled) -> None:
    assert crawled.issues("odd-deep") == {("too_deep", "/deep/nb/2021n/czj/")}
    assert crawled.issues("odd-long") == {("too_many_pages", "/long/nb/index_3.html")}
    details = {
        row["portal"]: row["detail"] for row in crawled.rows("SELECT portal, detail FROM outcomes")
    }
    assert "too_deep × 1" in details["odd-deep"]
    assert "too_many_pages × 1" in details["odd-long"]


def test_files_elsewhere_are_fetched_and_flagged(crawled: Crawled) -> None:
    assert ("file_elsewhere", "/doc/off.pdf") in crawled.issues("odd-bodies")
    assert crawled.issues("odd-files") >= {
        ("file_elsewhere", "/doc/2020.pdf"), ("off_host", "/nb/t20220120_1.html"),
    }  # fmt: skip
    row = crawled.rows("SELECT * FROM captures WHERE url LIKE '%/doc/off.pdf'")[0]
    assert urlsplit(row["parent"]).path == "/bodies/nb/elsewhere/t20220120_1.html"
    asked = {urlsplit(url).path for url in crawled.asked if odd.FILES in url}
    assert asked == {"/robots.txt", "/doc/off.pdf", "/doc/2020.pdf"}
    assert not any(odd.FOREIGN in url for url in crawled.asked)


def test_a_page_saved_as_a_file_is_named(crawled: Crawled) -> None:
    assert ("wall:page", "/bodies/nb/misnamed/lost.pdf") in crawled.issues("odd-bodies")
    assert ("wrong_type", "/files/nb/P020200120.pdf") in crawled.issues("odd-files")


def test_attachments_are_tied_to_their_article(crawled: Crawled) -> None:
    rows = crawled.rows(
        "SELECT * FROM captures WHERE role = 'attachment' AND portal = 'odd-bodies'"
    )
    for row in rows:
        assert "/bodies/nb/" in row["parent"]
    named = {urlsplit(row["url"]).path: row["list_title"] for row in rows}
    assert named["/up/based/b.pdf"] == "年报.pdf"
    assert named["/module/download/downfile.jsp"] == "年报.pdf"


def test_what_is_gone_or_listed_no_more_is_said(crawled: Crawled) -> None:
    assert [done.returncode for done in crawled.later] == [0, 0]
    gone = {("gone", LEAVING.format(2)), ("gone", LEAVING.format(4))}
    for run in (1, 2):
        assert crawled.issues("odd-leaving", run) == {*gone, ("unlisted", LEAVING.format(3))}
    assert crawled.issues("odd-leaving") == set()
