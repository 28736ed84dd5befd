"""What visitors' statements may take, and that nobody else waits for them."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import threading
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from datasette.database import connections

from archive.site import page_size, plugin, threads
from archive.site.lanes import Full, Lane, Lanes
from archive.site.serve import site

ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"
BLOBS = (
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 40) "
    "SELECT randomblob(199000) FROM c"
)


def get(root: Path, *paths: str) -> list[Any]:
    """Answers of a site that is made for them, asked for all at once."""

    async def ask() -> list[Any]:
        datasette = site(root)
        await datasette.invoke_startup()
        return await asyncio.gather(*(datasette.client.get(path) for path in paths))

    return asyncio.run(ask())


@pytest.fixture(scope="module")
def root(demo: tuple[Path, str]) -> Path:
    return demo[0]


def test_who_finds_a_lane_full_is_sent_away_and_the_others_take_turns() -> None:
    lane = Lane(at_once=1, waiting=1, patience=5)
    seen: list[str] = []

    async def enter(name: str, free: asyncio.Event) -> None:
        try:
            async with lane.entered():
                seen.append(f"{name} in")
                await free.wait()
        except Full:
            seen.append(f"{name} full")

    async def all_of_them() -> None:
        free = asyncio.Event()
        tasks = [asyncio.create_task(enter(name, free)) for name in "abc"]
        for _ in range(10):  # turns of the loop, however long they take
            await asyncio.sleep(0)
        assert seen == ["a in", "c full"]
        free.set()
        await asyncio.gather(*tasks)

    asyncio.run(all_of_them())
    assert seen == ["a in", "c full", "b in"]


def test_who_waits_too_long_is_sent_away_and_leaves_no_gap() -> None:
    async def enter() -> None:
        lane = Lane(at_once=1, waiting=1, patience=0.01)
        async with lane.entered():
            for _ in range(2):  # the place of the first is free again
                with pytest.raises(Full):
                    await lane.entered().__aenter__()
        async with lane.entered():
            pass

    asyncio.run(enter())


def test_each_kind_of_request_has_a_lane() -> None:
    lanes = Lanes()
    statement, table, stream = (
        lanes.of(query) for query in (b"sql=select+1", b"_facet=year", b"_stream=on&_where=1")
    )
    assert len({id(statement), id(table), id(stream)}) == 3
    assert lanes.of(b"_where=1") is statement
    assert lanes.of(b"") is table
    ours, question = lanes.of_ours("/bg/1"), lanes.of_ours("/sousuo.json")
    assert len({id(each) for each in (statement, table, stream, ours, question)}) == 5
    assert question.at_once < threads.OWN <= ours.at_once  # a thread is left for other pages


def test_a_statement_that_finds_no_room_is_told_when_to_come_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Narrow:
        lane = Lane(at_once=1, waiting=0, patience=1)

        def of(self, _query: bytes) -> Lane:
            return self.lane

        def of_ours(self, path: str) -> Lane:
            return Lanes().of_ours(path)

    monkeypatch.setattr(plugin, "Lanes", Narrow)
    path, sheet = "/nianbao.json?sql=select+7", "/nianbao.csv?sql=select+8"
    answers = get(root, path, path, sheet, "/fugai", "/-/health", "/static/nianbao.css")
    assert [answer.status_code for answer in answers] == [200, 503, 503, 200, 200, 200]
    assert answers[1].headers["retry-after"] == "10"
    assert answers[1].text == "查询太多，请稍候再试"
    assert "content-security-policy" in answers[1].headers


def test_our_pages_do_not_wait_for_the_threads_of_statements(root: Path) -> None:
    async def ask() -> int:
        datasette = site(root)
        await datasette.client.get("/-/health")  # the first request has Datasette count its tables
        free = threading.Event()
        held = [datasette.executor.submit(free.wait) for _ in range(threads.VISITORS)]
        try:
            answer = await asyncio.wait_for(datasette.client.get("/fugai"), 30)
        finally:
            free.set()
        assert all(each.result() for each in held)
        return int(answer.status_code)

    assert asyncio.run(ask()) == 200


def test_what_takes_too_long_is_interrupted_and_what_comes_after_it_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(threads, "LONGEST", 0.05)

    async def run() -> list[object]:
        pool = threads.Watched()
        here = connections  # where Datasette has them: a connection belongs to a thread

        def once(sql: str) -> object:
            if not hasattr(here, "conn"):
                here.conn = sqlite3.connect(":memory:")
                pool.opened(here.conn)
            return here.conn.execute(sql).fetchone()[0]

        loop, found = asyncio.get_running_loop(), []
        for sql in ("SELECT 1", ENDLESS, "SELECT 2"):
            try:
                found.append(await loop.run_in_executor(pool, once, sql))
            except sqlite3.OperationalError as error:
                found.append(str(error))
        pool.shutdown()
        return found

    assert asyncio.run(run()) == [1, "interrupted", 2]


def test_a_cursor_that_stays_open_interrupts_nothing_that_comes_after(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.site.threads.LONGEST", 0.1)
    endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT {} FROM c"
    left: list[sqlite3.Cursor] = []

    def leave(conn: sqlite3.Connection) -> None:
        left.append(conn.execute(endless.format("x")))
        left[0].fetchone()
        conn.execute(endless.format("count(*)")).fetchone()

    async def one_after_the_other() -> int:
        datasette = site(root)
        database = datasette.get_database("nianbao")
        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            await database.execute_fn(leave)
        assert database._all_file_connections == []  # nor does it stay in memory
        found = await database.execute_fn(lambda conn: conn.execute("SELECT 1").fetchone()[0])
        return int(found)

    assert asyncio.run(one_after_the_other()) == 1


def test_an_answer_has_a_limit_of_text_and_of_columns(root: Path) -> None:
    wide = "SELECT * FROM figures a, figures b"
    paths = [f"/nianbao{form}?sql={quote(sql)}" for sql in (BLOBS, wide) for form in ("", ".json")]
    blobs, blobs_json, columns, columns_json = get(root, *paths)
    answers = (blobs, blobs_json, columns, columns_json)
    assert [answer.status_code for answer in answers] == [400] * 4
    assert "结果的文字太多" in blobs.text
    assert threads.TOO_LARGE in blobs_json.text
    assert "too many columns" in columns.text
    assert get(root, f"/nianbao.csv?sql={quote(BLOBS)}")[0].text.count("\r\n") == 41  # to a file
    small = BLOBS.replace("199000", "100000")  # 4 of the 5 million bytes
    assert get(root, f"/nianbao.json?sql={quote(small)}")[0].status_code == 200


def test_a_page_shows_fewer_cells_than_a_program_gets(root: Path) -> None:
    sql = quote("SELECT f.*, l.position, l.figure FROM figures f, lines l")
    page, data, size = get(
        root, f"/nianbao?sql={sql}", f"/nianbao.json?sql={sql}", "/nianbao/figure_notes?_size=max"
    )
    shown = len(re.findall(r"<tr>", page.text)) - 1
    assert shown == page_size.MOST_CELLS // 229
    assert f"只列前 {shown} 行" in page.text
    assert "JSON 至多 2,000 行；CSV 为全部行" in page.text
    assert len(data.json()["rows"]) == 2000
    assert len(re.findall(r"<tr>", size.text)) - 1 <= page_size.MOST_ROWS


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("/nianbao/figures", b"_size=max", b"_size=500"),
        ("/nianbao/figures", b"a=1&_size=2000&b=2", b"a=1&_size=500&b=2"),
        ("/nianbao/figures", b"_size=" + b"9" * 30, b"_size=500"),
        ("/nianbao/figures", b"_size=20&x_size=max", b"_size=20&x_size=max"),
        ("/nianbao/figures", b"_size=-1", b"_size=-1"),  # Datasette says what is wrong with it
        ("/nianbao/figures.json", b"_size=max", b"_size=max"),
        ("/nianbao/figures.csv", b"_size=max", b"_size=max"),
        ("/nianbao/figures", b"_format=csv&_size=max", b"_format=csv&_size=500"),
        ("/nianbao/figures.xyz", b"_size=max", b"_size=500"),
    ],
)
def test_only_a_page_has_its_rows_limited(path: str, query: bytes, expected: bytes) -> None:
    with page_size.limited({"path": path, "query_string": query}) as scope:
        assert scope["query_string"] == expected


def test_a_static_file_is_kept_by_browsers_under_the_address_that_names_its_version(
    root: Path,
) -> None:
    ours, theirs = get(root, "/fugai", "/nianbao/checks")
    pattern = re.compile(r"/static/nianbao\.css\?v=[0-9a-f]{10}")
    (address,) = {found for page in (ours, theirs) for found in pattern.findall(page.text)}
    kept, other, plain = get(root, address, f"{address}0", "/static/nianbao.css")
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "cache-control" not in other.headers
    assert "cache-control" not in plain.headers
