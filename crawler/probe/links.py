"""Where a page leads: links, image links, choices of a menu, frames, and plain scripted clicks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..families.base import Tree, absolute, base_url, parse

_CLICK = re.compile(
    r"(?:location(?:\.href)?\s*=|location\.(?:replace|assign)\s*\(|window\.open\s*\()"
    r"\s*['\"]([^'\"]+)['\"]"
)
_CATEGORY = re.compile(r"#(\d{1,9})$")  # Guangdong's platform names its columns so
_ADDRESS = re.compile(r"^(?:https?:/)?/|^\.{1,2}/|^[\w./-]+\.s?html?$|/$", re.I)


@dataclass(frozen=True, slots=True)
class Link:
    """A way out of a page.

    Attributes:
        url: Absolute address.
        text: Everything that it is called.
        framed: Whether the page shows it inside itself.
    """

    url: str
    text: str
    framed: bool = False


def links(text: str, url: str) -> list[Link]:
    """Every way out of a page, in its order; an address once, with its first name.

    Args:
        text: The page, decoded.
        url: Where it came from.
    """
    tree = parse(text)
    if tree is None:
        return []
    base, found = base_url(tree, url), dict[str, Link]()
    for target, name, framed in _ways(tree):
        address = _absolute(base, target)
        known = found.get(address)
        if address and address != url and (known is None or not known.text):
            found[address] = Link(address, " ".join(name.split()), framed)
    return list(found.values())


def _ways(tree: Tree) -> Iterator[tuple[str, str, bool]]:
    for anchor in tree.iter("a", "area"):
        target = str(anchor.get("href") or "")
        scripted = target.lower().startswith("javascript:")
        yield _scripted(target) if scripted else target, _name(anchor), False
    for choice in tree.iter("option"):
        if _ADDRESS.search(str(choice.get("value") or "")):
            yield str(choice.get("value")), _name(choice), False
    for frame in tree.iter("iframe", "frame"):
        yield str(frame.get("src") or ""), str(frame.get("title") or ""), True
    for element in tree.xpath("//*[@onclick]"):
        yield _scripted(str(element.get("onclick"))), _name(element), False


def _scripted(script: str) -> str:
    found = _CLICK.search(script)
    return found[1] if found else ""


def _name(element: Tree) -> str:
    """Text, title and the pictures' alternative texts, each said once."""
    said = [element.text_content(), str(element.get("title") or ""), str(element.get("alt") or "")]
    said += [str(image.get("alt") or image.get("title") or "") for image in element.iter("img")]
    parts = dict.fromkeys(" ".join(part.split()) for part in said if part.strip())
    # 财政局, with the title 示例县财政局: the longer name says it all.
    return " ".join(
        part for part in parts if not any(part in more for more in parts if more != part)
    )


def _absolute(base: str, target: str) -> str:
    address = absolute(base, target)
    category = _CATEGORY.search(target)
    return address + category[0] if address and category and urlsplit(address).path else address
