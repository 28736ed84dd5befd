"""What a stranger may not do to the site, each as it was first done."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from archive.site import addresses, query_strings, reading
from archive.site.serve import site
from tests import served

#: SQLite's own mark of a function that no view or trigger may call, since it is dangerous.
DIRECT_ONLY = 0x80000


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return served.write(tmp_path_factory.mktemp("attacked"))


@pytest.fixture(scope="module")
def ask(root: Path) -> Callable[[str], Any]:
    return served.asking(root)


@pytest.mark.parametrize(
    "sql",
    [
        # Gives the address of a function in memory; with two arguments, any address is called.
        "SELECT fts3_tokenizer('simple')",
        "SELECT fts3_tokenizer('simple', :address)",
        "SELECT token FROM fts3tokenize WHERE input = 'a b'",
        "SELECT 1 FROM FTS3TOKENIZE",
        "SELECT rtreenode(2, x'0000')",
        "SELECT load_extension('x')",
    ],
)
def test_no_statement_reaches_into_the_process(ask: Callable[[str], Any], sql: str) -> None:
    told = ask(f"/nianbao.json?sql={quote(sql)}&address=AAAAAAAA").json()
    assert not told["ok"]
    where = quote(sql.partition(" FROM ")[0].replace("SELECT ", ""))
    if "fts3_" in where:
        assert ask(f"/nianbao/agencies.json?_where={where}&address=x").status_code == 400


def test_a_connection_of_the_site_only_reads() -> None:
    refused = r"not authorized|prohibited|may not be modified"
    with sqlite3.connect(":memory:") as conn:
        conn.execute("CREATE TABLE kept (value)")
        dangerous = {
            name
            for name, flags in conn.execute("SELECT name, flags FROM pragma_function_list")
            if flags & DIRECT_ONLY
        }
        assert dangerous
        reading.limit(conn)
        for sql in (
            "ATTACH ':memory:' AS other", "CREATE TEMP TABLE x (y)", "DELETE FROM kept",
            "INSERT INTO kept VALUES (1)", "SAVEPOINT x",
            "UPDATE sqlite_master SET name = 'x'", *(f"SELECT {d}('x')" for d in dangerous),
        ):  # fmt: skip
            with pytest.raises(sqlite3.DatabaseError, match=refused):
                conn.execute(sql)
        assert conn.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    conn.close()


def test_an_escaped_parameter_is_limited_as_any_other(ask: Callable[[str], Any]) -> None:
    facets = "&".join(f"%5Ffac%65t=column{number}" for number in range(9))
    assert ask(f"/nianbao/agencies?{facets}").text == "地址中的条件过多，请减少后再试"
    names = "&".join(f"column{number}__isnull" for number in range(61))
    assert ask(f"/nianbao/agencies?{names}").text == "地址中的条件过多，请减少后再试"
    assert query_strings.plain(b"%5Fsize=m%61x&%73ql=a%26b%2541%e5") == (
        b"_size=max&sql=a%26b%2541%e5"
    )
    assert query_strings.plain("年=%5f".encode()) == "年=_".encode()


def test_an_address_below_static_reads_no_other_file(
    ask: Callable[[str], Any], tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("geheim", "utf-8")
    version = addresses._version(f"/static/{secret}")
    before = addresses._version.cache_info().misses
    answer = ask(f"/static/{secret}?v={version}")
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")
    assert addresses._version.cache_info().misses == before
    ask(f"/static/{secret}x?v=1")
    assert addresses._version.cache_info().misses == before


def test_a_question_of_what_is_allowed_makes_no_page(root: Path) -> None:
    datasette = site(root)
    answer = asyncio.run(datasette.client.request("OPTIONS", "/fugai"))
    assert (answer.status_code, answer.text) == (204, "")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert asyncio.run(datasette.client.request("DELETE", "/fugai")).status_code == 405


@pytest.mark.parametrize(
    "query",
    [
        "_through=[]", "_through=1", "_through=null", "year__in=[[1]]",
        "year__in=[{%22a%22:1}]", f"_next={'9' * 3000}",
    ],
)  # fmt: skip
def test_a_malformed_parameter_is_no_error_of_ours(ask: Callable[[str], Any], query: str) -> None:
    answer = ask(f"/nianbao/reports?{query}")
    assert answer.status_code == 400
    assert "请求未能完成" in answer.text
