"""Rows that a list page has and its family does not know: links that say they are reports.

Families tell rows by the form of their addresses, or by where they stand. A column that
outlived its CMS has rows of other forms, too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from .families import Row
from .families.base import Tree, absolute, base_url, parse, row_of, text_of
from .families.plain import dated
from .links import is_chrome
from .places import key
from .registry import Portal
from .titles import has_year, judge

#: `window.open('/x.html')`, `location.href='/x.html'`, `location.replace("/x.html")`.
_OPENS = re.compile(
    r"(?:\bopen|\blocation(?:\s*\.\s*(?:replace|assign))?)\s*\(\s*['\"]([^'\"\s]+)['\"]"
    r"|\blocation(?:\s*\.\s*href)?\s*=\s*['\"]([^'\"\s]+)['\"]"
)
#: No title is longer; what is holds more than a row.
_LONGEST = 120


def unclaimed(text: str, url: str, portal: Portal, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Rows of a page whose titles say that they are a year's report, and that nobody claims.

    What stands in comments or in the frame that all pages of a site have is no row.

    Args:
        text: The page, decoded.
        url: Its address.
        portal: Whose list it is.
        rows: What its family found.
    """
    tree = None if text.lstrip()[:1] in ("{", "[", "") else parse(text)
    if tree is None:
        return ()
    base = base_url(tree, url)
    known = {key(address, portal.hosts) for address in (url, portal.column)}
    known |= {key(row.url, portal.hosts) for row in rows}
    titles = {row.title for row in rows}
    found = []
    for element, address in _links(tree, base):
        title = _title(element)
        if not (judge(title) == "report" and has_year(title)) or is_chrome(element):
            continue
        name = key(address, portal.hosts)
        if name in known or (title in titles and _is_second(element, title)):
            continue
        known.add(name)
        found.append(Row(address, title, dated(element)[1]))
    return tuple(found)


def _links(tree: Tree, base: str) -> Iterator[tuple[Tree, str]]:
    """Elements that lead somewhere, by an address or by a script that says it outright."""
    for element in tree.xpath("//a[@href] | //*[@onclick]"):
        link = str(element.get("href") or "")
        address = absolute(base, link)
        if not link.strip("# ") or not address:
            opened = _OPENS.search(link) or _OPENS.search(str(element.get("onclick") or ""))
            address = absolute(base, opened[1] or opened[2]) if opened else ""
        if address:
            yield element, address


def _title(element: Tree) -> str:
    title = " ".join(str(element.get("title") or text_of(element, 2000)).split())
    return title if len(title) <= _LONGEST else ""


def _is_second(element: Tree, title: str) -> bool:
    """Whether a row has the same title twice: its second link is another form of the page."""
    box = row_of(element)
    return box is not None and _titles_in(box)[title] > (element.tag == "a")


@lru_cache(maxsize=4)
def _titles_in(box: Tree) -> Counter[str]:
    """How often the links of a row have each title; thousands may stand in one."""
    return Counter(_title(anchor) for anchor in box.iter("a"))
