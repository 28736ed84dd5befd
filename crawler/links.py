"""Attachments of an article page: links to files that may hold the report itself."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from extract.decode import decode
from extract.filetypes import FILE_TYPES

from .chapters import is_report
from .families.base import Tree, absolute, base_url, is_file, parse, picture_of, text_of
from .images import are_likely, body_images, body_of
from .magic import FILES, kind_of_bytes
from .places import is_below

#: No more images of one body than these are asked for; a scanned report has ten or twenty.
MOST_IMAGES = 60
#: What a page has that links to a file. Most pages have none of it, and bytes tell that in
#: a hundredth of a parser's time. The second pattern is slow, so words stand before it.
_FIRST = "".join({kind[0] for kind in FILE_TYPES.split("|")})
#: Without `re.I`, and with the first letters before the rest, it takes a third of the time.
_TYPES = re.compile(
    rb"\.(?=[%s])(?:%s)(?![A-Za-z0-9])"
    % (
        f"{_FIRST}{_FIRST.upper()}".encode(),
        re.sub("[a-z]", lambda letter: f"[{letter[0]}{letter[0].upper()}]", FILE_TYPES).encode(),
    )
)
#: Types again, and what scripts that send a file end in: one pass over most pages.
_SIGNS = re.compile(
    rb"\.(?=[%sjaJA])(?:(%s)(?![A-Za-z0-9])|[jJ][sS][pP]|[dD][oO]|[aA][sS][pP]|[pP][hH][pP]|"
    rb"[aA][cC][tT][iI][oO][nN])"
    % (
        f"{_FIRST}{_FIRST.upper()}".encode(),
        re.sub("[a-z]", lambda letter: f"[{letter[0]}{letter[0].upper()}]", FILE_TYPES).encode(),
    )
)
_WORDS = (b"/attachment", b"application/")
_SENDERS = re.compile(
    rb"down[a-z]{0,8}\.(?:jsp|do|aspx?|php|action)|/attachments?/|"
    rb"application/(?!\w*-?javascript|\w*\+?json)",
    re.I,
)
_NAMED = re.compile(rf"\.(?:{FILE_TYPES})$", re.I)
#: Scripts that send a file whatever they are called with, and what their links then say.
_SENDS = re.compile(r"down\w{0,8}\.(?:jsp|do|aspx?|php|action)$|/attachments?/", re.I)
_SAYS_SO = re.compile(r"附件|下载|年报|报告|download", re.I)
_QUOTED = re.compile(
    rf"""["']\s*([^"'\\<>\s][^"'\\<>]{{0,300}}\.(?:{FILE_TYPES})(?:\?[^"'\\<>\s]*)?)\s*\\?["']""",
    re.I,
)
_IS_NAME = re.compile(rf"[^/.]\.(?:{FILE_TYPES})$", re.I)
#: A page, not a file, whatever its query says; pdf.js' viewer and its likes show one.
_SHOWS = re.compile(r"\.s?html?$|pdf\.?js", re.I)
_VIEWER = re.compile(r"viewer|pdf\.?js", re.I)
#: Attributes in which a template keeps the address of a file that a script opens.
_KEPT_IN = ("onclick", "data-href", "data-url", "data-src", "data-file", "data-pdf")
_FRAMES = ("iframe", "embed", "object", "frame")
#: In the page's order: links, frames, scripts, and what keeps an address in an attribute.
_MAY_LINK = " | ".join(
    (*(f"//{tag}" for tag in ("a", *_FRAMES, "script")), *(f"//*[@{name}]" for name in _KEPT_IN))
)
#: Every page of a portal carries these; what they link belongs to no article. Whole class
#: names, for an `article-footer` and a `content-nav` are the article's own.
_CHROME = re.compile(
    r"(?:(?:site|page|main|top|bottom|global|web|left|right|side|sub|g|m)[-_]?)?"
    r"(?:header|footer|foot|nav|navbar|menu|sidebar|friend\w*)"
    r"(?:[-_]?(?:bar|box|wrap\w*|inner|con|container|list|top|main|left|right|side|\d{1,2}))?",
    re.I,
)
_PAGE = re.compile(r"\.s?html?$", re.I)


@cache
def finder() -> str:
    """Digest of what finds the files: a page that had none may have some for another finder."""
    here = Path(__file__).parent
    digest = hashlib.sha256(FILE_TYPES.encode())
    for name in _FINDING:
        digest.update(here.joinpath(name).read_bytes())
    return digest.hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Attached:
    """What belongs to a page beside its text.

    Attributes:
        files: (absolute address, name), in the page's order, an address once.
        frames: Pages in the frames of a body that is no report without them, likewise.
        images: The pages of a report that is nothing but images, likewise.
        more_images: How many images beyond `MOST_IMAGES` the body has.
    """

    files: tuple[tuple[str, str], ...] = ()
    frames: tuple[tuple[str, str], ...] = ()
    images: tuple[tuple[str, str], ...] = ()
    more_images: int = 0


NOTHING = Attached()
#: What the search for files depends on, in this folder.
_FINDING = ("links.py", "images.py", "chapters.py", "places.py", "magic.py", "families/base.py")


def attached(body: bytes, url: str) -> Attached:
    """Find what belongs to an article page beside its text.

    Args:
        body: The page, content-encoding removed.
        url: Its address.
    """
    likely = are_likely(body)
    framed = b"<iframe" in body or b"<IFRAME" in body
    if not (likely or framed or _is_sign_of_files(body)) or kind_of_bytes(body) in FILES:
        return Attached()
    text = decode(body)[0]
    tree = parse(text)
    if tree is None:
        return Attached()
    base = base_url(tree, url)
    found: dict[str, str] = {}
    for link, name in _links(tree, base):
        address = absolute(base, link)
        if address:
            found.setdefault(address, name)
    found.pop(url, None)
    images = body_images(tree, base) if likely and not found else []
    frames = dict(_framed(tree, base, url)) if framed and not is_report(text) else {}
    return Attached(
        tuple(found.items()),
        tuple(frames.items()),
        tuple((address, "") for address in images[:MOST_IMAGES]),
        max(0, len(images) - MOST_IMAGES),
    )


def is_page(url: str) -> bool:
    """Whether an address is a page's by its name; of attachments only frames have such."""
    return bool(_PAGE.search(urlsplit(url).path))


def _is_sign_of_files(body: bytes) -> bool:
    """Whether a page must be parsed for its files, told by its bytes."""
    found = _SIGNS.search(body)
    if found and (found[1] or _TYPES.search(body, found.start())):
        return True
    may_send = found is not None or any(word in body for word in _WORDS)
    return may_send and bool(_SENDERS.search(body))


def _links(tree: Tree, base: str) -> Iterator[tuple[str, str]]:
    """(Link, name) of all that is a file's, outside of the page's frame."""
    for element in tree.xpath(_MAY_LINK):
        if is_chrome(element):
            continue
        if element.tag == "script":
            for link in _in_script(element.text or ""):
                yield link, ""
            continue
        name = _name(element)
        link = str(
            element.get("href" if element.tag == "a" else "src") or element.get("data") or ""
        )
        yield from ((file, name) for file in _in_link(link, base, name, element))
        for attribute in _KEPT_IN:
            for kept in _in_attribute(str(element.get(attribute) or "")):
                yield kept, name


def _framed(tree: Tree, base: str, url: str) -> Iterator[tuple[str, str]]:
    """Pages of the same host that stand in the body as frames: the body's own text.

    Where no known body is, those below the page's folder: what is shared stands elsewhere.
    """
    body, here = body_of(tree), urlsplit(url)
    above = f"//{here.netloc.lower()}{here.path.rpartition('/')[0]}/"
    for frame in (tree if body is None else body).iter("iframe", "frame"):
        address = absolute(base, str(frame.get("src") or ""))
        parts = urlsplit(address)
        is_ours = parts.netloc == here.netloc and is_page(address)
        if not is_ours or address == url or _viewed(address) or is_chrome(frame):
            continue
        if body is not None or is_below(address, above):
            yield address, _name(frame)


def _name(element: Tree) -> str:
    said = element.get("download") or element.get("title")
    return (" ".join(str(said or text_of(element, 2000)).split()) or picture_of(element))[:300]


def _in_link(link: str, base: str, name: str, element: Tree) -> Iterator[str]:
    """What a link or frame leads to, if that is a file."""
    if link.lower().startswith("javascript:"):
        yield from _in_attribute(link)
        return
    address = absolute(base, link)
    if not address:
        return
    if _SHOWS.search(urlsplit(address).path):
        viewed = _viewed(address)
        if viewed:
            yield viewed
    elif is_file(address) or _is_said(element, address, name):
        yield address


def _is_said(element: Tree, address: str, name: str) -> bool:
    """Whether the link says that it leads to a file, where its address does not."""
    if element.tag != "a":
        return str(element.get("type") or "").startswith("application/") or bool(
            _SENDS.search(urlsplit(address).path)
        )
    if _NAMED.search(name) or element.get("appendix"):
        return True
    return bool(_SENDS.search(urlsplit(address).path) and _SAYS_SO.search(name))


def _viewed(address: str) -> str:
    """The file that a page such as pdf.js' `viewer.html?file=…` shows, or ""."""
    parts = urlsplit(address)
    for name, value in parse_qsl(parts.query):
        file = unquote(value)  # some encode it twice
        if _IS_NAME.search(file.partition("?")[0]) or (
            name.lower() == "file" and _VIEWER.search(parts.path)
        ):
            return absolute(address, file)
    return ""


def _in_attribute(text: str) -> list[str]:
    """Files named in `down3('x.PDF')`, or the attribute if it is a file's address itself."""
    if _NAMED.search(text) and not re.search(r"[\s'\"()]", text):
        return [text]
    return _QUOTED.findall(text)


def _in_script(text: str) -> list[str]:
    """Files named in the strings of a script: `var att='<a href="./P02….doc">'`, plain paths."""
    return _QUOTED.findall(text.replace("\\/", "/"))


def is_chrome(element: Tree) -> bool:
    """Whether an element belongs to the frame that all pages of a site have."""
    for around in element.iterancestors():
        if around.tag in ("header", "footer", "nav", "body"):
            return bool(around.tag != "body")
        if _says_chrome(around.get("class", ""), around.get("id", "")):
            return True
    return False


@lru_cache(maxsize=1024)
def _says_chrome(classes: str, name: str) -> bool:
    return any(_CHROME.fullmatch(each) for each in f"{classes[:200]} {name[:200]}".split())
