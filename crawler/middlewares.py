"""Downloader middlewares: the guard on the engine's side, the capture on the wire's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from scrapy import Request, signals
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware
from scrapy.http import HtmlResponse, Response, TextResponse
from scrapy.responsetypes import responsetypes
from scrapy.utils.asyncio import create_looping_call

from archive.store import Context
from extract.decode import decode

from .at_work import run_of, session_of
from .gate import Refused, host_of
from .magic import other_than_list, other_than_page
from .transfer import decoded, noted, take

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


#: More than all priorities within a portal.
_TURN = 100


#: Scrapy looks for a meta element in so much of a page.
_HEAD = 4096 * 4  # bytes of its characters
_REFRESH = b"refresh"
_WIDE = (b"\xff\xfe", b"\xfe\xff")  # UTF-16


class _OfCrawler:
    """A middleware that works for the run of its crawler's spider."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> _OfCrawler:
        """As Scrapy makes it."""
        return cls(crawler)


class TurnsMiddleware(_OfCrawler):
    """A spider middleware: what is asked of a host goes portal by portal, in the run's order.

    If the window ends the run, some portals are complete then, and not all of them begun.
    """

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """The columns."""
        async for request in start:
            yield self._in_turn(request)

    def process_spider_output(self, response: Response, result: Iterable[Any]) -> Iterator[Any]:
        """Whatever follows from an answer."""
        for request in result:
            yield self._in_turn(request)

    async def process_spider_output_async(
        self, response: Response, result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        """The same, as Scrapy wants it beside others that are asynchronous."""
        async for request in result:
            yield self._in_turn(request)

    def _in_turn(self, request: Any) -> Any:
        context: Context = request.meta["context"]
        request.priority += session_of(self._crawler).turns[context.portal] * _TURN
        return request


class GuardMiddleware(_OfCrawler):
    """Order 50, nearest to the engine: before robots.txt is asked for, after all retries."""

    def process_request(self, request: Request) -> None:
        """Refuse what may not be asked; redirects come by here too."""
        context: Context = request.meta["context"]
        run_of(self._crawler).gate.check(
            request.url, context.portal, context.role, origin_of(request)
        )
        # A redirect to another host of the portal would keep the first one's slot; and a
        # host is asked once at a time, whatever its ports.
        request.meta["download_slot"] = host_of(request.url)
        if context.role == "attachment":
            seconds = self._crawler.settings.getfloat("ATTACHMENT_TIMEOUT")
            request.meta.setdefault("download_timeout", seconds)
        if "redirect_urls" in request.meta:
            # Validators belong to the first address; here they could earn a 304 for a
            # page whose body the archive has never had.
            for name in ("If-None-Match", "If-Modified-Since"):
                request.headers.pop(name, None)

    def process_response(self, request: Request, response: Response) -> Response:
        """A wall is no page; neither is a picture."""
        if "refused" in request.meta:
            raise request.meta["refused"]
        context: Context = request.meta["context"]
        if response.status != 200 or context.role == "attachment":
            return response
        is_list = context.role == "list"
        kind = (other_than_list if is_list else other_than_page)(response.body)
        if kind:
            raise Refused("wrong_type", f"a {'list' if is_list else 'page'} that is {kind}")
        return response


class ForwardMiddleware(MetaRefreshMiddleware):
    """Order 580: what sends a browser on from within a page, a meta element or a plain script.

    Only where the handler has found nothing but such a script; counted as a redirect.
    """

    # Scrapy's has a third argument still, which it warns of.
    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """Follow."""
        target = request.meta.pop("forward", "")
        if not target:
            if _REFRESH not in response.body[:_HEAD].lower() and not response.body.startswith(
                _WIDE
            ):
                return response  # Scrapy would decode the whole page for its first bytes
            return self._refreshed(request, response)
        onward = self._redirect_request_using_get(request, response, target)
        onward.meta["forwarded"] = True
        return self._redirect(onward, request, "script")

    def _refreshed(self, request: Request, response: Response) -> Request | Response:
        """Scrapy believes any charset, `idna` and `zlib_codec` too, and fails over them."""
        if not isinstance(response, HtmlResponse):
            return response
        head = response.body[:_HEAD]
        plain = response.replace(body=head, encoding=decode(head)[1])
        followed: Request | Response = super().process_response(request, plain)
        return response if followed is plain else followed


class DecodedMiddleware(HttpCompressionMiddleware):
    """Order 590: the body decoded, as walls and archive have seen it already.

    What the archive cannot decode is left to Scrapy, which takes pieces and several encodings.
    """

    # Scrapy's has a third argument still, which it warns of.
    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """Put the decoded body in the place of the transferred one."""
        made = take(request)
        plain = decoded(made) if made is not None else None
        if made is None or plain is None or plain is made.body:
            answer: Request | Response = super().process_response(request, response)
            return answer
        del response.headers["Content-Encoding"]
        kind = responsetypes.from_args(headers=response.headers, url=response.url, body=plain)
        # A text's encoding is to be told anew, by what the decoded body says.
        new = {"encoding": None} if issubclass(kind, TextResponse) else {}
        return response.replace(cls=kind, body=plain, **new)


class CaptureMiddleware(_OfCrawler):
    """Order 955, nearest to the wire: the body is still as it was transferred."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        # What is captured is entered in the ledger in batches; this is for quiet times.
        self._flushing = create_looping_call(lambda: session_of(self._crawler).flush_if_due())
        crawler.signals.connect(self._begin, signals.spider_opened)
        crawler.signals.connect(self._end, signals.spider_closed)

    def _begin(self) -> None:
        self._flushing.start(1, now=False)

    def _end(self) -> None:
        if self._flushing.running:
            self._flushing.stop()

    def process_response(self, request: Request, response: Response) -> Response:
        """Store the exchange before anybody reads it.

        Raises:
            WriteFailed: The archive did not take it; the crawl ends.
        """
        session = session_of(self._crawler)
        meta = request.meta
        row = session.capture(noted(request), meta["context"], meta.get("confirms"))
        request.meta["capture"] = row
        session.gate.answered(host_of(request.url))
        return response


def origin_of(request: Request) -> str:
    """What was asked for before any redirect; "" if there was none."""
    return str(request.meta.get("redirect_urls", [""])[0])
