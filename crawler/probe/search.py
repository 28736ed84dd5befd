"""From a home page to its columns: best links first, five clicks at most, a budget of pages."""

from __future__ import annotations

import heapq
import itertools
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ..families.base import ListRequest, parse
from ..gate import host_of
from ..hubs import years_beside
from ..registry import Portal
from .columns import MOST, Reading, read
from .domains import belongs
from .fetch import Fetcher
from .journal import Answer
from .links import Link, links
from .merging import merged, same
from .meta import meta_of
from .ranking import COLUMN, DIRECTORY, DISCLOSURE, YEAR, is_column_name, is_contents, rank
from .survey import Found, Step, Survey

MOST_CLICKS = 5
DEFAULT_PAGES = 300
_FARTHER = 3  # what one click more takes from a link's score


@dataclass(order=True, frozen=True, slots=True)
class _Way:
    order: tuple[int, int]
    url: str = field(compare=False)
    role: str = field(compare=False)
    trail: tuple[Step, ...] = field(compare=False)


class Search:
    """One search; `run` it once.

    Args:
        fetcher: Asks the family of hosts.
        budget: How many pages may be asked for.
    """

    def __init__(self, fetcher: Fetcher, budget: int = DEFAULT_PAGES) -> None:
        self._fetcher = fetcher
        self._budget = budget
        self._ways: list[_Way] = []
        self._numbers = itertools.count()
        self._known: set[str] = set()
        self._left: set[str] = set()
        self._pages = 0

    async def run(self, start: str) -> Survey:
        """Look at the address, and where it is no column, for columns behind it."""
        survey = Survey(start)
        answer = await self._page(start, survey)
        survey.home = answer
        if answer.issue:
            survey.pages = self._pages
            return survey
        home = (Step("", answer.url),)
        await self._look(answer, home, "", survey)
        if not survey.columns:
            await self._follow_all(survey)
        survey.columns = merged(survey.columns)
        # What only led on to columns raises no doubt.
        passed = {step.url for found in survey.columns for step in found.trail}
        survey.doubtful = [found for found in survey.doubtful if found.reading.url not in passed]
        survey.pages = self._pages
        return survey

    async def _follow_all(self, survey: Survey) -> None:
        while self._ways:
            way = heapq.heappop(self._ways)
            if self._pages >= self._budget:
                survey.leave(f"the budget of {self._budget} pages was used up", way.url)
                continue
            answer = await self._page(way.url, survey)
            if answer.issue:
                continue
            if not self._is_new(answer.url) and same(answer.url) != same(way.url):
                continue  # it redirects to a page that was read already
            trail = (*way.trail[:-1], Step(way.trail[-1].text, answer.url, way.role))
            await self._look(answer, trail, way.role, survey)

    async def _page(self, url: str, survey: Survey) -> Answer:
        self._is_new(url)
        answer = await self._ask(ListRequest(url))
        if answer.issue:
            survey.failures.append((url, answer.issue, answer.detail))
        return answer

    async def _ask(self, asked: ListRequest) -> Answer:
        self._pages += 1
        answer = await self._fetcher.get(asked)
        # Only Guangdong's columns have fragments, and the families want to know them.
        _, mark, fragment = asked.url.partition("#")
        if mark and "#" not in answer.url:
            return Answer(
                answer.url + mark + fragment,
                answer.status,
                answer.text,
                answer.issue,
                answer.detail,
            )
        return answer

    async def _look(self, page: Answer, trail: tuple[Step, ...], role: str, survey: Survey) -> None:
        named = role in (COLUMN, YEAR)
        # Only what is called 年报, or was asked for by the person, may cost more requests.
        is_target = named or len(trail) == 1
        reading = await read(page, self._ask, named=named, may_ask=is_target)
        if reading.is_column:
            survey.columns.append(Found(reading, trail, _kind(reading, page)))
        elif _is_doubtful(reading):
            survey.doubtful.append(Found(reading, trail))
        if reading.kind == "single" or (reading.is_column and len(trail) == 1):
            return
        self._take_up(page, trail, role or _role_of(page), reading, survey)

    def _take_up(
        self, page: Answer, trail: tuple[Step, ...], role: str, reading: Reading, survey: Survey
    ) -> None:
        """Put the page's links where they belong: to be followed, or left with a reason."""
        rows = {same(row.url) for row in (reading.rows if reading.is_column else reading.reports)}
        found = links(page.text, page.url)
        # Where an office names its column, its other contents need not be searched for it.
        named = any(is_column_name(link.text) for link in found)
        for link in found:
            if same(link.url) in self._known or same(link.url) in rows:
                continue
            judged = rank(link, role)
            why = self._why_not(link, judged.score, judged.why, trail)
            if named and not why and is_contents(link.text):
                why = "contents of an office whose column is known"
            if why:
                if link.url not in self._left:
                    self._left.add(link.url)
                    survey.leave(why, link.url)
                continue
            self._is_new(link.url)
            order = (-judged.score + _FARTHER * len(trail), next(self._numbers))
            step = Step(link.text or judged.why, link.url, judged.role)
            heapq.heappush(self._ways, _Way(order, link.url, judged.role, (*trail, step)))

    def _why_not(self, link: Link, score: int, why: str, trail: tuple[Step, ...]) -> str:
        host = host_of(link.url)
        if not belongs(host, self._fetcher.family):
            return f"another host than {self._fetcher.family}: {host}"
        if not score:
            return why
        return f"more than {MOST_CLICKS} clicks away" if len(trail) > MOST_CLICKS else ""

    def _is_new(self, url: str) -> bool:
        known = same(url)
        if known in self._known:
            return False
        self._known.add(known)
        return True


def _kind(reading: Reading, page: Answer) -> str:
    """A column is a hub, too, where years stand beside it that its crawl would not follow."""
    hosts = (host_of(page.url),)
    stand = Portal("probe", "", "", "", page.url, reading.family, hosts, kind=reading.kind)
    return "hub" if years_beside(page.text, page.url, stand) else reading.kind


def _is_doubtful(reading: Reading) -> bool:
    """A page called 年报 without reports; one that is not called so and lists a report alone."""
    return reading.named or (bool(reading.reports) and reading.share >= MOST)


def _role_of(page: Answer) -> str:
    """What the page given by hand is: a disclosure site's front page has its own words."""
    tree = parse(page.text)
    meta = meta_of(tree) if tree is not None else {}
    said = meta.get("columnname", "") + meta.get("h1", "")
    if re.search(r"xxgk|zfxxgk|gkml", urlsplit(page.url).path, re.I) or "信息公开" in said:
        return DISCLOSURE
    return DIRECTORY if re.search(r"部门|乡镇", said) else ""
