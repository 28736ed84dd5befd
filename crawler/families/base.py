"""What a family is, and what all of them need: parsing a list page, its base, its dates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Protocol, TypeAlias
from urllib.parse import unquote, urlencode, urljoin, urlsplit

from lxml import etree, html

from extract.filetypes import FILE_TYPES

#: An lxml element; the stubs know too little of lxml.html to be of use.
Tree: TypeAlias = Any
#: A column of one agency has one or two pages, a hub a few; more is a loop. This is what
#: a portal gets whose registry entry names no `max_pages`.
MOST_LIST_PAGES = 60
_FILE = re.compile(rf"\.(?:{FILE_TYPES})$", re.I)
_ROWS = ("li", "tr", "dd", "p")
_BLANKS = re.compile(r"\s{30,}")
#: Longer names of classes are no template's, and every link below would be held against them.
_LONG = "//*[string-length(@class) > 200 or string-length(@id) > 200]"
#: What is longer is no row of a list.
_LONGEST_ROW = 20_000
#: A longer link is somebody's data; what is worked out of it is not kept.
_LONGEST_KEPT = 500
_DATE = re.compile(r"\d{4}\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}\s*日?")


@dataclass(frozen=True, slots=True)
class ListRequest:
    """A page of a list to ask for.

    Attributes:
        url: Its address.
        form: Fields to POST; empty for a GET.
        headers: Headers that the endpoint wants.
        number: The page's number, from 1.
        tentative: Nobody said that there is this page: if it is missing or has no rows,
            the list has ended, and nothing is lost.
    """

    url: str
    form: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    number: int = 1
    tentative: bool = False

    @property
    def method(self) -> str:
        """GET, or POST if there is a form."""
        return "POST" if self.form else "GET"

    @property
    def body(self) -> bytes:
        """The form, encoded."""
        return urlencode(self.form).encode()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list.

    Attributes:
        url: Absolute address.
        title: The full title if the list has it, else as printed.
        date: As printed, or "".
        files: Attachments that the list itself names: (absolute address, name).
    """

    url: str
    title: str
    date: str = ""
    files: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ListPage:
    """What a list page says.

    Attributes:
        rows: Its rows in order, of every kind.
        next: Pages that it makes known.
        total: How many rows the whole list says it has, or None if it does not say.
        branches: Sub-columns that only the family can know, from a tree in a script or JSON;
            links to them in the page are found by the spider.
    """

    rows: tuple[Row, ...]
    next: tuple[ListRequest, ...] = ()
    total: int | None = None
    branches: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a page shows of the family that made it.

    Attributes:
        family: Name in `FAMILIES`.
        score: 0 to 100; 90 and more is a sign that no other family has.
        signs: What was seen, in words for a person.
        params: What the registry must tell the family, if the page says it.
    """

    family: str
    score: int
    signs: tuple[str, ...]
    params: Mapping[str, str | int] = field(default_factory=dict)


class ListError(ValueError):
    """A list page is not what its family's pages are. Raised by `parse_list`."""


#: What a code of a site may be written as: TOML has digits with or without quotes.
TEXT_OR_NUMBER = (str, int)


@dataclass(frozen=True, slots=True)
class Param:
    """What the registry may tell a family in `params`.

    Attributes:
        types: What the value may be: `str`, `int`, or either.
        means: What it says, in a sentence for the documents.
    """

    types: tuple[type, ...]
    means: str


class Column(Protocol):
    """What a family needs to know of a portal."""

    @property
    def column(self) -> str:
        """Address of the column."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """Hosts of the portal."""

    @property
    def params(self) -> Any:
        """What the registry tells the family."""

    @property
    def max_pages(self) -> int:
        """No more list pages than these are read."""


class Family(Protocol):
    """A way of publishing lists that many portals share."""

    @property
    def params(self) -> Mapping[str, Param]:
        """What the registry may tell it, by name; other params are refused."""

    def start(self, portal: Column) -> Iterator[ListRequest]:
        """The first pages to ask for."""

    def parse_list(self, text: str, asked: ListRequest, portal: Column) -> ListPage:
        """Read a list page.

        Args:
            text: The page, decoded.
            asked: What was asked for; its `url` is where the page came from.
            portal: Whose list it is.

        Raises:
            ListError: It is no list page of this family.
        """

    def detect(self, text: str, url: str) -> Fingerprint | None:
        """Tell whether a column's page was made by this family.

        Args:
            text: The page, decoded.
            url: Where it came from.

        Returns:
            What it shows, or None.
        """


class StaticFamily:
    """A family whose column is a page; a base for strategies."""

    params: Mapping[str, Param] = MappingProxyType({})

    def start(self, portal: Column) -> Iterator[ListRequest]:
        """The column itself."""
        yield ListRequest(portal.column)

    def detect(self, text: str, url: str) -> Fingerprint | None:
        """Nothing, for a family without marks of its own."""
        return None


def parse(text: str) -> Tree | None:
    """The tree of a page without its comments, or None for a page without elements.

    Comments go first: templates keep stale rows in them (portals.md §0).
    """
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8")
    text = _BLANKS.sub(lambda blanks: "\n" if "\n" in blanks[0] else " ", text)
    try:
        tree: Tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:  # nothing in it
        return None
    for element in tree.xpath(_LONG):
        for name in ("class", "id"):
            if name in element.attrib:
                element.set(name, element.get(name)[:200])
    return tree


def base_url(tree: Tree, url: str) -> str:
    """What the page's relative addresses are relative to."""
    for base in tree.iter("base"):
        if base.get("href"):
            return absolute(url, str(base.get("href"))) or url
    return url


def is_file(url: str) -> bool:
    """Whether an address, or a part of its query, is named like a file of `FILE_TYPES`."""
    address = urlsplit(url)
    # downfile.jsp?…&showname=年报.pdf: only the query knows.
    return any(_FILE.search(part) for part in (address.path, *unquote(address.query).split("&")))


def absolute(base: str, link: str) -> str:
    """Absolute address of a link without its fragment; "" for what is no web address."""
    return (_absolute if len(link) <= _LONGEST_KEPT else _absolute.__wrapped__)(base, link)


@lru_cache(maxsize=1024)  # a list's links are looked at four times: rows, hubs, years, pagers
def _absolute(base: str, link: str) -> str:
    try:
        address = urljoin(base, link.strip())
        parts = urlsplit(address)
        parts.port  # noqa: B018  # raises where it is none
    except ValueError:  # http://[broken, http://host:99999/
        return ""
    return address.split("#", 1)[0] if parts.scheme in ("http", "https") and parts.hostname else ""


def link_of(anchor: Tree, base: str) -> str:
    """Absolute address that an `a` element leads to, or ""."""
    return absolute(base, str(anchor.get("href") or ""))


def title_of(anchor: Tree) -> str:
    """The link's title attribute, which is not cut, or else its text, or its picture's."""
    said = str(anchor.get("title") or text_of(anchor))
    return " ".join(said.split()) or picture_of(anchor)


def picture_of(element: Tree) -> str:
    """What the pictures of an element say in words: `alt`, or else `title`."""
    said = (str(image.get("alt") or image.get("title") or "") for image in element.iter("img"))
    return " ".join(" ".join(said).split())


def row_of(anchor: Tree) -> Tree | None:
    """The innermost list item, table row or paragraph that a link stands in."""
    return next((box for box in anchor.iterancestors() if box.tag in _ROWS), None)


def date_in(text: str) -> str:
    """The last date in a row's text, as printed, or ""."""
    found = _DATE.findall(text)
    return " ".join(found[-1].split()) if found else ""


@lru_cache(maxsize=32)
def text_of(box: Tree, most: int = _LONGEST_ROW) -> str:
    """The text of an element, or its beginning; of the last ones it is remembered.

    Thousands of links may stand in one row, and each asks for the row's text.
    """
    pieces, length = [], 0
    for piece in box.itertext():
        pieces.append(piece)
        length += len(piece)
        if length >= most:
            break
    return "".join(pieces)[:most]


@lru_cache(maxsize=32)
def date_of(box: Tree) -> str:
    """The last date in a row, as printed, or ""; remembered likewise."""
    return date_in(text_of(box))


def unique(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Rows without repeated addresses; the longer title of the same address stays."""
    found: dict[str, Row] = {}
    for row in rows:
        known = found.get(row.url)
        if known is None or len(row.title) > len(known.title):
            found[row.url] = row
    return tuple(found.values())
