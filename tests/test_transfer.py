"""What was transferred is decoded once, and every reader sees the same bytes."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, Response
from scrapy.utils.test import get_crawler

from archive.root import DataRoot
from archive.store import Context, Exchange, Store
from crawler.middlewares import DecodedMiddleware
from crawler.transfer import decoded, note, noted, take

from .test_store import DEMO

PAGE = "<html><meta charset=gb18030><body>示例市 年度报告</body></html>".encode("gb18030")
RAW = zlib.compressobj(wbits=-15)
ENCODED = {
    "gzip": gzip.compress(PAGE),
    "x-gzip": gzip.compress(PAGE),
    " Deflate": zlib.compress(PAGE),
    "deflate": RAW.compress(PAGE) + RAW.flush(),
}


def answer(body: bytes, encoding: str) -> tuple[Request, Response]:
    request = Request("http://127.0.0.1/a.html")
    headers = {"Content-Type": "text/html", "Content-Encoding": encoding}
    return request, Response(request.url, headers=headers, body=body, request=request)


@pytest.fixture(scope="module")
def middleware() -> DecodedMiddleware:
    return DecodedMiddleware.from_crawler(get_crawler())


@pytest.mark.parametrize("encoding", ENCODED)
def test_walls_archive_and_readers_see_one_body(
    middleware: DecodedMiddleware, encoding: str
) -> None:
    request, response = answer(ENCODED[encoding], encoding)
    made = note(request, response)
    assert noted(request) is made
    assert made.body == ENCODED[encoding]
    page = middleware.process_response(request, response)
    assert isinstance(page, HtmlResponse)
    assert page.body is made.decoded
    assert page.text == PAGE.decode("gb18030")
    assert "Content-Encoding" not in page.headers
    assert take(request) is None  # no request holds a body for longer than it is read


def test_what_the_archive_does_not_decode_is_left_to_scrapy(middleware: DecodedMiddleware) -> None:
    request, response = answer(gzip.compress(gzip.compress(PAGE)), "gzip, gzip")
    assert decoded(note(request, response)) is response.body
    page = middleware.process_response(request, response)
    assert isinstance(page, Response)
    assert page.body == PAGE
    request, response = answer(b"no gzip", "gzip")
    assert decoded(note(request, response)) is None
    with pytest.raises(gzip.BadGzipFile):
        middleware.process_response(request, response)


def test_an_unchanged_answer_confirms_what_was_asked_with(tmp_path: Path) -> None:
    context = Context("shili", "article")

    def came(body: bytes, url: str = "http://127.0.0.1/a", status: int = 200) -> Exchange:
        return Exchange("GET", url, (), b"", status, "", (("Content-Type", "text/html"),), body)

    store = Store(DataRoot(tmp_path), DEMO)
    first = store.capture(came(b"first"), context)
    second = store.capture(came(b"second"), context)
    asked = store.capture(came(b"", status=304), context, first)
    assert asked["revisit_of"] == first["record_id"]
    assert store.capture(came(b"", status=304), context)["revisit_of"] == first["record_id"]
    # A redirect led elsewhere: the validators were another address's.
    other = store.capture(came(b"", "http://127.0.0.1/b", 304), context, second)
    assert other["revisit_of"] is None
    store.finish("complete")
