"""What plain list pages share: rows by their addresses, the next page by its pager."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import islice
from urllib.parse import urlsplit

from .base import (
    Column,
    ListRequest,
    Row,
    Tree,
    date_of,
    is_file,
    link_of,
    picture_of,
    row_of,
    text_of,
    title_of,
    unique,
)

_NEXT = re.compile(r"[\s<\[]*(?:下一页|下页|后一页|后页|下一頁|next(?: page)?)[\s>»›\]]*", re.I)
#: Of a pager without words: the arrow of one step, not that to the end.
_ARROW = re.compile(r"\s*[>›»＞→]\s*")
_OFF = re.compile(r"disabled?\b", re.I)
_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?!\d)")
#: Days of a calendar beside the list are no pages.
_CALENDAR = {26, 27, 28}
#: A row has its link, maybe a second one to a file; what has more is a list.
_MOST_LINKS = 3
_LISTS = ("ul", "ol", "table", "tbody", "body", "html")


def article_rows(tree: Tree, base: str, article: re.Pattern[str]) -> tuple[Row, ...]:
    """Links to articles, wherever they stand, and to files that stand in a row.

    Args:
        tree: The page.
        base: What its links are relative to.
        article: Found in the path of an article's address.
    """
    rows = []
    for anchor in tree.iterfind(".//a[@href]"):
        url = link_of(anchor, base)
        if not url:
            continue
        if article.search(urlsplit(url).path) or (is_file(url) and row_of(anchor) is not None):
            rows.append(Row(url, title_of(anchor), dated(anchor)[1]))
    return unique(rows)


def leads_to(tree: Tree, base: str, article: re.Pattern[str]) -> bool:
    """Whether a page links to such articles; files, which every family has, do not count."""
    rows = article_rows(tree, base, article)
    return any(article.search(urlsplit(row.url).path) for row in rows)


def dated(anchor: Tree) -> tuple[Tree | None, str]:
    """The smallest element around a link that prints a date, and the date.

    Returns:
        (None, "") if there is none before the list itself.
    """
    for box in islice(anchor.iterancestors(), 6):
        links, is_list = _links_in(box), box.tag in _LISTS
        if links > (1 if is_list else _MOST_LINKS):
            break
        date = date_of(box)
        if date:
            return box, date
        if is_list:  # a list of one link may be a row (Lonsun); what is around it is none
            break
    return None, ""


@lru_cache(maxsize=32)
def _links_in(box: Tree) -> int:
    """How many links stand in a box, counted to nine; each of them asks."""
    return sum(1 for _ in islice(box.iter("a"), 9))


def is_next(words: str) -> bool:
    """Whether a link's words are 下一页 or one of its kin."""
    return bool(_NEXT.fullmatch(words))


def next_page(tree: Tree, base: str, asked: ListRequest) -> tuple[ListRequest, ...]:
    """The page after this one, by 下一页, else by the number after its own, else by `>`.

    Args:
        tree: The page.
        base: What its links are relative to.
        asked: What was asked for.

    Returns:
        One request, or none.
    """
    here = asked.url.split("#", 1)[0]
    numbers: dict[int, tuple[Tree, str]] = {}
    arrows: list[tuple[Tree, str]] = []
    for anchor in tree.iterfind(".//a[@href]"):
        said = _words(anchor)
        if len(said) > 12 or _OFF.search(str(anchor.get("class") or "")):
            continue
        url = link_of(anchor, base)
        if not url:
            continue
        if _NEXT.fullmatch(said) and url != here:
            return (ListRequest(url, number=asked.number + 1),)
        if re.fullmatch(r"[0-9]{1,3}", said):
            numbers.setdefault(int(said), (anchor, url))
        elif _ARROW.fullmatch(said):
            arrows.append((anchor, url))
    following = [numbers[number] for number in (asked.number + 1,) if number in numbers]
    for anchor, url in () if numbers.keys() >= _CALENDAR else (*following, *arrows[:9]):
        if url != here and _beside(anchor, asked.number):
            return (ListRequest(url, number=asked.number + 1),)
    return ()


def _words(anchor: Tree) -> str:
    """What a link of a pager says: its text, its title, or the picture's."""
    said = text_of(anchor).strip() or str(anchor.get("title") or "").strip()
    return said or picture_of(anchor)


def _beside(anchor: Tree, number: int) -> bool:
    """Whether a page's number stands beside a link, so that it is a pager's."""
    for box in islice(anchor.iterancestors(), 3):
        text = text_of(box, 601)
        if len(text) > 600:
            return False
        if str(number) in _NUMBER.findall(text):
            return True
    return False


def counted_pages(
    total: int, size: int, asked: ListRequest, portal: Column, make: Callable[[int], ListRequest]
) -> tuple[ListRequest, ...]:
    """The pages after a first one, all at once, so that a lost one hides none.

    Args:
        total: How many rows the list says it has.
        size: How many rows are on a page.
        asked: What was asked for; only its first page makes others known.
        portal: Whose list it is.
        make: Makes the request of a page from its number.

    Returns:
        Of a claim beyond the portal's `max_pages` one request more than these: the spider
        then says that there are too many.
    """
    if asked.number > 1 or size < 1:
        return ()
    last = min(-(-total // size), portal.max_pages + 1)
    return tuple(make(number) for number in range(2, last + 1))
