"""A column's page taken apart once, for every family that looks for its marks in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

from .base import Fingerprint, Tree, base_url, link_of, parse, row_of, title_of

# `//` after anything else than a blank or the end of a statement is part of an address.
_SCRIPT_COMMENT = re.compile(r"(?:^|(?<=[\s;{}]))(?:/\*.*?\*/|//[^\n]*)", re.S | re.M)


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page: absolute address, its full title, and the row it stands in, if any."""

    url: str
    title: str
    box: Tree | None

    @property
    def path(self) -> str:
        """Path of the address."""
        return urlsplit(self.url).path


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

    def rows(self, address: re.Pattern[str]) -> int:
        """How many links in rows lead to paths like these."""
        found = {
            link.url for link in self.links if link.box is not None and address.search(link.path)
        }
        return len(found)

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
            links.append(Link(address, title_of(anchor), row_of(anchor)))
    return Look(tree, base, scripts_of(tree), tuple(links))


def scripts_of(tree: Tree) -> str:
    """The text of all scripts of a page, their comments taken out: they hold old pagers."""
    scripts = "\n".join(script.text or "" for script in tree.iter("script"))
    return _SCRIPT_COMMENT.sub("", scripts)


def fingerprint(
    family: str,
    signs: Iterable[tuple[bool | int, int, str]],
    params: dict[str, str | int] | None = None,
) -> Fingerprint | None:
    """Add up the signs that were seen.

    Args:
        family: Name in `FAMILIES`.
        signs: (whether it was seen, what it is worth, what it is in words); the words may
            hold `{}` for how often it was seen.
        params: What the registry must tell the family.

    Returns:
        The fingerprint, or None if nothing was seen.
    """
    seen = [(worth, words.format(int(count))) for count, worth, words in signs if count]
    score = min(100, sum(worth for worth, _ in seen))
    words = tuple(words for _, words in seen)
    return Fingerprint(family, score, words, params or {}) if seen else None
