"""The gate: which hosts may be asked, and which may not be any more in this run."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Protocol
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest

#: A host that failed to answer so often in a row is not asked again in this run.
MOST_FAILURES = 5


class Refused(IgnoreRequest):
    """A request that is not to be made, or whose answer is a wall. Raised by `Gate`.

    Attributes:
        kind: What kind of issue it is: `off_host`, `wall:…`, `stopped` …
        detail: One sentence, or "".
    """

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind = kind
        self.detail = detail


class Entry(Protocol):
    """What the gate needs to know of a portal."""

    @property
    def key(self) -> str:
        """Registry key."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """Hosts that it may be asked on."""


class Gate:
    """Every request passes it twice: before its robots.txt is asked for, and at the wire."""

    def __init__(self, portals: Iterable[Entry]) -> None:
        self._hosts = {portal.key: frozenset(portal.hosts) for portal in portals}
        #: Hosts of attachments: (host, portal).
        self._admitted: set[tuple[str, str]] = set()
        self._closed: dict[str, Refused] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        self._failures: dict[str, int] = {}
        self._stopped = ""

    def check(self, url: str, portal: str = "") -> None:
        """Let a request pass, or not.

        Args:
            url: What is to be asked for.
            portal: For whom; "" for a robots.txt, which serves every portal of its host.

        Raises:
            Refused: The host is not the portal's, is closed, or the crawl has stopped.
        """
        if self._stopped:
            raise Refused("stopped", self._stopped)
        host = host_of(url)
        known = host in self._hosts[portal] if portal else bool(self.portal_of(host))
        if not (known or (host, portal) in self._admitted):
            raise Refused("off_host", f"{host} is none of the portal's hosts")
        if host in self._closed:
            closed = self._closed[host]
            raise Refused(closed.kind, closed.detail)

    def turn(self, url: str) -> asyncio.Lock:
        """Whose turn it is at the host of an address: one request at a time."""
        return self._turns.setdefault(host_of(url), asyncio.Lock())

    def portal_of(self, host: str) -> str:
        """The first portal on a host, or for whose attachments it was admitted, or ""."""
        own = (key for key, hosts in self._hosts.items() if host in hosts)
        return next(own, next((key for name, key in sorted(self._admitted) if name == host), ""))

    def admit(self, host: str, portal: str) -> None:
        """Let a portal ask another host for an attachment that one of its articles links."""
        self._admitted.add((host, portal))

    def close(self, host: str, kind: str, detail: str = "") -> None:
        """Ask a host nothing more in this run."""
        self._closed.setdefault(host, Refused(kind, detail))

    def stop(self, why: str) -> None:
        """Ask nobody anything more."""
        self._stopped = self._stopped or why

    def answered(self, host: str) -> None:
        """A host is alive."""
        self._failures.pop(host, None)

    def failed(self, host: str) -> None:
        """A host did not answer, retries included; the fifth time in a row it is given up."""
        self._failures[host] = self._failures.get(host, 0) + 1
        if self._failures[host] >= MOST_FAILURES:
            self.close(host, "host_down", f"{MOST_FAILURES} requests in a row were not answered")


def host_of(url: str) -> str:
    """Host of an address, lower case, without its port."""
    return urlsplit(url).hostname or ""
