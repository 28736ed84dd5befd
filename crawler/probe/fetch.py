"""Asking one host family politely: one request at a time, walls named, nothing asked twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from scrapy import Request
from scrapy.http import Response

from extract.decode import decode

from ..families.base import ListRequest
from ..gate import Refused, host_of
from ..outcomes import kind_of
from ..walls import HEAD, wall
from .domains import belongs
from .journal import Answer, Journal

#: What makes a request: Scrapy's engine, with robots.txt, delays and retries.
Download = Callable[[Request], Awaitable[Response]]
#: A host that failed to answer so often in a row is not asked again.
MOST_FAILURES = 3
_NO_ANSWER = frozenset(("dns", "timeout", "refused", "tls", "connection_lost", "unreachable"))
_PAGES = (b"text/", b"html", b"xml", b"json", b"javascript")
_FILES = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!", b"\xff\xd8\xff", b"\x89PNG")


@dataclass(slots=True)
class Closed:
    """Why a host is asked no more."""

    kind: str
    detail: str


class Fetcher:
    """Asks the hosts of one family.

    Attributes:
        family: The domain that its hosts share.
        asked: How many pages were asked for in this process.
    """

    def __init__(self, download: Download, family: str, journal: Journal) -> None:
        self._download = download
        self._journal = journal
        self._closed: dict[str, Closed] = {}
        self._failures: dict[str, int] = {}
        self.family = family
        self.asked = 0

    async def get(self, asked: ListRequest) -> Answer:
        """The answer to a request, from the journal if it was made before."""
        url = asked.url.split("#", 1)[0]
        key = f"{asked.method} {url} {asked.body.decode()}".rstrip()
        known = self._journal.get(key)
        if known is None:
            known = await self._get(asked, url)
            self._journal.add(key, known)
        self._learn(known)
        return known

    async def _get(self, asked: ListRequest, url: str) -> Answer:
        host = host_of(url)
        if not belongs(host, self.family):
            return Answer(url, issue="off_host", detail=f"{host} is not of {self.family}")
        if host in self._closed:
            closed = self._closed[host]
            return Answer(url, issue=closed.kind, detail=closed.detail)
        request = Request(
            url, method=asked.method, body=asked.body, headers=dict(asked.headers),
            meta={"family": self.family, "download_slot": host}, dont_filter=True,
        )  # fmt: skip
        self.asked += 1
        try:
            response = await self._download(request)
        except Refused as error:
            return Answer(url, issue=error.kind, detail=error.detail)
        except Exception as error:  # whatever it is, the address is shown with it by name
            kind, detail = kind_of(error)
            return Answer(url, issue=kind, detail=detail)
        return _answer(response)

    def _learn(self, answer: Answer) -> None:
        """Close a host whose answer is a wall, or that no longer answers."""
        host = host_of(answer.url)
        if answer.issue.startswith("wall:"):
            self._closed.setdefault(host, Closed(answer.issue, answer.detail))
        if answer.issue not in _NO_ANSWER:
            self._failures.pop(host, None)
            return
        self._failures[host] = self._failures.get(host, 0) + 1
        if self._failures[host] >= MOST_FAILURES:
            detail = f"{MOST_FAILURES} requests in a row were not answered"
            self._closed.setdefault(host, Closed(answer.issue, detail))


def _answer(response: Response) -> Answer:
    headers = {
        name.decode("latin-1").lower(): b"; ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
    url, status, body = response.url, response.status, response.body
    name = wall(status, headers, body[:HEAD])
    if name:
        # A shell's text stays: it may say in plain words where the page is.
        text = decode(body)[0] if name == "js_shell" else ""
        return Answer(url, status, text, name, f"status {status}")
    if status != 200:
        return Answer(url, status, "", f"http_{status}", "")
    if not _is_page(headers.get("content-type", ""), body):
        kind = headers.get("content-type", "") or "no type"
        return Answer(url, status, "", "wrong_type", f"{kind}, {len(body)} bytes")
    return Answer(url, status, decode(body)[0])


def _is_page(content_type: str, body: bytes) -> bool:
    if body.startswith(_FILES):
        return False
    said = content_type.lower().encode()
    return not said or any(word in said for word in _PAGES) or b"<" in body[:HEAD]
