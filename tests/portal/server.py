"""The portal as a context: its servers, its pages, and what was asked of it."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from tests.portal import pages
from tests.portal.families import routes
from tests.portal.handler import Exchange, Server
from tests.portal.pages import Asked, Page, Routes
from tests.portal.world import HOSTS, registry, world


class Portal:
    """The test portal, serving while the context is open.

    Args:
        port: Port on all addresses; 0 takes a free one.
        log: File to write one JSON line a request to, or None.
        latency: Seconds to wait before each answer (to make overlaps visible).
        hosts: Loopback addresses to serve on.
        served: What is served, or None for the demo's world.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        log: Path | None = None,
        latency: float = 0,
        hosts: Sequence[str] = HOSTS,
        served: Routes | None = None,
    ) -> None:
        self.port = port
        self.latency = latency
        self.hosts = tuple(hosts)
        self._routes = routes(world()) if served is None else dict(served)
        self._exchanges: list[Exchange] = []
        self._changes = 0
        self._lock = threading.Lock()
        self._log_path = log
        self._servers: list[Server] = []

    def __enter__(self) -> Portal:
        self._servers = _bind(self.hosts, self.port)
        self.port = self._servers[0].server_port
        for server in self._servers:
            server.portal = self
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()
            server.drop_connections()
        self._servers = []

    @property
    def requests(self) -> list[Exchange]:
        """All requests so far, in the order of their ends (a copy)."""
        with self._lock:
            return list(self._exchanges)

    def forget(self) -> None:
        """Empty the list of requests."""
        with self._lock:
            self._exchanges.clear()

    def address(self, host_index: int) -> str:
        """`http://{host}:{port}` of the first, second … host; of the demo's, 1 … 5."""
        return f"http://{self.hosts[host_index - 1]}:{self.port}"

    def url(self, name: str) -> str:
        """Address of the column of a registry key, or of a family's first column."""
        column = world().column(name)
        return f"http://{column.host}:{self.port}{column.path}"

    def registry(self) -> str:
        """The registry's TOML text with this port."""
        return registry(self.port)

    def replace(
        self, host: str, path: str, body: bytes, *, status: int = 200, content_type: str = ""
    ) -> None:
        """Change or add a page; validators change with it.

        Args:
            host: Loopback address, e.g. `127.0.0.1`.
            path: Path without a query.
            body: New bytes, before any content encoding.
            status: New status code.
            content_type: New header, or "" to keep the old one.
        """
        with self._lock:
            old = self._routes.get((host, path))
            old = old if isinstance(old, Page) else Page(b"")
            kind = content_type or old.content_type
            page = replace(old, body=body, status=status, content_type=kind)
            if old.modified:  # a later date at each change, later than all of the world's
                self._changes += 1
                day = dt.date(2025, 1, 1) + dt.timedelta(days=self._changes)
                page = replace(page, modified=pages.http_date(day.isoformat()))
            self._routes[host, path] = page

    def remove(self, host: str, path: str) -> None:
        """Make an address answer 404."""
        with self._lock:
            self._routes.pop((host, path), None)

    def page(self, host: str, path: str) -> Page:
        """What an address without a query answers to GET now."""
        return self.answer(Asked("GET", host, path))

    def answer(self, asked: Asked) -> Page:
        """What a request is answered with now."""
        with self._lock:
            found = self._routes.get((asked.host, asked.path))
        if callable(found):
            return found(asked)
        if found is not None and asked.method != "POST":
            return found
        return pages.wall() if asked.host == HOSTS[3] else pages.not_found()

    def record(self, exchange: Exchange) -> None:
        """Remember and log a request."""
        with self._lock:
            self._exchanges.append(exchange)
            if self._log_path is not None:
                with self._log_path.open("a", encoding="utf-8") as log:
                    log.write(json.dumps(exchange._asdict(), ensure_ascii=False) + "\n")


def _bind(hosts: Sequence[str], port: int) -> list[Server]:
    """Servers on all addresses with one port; another free port is tried if one is taken."""
    for attempt in range(20):
        servers: list[Server] = []
        try:
            for host in hosts:
                servers.append(Server((host, servers[0].server_port if servers else port)))
            return servers
        except OSError:
            for server in servers:
                server.server_close()
            if port or attempt == 19:
                raise
    raise AssertionError
