"""HTTP/1.1 on one loopback address: keep-alive, validators, gzip, chunks."""

from __future__ import annotations

import contextlib
import gzip
import socket
import time
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar, NamedTuple, Protocol
from urllib.parse import parse_qsl, urlsplit

from tests.portal.pages import Asked, Page


class Exchange(NamedTuple):
    """One request; `ended` is when its answer was ready. Seconds since the epoch."""

    started: float
    ended: float
    host: str
    method: str
    path: str
    headers: dict[str, str]
    status: int


class Answering(Protocol):
    """What a server needs of the portal."""

    latency: float

    def answer(self, asked: Asked) -> Page:
        """What a request is answered with."""

    def record(self, exchange: Exchange) -> None:
        """Take note of a request."""


class Server(ThreadingHTTPServer):
    """One loopback address; a thread a connection."""

    request_queue_size = 128
    portal: Answering

    def __init__(self, address: tuple[str, int]) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def process_request_thread(self, request: object, client_address: object) -> None:
        """Serve one connection, and know of it while it is open."""
        assert isinstance(request, socket.socket)
        self._open.add(request)
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._open.discard(request)

    def drop_connections(self) -> None:
        """Hang up on every client."""
        # A kept-alive connection would go on answering after the portal is closed.
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that hang up are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave together
    timeout = 60
    _SILENT: ClassVar[tuple[int, ...]] = (204, 304)

    def do_GET(self) -> None:
        """Answer from the routes."""
        self._answer()

    def do_HEAD(self) -> None:
        """Answer headers alone."""
        self._answer()

    def do_POST(self) -> None:
        """Answer the search endpoints."""
        self._answer()

    def version_string(self) -> str:
        """The Server header: the same everywhere."""
        return "fiction"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it
        """Log nothing on stderr."""

    def _answer(self) -> None:
        started = time.time()
        portal = self.server.portal
        host = str(self.connection.getsockname()[0])
        length = int(self.headers.get("Content-Length") or 0)
        sent = self.rfile.read(length)
        if portal.latency:
            time.sleep(portal.latency)
        page = portal.answer(self._asked(host, sent))
        zipped = page.zipped and "gzip" in self.headers.get("Accept-Encoding", "")
        etag = f'{page.etag[:-1]}-gz"' if zipped else page.etag  # other bytes, other tag
        status = 304 if self._unchanged(page, etag) else page.status
        headers = dict(self.headers.items())
        # Noted before the answer leaves: a client that has it finds it noted.
        portal.record(
            Exchange(started, time.time(), host, self.command, self.path, headers, status)
        )
        self._send(page, status, etag, zipped)

    def _asked(self, host: str, sent: bytes) -> Asked:
        address = urlsplit(self.path)
        form = sent.decode("utf-8", "replace")
        return Asked(
            self.command,
            host,
            address.path,
            tuple(parse_qsl(address.query, keep_blank_values=True)),
            tuple(parse_qsl(form, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
        )

    def _send(self, page: Page, status: int, etag: str, zipped: bool) -> None:
        body = gzip.compress(page.body, mtime=0) if zipped else page.body
        self.send_response(status)
        if page.tagged:
            self.send_header("ETag", etag)
        if page.modified:
            self.send_header("Last-Modified", page.modified)
        if page.zipped:
            self.send_header("Vary", "Accept-Encoding")
        if status in self._SILENT:
            self.end_headers()
            return
        self.send_header("Content-Type", page.content_type)
        if zipped:
            self.send_header("Content-Encoding", "gzip")
        if page.chunked:
            self.send_header("Transfer-Encoding", "chunked")
            body = _chunked(body)
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def _unchanged(self, page: Page, etag: str) -> bool:
        """Whether the client's copy is still right (RFC 9110: the tag decides first)."""
        if page.status != 200 or self.command == "POST":
            return False
        known = self.headers.get("If-None-Match")
        if known is not None:
            tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
            return page.tagged and bool(tags & {etag, "*"})
        since = self.headers.get("If-Modified-Since")
        if not since or not page.modified:
            return False
        try:
            return parsedate_to_datetime(page.modified) <= parsedate_to_datetime(since)
        except ValueError:
            return False


def _chunked(body: bytes, size: int = 4096) -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
