"""Answers that come compressed, and those that go as they are."""

from __future__ import annotations

import asyncio
import gzip
from typing import Any

import pytest

from archive.site.compression import compressed

LONG = "示例省".encode() * 500


def answer(
    accept: bytes | None,
    *parts: bytes,
    kind: bytes = b"text/html; charset=utf-8",
    status: int = 200,
    more: tuple[tuple[bytes, bytes], ...] = (),
) -> tuple[dict[bytes, bytes], bytes]:
    """Headers and body as they are sent."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def app() -> None:
        headers = [] if accept is None else [(b"Accept-Encoding", accept)]
        send_on = compressed({"headers": headers}, send)
        start = [(b"Content-Type", kind), (b"content-length", b"4500"), *more]
        await send_on({"type": "http.response.start", "status": status, "headers": start})
        for number, part in enumerate(parts, 1):
            last = number == len(parts)
            await send_on({"type": "http.response.body", "body": part, "more_body": not last})

    asyncio.run(app())
    start, *bodies = sent
    assert start["type"] == "http.response.start"
    return dict(start["headers"]), b"".join(each["body"] for each in bodies)


def test_a_page_is_compressed_for_who_takes_it() -> None:
    headers, body = answer(b"br, gzip;q=0.8", LONG, more=((b"vary", b"Cookie"),))
    assert gzip.decompress(body) == LONG
    assert headers == {
        b"Content-Type": b"text/html; charset=utf-8",
        b"content-encoding": b"gzip",
        b"content-length": str(len(body)).encode(),
        b"vary": b"Cookie, Accept-Encoding",
    }
    assert body == answer(b"gzip", LONG)[1]  # the same bytes at any time


@pytest.mark.parametrize(
    "accept", [None, b"", b"br", b"xgzip", b"gzip;q=0", b"identity, gzip; q=0"]
)
def test_who_does_not_take_it_gets_it_as_it_is(accept: bytes | None) -> None:
    headers, body = answer(accept, LONG)
    assert body == LONG
    assert b"content-encoding" not in headers


@pytest.mark.parametrize(
    ("parts", "how"),
    [
        ((LONG, LONG), {}),
        ((b"short",), {}),
        ((b"x" * 4_000_001,), {}),
        ((LONG,), {"kind": b"application/zip"}),
        ((LONG,), {"status": 206}),
        ((LONG,), {"more": ((b"content-encoding", b"br"),)}),
    ],
)
def test_parts_short_long_binary_and_compressed_answers_go_as_they_are(
    parts: tuple[bytes, ...], how: dict[str, Any]
) -> None:
    headers, body = answer(b"gzip", *parts, **how)
    assert body == b"".join(parts)
    assert headers[b"content-length"] == b"4500"
