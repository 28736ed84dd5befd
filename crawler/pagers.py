"""What a list page shows of further pages, whoever made it: a witness against its family.

A family turns the pagers that it knows. What a page shows beyond that must not pass for
the end of its list; whether the family did find the way is only known at the list's end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from .families.base import Tree, absolute, base_url, parse, text_of
from .families.look import scripts_of
from .families.turning import PAGE_NAMES, query_of

_TURNS = r"(?:下一?页|后一?页|下一頁|next(?: page)?)"
_LAST = r"(?:尾页|末页|最后一?页|最末页|last(?: page)?)"
_NEXT = re.compile(rf"[\s<\[]*{_TURNS}[\s>»›\]]*", re.I)
#: Of the first page only: the last page's own link may be spelled otherwise than itself.
_NEXT_OR_LAST = re.compile(rf"[\s<\[]*(?:{_TURNS}|{_LAST})[\s>»›\]]*", re.I)
_MORE = re.compile(r"\W*(?:(?:点击)?加载更多|显示更多|更多加载|load more)\W*", re.I)
#: How many pages there are, in words and in scripts.
_PAGES = (
    re.compile(r"共\s*(\d{1,4})\s*页"),
    re.compile(r"(?:总页数|总共页数|页数)\s*[:：]?\s*(\d{1,4})(?!\d|\s*/)"),
    re.compile(r"\d{1,4}\s*/\s*(\d{1,4})\s*页"),
    re.compile(r"/\s*(?:共|总)?\s*(\d{1,4})\s*页"),
    re.compile(r"页[次码]?\s*[:：]\s*\d{1,4}\s*/\s*(\d{1,4})(?![\d/])"),
    re.compile(r"共\s*\d{1,6}\s*条\D{0,12}?(?<![\d/])\d{1,4}\s*/\s*(\d{1,4})(?![\d/])"),
)
_CALLED = (
    re.compile(r"createPage(?:HTML)?\s*\(\s*(?:['\"][^'\"]{0,200}['\"]\s*,\s*)?(\d{1,4})\s*,"),
    re.compile(r"\bPager\s*\(\s*\{[^{}]*?\bsize\s*:\s*['\"]?(\d{1,4})"),
    re.compile(r"laypage[^{}]{0,40}\(\s*\{[^{}]*?\bpages\s*:\s*['\"]?(\d{1,4})"),
)
_COUNTED = re.compile(r"laypage[^{}]{0,40}\(\s*\{([^{}]*)")
_COUNT, _LIMIT = (re.compile(rf"\b{name}\s*:\s*['\"]?(\d{{1,6}})") for name in ("count", "limit"))
_ROWS = re.compile(
    r"(?:总?共|合计|总计)\s*(?:有\s*)?(\d{1,6})\s*条|总(?:记录|条)数?\s*[:：]?\s*(\d{1,6})"
)
_EACH = re.compile(r"每页\s*(?:显示)?\s*(\d{1,3})\s*条")
_ONE_OF = re.compile(r"\s*\d{1,4}\s*/\s*(\d{1,4})\s*")
_ARGUMENT = re.compile(r"[(,]\s*['\"]?(\d{1,4})['\"]?\s*\)|=\s*['\"]?\w*?(\d{1,4})(?:\.\w+)?['\"]")
_DISABLED = re.compile(r"disab|unable|\b(?:off|gray|grey|none|hidden)\b|_d\b", re.I)
_UNSEEN = re.compile(r"display\s*:\s*none", re.I)
_VOID = re.compile(
    r"\s*+(?:#.*|javascript:\s*+(?:void\s*+\(?\s*+0?\s*+\)?|;)?\s*+;?\s*+|)", re.I | re.S
)
#: A list of fewer rows hardly has a second page of which it says no more than "next".
_FULL = 10
#: Days of a calendar are no pages.
_CALENDAR = {26, 27, 28}


@dataclass(frozen=True, slots=True)
class Promise:
    """What a page shows of its list.

    Attributes:
        seen: What was seen, in words.
        pages: So many pages there are at least; 0 if that is not said.
        rows: So many rows there are; 0 if that is not said.
    """

    seen: str
    pages: int = 0
    rows: int = 0


def promise(
    text: str, url: str, number: int, rows: int, is_known: Callable[[str], bool]
) -> Promise | None:
    """What a list page shows of pages after it; None if it shows none.

    Args:
        text: The page, decoded.
        url: Its address.
        number: Which page of the list it is.
        rows: How many rows are on it.
        is_known: Whether an address was taken up already.
    """
    tree = None if text.lstrip()[:1] in ("{", "[", "") else parse(text)
    if tree is None:
        return None
    scripts = scripts_of(tree)
    for script in list(tree.iter("script", "style")):
        script.drop_tree()
    words = " ".join(tree.text_content().split())
    pages, seen = _pages(tree, words, scripts)
    counted, each = _ROWS.search(words), _EACH.search(words)
    total = int(counted[1] or counted[2]) if counted else 0
    if total and each and int(each[1]):
        pages = max(pages, -(-total // int(each[1])))
        seen = seen or f"{counted[0]} {each[0]}" if counted else seen
    if pages:
        return Promise(seen, pages, total) if pages > number else None
    if total and total <= rows:
        return None
    turn = _turn(tree, url, number, rows, is_known)
    if turn:
        return Promise(turn, number + 1)
    return None


def _pages(tree: Tree, words: str, scripts: str) -> tuple[int, str]:
    """How many pages the list says it has, and where it says so."""
    found = [(int(said[1]), said[0]) for form in _PAGES for said in form.finditer(words)]
    found += [(int(said[1]), said[0]) for form in _CALLED for said in form.finditer(scripts)]
    for options in _COUNTED.findall(scripts):
        count, limit = _COUNT.search(options), _LIMIT.search(options)
        if count:  # laypage's own limit is 10
            size = max(1, int(limit[1])) if limit else 10
            found.append((-(-int(count[1]) // size), f"laypage of {count[0]}"))
    for element in tree.iter("span", "td", "em", "div", "a", "i", "b", "li", "p"):
        said = _ONE_OF.fullmatch(element.text or "") if len(element) == 0 else None
        if said and _is_beside_words(element):
            found.append((int(said[1]), said[0].strip()))
    return max(found, default=(0, ""))


def _is_beside_words(element: Tree) -> bool:
    """Whether a pager's words stand around an element."""
    for box in islice(element.iterancestors(), 2):
        said = text_of(box, 301)
        if len(said) > 300:
            return False
        if re.search(rf"{_TURNS}|{_LAST}", said, re.I):
            return True
    return False


def _turn(tree: Tree, url: str, number: int, rows: int, is_known: Callable[[str], bool]) -> str:
    """What leads to a next page, or ""."""
    numbers: dict[int, bool] = {}
    base, word = base_url(tree, url), _NEXT if number > 1 else _NEXT_OR_LAST
    for element, said in _buttons(tree):
        if _MORE.fullmatch(said):
            return said
        leads = _leads(element, base, url, number, rows, is_known)
        if leads and word.fullmatch(said):
            return said
        if said.isdecimal() and element.tag == "a":
            numbers[int(said)] = leads and not _VOID.fullmatch("".join(_doing(element)))
    if numbers.get(number + 1) and not numbers.keys() >= _CALENDAR and len(numbers) > 1:
        return f"a link to page {number + 1}"
    return ""


def _buttons(tree: Tree) -> Iterator[tuple[Tree, str]]:
    """Links and buttons that may be seen and used, and what they say."""
    for element in tree.iter("a", "button", "span", "li", "div", "input"):
        if element.tag not in ("a", "button") and not (
            element.get("onclick") or _MORE.fullmatch(element.text or "")
        ):
            continue
        said = _said(element)
        if said and len(said) <= 14 and not _is_disabled(element):
            yield element, said


def _said(element: Tree) -> str:
    said = " ".join(text_of(element, 300).split())
    images = " ".join(str(image.get("alt") or "") for image in element.iter("img"))
    return said or str(element.get("title") or element.get("value") or images).strip()


def _is_disabled(element: Tree) -> bool:
    around = [element, *islice(element.iterancestors(), 1)]
    return element.get("disabled") is not None or any(
        _DISABLED.search(str(box.get("class") or "")) or _UNSEEN.search(str(box.get("style") or ""))
        for box in around
    )


def _doing(element: Tree) -> tuple[str, str]:
    """What happens when something is used: the address that it leads to, or its script."""
    link, script = str(element.get("href") or ""), str(element.get("onclick") or "")
    if link.lower().lstrip().startswith("javascript:") or _VOID.fullmatch(link):
        return "", script or link.strip()
    return link, ""


def _numbers(address: str) -> list[str]:
    """Which page an address asks for by its query: the first one may have two addresses."""
    fields = query_of(address).items()
    return [said for name, said in fields if name.lower() in PAGE_NAMES and said.isdecimal()]


def _leads(
    element: Tree, base: str, url: str, number: int, rows: int, is_known: Callable[[str], bool]
) -> bool:
    """Whether something leads to a page that is neither this one nor known."""
    link, script = _doing(element)
    if link:
        address = absolute(base, link)
        if address in ("", url) or is_known(address):
            return False
        return all(int(said[:9]) > number for said in _numbers(address))
    if script in ("", "#"):
        return False
    argument = _ARGUMENT.search(script)
    if argument:
        return int(argument[1] or argument[2]) > number
    return rows >= _FULL  # a script: it may do nothing on the last page
