"""Hanweb jcms: lists embedded in a script, more of them from dataproxy.jsp (portals.md F2)."""

from __future__ import annotations

import re
from dataclasses import replace
from types import MappingProxyType
from urllib.parse import urlsplit

from ..titles import judge
from . import datastore
from .base import (
    TEXT_OR_NUMBER,
    Column,
    Fingerprint,
    ListError,
    ListPage,
    ListRequest,
    Param,
    Row,
    StaticFamily,
    absolute,
    date_of,
    unique,
)
from .datastore import Unit
from .look import Look, fingerprint, look
from .onward import turned
from .turning import TURNING, has_pager, query_pages, with_query

MOST_ROWS = 100  # asked for in one go; some sites would give thousands
_ARTICLE = re.compile(
    r"/art/\d{4}/(?:\d{1,2}/\d{1,2}/art_\d+_\d+|art_[0-9a-f]{32}|art_[\w-]{36})\.html$", re.I
)
_COLUMN = re.compile(r"/col/col\d+/", re.I)
_ANSWER = re.compile(r"<(?:datastore|recordset|record)\b", re.I)


class Hanweb(StaticFamily):
    """The column holds the first rows and says how to get the others."""

    params = MappingProxyType(
        {
            "unitid": Param(TEXT_OR_NUMBER, "which list of a page with several is the column's"),
            **TURNING,
        }
    )

    def parse_list(self, text: str, asked: ListRequest, portal: Column) -> ListPage:
        """Read a column, or an answer of dataproxy.jsp."""
        if asked.form or urlsplit(asked.url).path.endswith("dataproxy.jsp"):
            return _answer(text, asked)
        return _column(text, asked, portal)

    def detect(self, text: str, url: str) -> Fingerprint | None:
        """Embedded records, the call of jpage, /col/colN/, /art/Y/M/D/art_N_N.html."""
        seen = look(text, url)
        found = datastore.units(seen.tree) if seen.tree is not None else []
        records = sum(len(unit.store.records) for unit in found)
        articles = seen.rows(lambda link: _ARTICLE.search(link.path))
        return fingerprint(
            "hanweb",
            (
                (records, 50, "{} records in a datastore"),
                (any(unit.proxy or unit.per_page for unit in found), 25, "a call of jpage"),
                (bool(_COLUMN.search(urlsplit(url).path)), 20, "the column is /col/colN/"),
                (articles, 30, "{} rows lead to /art/…/art_….html"),
            ),
            sure=records or articles,
        )


def _column(text: str, asked: ListRequest, portal: Column) -> ListPage:
    seen = look(text, asked.url)
    if seen.tree is None:
        return ListPage(())
    units = _chosen(datastore.units(seen.tree), seen.base, str(portal.params.get("unitid", "")))
    stored = [unique(datastore.rows(unit.store, seen.base)) for unit in units]
    # In Shandong the endpoint answers nothing, and all rows stand in the page.
    rows = unique([row for each in stored for row in each]) or _in_page(seen)
    totals = [unit.total or unit.store.total for unit in units]
    if has_pager(seen, asked, portal):
        return ListPage(rows, query_pages(seen, asked, portal), sum(totals) or None)
    if not units:
        return turned(seen.tree, asked, rows)
    following: list[ListRequest] = []
    for unit, own, total in zip(units, stored, totals, strict=True):
        held = len(own if len(units) > 1 else rows)
        if asked.number == 1 and (not total or held < total):
            following += _more(unit, seen.base, asked, portal, (held, total))
    return ListPage(rows, tuple(dict.fromkeys(following)), sum(totals) or None)


def _chosen(found: list[Unit], base: str, told: str) -> list[Unit]:
    """Of several lists of a page the one that the registry names, or those of reports, or all."""
    named = [unit for unit in found if told and unit.key == told]
    if named or len(found) < 2:
        return named[:1] or found
    shares = [(unit, _reports(unit, base)) for unit in found]
    # A list of news may have a report among them.
    most = max(share for _, share in shares)
    return [unit for unit, share in shares if share >= most / 2]


def _reports(unit: Unit, base: str) -> float:
    """Which part of a list's rows say that they are reports."""
    rows = datastore.rows(unit.store, base)
    return sum(judge(row.title) == "report" for row in rows) / len(rows) if rows else 0.0


def _in_page(seen: Look) -> tuple[Row, ...]:
    return unique(
        [
            Row(link.url, link.title, "".join(date_of(link.box).split()))
            for link in seen.links
            if link.box is not None and _ARTICLE.search(link.path)
        ]
    )


def _more(
    unit: Unit, base: str, asked: ListRequest, portal: Column, counts: tuple[int, int]
) -> tuple[ListRequest, ...]:
    """What to ask for where the page holds fewer rows than there are; counts: held, in all."""
    known, total = counts
    headers = (("X-Requested-With", "XMLHttpRequest"), ("Referer", asked.url))
    proxy = absolute(base, unit.proxy) if unit.proxy else ""
    if unit.form and proxy and total:
        return _blocks(unit, ListRequest(proxy, unit.form, headers), portal, counts)
    link = absolute(base, unit.store.following) if unit.store.following else ""
    if not link:
        return ()
    # Some sites count groups here and some pages; a page too many is a repetition or
    # empty, and `total` tells if rows are lacking.
    last = -(-total // max(1, unit.per_page or known)) if total else 2
    return tuple(
        ListRequest(
            with_query(link, "page", str(number)), (), headers, number=number, tentative=True
        )
        for number in range(2, min(last, portal.max_pages + 1) + 1)
    )


def _blocks(
    unit: Unit, model: ListRequest, portal: Column, counts: tuple[int, int]
) -> tuple[ListRequest, ...]:
    """As the site's own script asks: whole groups, from the first that is not embedded."""
    known, total = counts
    per_page = max(1, min(unit.per_page or known or 15, MOST_ROWS))
    size = per_page * max(1, min(unit.group, MOST_ROWS // per_page))
    first = known // size
    last = min(-(-total // size), first + portal.max_pages + 1)
    proxy = f"{model.url}{'&' if '?' in model.url else '?'}"
    return tuple(
        replace(
            model,
            url=f"{proxy}startrecord={block * size + 1}"
            f"&endrecord={min(total, (block + 1) * size)}&perpage={per_page}",
            number=block - first + 2,
        )
        for block in range(first, last)
    )


def _answer(text: str, asked: ListRequest) -> ListPage:
    if not _ANSWER.search(text):
        if asked.tentative or not text.strip():
            return ListPage(())
        raise ListError(f"{asked.url} answers without a datastore: {text.strip()[:60]!r}")
    found = datastore.store(text)
    referer = dict(asked.headers).get("Referer", asked.url)
    rows = unique(datastore.rows(found, referer))
    following: tuple[ListRequest, ...] = ()
    if rows and asked.tentative and not found.total:
        # Nobody says how many there are: on, until nothing comes.
        number = asked.number + 1
        url = with_query(asked.url, "page", str(number))
        following = (ListRequest(url, (), asked.headers, number, tentative=True),)
    return ListPage(rows, following, found.total or None)
