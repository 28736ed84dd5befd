"""Asking one host family politely: one request at a time, walls named, nothing asked twice."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from scrapy import Request
from scrapy.http import Response

from archive.store import Context
from extract.decode import decode

from ..addresses import why_not_public
from ..families.base import ListRequest
from ..gate import Gate, Refused, host_of
from ..outcomes import ENDS, NO_ANSWER, kind_of
from .domains import belongs
from .journal import Answer, Journal

log = logging.getLogger(__name__)
#: What makes a request: Scrapy's engine, with robots.txt, delays and retries.
Download = Callable[[Request], Awaitable[Response]]


class Stopped(Exception):
    """The probe was told to end. Raised by `Fetcher.get`."""


class FamilyGate(Gate):
    """A gate for whole families of hosts: a request's portal is its family's domain."""

    def __init__(self, *, public: bool) -> None:
        super().__init__((), public=public)

    def check(self, url: str, portal: str, role: str = "", origin: str = "") -> None:
        """Let a request pass, or not.

        Raises:
            Refused: The host is of another family, is closed, or the probe has stopped.
        """
        host = host_of(url)
        if self._stopped:
            raise Refused(self._stopped.kind, self._stopped.detail)
        if not belongs(host, portal):
            said = f"redirects to {url}" if origin else f"{host} is not of {portal}"
            raise Refused("off_host", said)
        if self.must_be_public(url, portal, origin) and (reason := why_not_public(url)):
            raise Refused("off_host", reason)
        if host in self._closed:
            raise Refused(self._closed[host].kind, self._closed[host].detail)

    def must_be_public(self, url: str, portal: str, origin: str) -> bool:
        """Whether an address must be of the public web: a page led there, not a person."""
        return self._public and bool(origin)

    def is_judge(self, portal: str, host: str) -> bool:
        """Every request is its family's own."""
        return True

    def close(self, host: str, kind: str, detail: str = "") -> None:
        """Ask a host nothing more; one page that is a shell is no wall around the others."""
        if kind != "js_shell":
            super().close(host, kind, detail)


class Fetcher:
    """Asks the hosts of one family.

    Attributes:
        family: The domain that its hosts share.
        asked: How many pages were asked for in this process.
    """

    def __init__(self, download: Download, family: str, journal: Journal, gate: FamilyGate) -> None:
        self._download = download
        self._journal = journal
        self._gate = gate
        self.family = family
        self.asked = 0

    async def get(self, asked: ListRequest) -> Answer:
        """The answer to a request, from the journal if it was made before.

        Raises:
            Stopped: The probe is to end.
        """
        url = asked.url.split("#", 1)[0]
        key = f"{asked.method} {url} {asked.body.decode()}".rstrip()
        known = self._journal.get(key)
        if known is None:
            known = await self._get(asked, url)
            self._journal.add(key, known)
        self._learn(known)
        return known

    async def _get(self, asked: ListRequest, url: str) -> Answer:
        request = Request(
            url,
            method=asked.method,
            body=asked.body,
            headers=dict(asked.headers),
            meta={"context": Context(self.family, "list")},
            dont_filter=True,
        )
        self.asked += 1
        try:
            return _answer(await self._download(request))
        except Exception as error:  # whatever it is, the address is shown with it by name
            kind, detail = kind_of(error)
            if kind in ENDS:
                raise Stopped(detail) from error
            if kind == "crawler_error":
                log.error("asking for %s failed by a fault of this program", url, exc_info=error)
            return Answer(url, issue=kind, detail=detail)

    def _learn(self, answer: Answer) -> None:
        """Close a host whose answer is a wall, or that no longer answers."""
        host = host_of(answer.url)
        if answer.issue.startswith("wall:"):
            self._gate.close(host, answer.issue, answer.detail)
        if answer.issue in NO_ANSWER:
            self._gate.failed(host, answer.issue)
        elif answer.status:
            self._gate.answered(host)


def _answer(response: Response) -> Answer:
    url, status = response.url, response.status
    if status != 200:
        return Answer(url, status, issue=f"http_{status}")
    return Answer(url, status, decode(response.body)[0])
