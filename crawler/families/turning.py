"""The pages of a list whose address has the page's number in its query (portals.md F9)."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from .base import Column, ListRequest, Param
from .look import Link, Look

#: What a registry may say of the number of the page.
TURNING = MappingProxyType(
    {"page_param": Param((str,), "the field of the query that holds the page's number")}
)
#: Names that page numbers were seen under; a registry's `page_param` adds one.
PAGE_NAMES = frozenset(
    ("page", "current", "pagenum", "pageno", "pageindex", "pagenumber", "currentpage", "curpage",
     "paged", "pg", "p", "number")
)  # fmt: skip
_LAST = re.compile(r"^[\s\[<»›]*(?:尾页|末页|最后一页|最末页|last)[\s\]>»›]*$", re.I)
_TOTAL = re.compile(r"共\s*(\d{1,9})\s*页|\d{1,9}\s*/\s*(\d{1,9})\s*页")


@dataclass(slots=True)
class _Pager:
    """What the links of a pager say: address of each number, and whether one is the last."""

    numbers: dict[int, str] = field(default_factory=dict)
    has_last: bool = False


def query_pages(seen: Look, asked: ListRequest, portal: Column) -> tuple[ListRequest, ...]:
    """The pages of a list after this one, by the links of its pager.

    Args:
        seen: The page.
        asked: What was asked for.
        portal: Its params may say `page_param`, the name of the page's number.

    Returns:
        Pages 2 to the last on the first page, if it is known which is the last; else only
        the next one. Capped as `paging.static_list` is.
    """
    name, pager = _pager(seen, asked, portal)
    if not name:
        return ()
    said = _said(seen)
    # Where a pager counts from 0, page two is called 1.
    shift = 1 if 0 in pager.numbers else 0
    highest = max(max(pager.numbers, default=0) + shift, said)
    if pager.has_last or said:
        last = min(highest, portal.max_pages + 1)
        numbers = range(2, last + 1) if asked.number == 1 else range(0)
    else:
        numbers = range(asked.number + 1, asked.number + 2 if highest > asked.number else 0)
    model = next(iter(pager.numbers.values()), asked.url)
    return tuple(
        ListRequest(
            pager.numbers.get(number - shift) or with_query(model, name, str(number - shift)),
            number=number,
        )
        for number in numbers
    )


def page_param(seen: Look, asked: ListRequest, portal: Column) -> str:
    """The name of the page's number in the pager's links, or ""."""
    return _pager(seen, asked, portal)[0]


def has_pager(seen: Look, asked: ListRequest, portal: Column) -> bool:
    """Whether the page links to others of its list by their numbers."""
    links = _pager(seen, asked, portal)[1].numbers.values()
    return any(url != asked.url for url in links)  # an `a` without an address leads here


def with_query(url: str, name: str, value: str) -> str:
    """An address with one field of its query set, in its place if it was there."""
    # As text: decoding and encoding again would change what is not UTF-8.
    parts = urlsplit(url)
    field = re.compile(rf"(?:(?<=&)|^){re.escape(name)}=[^&]*")
    query, found = field.subn(lambda _: f"{name}={value}", parts.query)
    if not found:
        query = f"{query}&{name}={value}".lstrip("&")
    return urlunsplit(parts._replace(query=query))


def query_of(url: str) -> dict[str, str]:
    """The fields of an address's query; of a repeated one the last."""
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


def _pager(seen: Look, asked: ListRequest, portal: Column) -> tuple[str, _Pager]:
    """Name of the page's number and what was linked: of several names the one linked most."""
    told = str(portal.params.get("page_param", ""))
    own = query_of(asked.url)
    pagers: dict[str, _Pager] = defaultdict(_Pager)
    for link in seen.links:
        for name in _turned(link, asked.url, own, told):
            pager = pagers[name]
            pager.numbers.setdefault(int(query_of(link.url)[name][:9]), link.url)
            pager.has_last = pager.has_last or bool(_LAST.match(link.title))
    if not pagers:
        return told, _Pager()
    name = max(pagers, key=lambda name: len(pagers[name].numbers))
    return name, pagers[name]


def _turned(link: Link, url: str, own: dict[str, str], told: str) -> list[str]:
    """Which fields of a link's query count pages: everything else is as in this address."""
    there, here = urlsplit(link.url), urlsplit(url)
    if (there.hostname, there.path) != (here.hostname, here.path):
        return []
    fields = query_of(link.url)
    names = [
        name
        for name, value in fields.items()
        if (name == told if told else name.lower() in PAGE_NAMES)
        if re.fullmatch(r"[0-9]+", value) and (name not in own or own[name].isdecimal())
    ]
    return [
        name
        for name in names
        if all(fields.get(known) == value for known, value in own.items() if known != name)
    ]


def _said(seen: Look) -> int:
    """How many pages the text says there are: 共5页."""
    if seen.tree is None:
        return 0
    found = _TOTAL.search(" ".join(seen.tree.itertext()))
    return int(found[1] or found[2]) if found else 0
