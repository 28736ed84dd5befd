"""A column's page taken apart once, for every family that looks for its marks in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

from ..titles import has_year, judge
from .base import Fingerprint, Tree, base_url, link_of, parse, row_of, title_of
from .plain import dated

# `//` after anything else than a blank or the end of a statement is part of an address.
_OPENS_COMMENT = re.compile(r"(?:^|(?<=[\s;{}]))(?:/\*|//)", re.M)
_COMMENT = re.compile(r"(<script\b.*?(?:</script\s*>|\Z))|<!--.*?(?:-->|\Z)", re.S | re.I)
#: The generic family's score begins at 15.
_MOST_UNSURE = 10


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page.

    Attributes:
        url: Its absolute address.
        title: Its full title.
        box: The row it stands in, or None.
        date: The date beside it, or "".
    """

    url: str
    title: str
    box: Tree | None
    date: str = ""

    @property
    def path(self) -> str:
        """Path of the address."""
        return urlsplit(self.url).path

    @property
    def is_listed(self) -> bool:
        """Whether it looks like a row of the list: it has a date, or its title a year."""
        return bool(self.date) or has_year(self.title) or judge(self.title) == "report"


@dataclass(frozen=True, slots=True)
class Look:
    """A page without its comments.

    Attributes:
        tree: The page, or None if there is nothing in it.
        base: What its addresses are relative to.
        scripts: The text of all scripts, their comments taken out.
        links: Every link to a web address.
    """

    tree: Tree | None
    base: str
    scripts: str = ""
    links: tuple[Link, ...] = field(default_factory=tuple)

    def rows(self, address: Callable[[Link], object]) -> int:
        """How many of the list's rows are of a family; 0 if most of them are not.

        A menu beside the list may well lead to pages of another system.

        Args:
            address: Whether a link leads to an article of the family.
        """
        said = {link.url: link for link in self.links if link.is_listed}
        boxed = {link.url: link for link in self.links if link.box is not None}
        found = [link for link in (said or boxed).values() if address(link)]
        return len(found) if 2 * len(found) >= len(said) else 0

    def has(self, xpath: str) -> bool:
        """Whether there is such an element."""
        return self.tree is not None and bool(self.tree.xpath(xpath))


@lru_cache(maxsize=2)
def look(text: str, url: str) -> Look:
    """Take a page apart; the last pages are remembered, for each family looks at the same."""
    tree = parse(text)
    if tree is None:
        return Look(None, url)
    base = base_url(tree, url)
    links = []
    for anchor in tree.iter("a"):
        address = link_of(anchor, base)
        if address:
            links.append(Link(address, title_of(anchor), row_of(anchor), dated(anchor)[1]))
    return Look(tree, base, scripts_of(tree), tuple(links))


def uncommented(text: str) -> str:
    """A page without its comments; what stands in a script is none of HTML's."""
    return _COMMENT.sub(lambda match: match[1] or "", text)


def scripts_of(tree: Tree) -> str:
    """The text of all scripts of a page, their comments taken out: they hold old pagers."""
    scripts = "\n".join(script.text or "" for script in tree.iter("script"))
    last, at, kept = scripts.rfind("*/"), 0, []
    for opening in _OPENS_COMMENT.finditer(scripts):
        start, is_line = opening.start(), opening[0] == "//"
        if start < at or not (is_line or start + 2 <= last):
            continue
        end = scripts.find("\n" if is_line else "*/", start + 2)
        kept.append(scripts[at:start])
        at = (len(scripts) if end < 0 else end) + (0 if is_line else 2)
    return "".join((*kept, scripts[at:]))


def fingerprint(
    family: str,
    signs: Iterable[tuple[bool | int, int, str]],
    *,
    sure: bool | int = True,
    params: dict[str, str | int] | None = None,
) -> Fingerprint | None:
    """Add up the signs that were seen.

    Args:
        family: Name in `FAMILIES`.
        signs: (whether it was seen, what it is worth, what it is in words); the words may
            hold `{}` for how often it was seen.
        sure: Whether the family would find its list there; without one its other signs are
            what a page of any family may have, and weigh less than the generic family's.
        params: What the registry must tell the family.

    Returns:
        The fingerprint, or None if nothing was seen.
    """
    seen = [(worth, words.format(int(count))) for count, worth, words in signs if count]
    score = min(100 if sure else _MOST_UNSURE, sum(worth for worth, _ in seen))
    words = tuple(words for _, words in seen)
    return Fingerprint(family, score, words, params or {}) if seen else None
