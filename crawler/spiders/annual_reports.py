"""The spider: every portal's column → its candidates → their attachments."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.errors import ArchiveError
from archive.store import Context

from .. import conditions
from .. import session as sessions
from ..articles import Articles
from ..asking import Asking
from ..gate import host_of
from ..lists import Lists
from ..outcomes import decide, kind_of
from ..registry import Portal, RegistryError
from ..window import next_hour

log = logging.getLogger(__name__)


def _own(
    crawler: Crawler, portal: str, registry: Path, data: Path, shard: str, more: dict[str, Any]
) -> sessions.Session:
    """Open a session for `scrapy crawl`, which has none.

    Raises:
        SystemExit: The arguments, registry or data root will not do; one line has said why.
            Scrapy would print any other error as a traceback, and exit as if all were well.
    """
    own = contextlib.ExitStack()
    try:
        if not (portal.strip(", ") or shard) or more:
            unknown = f", not {', '.join(sorted(more))}" if more else ""
            raise RegistryError(
                "it takes -a portal=KEY[,KEY] -a registry=FILE -a data=DIR -a shard=N/M"
                f"{unknown}; a whole registry is crawled by scrapy collect"
            )
        keys = tuple(key.strip() for key in portal.split(",") if key.strip())
        hour = crawler.settings["UNTIL"]
        until = next_hour(hour) if hour else None
        session = own.enter_context(
            sessions.session(
                registry, data, keys, until=until, shard=shard, settings=crawler.settings
            )
        )
    except (RegistryError, ArchiveError, UsageError) as error:
        print(f"scrapy crawl annual_reports: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    crawler.signals.connect(lambda: own.close(), signals.engine_stopped, weak=False)
    return session


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
        shard: str = "",
        **kwargs: Any,
    ) -> AnnualReports:
        """Make the spider, with a session given or one of its own."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        if session is None:
            session = _own(crawler, portal, Path(registry), Path(data), shard, kwargs)
        spider._begin(crawler, session)
        return spider

    def _begin(self, crawler: Crawler, session: sessions.Session) -> None:
        self.session = session
        self._asking = Asking(session, self.answered, self.failed, self._ask)
        self._articles = Articles(self._asking)
        self._lists = Lists(self._asking, self._articles)
        self._asking.at_end = self._at_end
        conditions.apply(session.registry, crawler.settings)
        crawler.signals.connect(self._closed, signals.spider_closed)
        session.on_fatal = self._give_up

    async def start(self) -> AsyncIterator[Any]:
        """Ask for every portal's column; lists are asked for in every run."""
        for portal in self.session.portals.values():
            for request in self._lists.start(portal):
                yield request

    # -- answers --------------------------------------------------------------------

    def answered(self, response: Response) -> Iterator[Request]:
        """Take up a response, whatever its status."""
        context: Context = response.meta["context"]
        try:
            yield from self._read(response, context)
        except ArchiveError as error:
            self.session.give_up(error)  # said once, by whoever runs the crawl
        except Exception as error:
            # A fault of this program: the portal must not pass for complete.
            if self.session.fatal is None:
                self._asking.lose(response.meta, response.url, "crawler_error", repr(error))
            raise
        finally:
            self._asking.close_one(context.portal)

    def _read(self, response: Response, context: Context) -> Iterator[Request]:
        """Hand an answer to who reads its kind.

        Others of the 2xx bring no page: walls answer 202, and the archive's `latest`
        takes 200 alone for a body. A list is never asked for with validators.
        """
        is_list = context.role in ("list", "node")
        if response.status == 200 or (response.status == 304 and not is_list):
            reader = self._lists.read if is_list else self._articles.read
            yield from reader(response, context)
            yield from self._articles.share(response)
        elif self._lists.is_end(response):
            log.debug("%s: the list ends before %s", context.portal, response.url)
        else:
            self._articles.refused(response)

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
        self._asking.lose(request.meta, origin, kind, detail, host)
        self._asking.close_one(request.meta["context"].portal)

    # -- the ends -------------------------------------------------------------------

    def _at_end(self, portal: Portal) -> Iterator[Request]:
        """What is asked for once all that was listed has been answered."""
        course, walk = self.session.courses[portal.key], self._asking.walks[portal.key]
        if course.column != "ok":
            return
        self._lists.settle(portal)
        mobile = list(self._articles.mobile(portal))
        yield from mobile
        # What a list that was not read to its end, or is empty, lacks says nothing.
        is_whole = decide(course, portal.expect_reports)[0] in ("complete", "fewer")
        if not mobile and is_whole and not walk.is_settled and portal.kind != "single":
            walk.is_settled = True
            yield from self._articles.unlisted(portal)

    def _ask(self, request: Request) -> None:
        self.crawler.engine.crawl(request)

    def _closed(self, reason: str) -> None:
        self.session.end(stopped=reason == "shutdown")

    def _give_up(self) -> None:
        closing = self.crawler.engine.close_spider_async(reason="write_failed")
        # The loop keeps only a weak reference to its tasks.
        self._closing = asyncio.get_running_loop().create_task(closing)
