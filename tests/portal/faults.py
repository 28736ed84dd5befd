"""Sites that misbehave below HTTP: a raw-socket server on loopback addresses of its own.

Each site is a fictional county's finance column in TRS form, on 127.0.6.1, 127.0.6.2, …;
it behaves while the server is `calm`, and then its fault shows. In tests::

    with Faults(("hangs", "resets")) as faults:
        faults.registry()      # TOML
        faults.calm = False
"""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

from tests.portal.counties.county import County, county
from tests.portal.counties.families.base import Skeleton

#: Seconds after which a connection is given up that its client keeps open.
PATIENCE = 20
_HEAD = b"HTTP/1.1 %d %s\r\nContent-Type: text/html\r\nConnection: close\r\n"
#: Answers on a socket; told how often the address was asked for, and the page as it should be.
Fault = Callable[[socket.socket, int, bytes], None]


def page(body: bytes, status: int = 200, more: bytes = b"") -> bytes:
    """A whole answer."""
    return _HEAD % (status, b"-") + more + b"Content-Length: %d\r\n\r\n" % len(body) + body


def hangs(to: socket.socket, count: int, body: bytes) -> None:
    """Not a byte."""
    to.recv(1)


def hangs_midway(to: socket.socket, count: int, body: bytes) -> None:
    """Half of the body, and no more."""
    to.sendall(page(body)[: -len(body) // 2])
    to.recv(1)


def drips(to: socket.socket, count: int, body: bytes) -> None:
    """A byte now and then: never silent for as long as a time-out."""
    to.sendall(page(body)[: -len(body)])
    to.settimeout(0.1)
    for byte in body:
        to.sendall(bytes((byte,)))
        with contextlib.suppress(TimeoutError):
            to.recv(1)


def resets(to: socket.socket, count: int, body: bytes) -> None:
    """The connection is reset."""
    to.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def fails_half_of_the_time(to: socket.socket, count: int, body: bytes) -> None:
    """Every odd request is answered with 500."""
    to.sendall(page(b"error", 500) if count % 2 else page(body))


def promises_more(to: socket.socket, count: int, body: bytes) -> None:
    """The length is more than what comes."""
    to.sendall(page(body + b"x" * 999)[:-999])


def promises_less(to: socket.socket, count: int, body: bytes) -> None:
    """The length is less than what comes."""
    to.sendall(page(body) + b"<li>more</li>")


def circles(to: socket.socket, count: int, body: bytes) -> None:
    """A redirect to itself."""
    to.sendall(page(b"", 302, b"Location: /c/\r\n"))


def floods(to: socket.socket, count: int, body: bytes) -> None:
    """Two gigabytes, their length not told."""
    to.sendall(_HEAD % (200, b"OK") + b"\r\n")
    for _ in range(2 << 10):
        to.sendall(bytes(1 << 20))


def floods_as_told(to: socket.socket, count: int, body: bytes) -> None:
    """Two gigabytes, and the length says so."""
    to.sendall(_HEAD % (200, b"OK") + b"Content-Length: %d\r\n\r\n" % (2 << 30))
    for _ in range(2 << 10):
        to.sendall(bytes(1 << 20))


def bombs(to: socket.socket, count: int, body: bytes) -> None:
    """A hundred kilobytes of gzip that are a hundred megabytes of zeros."""
    to.sendall(page(gzip.compress(bytes(100 << 20)), 200, b"Content-Encoding: gzip\r\n"))


def heads_without_end(to: socket.socket, count: int, body: bytes) -> None:
    """One header after the other."""
    to.sendall(_HEAD % (200, b"OK"))
    while True:
        to.sendall(b"".join(b"X-%d: %s\r\n" % (n, b"x" * 200) for n in range(100)))


def one_long_header(to: socket.socket, count: int, body: bytes) -> None:
    """One header without an end."""
    to.sendall(_HEAD % (200, b"OK") + b"X-Long: ")
    while True:
        to.sendall(b"x" * (64 << 10))


def tears_chunks(to: socket.socket, count: int, body: bytes) -> None:
    """A chunk whose size is no number."""
    chunk = b"%x\r\n%s\r\n" % (len(body), body)
    to.sendall(_HEAD % (200, b"OK") + b"Transfer-Encoding: chunked\r\n\r\n" + chunk + b"zz\r\n\r\n")


def speaks_no_http(to: socket.socket, count: int, body: bytes) -> None:
    """Another protocol's greeting."""
    to.sendall(b"220 ftp.example.invalid ready\r\n")


def changes_template(to: socket.socket, count: int, body: bytes) -> None:
    """The column in a new design: its items come by a script."""
    to.sendall(page(b"<html><body><div id='app'>2024</div></body></html>"))


def loses_reports(to: socket.socket, count: int, body: bytes) -> None:
    """The column lists one report only."""
    to.sendall(page(body[: body.index(b"</li>")] + b"</li></ul>"))


def sends_a_picture(to: socket.socket, count: int, body: bytes) -> None:
    """A picture where the column was, called a page."""
    to.sendall(page(b"\x89PNG\r\n\x1a\n" + bytes(100)))


#: Name → what happens at the column, and the outcome that this must come to.
FAULTS: Mapping[str, tuple[Fault, str]] = {
    "hangs": (hangs, "timeout"),
    "hangs-midway": (hangs_midway, "timeout"),
    "drips": (drips, "timeout"),
    "resets": (resets, "unreachable"),
    "half-500": (fails_half_of_the_time, "complete"),
    "promises-more": (promises_more, "incomplete"),
    "promises-less": (promises_less, "complete"),
    "circles": (circles, "incomplete"),
    "floods": (floods, "too_large"),
    "floods-as-told": (floods_as_told, "too_large"),
    "bombs": (bombs, "too_large"),
    "heads": (heads_without_end, "too_large"),
    "long-header": (one_long_header, "unreachable"),
    "torn-chunks": (tears_chunks, "incomplete"),
    "no-http": (speaks_no_http, "unreachable"),
    "new-template": (changes_template, "empty"),
    "loses-reports": (loses_reports, "fewer"),
    "picture": (sends_a_picture, "wrong_type"),
}


class Faults:
    """The server; its sites behave while it is `calm`.

    Args:
        names: Names of sites; those of `FAULTS` misbehave later, others never do.
        first: Last number of the first one's address.
        tls: Sites that speak TLS, and how.

    Attributes:
        calm: Whether all sites behave.
        port: The port of all sites.
        asked: Site and path of each request, in their order, and when it came.
        pages: What a site answers at a path: a page's body, a whole answer, or a fault.
    """

    def __init__(
        self,
        names: Sequence[str],
        *,
        first: int = 1,
        tls: Mapping[str, ssl.SSLContext] | None = None,
    ) -> None:
        self.calm = True
        self.port = 0
        self.asked: list[tuple[str, str, float]] = []
        self.pages: dict[tuple[str, str], bytes | Fault] = {}
        self._tls = dict(tls or {})
        self._names = {f"127.0.6.{number}": name for number, name in enumerate(names, first)}
        self._counts: Counter[tuple[str, str]] = Counter()
        self._listening = socket.socket()
        for number, name in enumerate(names, first):
            self._build(name, county(100 + number, "trs", years=range(2022, 2024)))

    def __enter__(self) -> Faults:
        self._listening.bind(("", 0))
        self._listening.listen(100)
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Go away: whoever asks now is refused."""
        if self._listening.fileno() >= 0:
            # A socket that another thread waits on is not freed by closing it alone.
            self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()

    def host(self, name: str) -> str:
        """Address of a site."""
        return next(host for host, known in self._names.items() if known == name)

    def add_host(self, host: str) -> None:
        """Answer on one more address; it has what `pages` says, under its own name."""
        self._names[host] = host

    def paths(self, name: str) -> list[str]:
        """What a site was asked for, in order."""
        return [path for known, path, _ in self.asked if known == name]

    def registry(self, **more: str) -> str:
        """A registry of all sites.

        Args:
            more: Further lines of a site's table; underscores stand for hyphens.
        """
        text = 'name = "faults"\nfiction = true\ncontact = "https://nianbao.invalid/about"\n'
        text += "delay = 0\nrecheck_days = 0\n"
        for host, name in self._names.items():
            if host == name:  # no site of its own
                continue
            scheme = "https" if name in self._tls else "http"
            text += (
                f'[portals.{name}]\nagency = ""\nregion = "990100"\nregion_name = "示例省"\n'
                f'column = "{scheme}://{host}:{self.port}/c/"\nfamily = "trs"\n'
                f'hosts = ["{host}"]\nexpect_reports = 2\n{more.get(name.replace("-", "_"), "")}\n'
            )
        return text

    def _build(self, name: str, place: County) -> None:
        listing, skeleton = place.listing("czj"), Skeleton()
        rows = ""
        for post in listing.posts:
            path = f"202401/t20240115_{post.number}.html"
            rows += f'<li><a href="./{path}">{post.title}</a><b>{post.date}</b></li>'
            self.pages[name, f"/c/{path}"] = skeleton.article_page(place, listing, post).body
        script = '<script>createPageHTML(1,0,"index","html");</script>'
        self.pages[name, "/c/"] = f"<html><body><ul>{rows}</ul>{script}</body></html>".encode()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, plain: socket.socket) -> None:
        # A client that turns away, or that takes no certificate, is what is tested here.
        with contextlib.suppress(OSError), plain as connection:
            connection.settimeout(PATIENCE)
            name = self._names.get(connection.getsockname()[0], "")
            if name in self._tls:
                connection = self._tls[name].wrap_socket(connection, server_side=True)
            with connection:
                self._obey(connection, name)

    def _obey(self, connection: socket.socket, name: str) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            got = connection.recv(4096)
            if not got:
                return
            request += got
        path = request.split(b" ", 2)[1].decode()
        self.asked.append((name, path, time.monotonic()))
        self._counts[name, path] += 1
        found, count = self.pages.get((name, path)), self._counts[name, path]
        if callable(found):
            found(connection, count, b"")
        elif found is None:
            connection.sendall(page(b"not here", 404))
        elif path == "/c/" and not self.calm and name in FAULTS:
            FAULTS[name][0](connection, count, found)
        else:
            connection.sendall(found if found.startswith(b"HTTP/") else page(found))
