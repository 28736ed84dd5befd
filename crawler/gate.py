"""The gate: which hosts may be asked, and which may not be any more in this run."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Protocol

from scrapy.exceptions import IgnoreRequest

from .addresses import host_of, why_not_public

__all__ = ["MOST_FAILURES", "MOST_REFUSALS", "Entry", "Gate", "Refused", "host_of"]
#: On so many hosts that the registry does not name a portal's attachments are asked for.
MOST_ELSEWHERE = 20
#: A host that failed to answer so often in a row is not asked again in this run.
MOST_FAILURES = 5
#: A host that answers, and refuses so many addresses in a row, is left alone in this run.
MOST_REFUSALS = 3


class Refused(IgnoreRequest):
    """A request that is not to be made, or whose answer is no page. Raised by `Gate`.

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

    def __init__(self, portals: Iterable[Entry], *, public: bool = False) -> None:
        """A gate for the portals of a run.

        Args:
            portals: Who may be asked, and where.
            public: Whether hosts that only pages name must be of the public web; those
                of a fictional registry are not.
        """
        self._hosts = {portal.key: frozenset(portal.hosts) for portal in portals}
        self._public = public
        self._admitted: dict[str, set[str]] = {key: set() for key in self._hosts}
        self._closed: dict[str, Refused] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        self._failures: dict[str, int] = {}
        self._refusals: dict[str, int] = {}
        self._open: set[str] = set()
        self._stopped: Refused | None = None

    def admit(self, host: str, portal: str) -> None:
        """Let attachments of a portal be asked for on a host that the registry does not name.

        Only they: an article, a list or a redirect that leads there is still `off_host`.
        What is no public web address stays shut; `check` gives the reason. So does what
        goes beyond `MOST_ELSEWHERE` hosts: hosts that hang would hold up all other portals.
        """
        admitted = self._admitted[portal]
        if len(admitted) < MOST_ELSEWHERE:
            admitted.add(host.lower().removesuffix("."))

    def is_judge(self, portal: str, host: str) -> bool:
        """Whether what a host does to a portal's requests may shut it for the run.

        A page of one portal may link to anything on the host of another, which must not
        be shut because of that.
        """
        return host in self._hosts[portal] or not self.portal_of(host)

    def portal_of(self, host: str) -> str:
        """The first portal on a host, or ""."""
        return next((key for key, hosts in self._hosts.items() if host in hosts), "")

    def must_be_public(self, url: str, portal: str, origin: str) -> bool:
        """Whether an address must be of the public web: a page led there, not the registry."""
        return self._public and (bool(origin) or host_of(url) not in self._hosts[portal])

    def check(self, url: str, portal: str, role: str = "", origin: str = "") -> None:
        """Let a request pass, or not.

        Args:
            url: What is to be asked for.
            portal: For whom.
            role: What it is to the portal, a `Context.role`.
            origin: What was asked for before it redirected, or "".

        Raises:
            Refused: The host is not the portal's, is closed, or the crawl has stopped.
        """
        if self._stopped:
            raise Refused(self._stopped.kind, self._stopped.detail)
        host = host_of(url)
        own = host in self._hosts[portal]
        if not own and not self._is_admitted(host, portal, role, origin):
            raise Refused("off_host", f"{host} is none of the portal's hosts")
        if self.must_be_public(url, portal, origin) and (reason := why_not_public(url)):
            raise Refused("off_host", reason)
        if host in self._closed:
            closed = self._closed[host]
            raise Refused(closed.kind, closed.detail)

    def _is_admitted(self, host: str, portal: str, role: str, origin: str) -> bool:
        if host not in self._admitted[portal] or (origin and host_of(origin) != host):
            return False
        return role in ("attachment", "robots")

    def turn(self, url: str) -> asyncio.Lock:
        """Whose turn it is at the host of an address: one request at a time."""
        return self._turns.setdefault(host_of(url), asyncio.Lock())

    def close(self, host: str, kind: str, detail: str = "") -> None:
        """Ask a host nothing more in this run."""
        self._closed.setdefault(host, Refused(kind, detail))

    def is_closed(self, host: str) -> bool:
        """Whether a host is asked nothing more in this run."""
        return host in self._closed

    def opened(self, host: str) -> None:
        """A host gave a page: what it refuses is that address, until it refuses several."""
        self._open.add(host)
        self._refusals.pop(host, None)

    def is_open(self, host: str) -> bool:
        """Whether a host has given a page in this run."""
        return host in self._open

    def refused(self, host: str, kind: str, detail: str = "") -> None:
        """A host refused an address; if it gives nothing else, it is asked nothing more."""
        self._refusals[host] = self._refusals.get(host, 0) + 1
        if host not in self._open or self._refusals[host] >= MOST_REFUSALS:
            self.close(host, kind, detail)

    def stop(self, why: str, kind: str = "stopped") -> None:
        """Ask nobody anything more; `kind` is `stopped` or `window`."""
        self._stopped = self._stopped or Refused(kind, why)

    def answered(self, host: str) -> None:
        """A host is alive."""
        self._failures.pop(host, None)

    def failed(self, host: str, kind: str) -> None:
        """A host did not answer, retries included; the fifth time in a row it is given up."""
        self._failures[host] = self._failures.get(host, 0) + 1
        if self._failures[host] >= MOST_FAILURES:
            self.close(host, kind, f"{MOST_FAILURES} requests in a row were not answered")
