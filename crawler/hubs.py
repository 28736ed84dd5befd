"""Hubs: which links of a column lead to its sub-columns, by agency or by year.

Nothing is constructed: a year's folder may be `2023n/`, `2024n78/` or `gknb2018/`, and only
the page knows (portals.md §3.4).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import parse_qsl, urlsplit

from .families.base import Row, Tree, absolute, base_url, parse, title_of, unique
from .links import is_chrome
from .names import is_agency, is_service
from .places import folder, is_below, is_directory
from .registry import Portal
from .titles import has_year, judge

_PAGER = re.compile(
    r"(?:首页|上一?页|下一?页|尾页|末页|前一?页|后一?页|第?\d{1,3}页?|更多|more|返回.*|跳转|go|[<>«»‹›.…\s]*)"
    r"[>»›]*",
    re.I,
)
_PAGE_NUMBER = re.compile(r"/(?:\w*_)?\d{1,3}\.\w+$")
_PLACE = re.compile(r"crumb|position|location|dqwz|curmb|weizhi|place", re.I)
_LONGEST = 40
#: A year and nothing else: a tab beside the list.
_BARE_YEAR = re.compile(r"(?:19|20)\d\d年?度?(?:(?:政府)?(?:信息公开)?(?:工作)?(?:年报|年度报告))?")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_LISTS = ("ul", "ol", "table", "dl", "select", "map", "body")


@dataclass(frozen=True, slots=True)
class _Way:
    """A link that may lead to a sub-column.

    Attributes:
        row: What it is as a row.
        element: Where it stands.
        is_followed: Whether its own words or address say that it does.
    """

    row: Row
    element: Tree
    is_followed: bool


def branches(text: str, url: str, portal: Portal, depth: int) -> tuple[Row, ...]:
    """Sub-columns that a page of a portal links to, in its order.

    Below the column's own folder, or below that of the page, every folder and list page is
    one. Elsewhere on its hosts only a hub has any, and only by the text of the link: the
    name of an agency or of a group of them, or a year.

    Args:
        text: The page, decoded.
        url: Its address.
        portal: Whose page it is.
        depth: How many levels below the column it is.
    """
    tree = parse(text)
    if tree is None:
        return ()
    own = (folder(portal.column), folder(url))
    # An agency's page names its neighbours and its superiors: only the hub's own is believed.
    is_hub = portal.kind == "hub" and (not depth or is_below(url, own[0]))
    ways = []
    for element, row in _candidates(tree, url, portal):
        is_own = any(is_below(row.url, above) for above in own)
        is_named = is_hub and _is_named(row.title) and not _is_frame(element)
        is_followed = is_own or is_named or _is_year(row, url, portal)
        ways.append(_Way(row, element, is_followed))
    beside = _in_lists(ways) if is_hub else set()
    return unique([way.row for way in ways if way.is_followed or way.row.url in beside])


def years_beside(text: str, url: str, portal: Portal) -> tuple[Row, ...]:
    """Years that stand beside a column of kind `list`, and that `branches` does not follow.

    The reports of other years may be there, or other things by year: a person tells, and
    makes the column a hub.
    """
    tree = parse(text)
    if tree is None or portal.kind != "list":
        return ()
    own = (folder(portal.column), folder(url))
    return unique(
        [
            row
            for element, row in _candidates(tree, url, portal)
            if _BARE_YEAR.fullmatch(row.title)
            and _is_beside(row.url, url)
            and not _is_year(row, url, portal)
            and not any(is_below(row.url, above) for above in own)
            and not _is_frame(element)
        ]
    )


def _candidates(tree: Tree, url: str, portal: Portal) -> Iterator[tuple[Tree, Row]]:
    """Links that may lead to a sub-column, wherever they lead."""
    for element, address in _pages(tree, base_url(tree, url)):
        title = _title(element, address)
        if _may_be(title, address, url, portal):
            yield element, Row(address, title)


def _is_year(row: Row, url: str, portal: Portal) -> bool:
    """Whether a link leads to a year of the column's own agency, in whatever folder."""
    if portal.kind == "hub":
        return has_year(row.title) and _is_beside(row.url, url)
    return bool(_BARE_YEAR.fullmatch(row.title)) and _is_sister(row.url, portal.column)


def _is_sister(address: str, column: str) -> bool:
    """Whether two addresses are one but for the year: 2022nb beside 2023nb, ?cid=2022.

    `2024n78` and `2023n` are sisters, too.
    """
    here, there = urlsplit(column), urlsplit(address)
    if here.netloc != there.netloc:
        return False
    if there.query:
        asked, own = parse_qsl(there.query), parse_qsl(here.query)
        is_same = here.path == there.path and {name for name, _ in own} <= dict(asked).keys()
        return is_same and len(set(asked) - set(own)) == 1
    pattern = _generic(folder(column))
    return "*" in pattern and pattern == _generic(folder(address))


def _generic(place: str) -> str:
    """A folder with its last year, and the number of that, left open."""
    before, _, name = place.rstrip("/").rpartition("/")
    return f"{before}/{re.sub(r'[0-9]+', '', _YEAR.sub('*', name, count=1))}"


def _in_lists(ways: list[_Way]) -> set[str]:
    """Links that stand in one list with agencies, whatever they are called.

    No list of suffixes is whole; a menu in which few names are an agency's is no such list.
    """
    lists: dict[Tree, list[_Way]] = {}
    several: dict[Tree, bool] = {}  # each link asks whether its box has more
    for way in ways:
        if not (_is_frame(way.element) or is_service(way.row.title)):
            lists.setdefault(_list_of(way.element, several), []).append(way)
    found = set()
    for box, all_ways in lists.items():
        named = sum(is_agency(way.row.title) for way in all_ways)
        if box.tag != "body" and 2 * named >= len(all_ways):
            found |= {way.row.url for way in all_ways}
    return found


def _list_of(element: Tree, several: dict[Tree, bool]) -> Tree:
    """The list that a link stands in: the nearest list element, or what holds several links."""
    for box in element.iterancestors():
        if box.tag in _LISTS:
            return box
        if box not in several:
            several[box] = sum(1 for _ in islice(box.iterfind(".//a"), 2)) > 1
        if box.tag not in ("li", "tr", "tbody", "td") and several[box]:
            return box
    return element


def _pages(tree: Tree, base: str) -> Iterator[tuple[Tree, str]]:
    """Links and choices of a menu that lead to a folder or a list."""
    for element in tree.iter("a", "option"):
        said = str(element.get("href") or element.get("value") or "")
        if element.tag == "option" and not re.search(r"[/.?]", said):
            continue  # a field's value, no address: <option value="2023">
        address = absolute(base, said)
        if address and is_directory(address):
            yield element, address


def _title(element: Tree, address: str) -> str:
    """What a link says; of a picture without words, the year in its address."""
    title = title_of(element)
    year = None if title else _YEAR.search(urlsplit(address).path)
    return year[0] if year else title


def _may_be(title: str, address: str, url: str, portal: Portal) -> bool:
    """Whether a link may be a sub-column, wherever it leads to."""
    if not title or len(title) > _LONGEST or _PAGER.fullmatch(title) or judge(title) == "other":
        return False
    parts = urlsplit(address)
    if parts.hostname not in portal.hosts or _PAGE_NUMBER.search(parts.path):
        return False
    is_root = not parts.path.strip("/") and not parts.query
    return not is_root and not is_below(portal.column, _above(address)) and address != url


def _above(address: str) -> str:
    """The folder of an address without a query: what is above the column is no sub-column."""
    return "" if urlsplit(address).query else folder(address)


def _is_beside(address: str, url: str) -> bool:
    """Whether two pages stand in one folder: the years of an agency."""
    here, there = urlsplit(url), urlsplit(address)
    return here.netloc == there.netloc and (
        here.path.rstrip("/").rpartition("/")[0] == there.path.rstrip("/").rpartition("/")[0]
    )


def _is_named(title: str) -> bool:
    return has_year(title) or is_agency(title)


def _is_frame(element: Tree) -> bool:
    """Whether a link belongs to the site's frame, or says where the page stands in the site."""
    return is_chrome(element) or any(
        _PLACE.search(f"{around.get('class', '')} {around.get('id', '')}")
        for around in element.iterancestors()
    )
