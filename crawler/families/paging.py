"""The pages of a static list: how many there are, and what they are called (portals.md F1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

from .base import Column, ListPage, ListRequest, Param, Row, Tree, absolute, base_url, link_of
from .look import scripts_of
from .onward import guessed, turned

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
    r"createPage(?:HTML)?\s*\(\s*(?:['\"][^'\"]{0,200}['\"]\s*,\s*)?(?:parseInt\s*\(\s*)?['\"]?(\w+)"
    r"['\"]?\s*+\)?\s*+,\s*(\w+)\s*,\s*['\"]([\w-]+)['\"]\s*,\s*['\"](\w+)['\"]"
)
#: Pager({size: 3, current: 0, prefix: 'index', suffix: 'shtml'}): size is the number of pages.
_OPTIONS = re.compile(r"\bPager\s*\(\s*\{([^{}]{1,400})\}")
_OPTION = re.compile(r"""['"]?(size|current|prefix|suffix)['"]?\s*:\s*['"]?([\w-]+)""")
_COUNT = re.compile(
    r"\b(?:countPage|pageCount|totalPages?|maxPage)\b['\"]?\s*[=:]\s*"
    r"(?:parseInt\s*\(\s*)?['\"]?(\d+)",
    re.I,
)
#: A number in a script that may be anything: its pages are asked for tentatively.
_BARE = re.compile(r"\bparseInt\s*\(\s*['\"]?(\d+)['\"]?\s*(?:,\s*10\s*)?\)")
_SUFFIX = re.compile(r"\.(s?html?)\b")
_SHTML = "index_{page}.shtml"
_ARTICLE = re.compile(r"/t\d+(?:_\d+)?\.shtml$")
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
        doubtful: What pages may be called as well, their numbers being one higher or not.
    """

    last: int
    name: str
    start: int
    chained: bool = False
    sure: bool = True
    doubtful: str = ""


@dataclass(frozen=True, slots=True)
class _Call:
    """What the call of a pager's script says: as printed, digits or the name of a variable."""

    total: str
    current: str
    name: str
    suffix: str


def static_list(
    rows: Sequence[Row], tree: Tree, asked: ListRequest, portal: Column, *, tentative: bool = False
) -> ListPage:
    """The rows of a page of a static list with the pages after it, as many as its pager says.

    Args:
        rows: The page's rows.
        tree: The page without its comments, which may hold an old pager.
        asked: What was asked for.
        portal: Its params may say `page_start = 1` for lists whose second page is index_2,
            and `page_name = "{page}.html"` for lists of other names.
        tentative: Whether to try the next page where nothing is said of the others.

    Returns:
        The requests for pages 2 and up; none if this is not the first, unless its pager
        links to a few pages only. Of a claim beyond the portal's `max_pages` one request more than
        these: the spider then says that there are too many. Where the pager is none of
        these, the next page by whatever pager there is.
    """
    pager = _pager(tree, asked, portal)
    following = _turn(pager, tree, asked, portal, tentative=tentative)
    if pager.chained or (pager.last and pager.sure):
        if pager.doubtful and asked.number == 1:
            return guessed(following, rows, pager.last)
        return ListPage(tuple(rows), following)
    page = turned(tree, asked, rows)
    return page if page.next else ListPage(tuple(rows), following)


def _turn(
    pager: _Pager, tree: Tree, asked: ListRequest, portal: Column, *, tentative: bool
) -> tuple[ListRequest, ...]:
    def request(number: int, sure: bool) -> ListRequest:
        name = pager.name.replace("{page}", str(number - 1 + pager.start))
        url = absolute(base_url(tree, asked.url), name)
        return ListRequest(url, number=number, tentative=not sure)

    if pager.doubtful and asked.number == 1 and (pager.last > 1 or (tentative and not pager.last)):
        return _tried(pager, tree, asked, portal)
    if pager.doubtful and asked.tentative and asked.number == 2 and not pager.last:
        return ()  # index_2 was asked for together with index_1
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


def _tried(
    pager: _Pager, tree: Tree, asked: ListRequest, portal: Column
) -> tuple[ListRequest, ...]:
    """The pages by every name that they may have, of which some are not there."""
    base, last = base_url(tree, asked.url), min(max(pager.last, 2), portal.max_pages + 1)
    requests = []
    if pager.name != pager.doubtful:
        names = (pager.name.replace("{page}", str(at)) for at in range(1, max(last, 2)))
        requests = [
            ListRequest(absolute(base, name), number=at, tentative=True)
            for at, name in enumerate(names, 2)
        ]
    for at in range(1, last + 1):
        # Of N pages counted from 0 or from 1 those between are there either way.
        sure = pager.sure and pager.name == pager.doubtful and 1 < at < last
        url = absolute(base, pager.doubtful.replace("{page}", str(at)))
        requests.append(ListRequest(url, number=at + 1, tentative=not sure))
    return tuple(requests)


def _pager(tree: Tree, asked: ListRequest, portal: Column) -> _Pager:
    scripts = scripts_of(tree)
    call, count, bare = _call(scripts), _COUNT.search(scripts), _BARE.search(scripts)
    linked = _linked(tree, asked)
    name, start = _naming(call, scripts, linked, asked)
    told = call or linked or "page_start" in portal.params or "page_name" in portal.params
    doubtful = "" if told else _doubtful(name, scripts, tree, asked)
    name = str(portal.params.get("page_name", name))
    start = _whole(portal.params.get("page_start", start))
    said = call.total if call and call.total.isdecimal() else count[1] if count else ""
    if said:
        return _Pager(_number(said), name, start, doubtful=doubtful)
    if linked:
        return _Pager(max(linked) - start + 1, name, start, chained=True)
    last = _number(bare[1]) if bare else 0
    return _Pager(last, name, start, sure=False, doubtful=doubtful)


def _doubtful(name: str, scripts: str, tree: Tree, asked: ListRequest) -> str:
    """What else a list's pages may be called, where nothing but its first address tells."""
    if name == _SHTML:  # Shanxi, Panzhihua and Shanghai count from index_2, others from index_1
        return _SHTML
    is_folder = urlsplit(asked.url).path.endswith("/")
    if name != "index_{page}.html" or not is_folder or _SUFFIX.search(scripts):
        return ""
    # A folder's pages may be called as its articles are.
    links = (str(anchor.get("href") or "") for anchor in tree.iter("a"))
    return _SHTML if any(_ARTICLE.search(link) for link in links) else ""


def _call(scripts: str) -> _Call | None:
    call, options = _CALL.search(scripts), _OPTIONS.search(scripts)
    if call:
        return _Call(call[1], call[2], call[3], call[4])
    said = dict(_OPTION.findall(options[1])) if options else {}
    if not said.get("size"):
        return None
    current, name = said.get("current", ""), said.get("prefix", "index")
    return _Call(said["size"], current, name, said.get("suffix", "html"))


def _naming(
    call: _Call | None, scripts: str, linked: dict[int, str], asked: ListRequest
) -> tuple[str, int]:
    """What pages are called, and whether page two is index_1 or index_2."""
    path = urlsplit(asked.url).path
    numbered, named = _NUMBERED.search(path), re.search(r"\.(s?html?)$", path, re.I)
    if call:
        # The first page calls itself 0, or 1 where page two is index_2 (Shanxi).
        own = _number(call.current) if call.current.isdecimal() else 0
        # Later pages call themselves by their own numbers; nobody asks them for more.
        return f"{call.name}_{{page}}.{call.suffix}", own
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
    return f"index_{{page}}.{suffix}", 0


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
