"""The spider: every portal's column → its candidates → their attachments."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
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
from ..registry import Portal, RegistryError
from ..session import Fate
from ..titles import judge
from ..walk import Walk
from ..window import next_hour

log = logging.getLogger(__name__)
_PRIORITY = {"list": 10, "node": 8, "attachment": 5, "article": 0}
#: What says of a page that nobody announced: there is none.
_NO_PAGE = (400, 404, 410)


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
    walks: dict[str, Walk]

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
            if not portal or kwargs:
                raise RegistryError(
                    "scrapy crawl annual_reports takes -a portal=KEY[,KEY] -a registry=FILE "
                    f"-a data=DIR{f', not {sorted(kwargs)}' if kwargs else ''}; "
                    "a whole registry is crawled by scrapy collect"
                )
            own = contextlib.ExitStack()
            keys = tuple(key for key in portal.split(",") if key)
            hour = crawler.settings["UNTIL"]
            until = next_hour(hour) if hour else None
            opened = sessions.session(Path(registry), Path(data), keys, until)
            session = own.enter_context(opened)
            crawler.signals.connect(lambda: own.close(), signals.engine_stopped, weak=False)
        spider.session = session
        spider.walks = {key: Walk() for key in session.portals}
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
                for request in self._list(portal, asked, portal.column, is_column=True):
                    yield request

    # -- answers --------------------------------------------------------------------

    def answered(self, response: Response) -> Iterator[Request]:
        """Take up a response, whatever its status."""
        context: Context = response.meta["context"]
        read = {
            "list": self._read_list, "node": self._read_list, "article": self._read_article,
        }.get(context.role)  # fmt: skip
        try:
            # Others of the 2xx bring no page: walls answer 202, and the archive's `latest`
            # takes 200 alone for a body. A list is never asked for with validators.
            if response.status == 200 or (response.status == 304 and "asked" not in response.meta):
                yield from read(response, context) if read else ()
                yield from self._share(response)
            elif self._is_end(response):
                log.info("%s: the list ends before %s", context.portal, response.url)
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
        # Scrapy sets it on every failure that it hands to an errback; Twisted knows of none.
        request: Request = failure.request  # type: ignore[attr-defined]
        # Twisted says that a failure may be without its error; one of a request never is.
        kind, detail = kind_of(failure.value)  # type: ignore[arg-type]
        origin, host = request.meta.get("redirect_urls", [request.url])[0], ""
        if kind == "off_host":
            host = host_of(request.url)
            if origin != request.url:
                detail = f"redirects to {request.url}: {detail}"
        self._lose(request.meta, origin, kind, detail, host)
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
            if not asked.tentative:
                self._lose(response.meta, response.url, "list_unreadable", str(error))
            return
        course.column = course.column or "ok"
        course.lists += 1
        walk, chain = self.walks[portal.key], response.meta["chain"]
        is_new = walk.add(chain, {row.url for row in page.rows}, page.total)
        course.listed |= walk.listed[chain]
        course.total = len(course.listed) + walk.missing if walk.missing else 0
        if not is_new or (asked.tentative and not page.rows):
            log.info("%s: %s repeats other pages", portal.key, response.url)
            return
        for row in page.rows:
            yield from self._article(portal, row, response)
        for following in page.next:
            yield from self._list(portal, following, chain, depth=response.meta["depth"])
        for branch in page.branches:
            yield from self._branch(portal, branch, response)

    @staticmethod
    def _is_end(response: Response) -> bool:
        """Whether a page of a list is merely missing that nobody said to be there."""
        asked: ListRequest | None = response.meta.get("asked")
        return asked is not None and asked.tentative and response.status in _NO_PAGE

    def _branch(self, portal: Portal, branch: Row, response: Response) -> Iterator[Request]:
        walk, depth = self.walks[portal.key], response.meta["depth"] + 1
        if host_of(branch.url) not in portal.hosts or branch.url in walk.taken:
            return
        if depth > portal.depth:
            detail = f"a sub-column {depth} levels below the column; depth = {portal.depth}"
            self._cap(portal, branch.url, "too_deep", f"{detail}; listed by {response.url}")
            return
        walk.take(branch.url)
        asked = ListRequest(branch.url)
        yield from self._list(
            portal, asked, branch.url, depth=depth, title=branch.title, date=branch.date
        )

    def _cap(self, portal: Portal, url: str, kind: str, detail: str) -> None:
        """Name a cap that was hit, once for a portal."""
        walk = self.walks[portal.key]
        if kind not in walk.capped:
            walk.capped.add(kind)
            self.session.lose(Context(portal.key, "list", portal.column), url, kind, detail)

    def _read_article(self, response: Response, context: Context) -> Iterator[Request]:
        body = response.body
        if response.status == 304:
            row = self.session.store.latest("GET", response.url)
            body = self._kept_body(row) if row else b""
        yield from self._attachments(body, response.url, context)

    def _share(self, response: Response) -> Iterator[Request]:
        """Hand an answer to the portals that waited for it."""
        fate: Fate | None = response.meta.get("fate")
        if fate is None:
            return
        fate.url = response.url
        waiting, fate.waiting = fate.waiting, []
        for context in waiting:
            yield from self._of_archive(fate.url, context)
            self._close_one(context.portal)

    def _of_archive(self, url: str, context: Context) -> Iterator[Request]:
        """What an article links to that the archive has already."""
        row = self.session.store.latest("GET", url)
        if row is not None and context.role == "article":
            yield from self._attachments(self._kept_body(row), url, context)

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

    def _list(
        self,
        portal: Portal,
        asked: ListRequest,
        chain: str,
        *,
        is_column: bool = False,
        depth: int = 0,
        title: str = "",
        date: str = "",
    ) -> Iterator[Request]:
        walk = self.walks[portal.key]
        if walk.pages >= portal.max_pages:
            detail = f"the column has more pages than max_pages = {portal.max_pages}"
            self._cap(portal, asked.url, "too_many_pages", detail)
            return
        walk.pages += 1
        role = "node" if title else "list"
        context = Context(portal.key, role, portal.column, title, date)
        request = self._request(
            asked.url, context, asked=asked, column=is_column, chain=chain, depth=depth
        )
        if asked.form:
            request = request.replace(method=asked.method, body=asked.body)
        for name, value in asked.headers:
            request.headers[name] = value
        yield self._opened(request, context)

    def _article(self, portal: Portal, row: Row, response: Response) -> Iterator[Request]:
        course = self.session.courses[portal.key]
        if row.url in course.seen or judge(row.title) == "other":
            return
        course.seen.add(row.url)
        course.candidates += 1
        context = Context(portal.key, "article", portal.column, row.title, row.date)
        host = host_of(row.url)
        if host in portal.hosts:
            yield from self._obtain(row.url, context)
            yield from self._files(row.files, row.url, context)
        else:
            detail = f"listed by {response.url}"
            self.session.lose(context, row.url, "off_host", detail, host=host)

    def _attachments(self, body: bytes, url: str, article: Context) -> Iterator[Request]:
        yield from self._files(attachments(body, url), url, article)

    def _files(
        self, files: Iterable[tuple[str, str]], url: str, article: Context
    ) -> Iterator[Request]:
        for address, name in files:
            context = replace(article, role="attachment", list_title=name, parent=url)
            if host_of(address) in self._portal(context).hosts:
                yield from self._obtain(address, context)
            else:
                self.session.issue(article.portal, address, "off_host", f"attachment of {url}")

    def _obtain(self, url: str, context: Context) -> Iterator[Request]:
        """Ask for an article or attachment, unless another portal did or the archive has it."""
        request = self._request(url, context)
        key = (request.url, frozenset(self._portal(context).hosts))
        fate = self.session.fates.setdefault(key, Fate())
        if context.portal in fate.portals:
            return
        fate.portals.add(context.portal)
        if fate.lost:
            kind, detail, host = fate.lost
            self.session.lose(context, request.url, kind, detail, host=host)
        elif fate.url:
            yield from self._of_archive(fate.url, context)
        elif fate.asked:
            fate.waiting.append(context)
            self.session.courses[context.portal].open += 1
        elif self._is_needed(request, context):
            fate.asked = True
            request.meta["fate"] = fate
            yield self._opened(request, context)
        else:
            # Its attachments may be missing still.
            yield from self._of_archive(request.url, context)

    def _is_needed(self, request: Request, context: Context) -> bool:
        """Whether to ask for what the archive may have; its validators are then set."""
        store = self.session.store
        known = store.latest("GET", request.url)
        if known is None:
            return True
        if known["run_id"] == store.run_id and known["role"] in ("article", "attachment"):
            if request_key("GET", request.url) in store.done:
                self._count_again(known, context)
            return False
        age = datetime.now(UTC) - datetime.fromisoformat(known["fetched_at"])
        if age < timedelta(days=self.session.registry.recheck_days):
            return False
        if known["etag"]:
            request.headers["If-None-Match"] = known["etag"]
        if known["last_modified"]:
            request.headers["If-Modified-Since"] = known["last_modified"]
        return True

    def _count_again(self, known: Mapping[str, Any], context: Context) -> None:
        """Count what this run had stored before it was broken off."""
        if known["portal"] == context.portal:
            tally = self.session.store.tally(context.portal)
            tally.captured += known["revisit_of"] is None
            tally.unchanged += known["revisit_of"] is not None

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

    def _lose(
        self, meta: Mapping[str, Any], url: str, kind: str, detail: str, host: str = ""
    ) -> None:
        is_column = bool(meta.get("column"))
        self.session.lose(meta["context"], url, kind, detail, is_column=is_column, host=host)
        fate: Fate | None = meta.get("fate")
        if fate is None:
            return
        fate.lost = (kind, detail, host)
        waiting, fate.waiting = fate.waiting, []
        for context in waiting:
            self.session.lose(context, url, kind, detail, host=host)
            self._close_one(context.portal)

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
