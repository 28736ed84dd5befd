"""Shards: which portals go where, who may run beside whom, and what they crawl together."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive.bodies import bodies as read_bodies
from archive.errors import RootBusy
from archive.ledger import Ledger
from archive.root import DataRoot, Registry
from archive.store import Context, Exchange, Store
from crawler.registry import RegistryError, load
from crawler.shards import parse_shard, shard_of
from tests.crawls import ROOT, collect, command, ledger, scrapy, whole
from tests.portal import Portal

DEMO = Registry("demo", fiction=True)


@dataclass(frozen=True)
class Entry:
    key: str
    hosts: tuple[str, ...]


def entries(count: int) -> list[Entry]:
    return [Entry(f"p{n}", (f"www.county{n}.example",)) for n in range(count)]


def division(portals: list[Entry], count: int) -> dict[str, int]:
    """Key of each portal → its shard."""
    found = {}
    for index in range(1, count + 1):
        for portal in shard_of(portals, index, count):
            assert portal.key not in found
            found[portal.key] = index
    return found


def test_every_portal_is_in_one_shard_and_shards_are_about_equal() -> None:
    portals = entries(400)
    found = division(portals, 4)
    assert found.keys() == {portal.key for portal in portals}
    sizes = [list(found.values()).count(index) for index in range(1, 5)]
    assert all(75 <= size <= 125 for size in sizes), sizes
    assert shard_of(portals, 1, 1) == tuple(portals)


def test_portals_that_share_a_host_stay_together() -> None:
    chain = [Entry(f"c{n}", (f"h{n}.example", f"h{n + 1}.example")) for n in range(30)]
    alone = entries(30)
    found = division([*chain[::2], *alone, *chain[1::2]], 8)
    assert len({found[portal.key] for portal in chain}) == 1
    assert len({found[portal.key] for portal in alone}) > 4


def test_a_portal_that_is_named_stays_in_the_shard_that_it_has_among_all() -> None:
    """Named alone it would leave the portals with which it shares hosts, and who asks these."""
    pairs = [
        Entry(f"{name}{n}", (f"{name}{n}.example", f"shared{n}.example"))
        for n in range(20)
        for name in ("a", "b")
    ]
    among_all = division(pairs, 8)
    alone = {
        pair.key: index
        for pair in pairs
        for index in range(1, 9)
        if shard_of([pair], index, 8, pairs)
    }
    assert alone == among_all
    assert {pair.key: i for pair in pairs for i in range(1, 9) if shard_of([pair], i, 8)} != alone


def test_another_portal_moves_nothing() -> None:
    portals = entries(100)
    before = division(portals, 8)
    more = [Entry("new", ("new.example",)), *reversed(portals), Entry("more", ("more.example",))]
    after = division(more, 8)
    assert before.items() <= after.items()


@pytest.mark.parametrize("text", ["9/8", "0/8", "x", "2/", "2/0", "-1/8", "2/8/3", "", "２/８x"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(RegistryError, match="from 1/8 to 8/8"):
        parse_shard(text)


# -- locks ------------------------------------------------------------------------------------


def test_who_may_crawl_beside_whom(tmp_path: Path) -> None:
    root = DataRoot(tmp_path)
    root.claim(DEMO)
    with root.lock("crawl", "1/2"):
        with root.lock("crawl", "2/2"), root.lock("build"):
            pass
        refused = {
            "1/2": r"another crawl of shard 1/2 is at work .*process \d+",
            "": r"another crawl is at work .*shard 1/2",
            "1/3": r"a crawl of shard 1/2 is at work .*process \d+",
        }
        for shard, said in refused.items():
            with pytest.raises(RootBusy, match=said), root.lock("crawl", shard):
                pass
    whole_crawl = r"a whole crawl is at work .*process \d+"
    with root.lock("crawl"), pytest.raises(RootBusy, match=whole_crawl), root.lock("crawl", "1/2"):
        pass
    with root.lock("crawl", "1/3"):
        pass


def captured(store: Store, url: str) -> None:
    exchange = Exchange("GET", url, [], b"", 200, "OK", [], url.encode())
    store.capture(exchange, Context("k", "article"))


def test_a_shard_mends_its_own_files_and_continues_its_own_run(tmp_path: Path) -> None:
    root = DataRoot(tmp_path / "data")
    live = Store(root, DEMO, shard="1/2")
    captured(live, "http://127.0.0.1/1")
    broken = Store(root, DEMO, shard="2/2")
    captured(broken, "http://127.0.0.1/2")
    broken.close()
    again = Store(root, DEMO, shard="2/2")
    assert (again.continued, again.run_id) == (True, broken.run_id)
    assert "http://127.0.0.1/2" in again.done
    assert "http://127.0.0.1/1" not in again.done
    captured(live, "http://127.0.0.1/3")  # its file was not touched
    again.finish("complete")
    live.finish("complete")
    runs = ledger(root.path, "SELECT shard, status FROM runs ORDER BY shard")
    assert runs == [{"shard": f"{n}/2", "status": "complete"} for n in (1, 2)]
    assert len(ledger(root.path, "SELECT * FROM captures")) == 3
    whole(root.path)


# -- crawls -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Portal, Path]]:
    with Portal() as portal:
        registry = tmp_path_factory.mktemp("registry") / "portals.toml"
        registry.write_text(portal.registry(), "utf-8")
        yield portal, registry


def bodies(data: Path) -> list[tuple[str, ...]]:
    sql = "SELECT portal, role, url, sha256 FROM captures ORDER BY portal, role, url, sha256"
    return [tuple(row.values()) for row in ledger(data, sql) if row["role"] != "robots"]


def what_is_built(data: Path) -> set[tuple[str, str]]:
    """What the build reads."""
    with contextlib.closing(Ledger(data / "ledger.db", read_only=True)) as ledger:
        return {(body.url, body.capture["sha256"]) for body in read_bodies(ledger)}


def test_two_shards_at_once_are_one_crawl(portal: tuple[Portal, Path], tmp_path: Path) -> None:
    served, registry = portal
    assert collect(registry, tmp_path / "whole").returncode == 0
    served.forget()
    data = tmp_path / "shards"
    with contextlib.ExitStack() as stack:
        begun = [
            stack.enter_context(
                subprocess.Popen(
                    command(registry, data, "--shard", f"{index}/2"),
                    cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                )
            )
            for index in (1, 2)
        ]  # fmt: skip
        ends = [(*process.communicate(timeout=100), process.returncode) for process in begun]
    assert [status for _, _, status in ends] == [0, 0], ends
    runs = ledger(data, "SELECT run_id, shard, status FROM runs ORDER BY shard")
    assert [(run["shard"], run["status"]) for run in runs] == [
        ("1/2", "complete"), ("2/2", "complete"),
    ]  # fmt: skip
    each = ledger(data, "SELECT run_id, count(*) AS n FROM captures GROUP BY run_id")
    assert all(run["n"] for run in each)
    assert len(each) == 2, "one shard has all portals, and the test shows nothing"
    assert bodies(data) == bodies(tmp_path / "whole")
    whole(data)
    assert what_is_built(data) == what_is_built(tmp_path / "whole") != set()


@pytest.mark.parametrize("shard", ["9/8", "x"])
def test_a_bad_shard_is_one_line(portal: tuple[Portal, Path], tmp_path: Path, shard: str) -> None:
    done = collect(portal[1], tmp_path / "data", "--shard", shard)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"collect: shard {shard!r}: give the part and the number of parts, from 1/8 to 8/8 for "
        "eight"
    ]


def test_the_spider_alone_takes_a_shard(portal: tuple[Portal, Path], tmp_path: Path) -> None:
    keys = sorted(portal.key for portal in shard_of(load(portal[1]).chosen(), 1, 2))
    done = scrapy(
        "crawl", "annual_reports", "-a", "shard=1/2",
        "-a", f"registry={portal[1]}", "-a", f"data={tmp_path / 'spider'}",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = ledger(tmp_path / "spider", "SELECT portal FROM portals ORDER BY portal")
    assert [row["portal"] for row in rows] == keys != []
