"""Which pages link to which files, and which of their texts stood when a file was there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from extract.types import Report

from .bodies import Body
from .evidence import linked
from .pages import Page


class Links:
    """The texts of pages by their addresses, and by those of the files that they link to."""

    def __init__(self, found: Iterable[Body]) -> None:
        """Learn from all bodies when the addresses of files gave something."""
        self._pages: dict[str, list[Page]] = {}
        self._linking: dict[str, list[Page]] = {}
        #: Rounds in which the address of each file gave something.
        self._rounds: dict[str, set[str]] = {}
        for body in found:
            if body.is_attachment:
                self._rounds.setdefault(body.url, set()).update(s.round for s in body.seen)

    def add(self, page: Page) -> None:
        """Learn to which files a page links."""
        url = page.body.url
        self._pages.setdefault(url, []).append(page)
        for href, _ in page.report.attachments if page.report else ():
            self._linking.setdefault(linked(url, href), []).append(page)

    def __iter__(self) -> Iterator[Page]:
        """All pages, address by address."""
        return (page for pages in self._pages.values() for page in pages)

    @property
    def files(self) -> set[str]:
        """The addresses to which pages link as to files."""
        return set(self._linking)

    def at(self, url: str) -> list[Page]:
        """The texts that an address gave."""
        return self._pages.get(url, [])

    def to(self, url: str) -> list[Page]:
        """The texts that link to a file, by its address."""
        return self._linking.get(url, [])

    def around(self, body: Body) -> list[Page]:
        """The pages that link to a file, whenever they stood."""
        return [*self.at(body.capture["parent"]), *self.to(body.url)]

    def holding(self, body: Body, page: Page) -> list[Page]:
        """The texts of which a file is a part, once it is known which page it belongs to.

        Of a page that changed, those that link to it; all, if a script links.
        """
        pages, linking = self.at(page.body.url), self.to(body.url)
        by_script = [] if any(each in linking for each in pages) else pages
        return self._at_its_time(body, [*linking, *by_script])

    def page_of(self, body: Body, report: Report) -> Page | None:
        """The page that links to a file; of several, the one that tells of the same report.

        The first, for what a file lacks (its title, its date) is as it stood when it was
        first seen. None where they tell of several reports, and the file does not say which
        is its own.
        """
        pages = self.texts_of(body)
        telling: list[tuple[Page, Report]] = [(p, p.report) for p in pages if p.report is not None]
        if not telling:
            return pages[0] if pages else None

        def rank(told: Report) -> tuple[bool, bool]:
            return told.year == report.year, told.agency == report.agency

        best = max(rank(told) for _, told in telling)
        fit = [(page, told) for page, told in telling if rank(told) == best]
        if len({(told.agency, told.year) for _, told in fit}) > 1:
            return None
        return fit[0][0]

    def texts_of(self, body: Body) -> list[Page]:
        """The texts of pages that link to a file, first seen first.

        What a page says when it links to the file no more tells nothing of it. Where a
        script links, it is the texts that were seen in the file's rounds, if there are any.
        """
        linking = self.to(body.url)
        pages = self.at(body.capture["parent"])
        if any(page in linking for page in pages):
            pages = []
        rounds = {seen.round for seen in body.seen}
        beside = [page for page in pages if any(s.round in rounds for s in page.body.seen)]
        texts = self._at_its_time(body, [*linking, *(beside or pages)])
        return sorted(texts, key=lambda page: page.body.order)

    def _at_its_time(self, body: Body, pages: list[Page]) -> list[Page]:
        """The pages that stood while a file's address gave this very file; all if none did."""
        mine, every = {seen.round for seen in body.seen}, self._rounds[body.url]

        def stood(page: Page) -> bool:
            rounds = {seen.round for seen in page.body.seen}
            last = (max((e for e in every if e <= r), default=min(every)) for r in rounds)
            return not mine.isdisjoint(last)

        return [page for page in pages if stood(page)] or pages
