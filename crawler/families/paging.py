"""The pages of a static list: how many there are, and what they are called (portals.md F1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

from .base import Column, ListRequest, Param, Tree, absolute, base_url, link_of
from .look import scripts_of

#: What a registry may say of how pages are called.
NAMING = MappingProxyType(
    {
        "page_start": Param((int,), "1 where page two is index_2, and not index_1"),
        "page_name": Param((str,), 'other names of pages, `"{page}.html"` for example'),
    }
)
#: createPageHTML(total, current, "index", "html"), Chongqing's createPage(…), and the form
#: with the name of an element before and a number of rows behind.
_CALL = re.compile(
    r"createPage(?:HTML)?\s*\(\s*(?:['\"][^'\"]*['\"]\s*,\s*)?(?:parseInt\s*\(\s*)?['\"]?(\w+)"
    r"['\"]?\s*\)?\s*,\s*(\w+)\s*,\s*['\"](\w+)['\"]\s*,\s*['\"](\w+)['\"]"
)
_COUNT = re.compile(
    r"\b(?:countPage|pageCount|totalPages?|maxPage)\b['\"]?\s*[=:]\s*"
    r"(?:parseInt\s*\(\s*)?['\"]?(\d+)",
    re.I,
)
#: A number in a script that may be anything: its pages are asked for tentatively.
_BARE = re.compile(r"\bparseInt\s*\(\s*['\"]?(\d+)['\"]?\s*(?:,\s*10\s*)?\)")
_SUFFIX = re.compile(r"\.(s?html?)\b")
_LINKED = re.compile(r"/index_(\d{1,9})\.(s?html?)$", re.I)
_NUMBERED = re.compile(r"/\d+\.(s?html?)$", re.I)  # Yan'an: 1.html, 2.html


@dataclass(frozen=True, slots=True)
class _Pager:
    """What a page says of the others.

    Attributes:
        last: Number of the last page; 0 if it is not said.
        name: What pages are called, `{page}` where the number stands.
        start: Which number page two has, less one.
        chained: Whether only some of the other pages are known: the next one is followed.
        sure: Whether the page itself says that there are so many.
    """

    last: int
    name: str
    start: int
    chained: bool = False
    sure: bool = True


def pages(
    tree: Tree, asked: ListRequest, portal: Column, *, tentative: bool = False
) -> tuple[ListRequest, ...]:
    """The pages of a static list after this one, as many as its pager says.

    Args:
        tree: The page without its comments, which may hold an old pager.
        asked: What was asked for.
        portal: Its params may say `page_start = 1` for lists whose second page is index_2,
            and `page_name = "{page}.html"` for lists of other names.
        tentative: Whether to try the next page where nothing is said of the others.

    Returns:
        The requests for pages 2 and up; none if this is not the first, unless its pager
        links to a few pages only. Of a claim beyond the portal's `max_pages` one request more than
        these: the spider then says that there are too many.
    """
    pager = _pager(tree, asked, portal)

    def request(number: int, sure: bool) -> ListRequest:
        name = pager.name.replace("{page}", str(number - 1 + pager.start))
        url = absolute(base_url(tree, asked.url), name)
        return ListRequest(url, number=number, tentative=not sure)

    if pager.last and not pager.chained:
        first = 2 if asked.number == 1 else pager.last + 1
        last = min(pager.last, portal.max_pages + 1)
        return tuple(request(number, pager.sure) for number in range(first, last + 1))
    if pager.chained:
        known = pager.last > asked.number
        return (request(asked.number + 1, True),) if known else ()
    # Of a page whose number was known the number of the next is known as well.
    open_ended = tentative and (asked.tentative or asked.number == 1)
    return (request(asked.number + 1, False),) if open_ended else ()


def _pager(tree: Tree, asked: ListRequest, portal: Column) -> _Pager:
    scripts = scripts_of(tree)
    call, count, bare = _CALL.search(scripts), _COUNT.search(scripts), _BARE.search(scripts)
    linked = _linked(tree, asked)
    name, start = _naming(call, scripts, linked, asked)
    name = str(portal.params.get("page_name", name))
    start = _whole(portal.params.get("page_start", start))
    said = call[1] if call and call[1].isdecimal() else count[1] if count else ""
    if said:
        return _Pager(_number(said), name, start)
    if linked:
        return _Pager(max(linked) - start + 1, name, start, chained=True)
    return _Pager(_number(bare[1]) if bare else 0, name, start, sure=False)


def _naming(
    call: re.Match[str] | None, scripts: str, linked: dict[int, str], asked: ListRequest
) -> tuple[str, int]:
    """What pages are called, and whether page two is index_1 or index_2."""
    path = urlsplit(asked.url).path
    numbered, named = _NUMBERED.search(path), re.search(r"\.(s?html?)$", path, re.I)
    if call:
        # The first page calls itself 0, or 1 where page two is index_2 (Shanxi).
        own = _number(call[2]) if call[2].isdecimal() else 0
        # Later pages call themselves by their own numbers; nobody asks them for more.
        return f"{call[3]}_{{page}}.{call[4]}", own
    if numbered:
        return f"{{page}}.{numbered[1]}", 1
    own_number = _LINKED.search(path)
    if own_number:
        start = max(0, _number(own_number[1]) - asked.number + 1)
        return f"index_{{page}}.{own_number[2]}", start
    if linked:
        # A list whose first linked page is index_2 has none called index_1.
        return f"index_{{page}}.{linked[min(linked)]}", 0 if min(linked) < 2 else 1
    in_script = _SUFFIX.search(scripts)
    suffix = named[1] if named else in_script[1] if in_script else "html"
    # All lists seen that count from 1 (Shanxi, Panzhihua, Shanghai) are .shtml.
    return f"index_{{page}}.{suffix}", 1 if suffix == "shtml" else 0


def _linked(tree: Tree, asked: ListRequest) -> dict[int, str]:
    """Numbers of the pages beside this one that it links to, with their suffixes."""
    base = base_url(tree, asked.url)
    folder = urlsplit(asked.url).path.rpartition("/")[0]
    found = {}
    for anchor in tree.iter("a"):
        path = urlsplit(link_of(anchor, base)).path
        match = _LINKED.search(path)
        if match and path.rpartition("/")[0] == folder:
            found[_number(match[1])] = match[2]
    return found


def _number(said: str) -> int:
    """What digits say, cut to nine of them: `int` refuses some thousands."""
    return int(said[:9])


def _whole(value: object) -> int:
    """A param as a number; a registry may say it as text."""
    text = str(value)
    return _number(text) if text.isdecimal() else 0
