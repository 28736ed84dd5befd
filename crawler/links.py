"""Attachments of an article page: links to files that may hold the report itself."""

from __future__ import annotations

import re

from extract.decode import decode

from .families.base import FILE_TYPES, Tree, absolute, base_url, is_file, parse

_IN_BYTES = re.compile(rb"\.(?:%s)(?![A-Za-z0-9])" % FILE_TYPES.encode(), re.I)
_NAMED = re.compile(rf"\.(?:{FILE_TYPES})$", re.I)
_IN_SCRIPT = re.compile(rf"""href\s*=\s*\\?["']([^"'\\]+\.(?:{FILE_TYPES}))\\?["']""", re.I)
_FILES = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!")
#: Every page of a portal carries these; what they link belongs to no article.
_CHROME = re.compile(r"\b(?:header|footer|foot|nav|menu|sidebar|friend\w*)\b", re.I)


def attachments(body: bytes, url: str) -> list[tuple[str, str]]:
    """Files that an article page links to, in its order.

    Args:
        body: The page, content-encoding removed.
        url: Its address.

    Returns:
        (absolute address, text of the link); an address once.
    """
    # Most pages link to no file; the bytes tell that far faster than a parser.
    if not _IN_BYTES.search(body) or body.startswith(_FILES):
        return []
    text = decode(body)[0]
    tree = parse(text)
    if tree is None:
        return []
    base = base_url(tree, url)
    found: dict[str, str] = {}
    for link, name in _links(tree):
        address = absolute(base, link)
        if address and (is_file(address) or _NAMED.search(name.strip())):
            found.setdefault(address, name.strip())
    found.pop(url, None)
    return list(found.items())


def _links(tree: Tree) -> list[tuple[str, str]]:
    links = []
    for anchor in tree.iter("a"):
        if anchor.get("href") and not _is_chrome(anchor):
            name = anchor.get("download") or anchor.get("title") or anchor.text_content()
            links.append((anchor.get("href"), str(name)))
    for frame in tree.iter("iframe", "embed", "object"):
        links.append((frame.get("src") or frame.get("data") or "", ""))
    for script in tree.iter("script"):  # var att = '<a href="./P02….doc">'
        links += [(link, "") for link in _IN_SCRIPT.findall(script.text or "")]
    return links


def _is_chrome(element: Tree) -> bool:
    for around in element.iterancestors():
        if around.tag in ("header", "footer", "nav", "body"):
            return bool(around.tag != "body")
        if _CHROME.search(f"{around.get('class', '')} {around.get('id', '')}"):
            return True
    return False
