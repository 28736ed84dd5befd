"""What an operator sees of runs: the summary, run.json, the difference, what is broken."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from subprocess import CompletedProcess
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlsplit

import pytest

from crawler.outcomes import Course
from crawler.progress import Rate, duration, line
from crawler.runs.at_work import holder
from crawler.runs.difference import difference
from crawler.runs.facts import PortalFacts, RunFacts, last_runs, run_facts
from crawler.runs.health import health
from crawler.runs.lines import MOST_LINES, broken, changes, failures, remarks, table
from crawler.runs.meanings import OUTCOMES, detail_of, of_outcome
from crawler.runs.page import page
from crawler.runs.report import run_data, write
from crawler.wording import plain
from tests.crawls import ROOT, collect, command, scrapy
from tests.ledgers import Book, entry
from tests.portal.counties import county, expected, registry, serve

NOW = datetime(2026, 3, 20, tzinfo=UTC)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    made = Book(tmp_path / "root")
    yield made
    made.ledger.close()


def facts(number: int, **more: Any) -> PortalFacts:
    return PortalFacts(f"p{number:03}", entry(f"p{number:03}"), **more)


def run_of(*portals: PortalFacts) -> RunFacts:
    return RunFacts("r", "fiction", "nianbao", "", "2026-03-01T10:00:00Z", "x", "failed", portals)


def printed(root: Path, *more: str) -> CompletedProcess[str]:
    return scrapy("status", "--data", str(root), *more)


# -- one run -----------------------------------------------------------------------------


def test_new_changed_and_unchanged_are_told_by_the_body_of_the_time_before(book: Book) -> None:
    first = book.run("2026-01-01", {"a": "complete"})
    second = book.run("2026-02-01", {"a": "complete"})
    third = book.run("2026-03-01", {"a": "complete", "b": "complete"})
    for url, bodies in {
        "http://a.invalid/same": ("x", "x", "x"),
        "http://a.invalid/other": ("x", "x", "y"),
        "http://a.invalid/back": ("x", "y", "x"),  # not what it was last time
        "http://a.invalid/after-a-pause": ("x", None, "x"),
        "http://a.invalid/new": (None, None, "x"),
    }.items():
        for run, body in zip((first, second, third), bodies, strict=True):
            if body:
                book.capture(run, "a", url, body)
    book.capture(third, "a", "http://a.invalid/same", "x", status=304, revisit_of="r1")
    book.capture(third, "a", "http://a.invalid/error", "z", status=404)
    book.capture(third, "a", "http://a.invalid/list", "z", role="list")
    book.capture(third, "b", "http://b.invalid/node", "z", role="node")
    a, b = run_facts(book.ledger, third).portals
    assert (a.new, a.changed, a.unchanged) == (1, 2, 2)
    assert (b.new, b.changed, b.unchanged) == (1, 0, 0)
    one = run_facts(book.ledger, first).portals[0]
    assert (one.new, one.changed, one.unchanged) == (4, 0, 0)


def test_failures_are_told_by_reason_in_words(book: Book) -> None:
    run = book.run("2026-01-01", {"a": "incomplete"})
    for kind, number in (("http_503", 2), ("timeout", 1), ("gone", 4), ("unlisted", 1)):
        book.issue(run, "a", kind, number)
    found = run_facts(book.ledger, run)
    assert failures(found.portals) == "http_503 × 2, timeout × 1"
    assert found.portals[0].gone == 5
    assert "complete" not in next(remarks(found)).split("declared")[0].split(":")[0]
    many = facts(1, issues={"a": 5, "b": 4, "c": 3, "d": 2, "e": 1})
    assert failures([many]) == "a × 5, b × 4, c × 3, others × 3"


def test_the_table_adds_up_and_puts_what_needs_a_look_first() -> None:
    run = run_of(
        facts(1, outcome="wall", detail="wall:jsl"),
        facts(2, outcome="complete", found=5, expected=3, new=2, changed=1, unchanged=2),
        facts(3, outcome="wall", declared="wall"),
        facts(4, found=0),
    )
    lines = [" ".join(text.split()) for text in table(run)]
    assert lines[0] == "portal outcome expected found new changed unchanged gone failed"
    assert lines[1].startswith("p001 wall 0 0")
    assert lines[2] == "p002 complete 3 5 2 1 2 0"
    assert lines[3].startswith("p003 wall (declared) ")
    assert lines[4].startswith("p004 (no end yet) ")
    assert lines[5] == "4 portals 2 as declared 3 5 2 1 2 0"
    looked = list(remarks(run))
    assert looked[0].startswith("p001: wall (wall:jsl: 加速乐")
    assert "http://p001.invalid/zfxxgknb/ → write to the site" in looked[0]
    assert [text.split(":")[0] for text in looked] == ["p001", "p004"]


def test_a_table_of_many_portals_folds_those_that_ended_quietly() -> None:
    quiet = [facts(number, outcome="complete", found=2) for number in range(80)]
    loud = facts(99, outcome="timeout", issues={"timeout": 1})
    dead = facts(98, outcome="complete", issues={"gone": 1})
    text = list(table(run_of(loud, dead, *quiet)))
    assert len(text) == 6
    assert "(80 portals more)  as declared" in text[3]
    assert "--all" in text[-1]
    assert max(map(len, text)) <= 110
    assert len(list(table(run_of(loud, dead, *quiet), every=True))) == 84
    assert len(list(table(run_of(*quiet[:MOST_LINES])))) == MOST_LINES + 2


def test_words_of_an_older_or_newer_program_are_told_as_they_are() -> None:
    assert "does not know" in of_outcome("blocked").means
    assert detail_of("wall", "wall:rs").startswith("wall:rs: 瑞数")
    assert detail_of("incomplete", "wall:rs") == "wall:rs"


# -- the difference to the last run ------------------------------------------------------


def test_the_difference_is_each_portals_to_its_own_last_run(book: Book) -> None:
    first = book.run("2026-01-01", {"a": "complete", "b": "complete 5", "c": "complete"})
    book.issue(first, "c", "http_404")
    book.run("2026-01-10", {"b": "complete 7"})  # --portal b
    book.run("2026-01-20", {"a": ""}, ended=False)  # killed: says nothing of a
    last = book.run(
        "2026-02-01", {"a": "wall", "b": "complete 6", "c": "complete", "d": "complete"}
    )
    book.issue(last, "c", "http_404")
    book.issue(last, "c", "data_loss")
    found = {
        change.portal: change for change in difference(book.ledger, run_facts(book.ledger, last))
    }
    assert found["a"].outcome == ("complete", "wall")
    assert found["b"].found == (7, 6)
    assert found["c"].new_kinds == ("data_loss",)
    assert found["d"].before == ""
    assert {change.before for change in difference(book.ledger, run_facts(book.ledger, first))} == {
        ""
    }  # what came later is not “before”
    said = list(changes(run_facts(book.ledger, last), list(found.values())))
    assert "  a: complete → wall" in said
    assert "  b: 7 → 6 candidates" in said
    assert "  c: new kinds of issue: data_loss" in said
    assert "  d: crawled for the first time: complete" in said


def test_a_run_like_the_last_differs_in_nothing(book: Book) -> None:
    book.run("2026-01-01", {"a": "wall", "b": "complete"})
    last = book.run("2026-02-01", {"a": "wall", "b": "complete", "c": ""}, ended=False)
    found = difference(book.ledger, run_facts(book.ledger, last))
    assert found == []
    assert list(changes(run_facts(book.ledger, last), found)) == [
        "as last time: every portal's outcome, candidates and kinds of issue"
    ]


def test_a_portal_cut_off_by_the_window_has_not_lost_candidates(book: Book) -> None:
    book.run("2026-01-01", {"a": "complete 9"})
    last = book.run("2026-02-01", {"a": "window 4"})
    change = difference(book.ledger, run_facts(book.ledger, last))[0]
    assert change.outcome == ("complete", "window")
    again = book.run("2026-03-01", {"a": "window 2"})
    assert difference(book.ledger, run_facts(book.ledger, again)) == []


# -- run.json ----------------------------------------------------------------------------


def test_run_json_says_all_of_a_run(book: Book) -> None:
    book.run("2026-01-01", {"a": "complete"})
    run = book.run("2026-02-01", {"a": "incomplete 2", "b": "fewer 1"})
    book.issue(run, "a", "http_503", 2)
    write(book.path, book.ledger, run, None)
    data = json.loads((book.path / "run.json").read_text("utf-8"))
    assert data == json.loads((book.path / "runs" / f"{run}.json").read_text("utf-8"))
    assert data == run_data(book.ledger, run)
    assert (data["status"], data["exit_status"], data["shard"]) == ("failed", 3, "")
    assert data["started_at"] < data["finished_at"]
    assert data["totals"]["failed"] == {"http_503": 2}
    assert data["totals"]["portals"] == 2
    a = next(portal for portal in data["portals"] if portal["portal"] == "a")
    assert (a["outcome"], a["found"], a["expected"]) == ("incomplete", 2, 3)
    assert a["do"] == "run again"
    assert a["agency"] == "示例市示例局"
    assert data["difference"][0]["outcome"] == ["complete", "incomplete"]
    assert sorted(path.name for path in (book.path / "runs").iterdir()) == [
        f"{run}.json", "broken.html",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("outcomes", "exit_status"),
    [
        (("complete", "complete"), 0), (("wall", "complete"), 3), (("stopped", "fewer"), 3),
        (("fewer", "complete"), 4), (("fewer", "window"), 4), (("window", "complete"), 5),
        (("window", "wall"), 3), (("", "complete"), 3),
    ],
)  # fmt: skip
def test_exit_statuses_follow_from_the_ledger(
    book: Book, outcomes: tuple[str, str], exit_status: int
) -> None:
    run = book.run("2026-01-01", dict(zip("ab", outcomes, strict=True)), "window")
    assert run_data(book.ledger, run)["exit_status"] == exit_status


def test_the_last_run_of_each_shard_is_shown(book: Book) -> None:
    book.run("2026-01-01", {"a": "complete"})
    book.run("2026-01-02", {"a": "complete"}, shard="1/3")
    first = book.run("2026-01-03", {"a": "complete"}, shard="1/2")
    book.run("2026-01-04", {"b": "wall"}, shard="2/2")
    second = book.run("2026-01-05", {"b": "wall"}, shard="2/2")
    assert last_runs(book.ledger) == [second, first]
    assert run_data(book.ledger, second)["shard"] == "2/2"
    shown = printed(book.path).stdout
    assert shown.index(f"run {second} of registry “fiction”, shard 2/2") < shown.index(first)
    whole = book.run("2026-01-06", {"a": "complete"})
    assert last_runs(book.ledger) == [whole]


def test_a_killed_run_has_no_exit_status_and_shows_what_it_had(book: Book) -> None:
    run = book.run("2026-01-01", {"a": "complete", "b": ""}, ended=False)
    book.capture(run, "b", "http://b.invalid/1", "x")
    data = run_data(book.ledger, run)
    assert (data["status"], data["exit_status"], data["finished_at"]) == ("unfinished", None, None)
    b = next(portal for portal in data["portals"] if portal["portal"] == "b")
    assert (b["outcome"], b["new"], b["do"]) == (None, 1, "")
    shown = printed(book.path)
    assert shown.returncode == 0, shown.stderr
    assert "broken off; the next crawl continues it" in shown.stdout
    (book.path / "crawl.lock").write_text(
        f"process {os.getpid()} on {socket.gethostname()} since x"
    )
    assert f"at work: process {os.getpid()} on " in printed(book.path).stdout
    assert "never crawled to an end: b" in shown.stdout


def test_the_lock_of_a_dead_process_means_nothing(tmp_path: Path) -> None:
    assert holder(tmp_path) == ""
    host = socket.gethostname()
    for number, who, alive in (
        (2_000_000_000, host, False),
        (os.getpid(), host, True),
        (1, "x", True),
    ):
        (tmp_path / "crawl-2of8.lock").write_text(f"process {number} on {who} since y\n")
        assert bool(holder(tmp_path, "2/8")) is alive
    (tmp_path / "crawl.lock").write_text(f"process {os.getpid()} on {host} (shard 2/8) since y\n")
    assert holder(tmp_path) == ""  # that is no whole crawl


# -- what is broken ----------------------------------------------------------------------


def test_what_is_broken_is_told_since_when_and_when_it_last_worked(book: Book) -> None:
    book.run("2026-01-01", {"a": "complete 7", "b": "complete", "c": "wall", "d": "complete"})
    book.run("2026-01-11", {"a": "timeout", "b": "timeout", "c": "wall", "d": "complete"})
    book.run("2026-01-21", {"a": "wall", "b": "complete", "c": "wall", "d": "complete"})
    book.run("2026-02-01", {"b": "complete", "d": "complete"})
    book.run("2026-02-11", {"e": ""}, ended=False)
    state = health(book.ledger, at=NOW)
    assert [one.key for one in state.broken] == ["a", "c"]
    a, c = state.broken
    assert (a.since[:10], a.runs, a.worked[:10], a.worked_found) == (
        "2026-01-11",
        2,
        "2026-01-01",
        7,
    )
    assert (c.since[:10], c.runs, c.worked) == ("2026-01-01", 3, "")
    assert [one.key for one in state.never] == ["e"]
    assert [one.key for one in state.well] == ["b", "d"]
    text = "\n".join(broken(state))
    assert "a (示例市示例局, 示例省 示例市): wall, not as declared since 2026-01-11" in text
    assert "(2 runs in a row); last complete 2026-01-01 (7 candidates)" in text
    assert "never complete" in text
    assert f"do: {OUTCOMES['wall'].do}" in text
    assert "no crawl has finished for 46 days, since 2026-02-01" in text


def test_declared_outcomes_are_not_broken_and_a_mended_one_is_told(book: Book) -> None:
    run = book.run("2026-03-01", {"a": "complete"})
    for key, outcome in (("b", "wall"), ("c", "complete"), ("d", "timeout")):
        book.portal(run, entry(key, outcome="wall"))
        book.outcome(run, key, outcome, expected="wall", detail="wall:acw" if key == "b" else "")
    state = health(book.ledger, at=NOW)
    assert [one.key for one in state.broken] == ["d"]
    assert [one.key for one in state.declared] == ["b"]
    assert [one.key for one in state.mended] == ["c"]
    text = "\n".join(broken(state))
    assert "not complete, as declared: b (wall (wall:acw: 阿里云" in text
    assert "declared otherwise, but complete (correct `outcome`): c" in text


def test_the_registry_says_which_portals_count(book: Book) -> None:
    book.run("2026-01-01", {"a": "wall", "b": "wall"})
    state = health(book.ledger, {"b": entry("b"), "z": entry("z")}, NOW)
    assert [one.key for one in state.broken] == ["b"]
    assert [one.key for one in state.never] == ["z"]
    assert state.overdue(35) == ["b"]
    assert state.overdue(90) == []


class Tags(HTMLParser):
    """All tags and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_shows_everything_and_runs_nothing(book: Book) -> None:
    evil = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
    run = book.run("2026-01-01", {"c": "complete"})
    for key, outcome in (("a", "wall"), ("b", "robots_denied"), ("n", "")):
        book.portal(
            run, entry(key, agency=evil, region_name=evil, column=f"javascript:alert(3)//{evil}")
        )
        if outcome:
            declared = "robots_denied" if key == "b" else "complete"
            book.outcome(run, key, outcome, detail=evil, expected=declared)
    text = page(evil, health(book.ledger, at=NOW))
    found = Tags(text).tags
    assert not {"script", "img", "link", "iframe"} & {tag for tag, _ in found}
    assert not [name for _, attrs in found for name in attrs if name.startswith(("on", "src"))]
    assert not [attrs for tag, attrs in found if tag == "a"]
    assert text.count("&lt;script&gt;alert(1)") >= 8
    assert "default-src 'none'" in text
    assert "write to the site" in text
    assert "no crawl has finished for 77 days" in text


def test_the_page_links_a_column_and_can_be_without_trouble(book: Book) -> None:
    book.run("2026-03-10", {"a": "complete", "b": "complete"})
    text = page("fiction", health(book.ledger, at=NOW))
    assert "Nothing is broken" in text
    assert "no crawl has finished" not in text
    book.run("2026-03-11", {"a": "dns"})
    text = page("fiction", health(book.ledger, at=NOW))
    assert '<a href="http://a.invalid/zfxxgknb/" rel="noreferrer">' in text
    assert "示例市示例局" in text


def test_a_terminal_shows_no_control_characters() -> None:
    assert plain("a\x1b[2Jb\n\u202ec　示例") == "a\ufffd[2Jb\ufffd\ufffdc　示例"


# -- progress ----------------------------------------------------------------------------


def test_the_progress_line_says_what_is_known() -> None:
    courses = {f"p{number}": Course(open=300, candidates=2, issues=1) for number in range(200)}
    session = SimpleNamespace(
        courses=courses,
        results=dict.fromkeys(list(courses)[:198]),
        portals={key: SimpleNamespace(hosts=("h",)) for key in courses},
        store=SimpleNamespace(tally=lambda key: SimpleNamespace(captured=1, unchanged=1)),
        registry=SimpleNamespace(delay=3),
    )
    text = line(cast("Any", session), 3725, 4000, 64.4)
    assert text == (
        "198 of 200 portals, 4000 pages (64 a minute), 400 candidates: 200 stored, "
        "200 unchanged; 60000 requests open, 200 issues, 62 min; at least 15 min more; "
        "left: p198, p199"
    )
    session.registry.delay = 0
    assert "more" not in line(cast("Any", session), 1, 0, 0)


def test_the_rate_is_of_the_last_minute() -> None:
    rate = Rate()
    assert rate.a_minute(0, 0) == 0
    assert rate.a_minute(30, 60) == 120
    assert rate.a_minute(60, 120) == 120
    for second in range(70, 200, 10):
        last = rate.a_minute(second, 120)
    assert last == 0
    assert (duration(99), duration(3600), duration(7260)) == ("99 s", "60 min", "2 h 01 min")


def test_on_a_terminal_the_line_is_written_over_itself_and_messages_stand_alone(
    tmp_path: Path,
) -> None:
    ours, theirs = pty.openpty()
    place = county(2, "vsb")
    with serve([place]) as portal:
        robots = b"User-agent: *\nCrawl-delay: 99\n"
        portal.replace(place.host, "/robots.txt", robots, content_type="text/plain")
        (tmp_path / "r.toml").write_text(registry([place], portal.port), "utf-8")
        order = command(tmp_path / "r.toml", tmp_path / "data")
        environment = {**os.environ, "COLUMNS": "60"}
        process = subprocess.Popen(
            order, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=theirs, env=environment
        )
        os.close(theirs)
        said = b""
        while b"of 3 portals" not in said or b"s between requests" not in said:
            said += os.read(ours, 4096)
        process.kill()
        with contextlib.suppress(OSError):  # the other end is closed
            while more := os.read(ours, 4096):
                said += more
        process.wait(30)
    os.close(ours)
    lines = re.split(r"[\r\n]+", said.decode())
    progress = [line for line in lines if "of 3 portals" in line]
    assert progress
    assert all(len(line.removesuffix("\x1b[K")) <= 59 for line in progress)
    message = next(line for line in lines if "s between requests" in line)
    assert message.startswith("\x1b[K")
    assert "portals" not in message


# -- the whole ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Crawled:
    """Two crawls of a county; in between a page changed, one went, and a portal died."""

    first: CompletedProcess[str]
    second: CompletedProcess[str]
    data: Path
    registry: Path


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    folder = tmp_path_factory.mktemp("runs")
    place = county(1, "vsb")
    file, data = folder / "portals.toml", folder / "data"
    with serve([place]) as portal:
        text = registry([place], portal.port)
        file.write_text(text, "utf-8")
        first = collect(file, data)
        url = next(iter(expected(place, portal.port).values()))
        path = urlsplit(next(iter(url.values()))[0]).path
        portal.replace(place.host, path, portal.page(place.host, path).body + b"<!-- 1 -->")
        column = re.findall(r'column = "http://[^/]+(/[^"]+)"', text)[1]
        portal.remove(place.host, column)
        second = collect(file, data)
    return Crawled(first, second, data, file)


def test_a_crawl_ends_with_its_summary_and_leaves_it_on_disk(crawled: Crawled) -> None:
    assert crawled.first.returncode == 0, crawled.first.stderr
    assert "county1-szf: crawled for the first time: complete" in crawled.first.stdout
    assert crawled.second.returncode == 3, crawled.second.stderr
    data = json.loads((crawled.data / "run.json").read_text("utf-8"))
    totals = data["totals"]
    assert (totals["new"], totals["changed"]) == (0, 1)
    assert totals["unchanged"] > 10
    assert data["portals"][0]["outcome"] == "not_found"
    assert len(list((crawled.data / "runs").glob("*.json"))) == 2
    assert "complete → not_found" in crawled.second.stdout
    assert f"→ {OUTCOMES['not_found'].do}" in crawled.second.stdout
    assert "county1-czj" in (crawled.data / "runs" / "broken.html").read_text("utf-8")


def files(folder: Path) -> dict[Path, int]:
    """Files and when they were written, but for those that SQLite makes to look."""
    found = (path for path in folder.rglob("*") if not path.name.startswith("ledger.db-"))
    return {path: path.stat().st_mtime_ns for path in found if path.is_file()}


def test_status_prints_the_same_at_any_time(crawled: Crawled) -> None:
    before = files(crawled.data)
    shown = printed(crawled.data, "--registry", str(crawled.registry))
    assert shown.returncode == 0, shown.stderr
    for text in crawled.second.stdout.splitlines():
        assert text in shown.stdout
    assert "broken: 1 of 3 portals" in shown.stdout
    assert "failed (exit status 3)" in shown.stdout
    data = json.loads((crawled.data / "run.json").read_text("utf-8"))
    assert json.loads(printed(crawled.data, "--json").stdout) == data
    older = data["difference"][0]["before"]
    assert "complete (exit status 0)" in printed(crawled.data, "--run", older).stdout
    assert files(crawled.data) == before


def test_status_says_what_it_cannot_show(crawled: Crawled, tmp_path: Path) -> None:
    for root, more in ((tmp_path, ()), (crawled.data, ("--run", "nonsense"))):
        failed = printed(root, *more)
        assert (failed.returncode, failed.stderr.count("\n")) == (1, 1)
        assert failed.stderr.startswith("status: ")
