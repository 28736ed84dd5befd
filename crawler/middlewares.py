"""Downloader middlewares: the guard on the engine's side, the capture on the wire's."""

from __future__ import annotations

from http.client import responses as reasons
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.http import Response

from archive.store import Context, Exchange

from .gate import Refused, host_of
from .spiders import annual_reports

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Headers

    from .session import Session


class _OfSession:
    """A middleware that works for the spider's session."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> _OfSession:
        """As Scrapy makes it."""
        return cls(crawler)

    @property
    def session(self) -> Session:
        """The run at work."""
        return annual_reports.of(self._crawler).session


class GuardMiddleware(_OfSession):
    """Order 50, nearest to the engine: before robots.txt is asked for, after all retries."""

    def process_request(self, request: Request) -> None:
        """Refuse what may not be asked; redirects come by here too."""
        context: Context = request.meta["context"]
        self.session.gate.check(request.url, context.portal, context.role, origin_of(request))
        # A redirect to another host of the portal would keep the first one's slot; and a
        # host is asked once at a time, whatever its ports.
        request.meta["download_slot"] = host_of(request.url)
        if "redirect_urls" in request.meta:
            # Validators belong to the first address; here they could earn a 304 for a
            # page whose body the archive has never had.
            for name in ("If-None-Match", "If-Modified-Since"):
                request.headers.pop(name, None)

    def process_response(self, request: Request, response: Response) -> Response:
        """A wall is no page."""
        if "wall" in request.meta:
            raise Refused(request.meta["wall"], f"status {response.status}")
        return response


class CaptureMiddleware(_OfSession):
    """Order 955, nearest to the wire: the body is still as it was transferred."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Store the exchange before anybody reads it.

        Raises:
            WriteFailed: The archive did not take it; the crawl ends.
        """
        self.session.capture(exchange(request, response), request.meta["context"])
        self.session.gate.answered(host_of(request.url))
        return response


def origin_of(request: Request) -> str:
    """What was asked for before any redirect; "" if there was none."""
    return str(request.meta.get("redirect_urls", [""])[0])


def exchange(request: Request, response: Response) -> Exchange:
    """Request and response as they were transferred, as far as Scrapy tells."""
    host = request.url.split("://", 1)[-1].split("/", 1)[0].split("?", 1)[0]
    asked = [("Host", host), *_fields(request.headers)]
    if request.body:
        asked.append(("Content-Length", str(len(request.body))))
    return Exchange(
        method=request.method,
        url=request.url,
        request_headers=asked,
        request_body=request.body,
        status=response.status,
        reason=reasons.get(response.status, ""),  # Scrapy loses the server's own phrase
        response_headers=_fields(response.headers),
        body=response.body,
        protocol=response.protocol or "HTTP/1.1",
        ip=str(response.ip_address or ""),
    )


def _fields(headers: Headers) -> list[tuple[str, str]]:
    """All values of all headers; Latin-1 keeps every byte."""
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in headers.items()
        for value in values
    ]
