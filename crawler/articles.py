"""Articles and their attachments: what is asked for, what the archive has already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from scrapy import Request
from scrapy.http import Response

from archive.errors import RecordDamaged
from archive.store import Context, request_key
from extract.stand_ins import stand_in

from . import recheck
from .asking import Asking
from .families import Row
from .families.base import is_file
from .fates import Fate
from .gate import host_of
from .links import MOST_IMAGES, NOTHING, attached, finder, is_page
from .magic import wrong_type
from .places import is_mobile, key, twin
from .registry import Portal
from .titles import may_be_report

#: Kinds of issue that tell of a capture that is not what was asked for.
_UNFIT = ("wall:page", "wrong_type", "soft_404")
#: No article of a report has so many files, and no column so many reports.
MOST_FILES = 200
MOST_CANDIDATES = 20_000
#: A page that says that there is none is small; larger ones are not looked at.
_SMALL = 64 << 10


class Articles:
    """Asks for articles and attachments, each once in a run, and for no more than is due."""

    def __init__(self, asking: Asking, clock: Callable[[], datetime] = recheck.now) -> None:
        self._asking, self._clock = asking, clock
        self._session = asking.session

    # -- what a list names ----------------------------------------------------------

    def row(self, portal: Portal, row: Row, listed_by: str) -> Iterator[Request]:
        """Ask for the article of a row that may be a report."""
        walk, course = self._asking.walks[portal.key], self._session.courses[portal.key]
        name = key(row.url, portal.hosts)
        if is_mobile(row.url) and not is_mobile(portal.column):
            walk.mobile.setdefault(twin(name), (row, listed_by))
            return
        if course.candidates >= MOST_CANDIDATES:
            if "candidates" not in walk.capped:
                walk.capped.add("candidates")
                said = f"the column lists more than {MOST_CANDIDATES} articles"
                context = Context(portal.key, "list", portal.column)
                self._session.lose(context, listed_by, "too_many_pages", said)
            return
        if not walk.take(name):
            return
        course.candidates += 1
        course.unsaid += not may_be_report(row.title)
        context = Context(portal.key, "article", portal.column, row.title, row.date)
        host = host_of(row.url)
        if host in portal.hosts:
            yield from self._obtain(row.url, context)
            yield from self.files(row.files, row.url, context)
        elif is_file(row.url):
            # A row that is itself a file: its list is the page that links to it.
            yield from self.files([(row.url, row.title)], listed_by, context)
        else:
            detail = f"listed by {listed_by}"
            self._session.lose(context, row.url, "off_host", detail, host=host)

    def mobile(self, portal: Portal) -> Iterator[Request]:
        """Ask for the articles of which the lists, all read, have the mobile copy alone."""
        walk, course = self._asking.walks[portal.key], self._session.courses[portal.key]
        waiting, walk.mobile = walk.mobile, {}
        copied = {twin(name) for name in walk.taken} if waiting else set()
        for common, (row, _) in waiting.items():
            if common in copied or host_of(row.url) not in portal.hosts:
                continue
            walk.take(key(row.url, portal.hosts))
            course.candidates += 1
            course.unsaid += not may_be_report(row.title)
            context = Context(portal.key, "article", portal.column, row.title, row.date)
            yield from self._obtain(row.url, context)

    def unlisted(self, portal: Portal) -> Iterator[Request]:
        """Ask again for what the archive has and the column, read to its end, lists no more."""
        walk = self._asking.walks[portal.key]
        rows = {address for listed in walk.listed.values() for address in listed}
        for known in self._session.store.known_articles(portal.key):
            url = str(known["url"])
            is_listed = url in rows or key(url, portal.hosts) in walk.taken
            if is_listed or host_of(url) not in portal.hosts:
                continue
            if not may_be_report(known["list_title"] or ""):
                continue  # a notice beside the list: others stand there today
            context = Context(
                portal.key, "article", portal.column, known["list_title"], known["list_date"]
            )
            if not self._is_due(known, known):
                asked = f"asked for last on {known['fetched_at'][:10]}"
                self._note_unlisted(context, url, asked)
                continue
            request = self._asking.request(url, context, unlisted=True)
            self._set_validators(request, known)
            yield self._asking.opened(request, context)

    def files(
        self, files: Iterable[tuple[str, str]], url: str, article: Context
    ) -> Iterator[Request]:
        """Ask for the attachments of an article; of all, they alone may lie on other hosts."""
        portal, found = self._asking.portal(article), list(files)
        if len(found) > MOST_FILES:
            said = f"{len(found)} files; the first {MOST_FILES} are asked for"
            self._session.lose(article, url, "too_many_pages", said)
        for address, name in found[:MOST_FILES]:
            context = replace(article, role="attachment", list_title=name, parent=url)
            host = host_of(address)
            if host not in portal.hosts:
                self._session.gate.admit(host, portal.key)
                detail = f"attachment on another host; linked by {url}"
                self._session.issue(portal.key, address, "file_elsewhere", detail)
            yield from self._obtain(address, context)

    # -- answers --------------------------------------------------------------------

    def read(self, response: Response, context: Context) -> Iterator[Request]:
        """Take up an article, an attachment, or that it has not changed."""
        walk, hosts = self._asking.walks[context.portal], self._asking.portal(context).hosts
        walk.take(key(response.url, hosts))  # where a redirect led to is listed, too
        if response.meta.get("unlisted"):
            self._note_unlisted(context, response.url, "the page is still there")
        if response.status == 304:
            yield from self._of_kept(response.meta["capture"], response.url, context)
            return
        if context.role == "attachment" or is_file(response.url):
            self._check_type(response, context)
        elif self._is_missing(response, context):
            return
        if context.role == "article":
            yield from self.read_page(response, context)

    def read_page(self, response: Response, article: Context) -> Iterator[Request]:
        """Ask for what belongs to the page of an answer beside its text."""
        sha256 = response.meta["capture"]["sha256"]
        yield from self._attachments(response.body, response.url, article, sha256)

    def _attachments(
        self, body: bytes, url: str, article: Context, sha256: str
    ) -> Iterator[Request]:
        found = attached(body, url)
        if found == NOTHING:
            self._session.note_plain(sha256)
        yield from self.files((*found.files, *found.frames, *found.images), url, article)
        if found.more_images:
            detail = f"the body has {found.more_images} images more than {MOST_IMAGES}"
            self._session.lose(replace(article, role="list"), url, "too_many_pages", detail)

    def share(self, response: Response) -> Iterator[Request]:
        """Hand an answer to the portals that waited for it."""
        fate: Fate | None = response.meta.get("fate")
        if fate is None:
            return
        fate.url = response.url
        waiting, fate.waiting = fate.waiting, ()
        for context in waiting:
            yield from self._of_archive(fate.url, context)
            self._asking.close_one(context.portal)

    def refused(self, response: Response) -> None:
        """An answer that brings no body: a loss, or news of what the archive has."""
        url = response.url
        for asked in response.meta.get("redirect_urls", ())[:1]:
            if self._session.store.latest("GET", asked) is not None:
                url = asked  # what moved, and is not there either
        self._asking.lose(response.meta, url, f"http_{response.status}", "")

    def count(self, url: str, context: Context) -> None:
        """Count what was stored as a page that may be a list, and is an article."""
        known = self._session.store.latest("GET", url)
        if known is not None:
            self._count(known, context)

    def _note_unlisted(self, context: Context, url: str, detail: str) -> None:
        """In every run: the build tells by it that the column has not got it back."""
        detail = f"the column lists it no more; {detail}"
        self._session.issue(context.portal, url, "unlisted", detail)

    def _check_type(self, response: Response, context: Context) -> None:
        """A page that came for a file stays in the archive as evidence, and is named."""
        # A page's frame is a page, as its address says.
        why = "" if is_page(response.url) else wrong_type(response.body)
        if why:
            of = f"; linked by {context.parent}" if context.parent else ""
            # A row of a list may be the file itself.
            meta = {**response.meta, "context": replace(context, role="attachment")}
            self._asking.lose(meta, response.url, "wrong_type", why + of)
            self._unfit.add((response.url, self._session.store.run_id))

    def _is_missing(self, response: Response, context: Context) -> bool:
        """Whether a page says that there is none, where the archive has one; it is named."""
        was_known = response.meta.get("known") or response.meta.get("unlisted")
        is_asked = was_known and len(response.body) < _SMALL
        instead = stand_in(response.body) if is_asked else None
        if instead is None or instead.status != "soft_404":
            return False
        store = self._session.store
        row = store.latest("GET", response.url)
        if row is None or not store.ledger.had_another(row["request_key"], row["sha256"]):
            return False
        detail = f"{instead}; the archive keeps what it said before"
        self._session.issue(context.portal, response.url, "soft_404", detail)
        self._unfit.add((response.url, store.run_id))
        return True

    # -- once, and when due ---------------------------------------------------------

    def _obtain(self, url: str, context: Context) -> Iterator[Request]:
        """Ask for an article or attachment, unless another portal did or the archive has it."""
        request = self._asking.request(url, context)
        if context.parent and not (context.parent.startswith("https:") and url.startswith("http:")):
            # Some sites give a file only to who comes from its page, and that page may have
            # been read in an earlier run.
            request.headers["Referer"] = context.parent
        hosts = _one_set(self._asking.portal(context).hosts)
        fate = self._session.fates.get((request.url, hosts))
        if fate is None:
            fate = self._session.fates[request.url, hosts] = Fate()
        if context.portal in fate.portals:
            return
        fate.portals += (context.portal,)
        if fate.lost:
            kind, detail, host = fate.lost
            self._session.lose(context, request.url, kind, detail, host=host)
        elif fate.url:
            yield from self._of_archive(fate.url, context)
        elif fate.asked:
            fate.waiting += (context,)
            self._session.courses[context.portal].open += 1
        elif self._is_needed(request, context):
            fate.asked = True
            request.meta["fate"] = fate
            yield self._asking.opened(request, context)
        else:
            # Its attachments may be missing still.
            yield from self._of_archive(request.url, context)

    def _is_needed(self, request: Request, context: Context) -> bool:
        """Whether to ask for what the archive may have; its validators are then set."""
        store = self._session.store
        known = store.latest("GET", request.url)
        request.meta["known"] = known is not None
        if known is None or (known["url"], known["run_id"]) in self._unfit:
            return True
        if known["run_id"] == store.run_id and known["role"] in ("article", "attachment"):
            if request_key("GET", request.url) in store.done:
                self._count(known, context)
            return False
        listed = {"list_date": context.list_date, "list_title": context.list_title}
        if not self._is_due(known, listed):
            return False
        self._set_validators(request, known)
        return True

    @cached_property
    def _unfit(self) -> set[tuple[str, str]]:
        """Address and run of captures that were named as not what was asked for.

        They are evidence, and no reason to wait: the page may be back any time.
        """
        return self._session.store.ledger.noted(_UNFIT)

    def _is_due(self, known: Mapping[str, Any], listed: Mapping[str, Any]) -> bool:
        return recheck.is_due(
            known["fetched_at"],
            self._clock(),
            self._session.registry.recheck_days,
            listed["list_date"],
            listed["list_title"],
        )

    @staticmethod
    def _set_validators(request: Request, known: Mapping[str, Any]) -> None:
        if known["etag"]:
            request.headers["If-None-Match"] = known["etag"]
        if known["last_modified"]:
            request.headers["If-Modified-Since"] = known["last_modified"]
        request.meta["confirms"] = known

    def _count(self, known: Mapping[str, Any], context: Context) -> None:
        """Count what this run stored, but not when the portal's tally was looking."""
        if known["portal"] == context.portal and known["run_id"] == self._session.store.run_id:
            tally = self._session.store.tally(context.portal)
            tally.captured += known["revisit_of"] is None
            tally.unchanged += known["revisit_of"] is not None

    def _of_archive(self, url: str, context: Context) -> Iterator[Request]:
        """What an article links to that the archive has already."""
        walk, hosts = self._asking.walks[context.portal], self._asking.portal(context).hosts
        walk.take(key(url, hosts))
        row = self._session.store.latest("GET", url)
        if row is not None:
            yield from self._of_kept(row, url, context)

    def _of_kept(self, row: Mapping[str, Any], url: str, context: Context) -> Iterator[Request]:
        """What an article of which the archive has the body links to.

        Its attachments must still be found, for one may have failed last time, or the
        run may have been killed between a page and its attachment.
        """
        if context.role != "article" or self._session.store.is_plain(row["sha256"], finder()):
            return
        try:
            body = self._session.store.body(row)
        except RecordDamaged as error:
            self._session.issue(row["portal"], row["url"], "record_damaged", str(error))
            return
        yield from self._attachments(body, url, context, row["sha256"])


@cache
def _one_set(hosts: tuple[str, ...]) -> frozenset[str]:
    """One object for all articles of a portal."""
    return frozenset(hosts)
