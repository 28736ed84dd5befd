"""Lists: columns, their pages and their sub-columns, until each is read to its end."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from archive.store import Context
from extract.decode import decode

from .articles import Articles
from .asides import is_aside, is_of_hub, may_go_on
from .asking import Asking
from .chapters import is_report
from .families import FAMILIES, ListError, ListPage, ListRequest, Row
from .families.base import is_file
from .gate import host_of
from .hubs import branches, years_beside
from .links import attached
from .magic import FILES, kind_of_bytes
from .pagers import promise
from .places import folder, is_article, is_below, is_mobile, key
from .registry import Portal
from .titles import has_year, judge, may_be_report
from .unclaimed import unclaimed
from .walls import REFUSALS

log = logging.getLogger(__name__)
#: What says of a page that nobody announced: there is none.
_NO_PAGE = (400, 404, 410)


class Lists:
    """Reads list pages, and nodes: pages that may be a list or themselves the article."""

    def __init__(self, asking: Asking, articles: Articles) -> None:
        self._asking, self._articles = asking, articles
        self._session = asking.session

    def start(self, portal: Portal) -> Iterator[Request]:
        """Ask for a portal's column."""
        walk = self._asking.walks[portal.key]
        walk.take(key(portal.column, portal.hosts))
        if portal.kind == "single":
            # Its family knows how a list is asked for; this is no list.
            node = Row(portal.column, portal.agency)
            yield from self._page(portal, ListRequest(node.url), node.url, node=node, column=True)
            return
        for asked in FAMILIES[portal.family].start(portal):
            walk.take(key(asked.url, portal.hosts))
            yield from self._page(portal, asked, portal.column, column=True)

    def is_end(self, response: Response) -> bool:
        """Whether a page of a list is merely missing that nobody said to be there.

        Some sites refuse or fail at such an address: an end too, and named, if the host
        gives its other pages.
        """
        if not is_guess(response.meta):
            return False
        if response.status in _NO_PAGE:
            return True
        refuses = response.status in REFUSALS
        if not (refuses or response.status >= 500) or not self._is_open(response.url):
            return False
        kind = "wall:waf" if refuses else f"http_{response.status}"
        detail = f"status {response.status} for a page that no list names: taken for the list's end"
        context: Context = response.meta["context"]
        self._session.issue(context.portal, response.url, kind, detail)
        return True

    def _is_open(self, url: str) -> bool:
        return self._session.gate.is_open(host_of(url))

    # -- answers --------------------------------------------------------------------

    def read(self, response: Response, context: Context) -> Iterator[Request]:
        """Read a page of a list, or a node."""
        portal, walk = self._asking.portal(context), self._asking.walks[context.portal]
        if self._leads_back(response, portal):
            log.info("%s: %s leads to %s", portal.key, _asked_for(response), response.url)
            return
        walk.take(key(response.url, portal.hosts))
        is_node = context.role == "node"
        if kind_of_bytes(response.body) in FILES:
            if is_node:
                self._take_article(response, context)
            else:
                detail = "a file came where a list was expected"
                self._asking.lose(response.meta, response.url, "wrong_type", detail)
            return
        text = decode(response.body)[0]
        if portal.kind == "single":
            yield from self._read_single(response, context)
            return
        page, error = self._parsed(text, response, portal)
        below = (
            ()
            if text.lstrip()[:1] in ("{", "[")
            else branches(text, response.url, portal, response.meta["depth"])
        )
        below = (*page.branches, *below)
        if response.meta["column"]:
            for row in years_beside(text, response.url, portal):
                detail = f"{row.title} stands beside the column and was not read: a hub?"
                self._session.issue(portal.key, row.url, "list_unreadable", detail)
        if error and not is_node and not (portal.kind == "hub" and below):
            if not self._is_stub(response):
                self._asking.lose(response.meta, response.url, "list_unreadable", error)
            return
        bears_report = is_node and is_report(text)
        if is_node:
            yield from self._read_node(response, context, page, below, bears_report, error)
        yield from self._read_page(response, portal, page, below, "" if bears_report else text)

    def _parsed(self, text: str, response: Response, portal: Portal) -> tuple[ListPage, str]:
        asked: ListRequest = replace(response.meta["asked"], url=response.url)
        try:
            page = FAMILIES[portal.family].parse_list(text, asked, portal)
        except ListError as error:
            return ListPage(()), str(error) or "the page is no list"
        more = unclaimed(text, response.url, portal, page.rows)
        return replace(page, rows=(*page.rows, *more)), ""

    def _read_page(
        self,
        response: Response,
        portal: Portal,
        page: ListPage,
        below: tuple[Row, ...],
        text: str,
    ) -> Iterator[Request]:
        course, walk = self._session.courses[portal.key], self._asking.walks[portal.key]
        asked: ListRequest = response.meta["asked"]
        chain: str = response.meta["chain"]
        course.column = course.column or "ok"
        course.lists += 1
        addresses = {row.url for row in page.rows}
        turns = not is_aside(portal, response.meta["depth"]) or may_go_on(page, asked)
        is_new = walk.add(chain, addresses, page.total if turns else None)
        course.listed |= addresses
        course.total = len(course.listed) + walk.missing if walk.missing else 0
        if not is_new or (asked.tentative and not page.rows):
            log.debug("%s: %s repeats other pages", portal.key, response.url)
            is_named = asked.number > 1 and not asked.tentative
            if is_named and not walk.totals.get(chain):
                detail = "the list says that it has this page, and it only repeats other pages"
                self._asking.lose(response.meta, response.url, "list_unreadable", detail)
        else:
            self._witness(text if turns else "", response, portal, page)
            if not (page.rows or below or page.total is not None) and asked.number > 1:
                detail = "the list says that it has this page, and it lists nothing"
                self._asking.lose(response.meta, response.url, "list_unreadable", detail)
            # What the list goes on with is scheduled first: its rows would go ahead of it.
            rows = [found for row in page.rows for found in self._row(portal, row, response)]
            for following in page.next if turns else ():
                yield from self._page(portal, following, chain, depth=response.meta["depth"])
            yield from rows
        for row in below:
            yield from self._branch(portal, row, response)

    def _witness(self, text: str, response: Response, portal: Portal, page: ListPage) -> None:
        """Keep what a page shows of further pages; `settle` asks whether they were known."""
        walk = self._asking.walks[portal.key]
        asked: ListRequest = response.meta["asked"]
        chain: str = response.meta["chain"]
        walk.reach(chain, asked.number)
        if not page.rows or walk.totals.get(chain):
            return
        shown = promise(
            text,
            response.url,
            asked.number,
            len(page.rows),
            lambda address: key(address, portal.hosts) in walk.taken,
        )
        if shown is not None:
            walk.promises[chain] = shown

    def settle(self, portal: Portal) -> None:
        """Name the lists that, all being read, show more pages than were known."""
        walk = self._asking.walks[portal.key]
        promises, walk.promises = walk.promises, {}
        for chain, shown in promises.items():
            is_read = shown.rows and len(walk.listed[chain]) >= shown.rows
            if walk.totals.get(chain) or is_read or walk.reached.get(chain, 1) >= shown.pages:
                continue
            if "too_many_pages" not in walk.capped:
                detail = f"the page shows “{shown.seen}”, and its family knows no way on"
                context = Context(portal.key, "list", portal.column)
                self._asking.lose({"context": context}, chain, "list_unreadable", detail)

    def _read_single(self, response: Response, context: Context) -> Iterator[Request]:
        """The column is itself the article."""
        self._session.courses[context.portal].column = "ok"
        self._take_article(response, context)
        article = replace(context, role="article")
        yield from self._articles.read_page(response, article)

    def _read_node(
        self,
        response: Response,
        context: Context,
        page: ListPage,
        below: tuple[Row, ...],
        bears_report: bool,
        error: str,
    ) -> Iterator[Request]:
        """Tell whether a sub-column is itself the article."""
        if not bears_report:
            found = attached(response.body, response.url)
            has_files = bool(found.files or found.images)
            if self._is_list(context, page, below, has_files):
                return
            if not has_files:
                detail = error or "it lists nothing, leads to nothing and is no report"
                self._session.issue(context.portal, response.url, "list_unreadable", detail)
                return
        self._take_article(response, context)
        article = replace(context, role="article")
        yield from self._articles.read_page(response, article)

    def _is_list(
        self, context: Context, page: ListPage, below: tuple[Row, ...], has_files: bool
    ) -> bool:
        """Whether a node without a report's text is a list.

        The template's menu of years, known already, makes no list of a page that holds a
        file; nor do notices beside it, if the page was listed as the report of a year.
        """
        if not has_files:
            return bool(page.rows or page.next or below)
        portal, taken = self._asking.portal(context), self._asking.walks[context.portal].taken
        if any(not following.tentative for following in page.next):
            return True
        if any(key(row.url, portal.hosts) not in taken for row in below):
            return True
        rows = [row for row in page.rows if is_article(row.url)]
        if any(is_file(row.url) or judge(row.title) == "report" for row in rows):
            return True
        return bool(rows) and not may_be_report(context.list_title)

    def _take_article(self, response: Response, context: Context) -> None:
        course = self._session.courses[context.portal]
        course.column = course.column or "ok"
        course.candidates += 1  # read, and found to be the report: it need not say so
        self._articles.count(response.url, context)

    def _leads_back(self, response: Response, portal: Portal) -> bool:
        """Whether a page that was asked for led to one that was taken up already.

        A missing page often leads home: nothing there belongs to this list.
        """
        asked: ListRequest = response.meta["asked"]
        if urlsplit(response.url).path == urlsplit(_asked_for(response)).path:
            return False
        if asked.tentative:
            return True
        is_node = response.meta["context"].role == "node" and not response.meta["column"]
        return is_node and key(response.url, portal.hosts) in self._asking.walks[portal.key].taken

    @staticmethod
    def _is_stub(response: Response) -> bool:
        """Whether what is no list is the little that stands beyond a list's end."""
        asked: ListRequest = response.meta["asked"]
        return asked.tentative and len(response.body) < 2048

    # -- requests -------------------------------------------------------------------

    def _row(self, portal: Portal, row: Row, response: Response) -> Iterator[Request]:
        verdict = judge(row.title)
        if verdict == "other":
            return
        if is_article(row.url):
            if is_aside(portal, response.meta["depth"]) and not is_of_hub(row.title):
                return
            yield from self._articles.row(portal, row, response.url)
        elif (
            has_year(row.title)
            or verdict == "report"
            or is_below(row.url, folder(response.url))
            or is_below(row.url, folder(portal.column))
        ):
            yield from self._branch(portal, row, response)
        # Else it is navigation: no year, and it leads to a folder or a list elsewhere.

    def _branch(self, portal: Portal, row: Row, response: Response) -> Iterator[Request]:
        """Ask for a sub-column, which may be the article itself."""
        walk, depth = self._asking.walks[portal.key], response.meta["depth"] + 1
        name = key(row.url, portal.hosts)
        if name in walk.taken or (is_mobile(row.url) and not is_mobile(portal.column)):
            return
        if host_of(row.url) not in portal.hosts:
            yield from self._articles.row(portal, row, response.url)  # a loss, and named
            return
        if depth > portal.depth:
            detail = f"listed by {response.url}, more than depth = {portal.depth} levels down"
            self._cap(portal, row.url, "too_deep", detail)
            return
        walk.take(name)
        yield from self._page(portal, ListRequest(row.url), row.url, node=row, depth=depth)

    def _page(
        self,
        portal: Portal,
        asked: ListRequest,
        chain: str,
        *,
        node: Row | None = None,
        column: bool = False,
        depth: int = 0,
    ) -> Iterator[Request]:
        walk = self._asking.walks[portal.key]
        if walk.pages >= portal.max_pages:
            detail = f"the column has more pages than max_pages = {portal.max_pages}"
            self._cap(portal, asked.url, "too_many_pages", detail)
            return
        walk.pages += 1
        if not asked.tentative:
            walk.reach(chain, asked.number)
        context = Context(portal.key, "list", portal.column)
        if node is not None:
            context = replace(context, role="node", list_title=node.title, list_date=node.date)
        request = self._asking.request(
            asked.url, context, asked=asked, column=column, chain=chain, depth=depth
        )
        if asked.form:
            request = request.replace(method=asked.method, body=asked.body)
        for name, value in asked.headers:
            request.headers[name] = value
        yield self._asking.opened(request, context)

    def _cap(self, portal: Portal, url: str, kind: str, detail: str) -> None:
        """Name a cap that was hit, once for a portal."""
        walk = self._asking.walks[portal.key]
        if kind not in walk.capped:
            walk.capped.add(kind)
            context = Context(portal.key, "list", portal.column)
            self._asking.lose({"context": context}, url, kind, detail)


def is_guess(meta: Mapping[str, Any]) -> bool:
    """Whether a request is for a page of a list that nobody said to be there."""
    asked: ListRequest | None = meta.get("asked")
    return asked is not None and asked.tentative


def _asked_for(response: Response) -> str:
    """What was asked for before any redirect."""
    return str(response.meta.get("redirect_urls", [response.url])[0])
