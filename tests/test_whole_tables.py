"""What everybody asks of a table without a filter is asked once; a visitor's own never is."""

from __future__ import annotations

import asyncio
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.site import warming, whole_tables
from archive.site.serve import site


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that were worked out without a limit."""
    found: list[str] = []
    read = whole_tables._Whole._read

    def watched(self: Any, sql: str, limit: int | None) -> Any:
        found.append(" ".join(sql.split()))
        return read(self, sql, limit)

    monkeypatch.setattr(whole_tables._Whole, "_read", watched)
    return found


def get(root: Path, *paths: str) -> list[Any]:
    """Answers of one site, one after the other."""

    async def ask() -> list[Any]:
        datasette = site(root)
        await datasette.invoke_startup()
        return [await datasette.client.get(path) for path in paths]

    return asyncio.run(ask())


def test_a_table_is_counted_and_grouped_once(demo: tuple[Path, str], worked_out: list[str]) -> None:
    first, again, sorted_ = get(
        demo[0], "/nianbao/reports", "/nianbao/reports", "/nianbao/reports?_sort=published"
    )
    assert first.status_code == 200
    assert first.text == again.text
    assert [sql.split(",")[0] for sql in worked_out[1:]] == [
        "select count(*) from reports",
        "select year as value",
        "select kind as value",
        "select region_name as value",
        "select form as value",
        "select status as value",
    ]
    assert worked_out[0].endswith("from reports order by year desc limit 101")
    assert sorted_.status_code == 200


def test_facets_are_the_same_as_without_it(
    demo: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/nianbao/agency_years.json?_facet=level&_facet_size=max"
    (kept,) = get(demo[0], path)
    monkeypatch.setattr(whole_tables, "_page", lambda path, query: None)
    (plain,) = get(demo[0], path)
    for answer in (told := [kept.json(), plain.json()]):
        answer.pop("query_ms")
    assert told[0] == told[1]
    assert told[0]["facet_results"]["level"]["results"]


@pytest.mark.parametrize(
    "query",
    [
        "?year=2021",
        "?_where=year=2021",
        "?_search=x",
        "?year__gt=2019&_facet=kind",
        "?_timelimit=5",
        "?_facet=kind&_facet_size=7",
        "?sql=select+count(*)+from+reports",
    ],
)
def test_a_filter_is_a_visitors_own(
    demo: tuple[Path, str], worked_out: list[str], query: str
) -> None:
    get(demo[0], f"/nianbao/reports{query}")
    assert worked_out == []


def test_a_facet_that_nobody_offers_is_limited_as_before(
    demo: tuple[Path, str], worked_out: list[str]
) -> None:
    (answer,) = get(demo[0], "/nianbao/reports.json?_facet=title")
    assert answer.json()["facet_results"]["title"]["results"]
    assert not [sql for sql in worked_out if "title as value" in sql]
    assert not get(demo[0], "/nianbao?sql=select+count(*)+from+reports")[0].is_error
    assert len([sql for sql in worked_out if sql == "select count(*) from reports"]) == 1


def test_who_would_wait_too_long_is_told_so_and_finds_it_later(
    demo: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    read = whole_tables._Whole._read

    def slow(self: Any, sql: str, limit: int | None) -> Any:
        assert go_on.wait(30)
        return read(self, sql, limit)

    monkeypatch.setattr(whole_tables._Whole, "_read", slow)
    monkeypatch.setattr(whole_tables, "PATIENCE", 0.05)

    async def ask() -> tuple[Any, Any]:
        datasette = site(demo[0])
        await datasette.invoke_startup()
        early = await datasette.client.get("/nianbao/agencies")
        go_on.set()
        monkeypatch.setattr(whole_tables, "PATIENCE", 30)
        return early, await datasette.client.get("/nianbao/agencies")

    early, late = asyncio.run(ask())
    assert early.status_code == 400
    assert late.status_code == 200


def test_what_one_answer_cuts_off_the_next_one_has(
    demo: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.site.page_size.MOST_CELLS", 2)
    page, program = get(demo[0], "/nianbao/reports", "/nianbao/reports.json?_facet=year")
    assert page.status_code == 200
    assert len(program.json()["facet_results"]["year"]["results"]) > 1


# -- beforehand -----------------------------------------------------------------------


@pytest.fixture
def slow_site() -> Iterator[tuple[tuple[str, int], list[str]]]:
    """A server that has each page when it is asked for it the second time."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200 if asked.count(self.path) > 1 else 400)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield ("127.0.0.1", server.server_port), asked
        server.shutdown()
        thread.join()


def test_a_large_release_is_asked_for_each_page_until_it_is_there(
    slow_site: tuple[tuple[str, int], list[str]],
) -> None:
    address, asked = slow_site
    warming.ask(address, ("/", "/nianbao/reports"))
    assert asked == ["/", "/", "/nianbao/reports", "/nianbao/reports"]


def test_what_is_asked_beforehand_is_there(demo: tuple[Path, str]) -> None:
    paths = warming.addresses()
    assert {"/", "/tubiao", "/nianbao/reports", "/nianbao/coverage"} <= {*paths}
    assert {answer.status_code for answer in get(demo[0], *paths)} == {200}


def test_who_is_to_end_is_asked_no_more(slow_site: tuple[tuple[str, int], list[str]]) -> None:
    address, asked = slow_site
    warming.ask(address, ("/", "/tubiao", "/diqu"), lambda: len(asked) == 3)
    assert asked == ["/", "/", "/tubiao"]


def test_nobody_is_asked_when_the_site_has_ended() -> None:
    warming.ask(("127.0.0.1", 9), ("/", "/none"))
