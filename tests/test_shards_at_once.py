"""`scrapy collect --shards N`: one crawl in several processes, whatever dies meanwhile.

With the command killed, under Dask with workers and a scheduler that are killed, and twice over:
`make prove ONLY=shards`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from archive.cluster.connecting import Cluster
from archive.errors import ClusterFailed, ExtraMissing, RootBusy
from archive.parts import make_part, merge_idle, parts_of
from archive.root import DataRoot, Registry
from archive.store import Store
from crawler.registry import Portal as Entry
from crawler.registry import load
from crawler.session import EndedBefore, session
from crawler.sharded import engines
from crawler.sharded.crawling import Crawl, ends, exit_status
from crawler.sharded.task import Ended, Order, ShardKilled, crawl_shard
from crawler.sharded.waiting import command, is_commanded, patient
from crawler.shards import shard_of
from tests.crawls import ROOT, collect, ledger, scrapy, whole
from tests.portal import Portal
from tests.shard_kills import TAGGED, impolite, kill, scrapies, sessions
from tests.shard_kills import again as fetched_again
from tests.test_shards import bodies, what_is_built

DEMO = Registry("demo", fiction=True)
#: Of some 130 requests; a process is killed then.
SOME = 40


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Portal, Path]]:
    with Portal(latency=0.01) as served:
        registry = tmp_path_factory.mktemp("registry") / "portals.toml"
        registry.write_text(served.registry(), "utf-8")
        yield served, registry


def killing(served: Portal, data: Path, done: list[int]) -> None:
    """Kill one of the processes that crawl, once there were some requests."""
    until = time.monotonic() + 60
    while len(served.requests) < SOME and time.monotonic() < until:
        time.sleep(0.01)
    for process in scrapies(data)[:1]:
        kill(process)
        done.append(process)


def test_a_shard_whose_process_is_killed_is_continued_and_all_is_one_crawl(
    portal: tuple[Portal, Path], tmp_path: Path
) -> None:
    served, registry = portal
    assert collect(registry, tmp_path / "whole").returncode == 0
    served.forget()
    data, killed = tmp_path / "shards", list[int]()
    killer = threading.Thread(target=killing, args=(served, data, killed))
    killer.start()
    done = collect(registry, data, "--shards", "2", *TAGGED)
    killer.join()
    assert (done.returncode, len(killed)) == (0, 1), done.stdout + done.stderr
    assert "was killed (SIGKILL); it is continued (1 of 3)" in done.stderr
    assert max(map(len, sessions(served.requests).values())) == 2, "nobody was killed in time"
    assert impolite(served.requests) == []
    reports = {url for _, role, url, _ in bodies(data) if role == "article"}
    assert fetched_again(served.requests, served.port, reports) <= len(served.hosts)
    whole(data)
    assert set(bodies(data)) == set(bodies(tmp_path / "whole"))
    assert what_is_built(data) == what_is_built(tmp_path / "whole") != set()
    runs = ledger(data, "SELECT shard, status, crawl FROM runs ORDER BY shard")
    assert [(run["shard"], run["status"]) for run in runs] == [
        ("1/2", "complete"), ("2/2", "complete"),
    ]  # fmt: skip
    sizes = [len(shard_of(load(registry).chosen(), n, 2)) for n in (1, 2)]
    for number, size in enumerate(sizes, 1):
        assert f"shard {number}/2: status 0, {size} portals, " in done.stdout
    told = json.loads((data / "run.json").read_text("utf-8"))
    assert (told["run_id"], told["shard"]) == (runs[0]["crawl"], "")
    assert (told["totals"]["portals"], told["exit_status"]) == (sum(sizes), 0)
    status = scrapy("status", "--data", str(data)).stdout
    assert status.startswith(f"run {runs[0]['crawl']} of registry “demo”, began ")
    assert f"{sum(sizes)} portals" in status
    assert not any((data / "parts").iterdir())


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--shards", "2", "--shard", "1/2"), "give one of the two"),
        (("--shards", "-1"), "--shards: -1 is no number of shards"),
        (("--shards", "0"), "--shards: 0 is no number of shards"),
        (("--shards", "0", "--cluster", "local"), "--shards: 0 is no number of shards"),
        (("--cluster", "local"), "give --shards N, too"),
    ],
)
def test_options_that_do_not_go_together(
    portal: tuple[Portal, Path], tmp_path: Path, more: tuple[str, ...], said: str
) -> None:
    done = collect(portal[1], tmp_path / "data", *more)
    assert (done.returncode, said in done.stdout + done.stderr) == (2, True)


def test_an_address_that_is_none_is_refused_before_anything_is_begun(
    portal: tuple[Portal, Path], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    done = collect(portal[1], data, "--shards", "2", "--cluster", "tcp://127.0.0.1:99999")
    assert (done.returncode, data.exists()) == (1, False)
    assert done.stderr.splitlines()[0].startswith("collect: --cluster takes tcp://HOST:PORT")


# -- locks --------------------------------------------------------------------------------------


def test_who_continues_a_shard_waits_for_its_lock(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    root = DataRoot(tmp_path)
    with root.lock("crawl", "1/2"):
        busy = pytest.raises(RootBusy, match=r"shard 1/2 is at work .*process \d+")
        with busy, patient(root, "1/2", 0.1):
            pass
    assert "waiting for it" in caplog.text
    held = root.lock("crawl", "1/2")
    held.__enter__()
    threading.Timer(0.3, lambda: held.__exit__(None, None, None)).start()
    with patient(root, "1/2", 30):
        pass


def test_a_shard_begins_only_while_its_command_holds_its_lock(tmp_path: Path) -> None:
    root = DataRoot(tmp_path)
    root.claim(DEMO)
    order = Order(str(tmp_path), "1/2", log=str(tmp_path / "log"))
    assert not is_commanded(root, 2)
    ended = crawl_shard(order)
    assert (ended.status, "does not lock across machines" in ended.said) == (1, True)
    with root.lock("crawl", command(2)):
        assert is_commanded(root, 2)
        assert not is_commanded(root, 3)
        for shard in ("", "1/3"):
            with pytest.raises(RootBusy), root.lock("crawl", shard):
                pass
        with root.lock("crawl", "1/2"):
            pass
        part = make_part(_known(tmp_path), "1/2", "c1", portals=["pa"], others=["pb"], registry="#")
        part.ask_to_stop()
        assert crawl_shard(order) == Ended("1/2", 3, "stopped before it began")


def _known(path: Path) -> DataRoot:
    Store(DataRoot(path), DEMO).finish("complete")
    return DataRoot(path)


def test_a_shard_that_has_ended_is_not_begun_again(
    portal: tuple[Portal, Path], tmp_path: Path
) -> None:
    root = _known(tmp_path)
    text = portal[1].read_text("utf-8")
    part = make_part(root, "1/2", "c1", portals=["pa"], others=["pb"], registry=text)
    Store(part, DEMO, shard="1/2", crawl=part.crawl).finish("fewer")
    again = session(part.registry_file, tmp_path, shard="1/2", part=True)
    with pytest.raises(EndedBefore) as found, again:
        pass
    assert found.value.status == "fewer"
    merge_idle(root)
    assert parts_of(root) == []


@pytest.mark.parametrize("shard", ["", "1/2"])
def test_a_part_that_waits_for_a_worker_is_not_taken_away_by_another_crawl(
    portal: tuple[Portal, Path], tmp_path: Path, shard: str
) -> None:
    root = _known(tmp_path)
    text = portal[1].read_text("utf-8")
    part = make_part(root, "1/2", "c1", portals=["pa"], others=["pb"], registry=text)
    busy = pytest.raises(RootBusy, match=r"collect --shards 2 is at work")
    with root.lock("crawl", command(2)), busy, session(part.registry_file, tmp_path, shard=shard):
        pass
    assert [each.shard for each in parts_of(root)] == ["1/2"]
    with session(part.registry_file, tmp_path, shard="1/2"):  # its command was killed
        assert parts_of(root) == []


def test_a_process_dies_with_the_one_that_began_it() -> None:
    began = (
        "import subprocess, sys, os; subprocess.Popen([sys.executable, '-c', "
        "'import os, sys, time; from crawler.sharded.launch import die_with; "
        "print(os.getpid(), die_with(int(sys.argv[1])), flush=True); time.sleep(60)', "
        "str(os.getpid())], start_new_session=True).wait()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", began], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child, is_tied = parent.stdout.readline().split()
        assert is_tied == "True"
        parent.send_signal(signal.SIGKILL)
        # The pipe closes when the child is gone, too, and that would be in a minute.
        assert parent.communicate(timeout=30)[0] == ""
    assert (
        not Path(f"/proc/{child}/cmdline").exists()
        or not Path(f"/proc/{child}/cmdline").read_bytes()
    )


def test_a_parent_that_has_ended_before_is_noticed() -> None:
    order = [sys.executable, "-m", "crawler.sharded.launch", str(os.getpid() + 1), "version"]
    done = subprocess.run(order, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "which began this, has ended" in done.stderr


# -- engines ------------------------------------------------------------------------------------

ORDERS = [Order("data", f"{number}/2", log=f"{number}.log") for number in (1, 2)]


def test_a_process_that_is_killed_again_and_again_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def killed(order: Order) -> Ended:
        asked.append(order.shard)
        if order.shard == "2/2" and asked.count("2/2") < 3:
            raise ShardKilled("the process of shard 2/2 was killed (SIGKILL)")
        if order.shard == "1/2":
            raise ShardKilled("the process of shard 1/2 was killed (SIGSEGV)")
        return Ended(order.shard, 0)

    monkeypatch.setattr(engines, "crawl_shard", killed)
    found = {ended.shard: ended for ended in engines.in_threads(ORDERS)}
    assert (asked.count("1/2"), asked.count("2/2")) == (engines.TRIES, 3)
    assert found["2/2"] == Ended("2/2", 0)
    assert (found["1/2"].status, "(SIGSEGV), 4 times; see 1.log" in found["1/2"].said) == (1, True)


class Future:
    """As Dask's: a shard that has ended, or was lost with the scheduler."""

    def __init__(self, status: str, ended: Ended | None = None) -> None:
        self.status, self._ended = status, ended

    def done(self) -> bool:
        return self.status != "pending"

    def exception(self) -> None:
        return None

    def result(self) -> Ended | None:
        return self._ended


class Lost(SimpleNamespace):
    """A cluster whose scheduler is lost after one shard has ended, and away for two looks."""

    def __init__(self, back: bool = True) -> None:
        super().__init__(name="tcp://lost", submitted=[], asked=0, back=back, clients=[])

    def client(self, *_: float) -> Any:
        self.asked += 1
        if self.asked in (2, 3) or (self.asked > 1 and not self.back):
            raise ClusterFailed("no answer")
        client = SimpleNamespace(
            status="running", submit=self.submit, nthreads=lambda: {"w": 1},
            run_on_scheduler=lambda _: None, run=lambda *_, **__: {},
            close=lambda: self.clients.remove(client),
        )  # fmt: skip
        self.clients.append(client)
        return client

    def submit(self, task: Any, order: Order, **how: Any) -> Future:
        assert task is crawl_shard
        assert (how["pure"], how["retries"]) == (False, engines.TRIES - 1)
        self.submitted.append((order.shard, how["key"]))
        if order.shard == "1/2" or self.asked > 1:
            return Future("finished", Ended(order.shard, 0))
        return Future("pending")


def test_shards_are_handed_in_again_when_the_scheduler_is_back(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(engines, "_LOOK", 0.01)
    lost = Lost()
    found = []
    for ended in engines._Dask(lost).crawl(ORDERS):  # type: ignore[arg-type]
        found.append(ended.shard)
        if len(found) == 1:
            lost.clients[0].status = "connecting"
    assert found == ["1/2", "2/2"]
    assert [shard for shard, _ in lost.submitted] == ["1/2", "2/2", "2/2"]
    assert len({key for _, key in lost.submitted}) == 3
    assert (lost.asked, lost.clients) == (4, [])
    assert "the scheduler at tcp://lost was lost" in caplog.text


def test_a_scheduler_that_does_not_come_back_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_LOOK", 0.01)
    monkeypatch.setattr(engines, "PATIENCE", 0.05)
    lost = Lost(back=False)
    crawl = engines._Dask(lost).crawl(ORDERS)  # type: ignore[arg-type]
    next(crawl)
    lost.clients[0].status = "connecting"
    with pytest.raises(ClusterFailed, match="no answer"):
        next(crawl)


@pytest.mark.parametrize("is_lost", [True, False])
def test_a_crawl_that_waits_for_its_cluster_ends_when_it_is_told_to(
    monkeypatch: pytest.MonkeyPatch, is_lost: bool
) -> None:
    monkeypatch.setattr(engines, "_LOOK", 0.01)
    monkeypatch.setattr(engines, "PATIENCE", 5)
    monkeypatch.setattr(engines, "_is_to_stop", lambda orders: bool(list(orders)))
    lost = Lost(back=False)
    crawl = engines._Dask(lost).crawl(ORDERS)  # type: ignore[arg-type]
    assert next(crawl).shard == "1/2"
    if is_lost:
        lost.clients[0].status = "connecting"
    else:
        lost.clients[0].nthreads = dict
    assert [(each.shard, each.status) for each in crawl] == [("2/2", 3)]


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ExtraMissing, match="make cluster-deps"):
        list(engines.under_dask("tcp://127.0.0.1:1", ORDERS))
    assert Cluster.__module__.startswith("archive.")


# -- one status for all -------------------------------------------------------------------------


def entry(key: str) -> Entry:
    return Entry(key, "", "990001", "", f"http://{key}.invalid/", "generic", (f"{key}.invalid",))


@pytest.mark.parametrize(
    ("statuses", "outcomes", "one"),
    [
        ((0, 0), ("complete", "complete"), 0),
        ((0, 4), ("complete", "fewer"), 4),
        ((5, 4), ("window", "fewer"), 4),
        ((5, 0), ("window", "complete"), 5),
        ((3, 5), ("wall", "window"), 3),
        ((0, 1), ("complete", "complete"), 1),
        ((2, 0), ("complete", "complete"), 1),
        ((0, 3), ("complete", None), 3),
        ((0, None), ("complete", "complete"), 1),
    ],
)
def test_one_status_for_all_shards(
    tmp_path: Path, statuses: tuple[int | None, ...], outcomes: tuple[str | None, ...], one: int
) -> None:
    shards = {f"{n}/3": (entry(f"p{n}"),) for n in (1, 2)}
    crawl = Crawl(DataRoot(tmp_path), load(ROOT / "tests/portal/portals.toml"), "c", shards)
    for shard, status in zip(shards, statuses, strict=True):
        crawl.logs[shard] = tmp_path / "log"
        if status is not None:
            crawl.ended[shard] = Ended(shard, status, "why it did" if status in (1, 2) else "")
    facts: list[Any] = [
        SimpleNamespace(key=f"p{n}", outcome=outcome, as_declared=outcome == "complete")
        for n, outcome in enumerate(outcomes, 1)
        if outcome
    ]
    assert exit_status(crawl, facts) == one
    lines = list(ends(crawl, []))
    assert len(lines) == 2
    assert lines[0].startswith(f"shard 1/3: status {statuses[0]}")
    assert ("why it did" in lines[0]) is (statuses[0] in (1, 2))
