"""Answers that no server should give: one costs its own address, never the run or the archive."""

from __future__ import annotations

import gzip
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import brotli
import pytest
from lxml.html import fromstring
from scrapy import Request
from scrapy.http import HtmlResponse
from scrapy.utils.test import get_crawler

from archive.encoding import decode_content
from archive.errors import RecordDamaged
from archive.journal import Journal
from archive.root import DataRoot, Registry
from archive.store import Context, Exchange, Store
from crawler.images import body_images
from crawler.middlewares import ForwardMiddleware
from tests.crawls import collect, ledger, whole
from tests.portal.faults import Faults, page

DEMO = Registry("demo", fiction=True)
BOMB = brotli.compress(bytes(300 << 20), quality=1)
TWICE = gzip.compress(gzip.compress(b"<html>" + bytes(100 << 20), 1))
#: What the first article of each site answers.
ANSWERS = {
    "huge-status": b"HTTP/1.1 99999999999999999999 OK\r\nContent-Length: 0\r\n\r\n",
    "unasked-304": b"HTTP/1.1 304 Not Modified\r\n\r\n",
    "brotli-bomb": page(BOMB, 200, b"Content-Encoding: br\r\n"),
    "twice": page(TWICE, 200, b"Content-Encoding: gzip, gzip\r\n"),
}


@dataclass(frozen=True)
class Found:
    data: Path
    err: str
    outcomes: dict[str, tuple[str, str]]
    issues: dict[str, tuple[str, str]]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    folder = tmp_path_factory.mktemp("answers")
    registry, data = folder / "r.toml", folder / "data"
    with Faults((*ANSWERS, "honest"), first=100) as faults:
        for name, answer in ANSWERS.items():
            address = next(at for at in faults.pages if at[0] == name and at[1] != "/c/")
            faults.pages[address] = answer
        registry.write_text(faults.registry(), "utf-8")
        done = collect(registry, data, "-s", "RETRY_TIMES=0", "-s", f"DOWNLOAD_MAXSIZE={8 << 20}")
    outcomes = ledger(data, "SELECT * FROM outcomes")
    issues = ledger(data, "SELECT * FROM issues")
    return Found(
        data,
        done.stderr,
        {row["portal"]: (row["outcome"], row["detail"]) for row in outcomes},
        {row["portal"]: (row["kind"], row["detail"]) for row in issues},
    )


def test_the_run_goes_on_and_the_archive_is_whole(found: Found) -> None:
    assert found.outcomes["honest"] == ("complete", "")
    assert "honest" not in found.issues
    assert "Traceback" not in found.err
    whole(found.data)


def test_a_number_that_is_no_status_is_no_answer(found: Found) -> None:
    assert found.issues["huge-status"] == ("connection_lost", "its status is none of HTTP: 1e+20")
    assert found.outcomes["huge-status"][0] == "incomplete"


def test_nothing_is_unchanged_that_nobody_has(found: Found) -> None:
    assert found.issues["unasked-304"][0] == "http_304"
    assert found.outcomes["unasked-304"] == ("incomplete", "1 address failed: http_304 × 1")
    (tally,) = ledger(found.data, "SELECT * FROM outcomes WHERE portal = 'unasked-304'")
    assert (tally["captured"], tally["unchanged"]) == (1, 0)


def test_a_bomb_in_an_encoding_that_nobody_asked_for_is_too_large(found: Found) -> None:
    assert found.issues["brotli-bomb"][0] == "too_large"
    assert found.issues["twice"][0] == "too_large"
    for name in ("brotli-bomb", "twice"):
        assert found.outcomes[name] == ("incomplete", "1 address failed: too_large × 1")


def test_an_encoding_is_undone_within_a_limit() -> None:
    assert decode_content(brotli.compress(b"page" * 1000), "br") == b"page" * 1000
    assert decode_content(brotli.compress(b""), "br") == b""
    assert decode_content(TWICE, "gzip, gzip") is TWICE
    with pytest.raises(RecordDamaged, match="256 MB"):
        decode_content(BOMB, "br")
    for damaged in (b"", b"no brotli", brotli.compress(b"page" * 1000)[:-3]):
        with pytest.raises(RecordDamaged, match="does not decode"):
            decode_content(damaged, "br")


@pytest.mark.parametrize("charset", ["idna", "punycode", "zlib_codec", "utf-8", "gb2312", "x-no"])
def test_a_page_is_sent_on_whatever_charset_it_claims(charset: str) -> None:
    middleware = ForwardMiddleware.from_crawler(get_crawler(None, {"METAREFRESH_MAXDELAY": 5}))
    for said in ("通知", ""):
        head = f'{said}<meta http-equiv="refresh" content="1;url=/x">'
        response = HtmlResponse(
            "http://127.0.0.1/a",
            headers={"Content-Type": f"text/html; charset={charset}"},
            body=head.encode("gb18030") + b"-" + b"a" * 50_000,
        )
        onward = middleware.process_response(Request(response.url), response)
        assert isinstance(onward, Request)
        assert onward.url == "http://127.0.0.1/x"
        plain = response.replace(body=response.body.replace(b"1;url", b"99;url"))
        assert middleware.process_response(Request(response.url), plain) is plain


@pytest.mark.parametrize("width", ["²", "9" * 5000, "", "-1", "99%", "600"])
def test_an_image_may_say_any_width(width: str) -> None:
    page = fromstring(f'<div id="zoom"><img src="W020240115.jpg" width="{width}"></div>')
    assert body_images(page, "http://127.0.0.1/a/") == ["http://127.0.0.1/a/W020240115.jpg"]


def test_half_a_surrogate_pair_costs_no_row(tmp_path: Path) -> None:
    store = Store(DataRoot(tmp_path), DEMO)
    store.issue("shili", "http://127.0.0.1/", "list_unreadable", "total is no number: \ud83d")
    store.outcome("shili", "list_unreadable", detail="\ud83d")
    context = Context("shili", "article", list_title="年报\ud83d")
    store.capture(Exchange("GET", "http://127.0.0.1/", (), b"", 200, "", (), b"x"), context)
    rows = store.ledger.rows(
        "SELECT issues.detail, outcomes.detail, list_title FROM issues, outcomes, captures"
    )
    assert [tuple(row) for row in rows] == [("total is no number: ?", "?", "年报?")]
    store.close()


# -- rows that SQLite refuses -------------------------------------------------------------


def capture(store: Store, status: int) -> dict[str, Any]:
    url = f"http://127.0.0.1/{status}.html"
    return store.capture(
        Exchange("GET", url, (), b"", status, "", (), b""), Context("shili", "article")
    )


def test_a_row_that_no_ledger_holds_is_not_written(tmp_path: Path) -> None:
    store = Store(DataRoot(tmp_path), DEMO)
    with pytest.raises(OverflowError, match="status is a number"):
        capture(store, 10**20)
    with pytest.raises(OverflowError, match="candidates"):
        store.outcome("shili", "fewer", candidates=10**20)
    kept = capture(store, 200)
    assert [row["url"] for row in store.ledger.rows("SELECT url FROM captures")] == [kept["url"]]
    store.close()


def test_recovery_leaves_out_the_row_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    root = DataRoot(tmp_path)
    store = Store(root, DEMO)
    with monkeypatch.context() as before:  # as archives were written before
        before.setattr("archive.journal._check", lambda _: None)
        before.setattr(Journal, "flush", lambda _: None)
        for status in (200, 10**20, 404):
            capture(store, status)
        store.close()
    with caplog.at_level(logging.WARNING):
        again = Store(root, DEMO)
    rows = [row["status"] for row in again.ledger.rows("SELECT status FROM captures ORDER BY 1")]
    assert rows == [200, 404]
    assert "left out a row of captures, http://127.0.0.1/100000000000000000000.html" in caplog.text
    again.close()
