"""Small rules of a crawl, each where it is about to change its mind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.core.downloader import Slot

from archive.root import DataRoot
from archive.root import Registry as RootRegistry
from archive.store import Context, Exchange, Store
from crawler.articles import Articles
from crawler.asking import Asking
from crawler.families import Row
from crawler.gate import Gate, Refused
from crawler.registry import load
from crawler.robots import RobotsMiddleware
from crawler.runs.health import SILENCE_DAYS, health
from crawler.session import Session
from crawler.shards import shard_of
from tests.ledgers import Book

# -- shards, gate, robots, silence --------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    key: str
    hosts: tuple[str, ...]


def test_the_order_of_the_portals_decides_no_shard() -> None:
    # Each ties two hosts to a third, so whoever came first could stand for all of them.
    portals = [
        Entry(f"p{n}{m}", (f"www.shili{n}.example", f"m{m}.shili{n}.example"))
        for n in range(12)
        for m in range(3)
    ]
    divisions = set()
    for order in (portals, portals[::-1], sorted(portals, key=lambda each: each.key[::-1])):
        turned = [Entry(each.key, each.hosts[::-1]) for each in order]
        for taken in (order, turned):
            parts = [shard_of(taken, index, 5) for index in range(1, 6)]
            divisions.add(tuple(frozenset(each.key for each in part) for part in parts))
    assert len(divisions) == 1
    assert sum(bool(part) for part in divisions.pop()) > 2


def test_a_closed_host_keeps_its_first_reason() -> None:
    gate = Gate([Entry("one", ("a.gov.cn",))])
    gate.close("a.gov.cn", "wall:jsl", "status 521")
    gate.close("a.gov.cn", "timeout", "5 requests in a row were not answered")
    with pytest.raises(Refused, match="wall:jsl: status 521"):
        gate.check("http://a.gov.cn/", "one")


def test_of_two_robots_txt_of_a_host_the_longer_delay_holds() -> None:
    slot = Slot(1, 3, jitter=0.5)
    downloader = SimpleNamespace(per_slot_settings={}, slots={})
    crawler: Any = SimpleNamespace(
        engine=SimpleNamespace(downloader=downloader),
        settings=SimpleNamespace(getfloat={"DOWNLOAD_DELAY": 3.0}.__getitem__),
    )
    middleware = RobotsMiddleware(crawler)
    middleware._slow_down("http://a.gov.cn/robots.txt", 20)
    # While the host is idle Scrapy has no slot of it; its settings alone remember.
    middleware._slow_down("https://a.gov.cn/robots.txt", 5)
    assert downloader.per_slot_settings == {"a.gov.cn": {"delay": 20, "jitter": 0}}
    downloader.slots["a.gov.cn"] = slot
    middleware._slow_down("https://a.gov.cn:8443/robots.txt", 10)
    assert (slot.delay, slot.jitter) == (20, 0)
    middleware._slow_down("https://a.gov.cn:8444/robots.txt", 30)
    assert slot.delay == 30


@pytest.mark.parametrize("missing", [1, 0])
def test_silence_begins_after_thirty_five_whole_days(tmp_path: Path, missing: int) -> None:
    assert SILENCE_DAYS == 35
    book = Book(tmp_path / "root")
    book.run("2026-01-01", {"a": "complete"})
    begun, ended = (datetime(2026, 1, 1, hour, tzinfo=UTC) for hour in (10, 11))
    later = timedelta(days=35) - timedelta(seconds=missing)
    said = health(book.ledger, at=ended + later).silence()
    assert said == ("" if missing else "no crawl has finished for 35 days, since 2026-01-01")
    overdue = health(book.ledger, at=begun + later).overdue()
    assert overdue == ([] if missing else ["a"])
    book.ledger.close()


# -- what the archive has ---------------------------------------------------------------

REGISTRY = """name = "demo"
fiction = true
contact = "https://nianbao.invalid/"
recheck_days = 30
[portals.shili]
agency = "示例市财政局"
region = "990100"
region_name = "示例省 示例市"
column = "http://127.0.0.1/l/"
family = "trs"
hosts = ["127.0.0.1"]
"""
URL = "http://127.0.0.1/l/t20210129_1.html"
COLUMN = "http://127.0.0.1/l/"


@dataclass
class Archive:
    """A data root, and what a new session asks for in it."""

    folder: Path

    def store(self) -> Store:
        return Store(DataRoot(self.folder / "data"), RootRegistry("demo", fiction=True))

    def asked(self, store: Store, days: int) -> tuple[list[Request], Session]:
        """What is asked for when a list names the article so many days later."""
        path = self.folder / "r.toml"
        path.write_text(REGISTRY, "utf-8")
        registry = load(path)
        session = Session(registry, registry.portals, store)
        asking = Asking(session, lambda *_: None, lambda *_: None, lambda _: None)
        later = datetime.now(UTC) + timedelta(days=days)
        articles = Articles(asking, lambda: later)
        row = Row(URL, "示例市财政局2020年政府信息公开工作年度报告", "2021-01-29")
        return list(articles.row(registry.portals[0], row, COLUMN)), session


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


def captured(store: Store, role: str = "article", **headers: str) -> None:
    fields = [(name.replace("_", "-"), value) for name, value in headers.items()]
    store.capture(
        Exchange("GET", URL, [], b"", 200, "OK", fields, b"<p>body</p>"),
        Context("shili", role, COLUMN),
    )


@pytest.mark.parametrize(
    "told",
    [
        {"Last_Modified": "Mon, 01 Mar 2021 00:00:00 GMT"},
        {"ETag": '"1"'},
        {"Last_Modified": "Mon, 01 Mar 2021 00:00:00 GMT", "ETag": 'W/"1"'},
        {},
    ],
)
def test_a_recheck_has_the_validators_that_the_site_gave(
    archive: Archive, told: dict[str, str]
) -> None:
    store = archive.store()
    captured(store, **told)
    store.finish("complete")
    again = archive.store()
    (request,), _ = archive.asked(again, days=400)
    sent = {
        name: request.headers[name].decode()
        for name in ("If-None-Match", "If-Modified-Since")
        if name in request.headers
    }
    wanted = {"If-None-Match": told.get("ETag"), "If-Modified-Since": told.get("Last_Modified")}
    assert sent == {name: value for name, value in wanted.items() if value}
    assert archive.asked(again, days=1)[0] == []
    again.close()


def test_what_this_run_stored_is_counted_once(archive: Archive) -> None:
    store = archive.store()
    captured(store)
    # The tally was looking when it was stored: a second list that names it adds nothing.
    requests, session = archive.asked(store, days=0)
    assert requests == []
    assert session.store.tally("shili").captured == 1
    store.close()


def test_what_a_broken_run_stored_is_counted_when_it_goes_on(archive: Archive) -> None:
    store = archive.store()
    captured(store)
    store.close()
    again = archive.store()
    assert again.continued
    assert again.tally("shili").captured == 0
    requests, _ = archive.asked(again, days=0)
    assert requests == []
    assert again.tally("shili").captured == 1
    again.close()
