"""From a home page to its columns: best links first, five clicks at most, a budget of pages."""

from __future__ import annotations

import heapq
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ..families.base import ListRequest, parse
from ..gate import host_of
from .columns import MOST, Reading, meta_of, read
from .domains import belongs
from .fetch import Fetcher
from .journal import Answer
from .links import Link, links
from .ranking import COLUMN, DIRECTORY, DISCLOSURE, YEAR, is_column_name, is_contents, rank

MOST_CLICKS = 5
DEFAULT_PAGES = 300
_INDEX = re.compile(r"/(?:index|default)\.(?:s?html?|jsp|aspx?|php)$", re.I)
_FARTHER = 3  # what one click more takes from a link's score
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One click: what was clicked, and where it led."""

    text: str
    url: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A page that may be a column, and the clicks that led to it.

    Attributes:
        reading: What it is.
        trail: The clicks, the first of them the home page.
        kind: `list`, `hub` or `single`.
    """

    reading: Reading
    trail: tuple[Step, ...]
    kind: str = "list"


@dataclass(slots=True)
class Survey:
    """What a search came to.

    Attributes:
        start: The address given.
        columns: Columns beyond doubt.
        doubtful: Pages called 年报 in which no report was listed, and other doubts.
        failures: Addresses that were not obtained: (address, kind, detail).
        left: Why links were not followed, and how many addresses of each reason.
        examples: Some addresses for each of these reasons.
        pages: How many pages were read.
        home: What the address itself gave.
    """

    start: str
    columns: list[Found] = field(default_factory=list)
    doubtful: list[Found] = field(default_factory=list)
    failures: list[tuple[str, str, str]] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    pages: int = 0
    home: Answer = field(default_factory=lambda: Answer(""))

    def leave(self, why: str, url: str) -> None:
        """Note that an address was not followed."""
        self.left[why] += 1
        shown = self.examples.setdefault(why, [])
        if len(shown) < _SHOWN and url not in shown:
            shown.append(url)


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
            if not self._is_new(answer.url) and _same(answer.url) != _same(way.url):
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
            survey.columns.append(Found(reading, trail, reading.kind))
        elif _is_doubtful(reading):
            survey.doubtful.append(Found(reading, trail))
        if reading.kind == "single" or (reading.is_column and len(trail) == 1):
            return
        self._take_up(page, trail, role or _role_of(page), reading, survey)

    def _take_up(
        self, page: Answer, trail: tuple[Step, ...], role: str, reading: Reading, survey: Survey
    ) -> None:
        """Put the page's links where they belong: to be followed, or left with a reason."""
        rows = {_same(row.url) for row in (reading.rows if reading.is_column else reading.reports)}
        found = links(page.text, page.url)
        # Where an office names its column, its other contents need not be searched for it.
        named = any(is_column_name(link.text) for link in found)
        for link in found:
            if _same(link.url) in self._known or _same(link.url) in rows:
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
        same = _same(url)
        if same in self._known:
            return False
        self._known.add(same)
        return True


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


def _same(url: str) -> str:
    """An address without what does not tell it from another."""
    parts = urlsplit(url)
    host = (parts.netloc or "").lower().removeprefix("www.")
    return f"{host}{_INDEX.sub('/', parts.path) or '/'}?{parts.query}#{parts.fragment}"


# -- several pages, one column --------------------------------------------------------------


def merged(columns: list[Found]) -> list[Found]:
    """Columns without those that say the same again; years of a column become the column."""
    return _without_previews(list(_hubs(columns)))


def _without_previews(columns: list[Found]) -> list[Found]:
    """A page that shows the newest rows of a column is not another column."""
    rows = [frozenset(row.url for row in found.reading.rows) for found in columns]
    kept = []
    for place, found in enumerate(columns):
        mine = frozenset(row.url for row in found.reading.reports or found.reading.dated)
        others = (
            at
            for at, other in enumerate(rows)
            if at != place and mine and mine <= other and (mine == other or not found.reading.named)
        )
        if not any(_rank_of(columns[at], at) < _rank_of(found, place) for at in others):
            kept.append(found)
    return kept


def _rank_of(found: Found, place: int) -> tuple[bool, int, int]:
    """Named pages before others, more pages before fewer, then the first seen."""
    return (not found.reading.named, -found.reading.pages, place)


def _hubs(columns: list[Found]) -> Iterator[Found]:
    """The years below a column are found by its own crawl: they need no tables."""
    by_url = {_same(found.trail[-1].url): found for found in columns}
    parents: dict[str, list[Found]] = {}
    for found in columns:
        last, before = found.trail[-1], found.trail[-2] if len(found.trail) > 1 else None
        if last.role == YEAR and before is not None:
            parents.setdefault(before.url, []).append(found)
        else:
            yield found
    for url, years in parents.items():
        if _same(url) in by_url and by_url[_same(url)].trail[-1].role != YEAR:
            continue
        below = all(year.trail[-1].url.startswith(url.rpartition("/")[0] + "/") for year in years)
        first = years[0].reading
        rows = tuple(row for year in years for row in year.reading.rows)
        reading = Reading(
            url, "list", first.family, first.fingerprint, first.others, rows, len(years),
            None, named=True, share=first.share, meta=first.meta,
        )  # fmt: skip
        yield Found(reading, years[0].trail[:-1], "list" if below else "hub")
