"""A file of ours as an answer: whole or a part (RFC 9110 Range), never shown in the page.

Behind nginx, nginx gives these files itself (docs/deploy.md); this is for a site without it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from archive.site import policies

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
_CHUNK = 1 << 20
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
#: What is not here is only bytes: a CSV of a release is not to be mended on its way.
_TYPES = {
    ".md": "text/markdown; charset=utf-8",
    ".json": "application/json",
    ".db": "application/vnd.sqlite3",
    ".parquet": "application/vnd.apache.parquet",
    ".gz": "application/gzip",
    ".zip": "application/zip",
    ".cff": "application/yaml",
}


@dataclass(slots=True)
class Saved:
    """An answer that Datasette sends.

    Attributes:
        path: The file; None sends headers alone.
        first: First byte to send.
        length: How many bytes to send.
        status: HTTP status.
        headers: Of the answer.
        after: Called when all was sent, or the visitor has left.
        blocks: Lengths of what is sent at once; () for any.
    """

    path: Path | None
    first: int
    length: int
    status: int
    headers: Mapping[str, str]
    after: Callable[[], None] = field(default=lambda: None)
    blocks: Sequence[int] = ()

    async def asgi_send(self, send: Send) -> None:
        """Send it, reading beside the event loop."""
        headers = [(name.encode(), value.encode("latin-1")) for name, value in self.headers.items()]
        try:
            await send({"type": "http.response.start", "status": self.status, "headers": headers})
            if self.path is not None:
                await self._body(send, self.path)
            await send({"type": "http.response.body", "body": b""})
        finally:
            self.after()

    async def _body(self, send: Send, path: Path) -> None:
        with path.open("rb") as file:
            file.seek(self.first)
            for size in self.blocks or _chunks(self.length):
                chunk = await asyncio.to_thread(file.read, size)
                if len(chunk) < size:
                    raise OSError(f"{path.name} is shorter than it was")
                await send({"type": "http.response.body", "body": chunk, "more_body": True})


def _chunks(length: int) -> Iterator[int]:
    """Lengths of parts of a file."""
    yield from (_CHUNK for _ in range(length // _CHUNK))
    if length % _CHUNK:
        yield length % _CHUNK


def saved(
    request: Any, path: Path, name: str, etag: str, after: Callable[[], None] = lambda: None
) -> Saved:
    """The answer that gives a file to save.

    Args:
        request: Datasette's request.
        path: The file; its bytes are always those of the tag.
        name: Its name when it is saved.
        etag: Says which bytes these are.
        after: Called when all was sent.
    """
    tag, size = f'"{etag}"', path.stat().st_size
    headers = {
        "content-type": _TYPES.get(path.suffix, "application/octet-stream"),
        "content-disposition": _disposition(name),
        "content-security-policy": policies.SAVED,
        "accept-ranges": "bytes",
        "etag": tag,
        "cache-control": "public, max-age=300",
    }
    if _is_known(request.headers.get("if-none-match", ""), tag):
        return Saved(None, 0, 0, 304, headers, after)
    first, length, status = 0, size, 200
    # A part of other bytes than those that the visitor has the rest of would be damage.
    if request.headers.get("if-range", tag) == tag and request.headers.get("range"):
        part = part_of(request.headers["range"], size)
        if part is None:
            headers["content-range"] = f"bytes */{size}"
            return Saved(None, 0, 0, 416, {**headers, "content-length": "0"}, after)
        first, length = part
        if part != (0, size):
            status = 206
            headers["content-range"] = f"bytes {first}-{first + length - 1}/{size}"
    headers["content-length"] = str(length)
    return Saved(None if request.method == "HEAD" else path, first, length, status, headers, after)


def _disposition(name: str) -> str:
    """The name under which a file is saved, also for programs that know no `filename*`."""
    plain = re.sub(r"[^\w.\-]", "_", name, flags=re.ASCII)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def part_of(asked: str, size: int) -> tuple[int, int] | None:
    """First byte and length of a Range; all of it if it asks for several; None if there is none.

    >>> part_of("bytes=2-4", 10), part_of("bytes=-3", 10), part_of("bytes=7-", 10)
    ((2, 3), (7, 3), (7, 3))
    >>> part_of("bytes=0-1,4-5", 10), part_of("bytes=10-", 10)
    ((0, 10), None)
    """
    found = _RANGE.fullmatch(asked.replace(" ", ""))
    if not found or not any(found.groups()):
        return 0, size
    if not found[1]:
        length = min(int(found[2]), size)
        return (size - length, length) if length else None
    first, last = int(found[1]), min(int(found[2] or size), size - 1)
    if found[2] and int(found[2]) < first:
        return 0, size  # no range at all
    return (first, last - first + 1) if first < size else None


def _is_known(tags: str, tag: str) -> bool:
    return tags.strip() == "*" or tag in (
        each.strip().removeprefix("W/") for each in tags.split(",")
    )
