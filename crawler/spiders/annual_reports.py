"""The spider: every portal's column → its candidates → their attachments."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.errors import ArchiveError, RecordDamaged
from archive.store import Context, request_key
from extract.decode import decode

from .. import session as sessions
from ..families import FAMILIES, ListError, ListRequest, Row
from ..gate import host_of
from ..links import attachments
from ..outcomes import kind_of
from ..registry import Portal
from ..titles import judge

log = logging.getLogger(__name__)
#: A column of one agency has one or two pages, a hub a few; more is a loop.
MOST_LIST_PAGES = 60
_PRIORITY = {"list": 10, "attachment": 5, "article": 0}


def of(crawler: Crawler) -> AnnualReports:
    """The spider of a crawler, which is always this one."""
    return cast("AnnualReports", crawler.spider)


class AnnualReports(Spider):
    """Fetches lists, candidates and attachments; says where they came from; judges nothing.

    Run by `scrapy collect` with a session, or alone:
    `scrapy crawl annual_reports -a portal=KEY -a registry=FILE -a data=DIR`.
    """

    name = "annual_reports"
    session: sessions.Session

    @classmethod
    def from_crawler(
        cls,
        crawler: Crawler,
        *args: Any,
        session: sessions.Session | None = None,
        portal: str = "",
        registry: str = "crawler/portals.toml",
        data: str = "data",
        **kwargs: Any,
    ) -> AnnualReports:
        """Make the spider, with a session given or one of its own."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        if session is None:
            own = contextlib.ExitStack()
            keys = tuple(key for key in portal.split(",") if key)
            opened = sessions.session(Path(registry), Path(data), keys)
            session = own.enter_context(opened)
            crawler.signals.connect(lambda: own.close(), signals.engine_stopped, weak=False)
        spider.session = session
        spider._apply(crawler)
        crawler.signals.connect(spider._closed, signals.spider_closed)
        session.on_fatal = spider._give_up
        return spider

    def _apply(self, crawler: Crawler) -> None:
        """Set what the registry decides; a setting on the command line still wins."""
        registry, settings = self.session.registry, crawler.settings
        settings.set("USER_AGENT", f"nianbao/0.1 (+{registry.contact})", "spider")
        settings.set("DOWNLOAD_DELAY", registry.delay, "spider")
        settings.set("AUTOTHROTTLE_START_DELAY", registry.delay, "spider")
        settings.set("AUTOTHROTTLE_ENABLED", registry.delay > 0, "spider")

    async def start(self) -> AsyncIterator[Any]:
        """Ask for every portal's column; lists are asked for in every run."""
        for portal in self.session.portals.values():
            for asked in FAMILIES[portal.family].start(portal):
                yield self._list(portal, asked, is_column=True)

    # -- answers --------------------------------------------------------------------

    def answered(self, response: Response) -> Iterator[Request]:
        """Take up a response, whatever its status."""
        context: Context = response.meta["context"]
        read = {"list": self._read_list, "article": self._read_article}.get(context.role)
        try:
            if response.status == 304 or 200 <= response.status < 300:
                yield from read(response, context) if read else ()
            else:
                self._lose(response.meta, response.url, f"http_{response.status}", "")
        except ArchiveError as error:
            self.session.give_up(error)  # said once, by whoever runs the crawl
        except Exception as error:
            # A fault of this program: the portal must not pass for complete.
            if self.session.fatal is None:
                self._lose(response.meta, response.url, "crawler_error", repr(error))
            raise
        finally:
            self._close_one(context.portal)

    def failed(self, failure: Failure) -> None:
        """Take up a request that had no answer, retries included."""
        request: Request = failure.request  # type: ignore[attr-defined]
        kind, detail = kind_of(failure.value)  # type: ignore[arg-type]
        origin = request.meta.get("redirect_urls", [request.url])[0]
        if kind == "off_host" and origin != request.url:
            detail = f"redirects to {request.url}"
        self._lose(request.meta, origin, kind, detail)
        self._close_one(request.meta["context"].portal)

    def _read_list(self, response: Response, context: Context) -> Iterator[Request]:
        portal, course = self._portal(context), self.session.courses[context.portal]
        asked: ListRequest = response.meta["asked"]
        try:
            text = decode(response.body)[0]
            page = FAMILIES[portal.family].parse_list(
                text, replace(asked, url=response.url), portal
            )
        except ListError as error:
            self._lose(response.meta, response.url, "list_unreadable", str(error))
            return
        course.column = course.column or "ok"
        course.lists += 1
        first = page.rows[0].url if page.rows else ""
        if first and first in course.firsts:
            log.info("%s: %s repeats another page", portal.key, response.url)
            return
        course.firsts.add(first)
        for row in page.rows:
            yield from self._article(portal, row, response)
        yield from self._more(portal, page.next, response)

    def _more(
        self, portal: Portal, following: tuple[ListRequest, ...], response: Response
    ) -> Iterator[Request]:
        for asked in following:
            if asked.number > MOST_LIST_PAGES:
                detail = f"more than {MOST_LIST_PAGES} list pages"
                self._lose({**response.meta, "column": False}, asked.url, "too_many_pages", detail)
                return
            yield self._list(portal, asked)

    def _read_article(self, response: Response, context: Context) -> Iterator[Request]:
        body = response.body
        if response.status == 304:
            row = self.session.store.latest("GET", response.url)
            body = self._kept_body(row) if row else b""
        yield from self._attachments(self._portal(context), body, response.url, context)

    def _kept_body(self, row: Mapping[str, Any]) -> bytes:
        """A body that the archive has already: an unchanged page is not sent again.

        Its attachments must still be found, for one may have failed last time, or the
        run may have been killed between a page and its attachment.
        """
        try:
            return self.session.store.body(row)
        except RecordDamaged as error:
            self.session.issue(row["portal"], row["url"], "record_damaged", str(error))
            return b""

    # -- requests -------------------------------------------------------------------

    def _list(self, portal: Portal, asked: ListRequest, *, is_column: bool = False) -> Request:
        context = Context(portal.key, "list", portal.column)
        request = self._request(asked.url, context, asked=asked, column=is_column)
        if asked.form:
            request = request.replace(method=asked.method, body=asked.body)
        for name, value in asked.headers:
            request.headers[name] = value
        return self._opened(request, context)

    def _article(self, portal: Portal, row: Row, response: Response) -> Iterator[Request]:
        course = self.session.courses[portal.key]
        if row.url in course.seen or judge(row.title) == "other":
            return
        course.seen.add(row.url)
        if host_of(row.url) not in portal.hosts:
            self.session.issue(portal.key, row.url, "off_host", f"listed by {response.url}")
            return
        course.candidates += 1
        context = Context(portal.key, "article", portal.column, row.title, row.date)
        request = self._request(row.url, context)
        kept = self._take_up(request, context)
        if kept is None:
            yield self._opened(request, context)
        elif kept:
            # Not asked for, but its attachments may be missing still.
            body = self._kept_body(kept)
            yield from self._attachments(portal, body, request.url, context)

    def _attachments(
        self, portal: Portal, body: bytes, url: str, article: Context
    ) -> Iterator[Request]:
        for address, name in attachments(body, url):
            context = replace(article, role="attachment", list_title=name, parent=url)
            if host_of(address) not in portal.hosts:
                self.session.issue(portal.key, address, "off_host", f"attachment of {url}")
                continue
            request = self._request(address, context)
            if self._take_up(request, context) is None:
                yield self._opened(request, context)

    def _take_up(self, request: Request, context: Context) -> Mapping[str, Any] | None:
        """Whether an article or attachment is to be asked for.

        Returns:
            None if it is, its validators then set; else the capture that makes it
            needless (an empty one if it was asked for in this process already).
        """
        store, key = self.session.store, request_key("GET", request.url)
        if key in self.session.asked:
            return {}
        self.session.asked.add(key)
        known = store.latest("GET", request.url)
        if known is None:
            return None
        if key in store.done and known["run_id"] == store.run_id:
            store.tally(context.portal).captured += 1
            return known
        age = datetime.now(UTC) - datetime.fromisoformat(known["fetched_at"])
        if age < timedelta(days=self.session.registry.recheck_days):
            return known
        if known["etag"]:
            request.headers["If-None-Match"] = known["etag"]
        if known["last_modified"]:
            request.headers["If-Modified-Since"] = known["last_modified"]
        return None

    def _request(self, url: str, context: Context, **meta: Any) -> Request:
        return Request(
            url,
            callback=self.answered,
            errback=self.failed,
            meta={"context": context, **meta},
            priority=_PRIORITY[context.role],
            # What is asked once and what again is decided here, by the ledger.
            dont_filter=True,
        )

    def _opened(self, request: Request, context: Context) -> Request:
        self.session.courses[context.portal].open += 1
        return request

    # -- the ends -------------------------------------------------------------------

    def _portal(self, context: Context) -> Portal:
        return self.session.portals[context.portal]

    def _lose(self, meta: Mapping[str, Any], url: str, kind: str, detail: str) -> None:
        is_column = bool(meta.get("column"))
        self.session.lose(meta["context"], url, kind, detail, is_column=is_column)

    def _close_one(self, key: str) -> None:
        course = self.session.courses[key]
        course.open -= 1
        if not course.open and not course.stopped:
            self.session.end_portal(key)

    def _closed(self, reason: str) -> None:
        self.session.end(stopped=reason == "shutdown")

    def _give_up(self) -> None:
        closing = self.crawler.engine.close_spider_async(reason="write_failed")
        # The loop keeps only a weak reference to its tasks.
        self._closing = asyncio.get_running_loop().create_task(closing)
