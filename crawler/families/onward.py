"""The page after one whatever its pager is, as far as a pager can be read without running it.

The families know their own pagers; sites replace these by others. A link is followed as
it is; of a script only an address that it spells out, or one that it puts together from
texts and the page's number. `__doPostBack` and calls of unknown functions are not turned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from .base import ListPage, ListRequest, Row, Tree, absolute, base_url, text_of
from .look import scripts_of
from .plain import is_next, next_page
from .turning import PAGE_NAMES, query_of, with_query

_SAID = re.compile(
    r"共\s*(\d{1,4})\s*页|总页数\s*[:：]?\s*(\d{1,4})|(?<![\d/])\d{1,4}\s*/\s*+共?\s*+(\d{1,4})\s*页"
)
_PLACE = re.compile(r"(?<![\d/.-])(\d{1,4})\s*/\s*(\d{1,4})(?![\d/.-])")
_ROWS = re.compile(r"共\s*(\d{1,6})\s*条\D{0,20}每页\D{0,6}(\d{1,3})\s*条")
#: laypage.render({count: 9, limit: 3}) and its kin.
_COUNT, _LIMIT = (
    re.compile(rf"\b(?:{names})['\"]?\s*:\s*['\"]?(\d{{1,6}})", re.I)
    for names in ("count|total", "limit|pageSize")
)
_RENDER = re.compile(r"\blaypage(?:\.render)?\s*\(\s*\{")
_ADDRESS = r"[\w./-]*\.(?:s?html?|jsp|aspx?|php|do)(?:\?[^'\"]*)?|[\w./-]*\?[^'\"]+"
#: location = 'secondpage_2.html'; window.open('?page=2').
_SPELT = re.compile(
    rf"(?:location(?:\.href)?\s*=|location\.(?:replace|assign)\s*\(|open\s*\()\s*['\"]({_ADDRESS})['\"]"
    r"\s*(?![\s+])"
)
#: location.href = 'list_' + o.curr + '.html', with `(n - 1)` where pages count from 0.
_MADE = re.compile(
    r"location(?:\.href)?\s*=\s*['\"]([^'\"\s]{0,200}(?:_|[?&]\w{1,20}=))['\"]\s*\+\s*+"
    r"\(?\s*+[A-Za-z_$][\w$.]{0,40}\s*(-\s*1)?\s*\)?\s*(?:\+\s*['\"]([^'\"\s]{0,100})['\"])?"
)
_CALLED = re.compile(r"\(\s*['\"]?(\d{1,4})['\"]?\s*[,)]")
_NUMBER = re.compile(r"\W*(?:第\s*)?(\d{1,4})(?:\s*页)?\W*")
_PAGER_FILE = re.compile(r"page|pagi|fenye|fanye", re.I)


def turned(tree: Tree, asked: ListRequest, rows: Sequence[Row]) -> ListPage:
    """The rows of a page with the page after it.

    Args:
        tree: The page.
        asked: What was asked for.
        rows: Its rows.

    Returns:
        At most one page more. Where its address is put together from a script's parts it
        is tentative, and the total is the least that so many pages hold.
    """
    base, said = base_url(tree, asked.url), pages_said(tree, asked)
    if said == asked.number > 1:
        return ListPage(tuple(rows))  # the last page's 下一页 leads anywhere
    following = next_page(tree, base, asked) or _spelt_out(tree, base, asked)
    if following:
        return ListPage(tuple(rows), following)
    return guessed(_made(tree, base, asked) if said > asked.number else (), rows, said)


def guessed(following: tuple[ListRequest, ...], rows: Sequence[Row], said: int) -> ListPage:
    """A page whose next one is a guess: rows that are missing then must be missed."""
    total = (said - 1) * len(rows) + 1 if following and said > 1 and rows else None
    return ListPage(tuple(rows), following, total)


def pages_said(tree: Tree, asked: ListRequest) -> int:
    """How many pages a list has, as its pager says in words or a script; 0 if nothing does."""
    visible = " ".join(tree.xpath("//text()[not(parent::script or parent::style)]"))
    found = [int(next(filter(None, said))) for said in _SAID.findall(visible)]
    rows = _ROWS.search(visible)
    if rows:
        found.append(-(-int(rows[1]) // max(1, int(rows[2]))))
    scripts = scripts_of(tree)
    for call in _RENDER.finditer(scripts):
        told = scripts[call.end() : call.end() + 600]
        count, limit = _COUNT.search(told), _LIMIT.search(told)
        if count:
            found.append(-(-int(count[1]) // max(1, int(limit[1]) if limit else 10)))
    place = place_said(visible, asked.number)
    return max((*found, place), default=0)


def place_said(text: str, number: int) -> int:
    """The last page's number in “2/11”, said of the page with that number; 0 without one."""
    return next((int(last) for at, last in _PLACE.findall(text) if int(at) == number), 0)


def named_after(tree: Tree, asked: ListRequest) -> tuple[ListRequest, ...]:
    """The next page, called after the column's own file: list.shtml, then list_2.shtml.

    Only where the page says that there are more, or has a pager's script elsewhere.
    """
    folder, _, name = urlsplit(asked.url).path.rpartition("/")
    stem, dot, suffix = name.rpartition(".")
    said = pages_said(tree, asked)
    if not dot or not (said > asked.number or (not said and has_pager_script(tree))):
        return ()
    number = asked.number + 1
    stem = stem.removesuffix(f"_{asked.number}") if asked.number > 1 else stem
    url = absolute(asked.url, f"{folder}/{stem}_{number}.{suffix}")
    return (ListRequest(url, number=number, tentative=True),) if url else ()


def has_pager_script(tree: Tree) -> bool:
    """Whether a script from elsewhere is called like a pager: /js/pagination.js."""
    names = (str(script.get("src") or "") for script in tree.iter("script"))
    return any(_PAGER_FILE.search(name.partition("?")[0].rpartition("/")[2]) for name in names)


def _spelt_out(tree: Tree, base: str, asked: ListRequest) -> tuple[ListRequest, ...]:
    """By an address in the script of the pager's next link, or a page number known by name."""
    number = asked.number + 1
    for code, is_word in _codes(tree, number):
        spelt = _SPELT.search(code)
        url = absolute(base, spelt[1]) if spelt else _by_own_query(asked, code)
        # A bare number is a pager's only if the address changes with it.
        if _is_beside(url, asked) and (is_word or str(number) in url):
            return (ListRequest(url, number=number),)
    for choice in tree.iter("option"):
        url = _chosen(choice, base, asked)
        if url and _is_beside(url, asked):
            return (ListRequest(url, number=number),)
    return ()


def _codes(tree: Tree, number: int) -> Iterator[tuple[str, bool]]:
    """Scripts behind 下一页, then those behind a page's number."""
    numbered = []
    for box in tree.xpath("//*[@onclick or starts-with(@href, 'javascript:')]"):
        words = " ".join(text_of(box, 300).split()) or str(box.get("title") or box.get("value"))
        if len(words) > 12:
            continue
        code = f"{box.get('onclick') or ''};{box.get('href') or ''}"
        said = _NUMBER.fullmatch(words)
        if is_next(words):
            yield code, True
        elif said and int(said[1]) == number:
            numbered.append(code)
    yield from ((code, False) for code in numbered)


def _by_own_query(asked: ListRequest, code: str) -> str:
    """gotoPage(2), where the column's own address says that `current` counts pages."""
    called = _CALLED.search(code)
    if called is None:
        return ""
    for name, value in query_of(asked.url).items():
        # A list that counts from 0 calls its second page 1.
        own = int(value[:9]) if re.fullmatch("[0-9]+", value) else -1
        is_page = name.lower() in PAGE_NAMES and own in (asked.number, asked.number - 1)
        if is_page and int(called[1]) in (own + 1, asked.number + 1):
            return with_query(asked.url, name, str(own + 1))
    return ""


def _chosen(choice: Tree, base: str, asked: ListRequest) -> str:
    """The address that an option of a pager's select stands for."""
    said, value = _NUMBER.fullmatch(choice.text_content()), str(choice.get("value") or "")
    if said is None or int(said[1]) != asked.number + 1:
        return ""
    if re.fullmatch(_ADDRESS, value):
        return absolute(base, value)
    select = next(choice.iterancestors("select"), None)
    name = str(select.get("name") or "") if select is not None else ""
    known = name.lower() in PAGE_NAMES and value == str(asked.number + 1)
    return with_query(asked.url, name, value) if known else ""


def _made(tree: Tree, base: str, asked: ListRequest) -> tuple[ListRequest, ...]:
    """By what a script joins to an address; only for a page that is said to be there."""
    attributes = tree.xpath("//@onclick | //@onchange | //@href[starts-with(., 'javascript:')]")
    number = asked.number + 1
    for made in _MADE.finditer("\n".join((scripts_of(tree), *map(str, attributes)))):
        before, less, after = made[1], made[2], made[3] or ""
        name = re.search(r"[?&](\w+)=$", before)
        if name[1].lower() not in PAGE_NAMES if name else not after:
            continue
        url = absolute(base, f"{before}{number - 1 if less else number}{after}")
        if _is_beside(url, asked):
            return (ListRequest(url, number=number, tentative=True),)
    return ()


def _is_beside(url: str, asked: ListRequest) -> bool:
    """Whether an address is another page of the same list: its folder, or its query."""
    there, here = urlsplit(url), urlsplit(asked.url)
    if url in ("", asked.url) or there.netloc != here.netloc:
        return False
    if there.path == here.path:
        own, fields = query_of(asked.url), query_of(url)
        return all(name in fields for name in own)
    if there.query and not here.path.endswith("/"):
        return False
    return there.path.rpartition("/")[0] == here.path.rpartition("/")[0]
