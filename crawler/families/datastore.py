"""What a Hanweb page says in its scripts: the calls of `.jpage(` and the records embedded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import unescape
from itertools import islice

from .base import Row, Tree, absolute, date_in, link_of, parse, title_of
from .look import scripts_of

_RECORD, _NEXT = (
    (re.compile(rf"<{name}\s*>", re.I), re.compile(rf"</{name}\s*>", re.I))
    for name in ("record", "nextgroup")
)
_TOTAL = re.compile(r"<totalrecord\s*>\s*(\d{1,9})\s*<", re.I)
_HREF = re.compile(r"""href\s*=\s*["']([^"']+)""", re.I)
_JPAGE = re.compile(r"""(?:\(\s{0,30}['"]#([^'"]{1,200})['"]\s{0,30}\))?\s{0,30}\.jpage\s*\(""")
_NUMBERS = {
    name: re.compile(rf"""\b{name}['"]?\s*:\s*['"]?(\d{{1,9}})""")
    for name in ("totalRecord", "perPage", "groupSize")
}
_PROXY = re.compile(r"""\bproxyUrl['"]?\s*:\s*['"]([^'"]+)""")
_PARAM = re.compile(r"\bajaxParam['\"]?\s*:\s*\{([^{}]*)\}")
_FIELD = re.compile(r"""['"]?(?<!\w)(\w++)['"]?\s*:\s*(?:'([^']*)'|"([^"]*)"|([^\s,'"]+))""")
#: The oldest form: var rows = ['<li><a href=…>…</a></li>', …];
_ARRAY = re.compile(r"=\s*\[\s*(?=['\"]\s*<(?:li|tr|div|p|a|table)\b)", re.I)
_TEXT = re.compile(r"""\s*+,?\s*+(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")""", re.S)
_ESCAPED = re.compile(r"\\(.)", re.S)
_MOST_CALLS = 200  # a page has one to ten lists
_CALL_LENGTH = 4000  # a call seen has 300 to 600 characters


@dataclass(frozen=True, slots=True)
class Store:
    """A `<datastore>`: records as HTML, the address of more, how many there are in all."""

    records: tuple[str, ...] = ()
    following: str = ""
    total: int = 0


@dataclass(frozen=True, slots=True)
class Unit:
    """A list on a page.

    Attributes:
        key: Id of the element that it fills, which is the `unitid`.
        total: Rows of the whole list; 0 if it is not said.
        per_page: Rows on a page as a reader sees it; 0 if it is not said.
        group: Pages that are fetched in one go.
        proxy: Where more are fetched.
        form: What is posted there.
        store: What the page holds already.
    """

    key: str = ""
    total: int = 0
    per_page: int = 0
    group: int = 3
    proxy: str = ""
    form: tuple[tuple[str, str], ...] = ()
    store: Store = field(default_factory=Store)


def store(text: str) -> Store:
    """Read a datastore, from a script or as an answer."""
    following = next(_between(text, _NEXT), "")
    link = _HREF.search(following)
    total = _TOTAL.search(text)
    return Store(
        tuple(_plain(record) for record in _between(text, _RECORD)),
        unescape(link[1]) if link else "",
        int(total[1]) if total else 0,
    )


def _between(text: str, marks: tuple[re.Pattern[str], re.Pattern[str]]) -> Iterator[str]:
    """What stands between two marks; after the last closing one nothing is looked for."""
    opening, closing = marks
    start = opening.search(text)
    while start and (end := closing.search(text, start.end())):
        yield text[start.end() : end.start()]
        start = opening.search(text, end.end())


def rows(found: Store, base: str) -> tuple[Row, ...]:
    """The rows of the records: of each the first link that leads somewhere."""
    made = (_row(record, base) for record in found.records)
    return tuple(row for row in made if row)


def units(tree: Tree) -> list[Unit]:
    """The lists of a page, each with the records embedded for it."""
    calls = [_unit(match, scripts) for scripts in (scripts_of(tree),) for match in _calls(scripts)]
    stores: list[tuple[Store, set[str]]] = []
    for script in tree.iter("script"):
        said = script.text or ""
        held = store(said) if "<datastore" in said.lower() else _listed(said)
        if held:
            around = {str(box.get("id")) for box in script.iterancestors() if box.get("id")}
            stores.append((held, around))
    found = []
    for call in calls:
        # A store stands in the element that its call fills; else they come in one order.
        mine = next((each for each in stores if call.key in each[1]), None)
        mine = mine or (stores[0] if stores and len(calls) == len(stores) else None)
        if mine:
            stores.remove(mine)
        found.append(replace(call, store=mine[0]) if mine else call)
    return found + [Unit(total=each.total, store=each) for each, _ in stores]


def _listed(script: str) -> Store | None:
    """The records that a script lists as texts, or None."""
    found, records = _ARRAY.search(script), []
    text = _TEXT.match(script, found.end()) if found else None
    while text:
        records.append(_ESCAPED.sub(r"\1", text[1] or text[2] or ""))
        text = _TEXT.match(script, text.end())
    store = Store(tuple(record for record in records if _HREF.search(record)))
    return store if store.records else None


def _calls(scripts: str) -> list[re.Match[str]]:
    return list(islice(_JPAGE.finditer(scripts), _MOST_CALLS))


def _unit(match: re.Match[str], scripts: str) -> Unit:
    said = scripts[match.end() : match.end() + _CALL_LENGTH]
    again = _JPAGE.search(said)
    said = said[: again.start()] if again else said
    numbers = {
        name: int(found[1]) for name, number in _NUMBERS.items() if (found := number.search(said))
    }
    proxy, param = _PROXY.search(said), _PARAM.search(said)
    form = tuple(
        (name, single or double or bare)
        for name, single, double, bare in _FIELD.findall(param[1] if param else "")
    )
    key = match[1] or dict(form).get("unitid", "")
    return Unit(
        key,
        numbers.get("totalRecord", 0),
        numbers.get("perPage", 0),
        numbers.get("groupSize", 3),
        proxy[1] if proxy else "",
        form,
    )


def _plain(record: str) -> str:
    _, opened, data = record.partition("<![CDATA[")
    inner, closed, _ = data.partition("]]>")
    return inner if opened and closed else unescape(record)


def _row(record: str, base: str) -> Row | None:
    tree = parse(f"<div>{record}</div>")
    if tree is None:
        return None
    for anchor in tree.iter("a"):
        url = absolute(base, link_of(anchor, base))
        if url:
            return Row(url, title_of(anchor), _date(tree))
    return None


def _date(tree: Tree) -> str:
    """The last date of a record; templates break it with blanks and line ends."""
    date = date_in(tree.text_content())
    if not date:
        marks = ("".join(mark.text_content().split()) for mark in tree.iter("span", "b", "i", "em"))
        date = next(filter(None, map(date_in, marks)), "")
    return "".join(date.split())
