"""Hanweb's annual-report module: a page a year, and the page is the report (portals.md F2b)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType
from urllib.parse import urlsplit

from .base import Column, Fingerprint, ListPage, ListRequest, Param, Row, StaticFamily, unique
from .look import Look, fingerprint, look
from .turning import query_of, with_query

_MODULE = re.compile(r"/module/xxgk/xxgkAnnualReport\.jsp$", re.I)
_YEAR = re.compile(r"(?:19|20)\d\d")
_MOST_YEARS = 60


class HanwebXxgk(StaticFamily):
    """Rows are the year pages `?fbtime=Y&area=N` that the page links or offers to select.

    Years that the page does not name may stand in the registry (`first_year`, `last_year`).
    """

    params = MappingProxyType(
        {
            "first_year": Param((int,), "the first year that the page does not name but has"),
            "last_year": Param((int,), "the last of these years"),
        }
    )

    def parse_list(self, text: str, asked: ListRequest, portal: Column) -> ListPage:
        """Read the column for its years; it is itself the report of the year it names."""
        seen = look(text, asked.url)
        if seen.tree is None:
            return ListPage(())
        rows = [*_linked(seen, asked), *_offered(seen, asked), *_told(asked, portal)]
        if query_of(asked.url).get("fbtime"):
            rows.append(Row(asked.url, _title(seen)))
        return ListPage(unique(rows))

    def detect(self, text: str, url: str) -> Fingerprint | None:
        """The module's address, and years to choose from."""
        if not _MODULE.search(urlsplit(url).path):
            return None
        seen, asked = look(text, url), ListRequest(url)
        years = len({row.url for row in (*_linked(seen, asked), *_offered(seen, asked))})
        return fingerprint(
            "hanweb_xxgk",
            (
                (True, 70, "the column is /module/xxgk/xxgkAnnualReport.jsp"),
                (years, 25, "{} years to choose from"),
            ),
        )


def _linked(seen: Look, asked: ListRequest) -> Iterator[Row]:
    """Links to year pages: of the column's own agency, or of all if it names none."""
    area, host = query_of(asked.url).get("area"), urlsplit(asked.url).hostname
    for link in seen.links:
        fields = query_of(link.url)
        if not _MODULE.search(link.path) or urlsplit(link.url).hostname != host:
            continue
        if _YEAR.fullmatch(fields.get("fbtime", "")) and area in (None, fields.get("area")):
            yield Row(link.url, link.title)


def _offered(seen: Look, asked: ListRequest) -> Iterator[Row]:
    """Years of a `<select name="fbtime">`, which leads to the same page of another year."""
    if seen.tree is None:
        return
    for choice in seen.tree.xpath("//select[@name='fbtime' or @id='fbtime']//option"):
        year = str(choice.get("value") or choice.text_content()).strip()
        if _YEAR.fullmatch(year):
            url = with_query(asked.url, "fbtime", year)
            yield Row(url, " ".join(choice.text_content().split()))


def _told(asked: ListRequest, portal: Column) -> Iterator[Row]:
    params = portal.params
    first, last = str(params.get("first_year", "")), str(params.get("last_year", ""))
    if _YEAR.fullmatch(first) and _YEAR.fullmatch(last):
        for year in range(int(first), min(int(last), int(first) + _MOST_YEARS) + 1):
            yield Row(with_query(asked.url, "fbtime", str(year)), "")


def _title(seen: Look) -> str:
    found = seen.tree.find(".//title") if seen.tree is not None else None
    return " ".join(found.text_content().split()) if found is not None else ""
