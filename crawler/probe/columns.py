"""Whether a page is a column of annual reports, and what is in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from ..chapters import is_report
from ..families import FAMILIES, Fingerprint, ListError, ListPage, ListRequest, Row, fingerprints
from ..families.base import MOST_LIST_PAGES, Tree, parse, row_of, title_of
from ..titles import judge
from .journal import Answer
from .meta import meta_of
from .ranking import is_column_address, is_column_name, is_year

Get = Callable[[ListRequest], Awaitable[Answer]]
#: Pages that a family may need to ask for before it has rows: a script's data, an endpoint.
_MOST_STEPS = 3
#: A column without a name lists reports for the most part.
MOST = 0.5
_LONG = 8  # a row's title is longer than the words of a menu
_WITH_YEAR = re.compile(r"(?:19|20)\d\d\s*年")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a page is when it is read as a column.

    Attributes:
        url: Where it came from.
        kind: `list`, or `single` for a page that is itself a report.
        family: The family that read it, "" if none found rows.
        fingerprint: What the page shows of that family, or None.
        others: Other families that it shows signs of.
        rows: The rows of the first page.
        pages: How many pages the list makes known.
        total: How many rows it says it has, or None.
        named: Whether address, title or the link that led here say 年报.
        share: Which part of what the page lists are reports.
        trouble: What went wrong with an endpoint, "" if nothing.
        meta: SiteName, SiteIDCode, ColumnName and title of the page.
    """

    url: str
    kind: str = "list"
    family: str = ""
    fingerprint: Fingerprint | None = None
    others: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    pages: int = 1
    total: int | None = None
    named: bool = False
    share: float = 0.0
    trouble: str = ""
    meta: Mapping[str, str] = field(default_factory=dict)

    @property
    def judged(self) -> Counter[str]:
        """How many rows may be reports, are candidates, or are something else."""
        return Counter(judge(row.title) for row in self.rows)

    @property
    def reports(self) -> tuple[Row, ...]:
        """The rows that say that they are reports."""
        return tuple(row for row in self.rows if _says_report(row.title))

    @property
    def dated(self) -> tuple[Row, ...]:
        """The rows that do not say what they are, and name a year and somebody."""
        return tuple(
            row
            for row in self.rows
            if judge(row.title) == "candidate"
            and _WITH_YEAR.search(row.title)
            and not is_year(row.title)
        )

    @property
    def params(self) -> Mapping[str, str | int]:
        """What the registry must tell the family."""
        return self.fingerprint.params if self.fingerprint else {}

    @property
    def is_column(self) -> bool:
        """Whether this is a column beyond reasonable doubt."""
        if self.kind == "single":
            return True
        if not self.reports:
            # 示例县财政局_2023年度 in a column that is called 年报.
            return self.named and len(self.dated) > 1 and len(self.dated) >= MOST * len(self.rows)
        # A news list may hold one report among many articles.
        return self.named or (len(self.reports) > 1 and self.share >= MOST)


@dataclass(frozen=True, slots=True)
class _Stand:
    """A portal that is not in the registry yet, for the families."""

    column: str
    hosts: tuple[str, ...]
    params: Mapping[str, str | int]
    max_pages: int = MOST_LIST_PAGES


def _says_report(title: str) -> bool:
    """Whether a row says that it is a report; the bare name of a column leads to one."""
    return judge(title) == "report" and not is_column_name(title)


async def read(page: Answer, get: Get, *, named: bool = False, may_ask: bool = True) -> Reading:
    """Read a page as a column.

    Args:
        page: The page.
        get: Asks for what a family needs beyond it.
        named: Whether what led here says 年报.
        may_ask: Whether anything may be asked for; if not, the page must say it itself.
    """
    tree = parse(page.text)
    meta = meta_of(tree) if tree is not None else {}
    named = named or _is_named(page.url, meta)
    prints = fingerprints(page.text, page.url)
    strangers = [name for name in ("national", "trs", "generic") if name in FAMILIES]
    order = list(dict.fromkeys([*(each.family for each in prints), *strangers]))
    best = Reading(page.url, named=named, meta=meta)
    for name in order:
        found = next((each for each in prints if each.family == name), None)
        tried = await _read_as(name, found, page, get, may_ask and found is not None)
        if tried is not None and _is_better(tried, best):
            best = Reading(
                page.url, "list", name, found,
                tuple(each.family for each in prints if each.family != name),
                tried.rows, tried.pages, tried.total, named, _share(tried.rows, name, tree),
                tried.trouble, meta,
            )  # fmt: skip
        if best.reports:
            break
    title = _report_of(tree, meta) if tree is not None and not best.reports else ""
    if not title:
        return best
    own = (Row(page.url, title),)
    return replace(best, kind="single", family=best.family or "generic", rows=own, pages=1)


@dataclass(frozen=True, slots=True)
class _Tried:
    rows: tuple[Row, ...]
    pages: int
    total: int | None
    trouble: str


def _is_better(tried: _Tried, best: Reading) -> bool:
    reports = sum(_says_report(row.title) for row in tried.rows)
    if not best.family:
        return bool(tried.rows or tried.trouble)
    return reports > len(best.reports)


async def _read_as(
    family: str, found: Fingerprint | None, page: Answer, get: Get, may_ask: bool
) -> _Tried | None:
    stand = _Stand(page.url, (urlsplit(page.url).hostname or "",), found.params if found else {})
    asked = next(iter(FAMILIES[family].start(stand)), ListRequest(page.url))
    answer = page
    for step in range(_MOST_STEPS + 1):
        if step or asked.form or asked.url.split("#")[0] != page.url.split("#")[0]:
            if not may_ask or step == _MOST_STEPS:
                return None
            answer = await get(asked)
            if answer.issue:
                return _Tried((), 1, None, f"{asked.url}: {answer.issue} {answer.detail}".strip())
        listed = _parse(family, answer, asked, stand)
        if isinstance(listed, str):
            return _Tried((), 1, None, listed) if found else None
        if listed.rows or not listed.next:
            return _Tried(listed.rows, _pages(listed), listed.total, "")
        asked = listed.next[0]
    return None


def _parse(family: str, answer: Answer, asked: ListRequest, stand: _Stand) -> ListPage | str:
    came = ListRequest(
        answer.url, asked.form, asked.headers, asked.number, tentative=asked.tentative
    )
    try:
        return FAMILIES[family].parse_list(answer.text, came, stand)
    except ListError as error:
        return str(error)


def _pages(listed: ListPage) -> int:
    numbers = [request.number for request in listed.next if not request.tentative]
    return max([1, *numbers])


def _share(rows: tuple[Row, ...], family: str, tree: Tree | None) -> float:
    """Reports among what is listed; `generic` gives reports alone, so all long rows count."""
    reports = sum(_says_report(row.title) for row in rows)
    listed = len([row for row in rows if judge(row.title) != "other"])
    if family == "generic" and tree is not None:
        boxed = {
            title_of(anchor)
            for anchor in tree.iterfind(".//a[@href]")
            if row_of(anchor) is not None and len(title_of(anchor)) >= _LONG
        }
        listed = len([title for title in boxed if judge(title) != "other"])
    return reports / listed if listed else 0.0


def _is_named(url: str, meta: Mapping[str, str]) -> bool:
    title = re.split(r"[-_|—]", meta.get("title", ""))[0].strip()
    said = (meta.get("columnname", ""), title, meta.get("h1", ""))
    return is_column_address(urlsplit(url).path) or any(is_column_name(each) for each in said)


def _report_of(tree: Tree, meta: Mapping[str, str]) -> str:
    """The title of a page that is itself a report: three of the headings stand in it."""
    said = (meta.get("articletitle", ""), meta.get("h1", ""), meta.get("title", ""))
    title = next((each for each in said if judge(each) == "report"), "")
    return title if title and is_report(tree.text_content()) else ""
