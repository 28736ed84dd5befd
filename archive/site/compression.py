"""Answers compressed once: nginx keeps them as they come, and would do it for each visitor.

What is sent in parts (CSV of all rows, files) goes as it is.
"""

from __future__ import annotations

import gzip
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]

#: Nothing is gained below; above, others would wait for it.
_LEAST, _MOST = 1_000, 4_000_000
_LEVEL = 5
_KINDS = (b"text/", b"application/json", b"application/xml", b"application/atom+xml",
          b"image/svg+xml")  # fmt: skip
_HEADERS = (b"content-length", b"vary")


def compressed(scope: Mapping[str, Any], send: Send) -> Send:
    """A `send` that compresses an answer if who asks takes it and it comes at once."""
    if not _takes(scope):
        return send
    begun: Message | None = None

    async def send_compressed(message: Message) -> None:
        nonlocal begun
        if message["type"] == "http.response.start" and _is_text(message):
            begun = message  # until its body has come
            return
        if begun is not None:
            start, begun = begun, None
            body = bytes(message.get("body", b""))
            if not message.get("more_body") and _LEAST <= len(body) <= _MOST:
                body = gzip.compress(body, _LEVEL, mtime=0)
                start = {**start, "headers": _headers(start["headers"], len(body))}
                message = {**message, "body": body}
            await send(start)
        await send(message)

    return send_compressed


def _takes(scope: Mapping[str, Any]) -> bool:
    said = [value for name, value in scope["headers"] if name.lower() == b"accept-encoding"]
    codings = [each.split(b";") for value in said for each in value.split(b",")]
    return any(
        coding[0].strip() == b"gzip" and b"q=0" not in [part.strip() for part in coding[1:]]
        for coding in codings
    )


def _is_text(start: Message) -> bool:
    """Whether an answer is whole, a text, and not compressed."""
    headers = {bytes(name).lower(): bytes(value) for name, value in start["headers"]}
    is_text = headers.get(b"content-type", b"").startswith(_KINDS)
    return start["status"] == 200 and is_text and b"content-encoding" not in headers


def _headers(headers: list[tuple[bytes, bytes]], length: int) -> list[tuple[bytes, bytes]]:
    vary = [bytes(value) for name, value in headers if name.lower() == b"vary"]
    return [
        *((name, value) for name, value in headers if name.lower() not in _HEADERS),
        (b"content-encoding", b"gzip"),
        (b"content-length", str(length).encode()),
        (b"vary", b", ".join([*vary, b"Accept-Encoding"])),
    ]
