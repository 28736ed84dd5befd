"""The hour at which a run ends in order, and what the next run begins with."""

from __future__ import annotations

import subprocess
import time
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import UsageError
from scrapy.http import Response

from archive.store import Context
from crawler.middlewares import TurnsMiddleware
from crawler.session import Result, by_need
from crawler.verdict import verdict
from crawler.window import next_hour
from tests.crawls import ROOT, collect, command, ledger, whole
from tests.portal.faults import Faults

#: All on one host, so that one comes after the other.
ORDER = ("third", "first", "second")


def registry(faults: Faults, delay: float) -> str:
    """Three portals on one site."""
    head, _, table = faults.registry().partition("[portals.site]")
    tables = "".join(f"[portals.{name}]{table.replace('/c/', f'/{name}/')}" for name in ORDER)
    for name in ORDER:
        for path in [path for site, path in faults.pages if path.startswith("/c/")]:
            faults.pages["site", path.replace("/c/", f"/{name}/")] = faults.pages["site", path]
    return head.replace("delay = 0", f"delay = {delay}") + tables


def in_seconds(seconds: float) -> str:
    """The hour that it is then."""
    return f"{datetime.now() + timedelta(seconds=seconds):%H:%M:%S}"


def test_the_window_ends_a_run_and_the_next_one_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "r.toml"
    with Faults(("site",)) as faults:
        # A request in three seconds: ten of them do not fit.
        quick, slow = registry(faults, 0), registry(faults, 3)
        # On a machine too busy to begin before the hour, it is tried again.
        for seconds in (3, 12, 40):
            data = tmp_path / f"data{seconds}"
            path.write_text(quick, "utf-8")
            assert collect(path, data, "--portal", "third").returncode == 0
            path.write_text(slow, "utf-8")
            done = collect(path, data, "-s", f"UNTIL={in_seconds(seconds)}")
            if done.returncode:
                break
        assert done.returncode == 5, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        run = ledger(data, "SELECT * FROM runs ORDER BY started_at DESC LIMIT 1")[0]
        assert run["status"] == "window"
        rows = ledger(data, "SELECT * FROM outcomes WHERE run_id = ?", run["run_id"])
        outcomes = {row["portal"]: row["outcome"] for row in rows}
        assert outcomes.keys() == set(ORDER)
        assert set(outcomes.values()) <= {"window", "complete"}
        assert outcomes["second"] == "window"
        assert ledger(data, "SELECT * FROM issues WHERE run_id = ?", run["run_id"]) == []
        path.write_text(quick, "utf-8")
        faults.asked.clear()
        done = collect(path, data)
        assert done.returncode == 0, done.stdout
        columns = [path.split("/")[1] for path in faults.paths("site") if path.endswith("/")]
    whole(data)
    assert columns.index("third") > columns.index("second"), "it was complete once"


def test_without_a_window_the_same_site_is_complete(tmp_path: Path) -> None:
    with Faults(("site",)) as faults:
        (tmp_path / "r.toml").write_text(registry(faults, 0), "utf-8")
        done = collect(tmp_path / "r.toml", tmp_path / "data", "-s", f"UNTIL={in_seconds(-60)}")
    assert done.returncode == 0, done.stdout


def test_an_hour_that_is_none_is_refused_before_anything_begins(tmp_path: Path) -> None:
    with Faults(("site",)) as faults:
        (tmp_path / "r.toml").write_text(faults.registry(), "utf-8")
        done = collect(tmp_path / "r.toml", tmp_path / "data", "-s", "UNTIL=6 Uhr")
        assert faults.asked == []
    assert done.returncode == 2
    assert "UNTIL: '6 Uhr' is no hour of the day; write it like 06:00" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_signal_does_not_wait_for_a_crawl_delay(tmp_path: Path) -> None:
    path, data = tmp_path / "r.toml", tmp_path / "data"
    with Faults(("site",)) as faults:
        faults.pages["site", "/robots.txt"] = b"User-agent: *\nCrawl-delay: 60\n"
        path.write_text(faults.registry(), "utf-8")
        process = subprocess.Popen(
            command(path, data), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        deadline = time.monotonic() + 30
        while not faults.asked and time.monotonic() < deadline:
            time.sleep(0.01)
        process.terminate()
        out, err = process.communicate(timeout=55)
    assert process.returncode == 3, err
    assert "site: stopped (the crawl was stopped before this portal's end)" in out
    assert "Traceback" not in err
    assert faults.paths("site") == ["/robots.txt"]
    assert [run["status"] for run in ledger(data, "SELECT status FROM runs")] == ["stopped"]
    whole(data)


@pytest.mark.parametrize(
    ("now", "text", "end"),
    [
        ("2024-01-01 22:00", "06:00", "2024-01-02 06:00"),
        ("2024-01-01 05:59", "06:00", "2024-01-01 06:00"),
        ("2024-01-01 06:00", "6:00", "2024-01-02 06:00"),
        ("2024-12-31 23:59", "00:00", "2025-01-01 00:00"),
        ("2024-02-28 12:00", " 11:59 ", "2024-02-29 11:59"),
    ],
)
def test_the_next_hour(now: str, text: str, end: str) -> None:
    found = next_hour(text, datetime.fromisoformat(now))
    assert found.tzinfo is not None
    assert found.replace(tzinfo=None) == datetime.fromisoformat(end)


@pytest.mark.parametrize("text", ["", "24:00", "6", "06:60", "06.00", "-1:00", "6:0", "0600"])
def test_what_is_no_hour(text: str) -> None:
    with pytest.raises(UsageError, match="write it like 06:00"):
        next_hour(text)


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ("complete", ("complete", 0)),
        ("complete window", ("window", 5)),
        ("fewer complete", ("fewer", 4)),
        ("fewer window", ("fewer", 4)),
        ("window stopped", ("failed", 3)),
        ("window wall", ("failed", 3)),
    ],
)
def test_verdicts(outcomes: str, expected: tuple[str, int]) -> None:
    portal: Any = SimpleNamespace(outcome="complete")
    results = [Result(portal, outcome, "", 0, 0, 0, 0) for outcome in outcomes.split()]
    assert verdict(results) == expected


def test_the_first_portals_requests_come_before_all_of_the_second() -> None:
    session = SimpleNamespace(turns={"one": 0, "two": -1})
    crawler: Any = SimpleNamespace(spider=SimpleNamespace(session=session))
    asked = [
        Request("http://a.gov.cn/", meta={"context": Context(portal, "list")}, priority=priority)
        for portal, priority in (("one", 0), ("two", 10), ("one", 10))
    ]
    middleware = TurnsMiddleware(crawler)
    response = Response("http://a.gov.cn/")
    found = list(middleware.process_spider_output(response, asked))
    assert [request.priority for request in found] == [0, -90, 10]


def test_who_was_longest_not_complete_comes_first() -> None:
    rows = [{"portal": "b", "at": "2024-01-02"}, {"portal": "a", "at": "2024-01-03"}]
    store: Any = SimpleNamespace(ledger=SimpleNamespace(rows=lambda _: rows))
    portals: Any = [SimpleNamespace(key=key) for key in "abcd"]
    assert [portal.key for portal in by_need(portals, store)] == ["c", "d", "b", "a"]
