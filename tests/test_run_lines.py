"""What the summary says of runs that were cut off, resumed, or had fewer kinds of issue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from scrapy.exceptions import DownloadCancelledError, DownloadFailedError, ResponseDataLossError
from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure

from crawler.outcomes import Course, decide, kind_of
from crawler.runs.difference import difference
from crawler.runs.facts import run_facts
from crawler.runs.health import health
from crawler.runs.lines import broken, changes, remarks, table
from crawler.runs.meanings import detail_of, to_do
from crawler.runs.page import page
from crawler.runs.report import run_data
from tests.crawls import scrapy
from tests.ledgers import Book, entry

NOW = datetime(2026, 3, 20, tzinfo=UTC)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    made = Book(tmp_path / "root")
    yield made
    made.ledger.close()


def changed(book: Book, run_id: str) -> list[str]:
    run = run_facts(book.ledger, run_id)
    return list(changes(run, difference(book.ledger, run)))


def issue(book: Book, run_id: str, kind: str, url: str, minute: int, detail: str = "") -> None:
    day = f"{run_id[:4]}-{run_id[4:6]}-{run_id[6:]}"
    row = {
        "run_id": run_id, "portal": "a", "url": url, "kind": kind, "detail": detail,
        "at": f"{day}T10:{minute}:00.000Z",
    }  # fmt: skip
    book.ledger.put("issues", row)


# -- the difference -------------------------------------------------------------------------


def test_a_kind_of_issue_that_is_gone_is_a_difference(book: Book) -> None:
    first = book.run("2026-01-01", {"a": "complete", "b": "complete"})
    book.issue(first, "a", "wrong_type")
    book.issue(first, "b", "timeout")
    second = book.run("2026-02-01", {"a": "complete", "b": "window"})
    assert changed(book, second) == [
        "otherwise than last time:", "  a: no longer: wrong_type", "  b: complete → window",
    ]  # fmt: skip
    assert run_data(book.ledger, second)["difference"][1]["past_kinds"] == ["wrong_type"]


def test_of_no_portals_nothing_is_said_to_be_as_last_time(book: Book) -> None:
    book.run("2026-01-01", {"a": "complete"})
    for run in (book.run("2026-02-01", {}), book.run("2026-03-01", {"a": ""}, ended=False)):
        assert changed(book, run) == ["nothing to compare with last time: no portal has ended"]


def test_a_portal_cut_off_is_not_said_to_have_fewer_candidates(book: Book) -> None:
    book.run("2026-01-01", {"a": "complete 9"})
    run = book.run("2026-02-01", {"a": "window 0"})
    assert changed(book, run)[1:] == ["  a: complete → window"]


# -- cut off is not broken ------------------------------------------------------------------


def test_a_window_breaks_nothing_and_is_one_line(book: Book) -> None:
    keys = [f"p{number:02}" for number in range(40)]
    book.run("2026-03-01", dict.fromkeys(keys, "complete") | {"bad": "wall", "off": "timeout"})
    run = book.run(
        "2026-03-02", dict.fromkeys(keys, "window 0") | {"bad": "window", "off": "timeout"}
    )
    again = book.run("2026-03-03", dict.fromkeys(keys[:2], "stopped"))
    state = health(book.ledger, at=NOW)
    assert [one.key for one in state.cut] == keys
    assert [(one.key, one.outcome, one.runs) for one in state.broken] == [
        ("bad", "wall", 1),  # nobody asked it again, so it is what it was
        ("off", "timeout", 2),
    ]
    said = list(broken(state))
    assert said[0] == "broken: 2 of 42 portals"
    (line,) = [text for text in said if "cut off" in text]
    assert line.startswith("cut off before their end: 40 of 42 portals: p00 (2 runs), p01 (2 runs)")
    assert "p05" not in line
    shown = page("fiction", state)
    assert "42 portals, 2 broken, 40 cut off, 0 complete" in shown
    assert "<h2>Cut off before their end</h2>" in shown
    looked = list(remarks(run_facts(book.ledger, run)))
    assert len(looked) == 2
    assert looked[0].startswith("off: timeout")
    assert looked[1].startswith("41 portals: window: the hour asked (`UNTIL`) came before")
    assert changed(book, run)[1:] == [
        "  bad: wall → window", "  40 portals were cut off: complete → window",
    ]  # fmt: skip
    assert len(list(remarks(run_facts(book.ledger, again)))) == 2  # few are named


def test_what_breaks_after_a_window_is_broken_since_then(book: Book) -> None:
    for day, outcome in (("01", "complete"), ("02", "window"), ("03", "wall"), ("04", "wall")):
        book.run(f"2026-03-{day}", {"a": outcome})
    (one,) = health(book.ledger, at=NOW).broken
    assert (one.since[:10], one.runs) == ("2026-03-03", 2)


def test_a_run_of_no_portals_is_no_sign_of_life(book: Book) -> None:
    book.run("2026-01-01", {"a": "complete"})
    book.run("2026-03-19", {}, "complete")
    assert health(book.ledger, at=NOW).finished.startswith("2026-01-01")


# -- issues ---------------------------------------------------------------------------------


def test_what_the_same_run_obtained_later_is_no_issue(book: Book) -> None:
    run = book.run("2026-01-01", {"a": "complete"})
    urls = [f"http://a.invalid/{number}" for number in range(4)]
    issue(book, run, "wall:jsl", urls[0], 10)  # obtained after the restart, at 10:30
    issue(book, run, "wall:jsl", urls[1], 10)
    issue(book, run, "wrong_type", urls[2], 50)  # noted of what was obtained
    issue(book, run, "unlisted", urls[3], 10)
    for url in (urls[0], urls[2], urls[3]):
        book.capture(run, "a", url, "x")
    assert run_facts(book.ledger, run).portals[0].issues == {
        "wall:jsl": 1, "wrong_type": 1, "unlisted": 1,
    }  # fmt: skip


def test_a_file_fetched_from_another_host_has_not_failed(book: Book) -> None:
    run = book.run("2026-01-01", {"a": "complete"})
    issue(book, run, "file_elsewhere", "http://b.invalid/1.pdf", 10, "linked by x")
    issue(book, run, "off_host", "http://b.invalid/2", 10, "listed by x")
    (portal,) = run_facts(book.ledger, run).portals
    assert portal.issues == {"file_elsewhere": 1, "off_host": 1}
    assert portal.failed == {"off_host": 1}


def test_the_library_is_not_quoted() -> None:
    lost = DownloadFailedError([Failure(ConnectionDone())])
    for error, kind in (
        (lost, "connection_lost"), (ResponseDataLossError(), "data_loss"),
        (DownloadCancelledError("Cancelling download of http://a.invalid/: …"), "too_large"),
    ):  # fmt: skip
        found, said = kind_of(error)
        assert found == kind
        assert "Error" not in said
        assert "Failure" not in said
        assert len(said.split()) > 3
    assert kind_of(KeyError("x")) == ("crawler_error", "KeyError: 'x'")


# -- words ----------------------------------------------------------------------------------


def test_the_advice_for_a_portal_read_in_part_is_for_what_it_lacks() -> None:
    course = Course(column="ok", candidates=3)
    course.failed["timeout"] = 1
    one = decide(course, 0)[1]
    assert one == "1 address failed: timeout × 1"
    assert "hosts" not in to_do("incomplete", one)
    assert "logs.md" in to_do("incomplete", one)
    course.foreign["b.invalid"] = 2
    course.total = 9
    every = to_do("incomplete", decide(course, 0)[1])
    assert "add them to `hosts`" in every
    assert "look at the list" in every
    assert to_do("incomplete", "list_unreadable: no list").startswith("run again; look at it;")
    assert to_do("incomplete", "http_500") == "run again"
    assert to_do("wall", "wall:jsl").startswith("write to the site")


def test_no_kind_is_said_twice_and_one_is_one(book: Book) -> None:
    assert detail_of("robots_denied", "robots_denied: robots.txt forbids it") == (
        "robots.txt forbids it"
    )
    run = book.run("2026-03-19", {})
    book.portal(run, entry("a"))
    book.outcome(run, "a", "fewer", candidates=1, detail="")
    assert decide(Course(column="ok", candidates=1), 2)[1] == "1 candidate of 2 expected"
    assert list(table(run_facts(book.ledger, run)))[-1].startswith("1 portal ")
    assert next(broken(health(book.ledger, at=NOW))) == "broken: 1 of 1 portal"


def test_status_says_what_was_cut_off(book: Book) -> None:
    book.run("2026-03-18", {"a": "complete"})
    book.run("2026-03-19", {"a": "window"}, "window")
    shown = scrapy("status", "--data", str(book.path)).stdout
    assert "nothing is broken in 1 portal" in shown
    assert "cut off before their end: 1 of 1 portal: a (1 run)" in shown
