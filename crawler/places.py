"""Addresses: which two are one, which is a mobile copy, which is a directory or a list."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}
_INDEX = re.compile(r"/(?:index|default)\.(?:s?html?|jsp|php|aspx?)$", re.I)
#: A TRS article's copy, a folder of copies, gkmlpt's copy; /pc/ is the Jiangxi platform's
#: word for what is not /mobile/.
_MOBILE = re.compile(r"_wap(?=\.s?html?$)|/(?:mobile|wap)(?=/)|(?<=/)m(?=post_\d)", re.I)
_DESKTOP = re.compile(r"/pc(?=/)", re.I)
_PAGE = re.compile(r"(.+)\.(?:s?html?|jspx?|php|aspx?|do|action)$", re.I)
_LIST = re.compile(r"index|default|home|main|column|channel|\w*list|\w*navs?", re.I)
_SHOWS = re.compile(r"show|view|detail|content|article|post|read|(?:info|art|doc)(?:_|$)", re.I)
_YEAR = re.compile(r"(?:19|20)\d\d(?!\d)")
_NUMBER = re.compile(r"\d{3}|^[\d_-]+$")
_HASH = re.compile(r"[0-9a-f]{24}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)


@lru_cache(maxsize=1024)  # a list's rows are looked at four times
def key(url: str, hosts: tuple[str, ...]) -> str:
    """What two addresses of one page have in common.

    Only this is taken to be the same: http and https on their own ports; `www.` and the
    bare host, if the registry names both; a folder and its `index.html`.

    Args:
        url: An absolute address without a fragment.
        hosts: Hosts of the portal.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    bare = host.removeprefix("www.")
    if bare != host and bare in hosts:
        host = bare
    port = parts.port if parts.port not in (None, _PORTS.get(parts.scheme)) else None
    place = f"//{host}:{port}" if port else f"//{host}"
    if parts.query:
        return f"{place}{parts.path or '/'}?{parts.query}"
    return place + (_INDEX.sub("/", parts.path) or "/")


def is_mobile(url: str) -> bool:
    """Whether an address is a mobile copy's by its form."""
    return bool(_MOBILE.search(urlsplit(url).path))


def twin(key: str) -> str:
    """What a mobile copy's key has in common with the key of the page it copies."""
    return _DESKTOP.sub("", _MOBILE.sub("", key))


def is_directory(url: str) -> bool:
    """Whether an address is a folder's or a list's, not an article's, by its form.

    Such a page may still be the article itself: only reading it tells.
    """
    path = urlsplit(url).path
    name = path.rpartition("/")[2]
    if not name:
        return True
    page = _PAGE.match(name)
    if page is None and "." in name:
        return False  # a file
    stem = page[1] if page else name
    if _LIST.fullmatch(stem):
        return True
    if _SHOWS.search(stem) or _HASH.search(stem):
        return False
    # 2024n78 and gknb2018 are folders; t20210129_1 and 976112 are articles.
    return not _NUMBER.search(_YEAR.sub("", stem) or "0" * (page is not None))


def is_article(url: str) -> bool:
    """Whether the address of a list's row is taken for an article's.

    A list may name a page by its query alone: `xxgkAnnualReport.jsp?fbtime=2017`.
    """
    if not is_directory(url):
        return True
    parts = urlsplit(url)
    page = _PAGE.match(parts.path.rpartition("/")[2])
    return bool(page and parts.query and not _LIST.fullmatch(page[1]))


def folder(url: str) -> str:
    """The folder that a column's own pages stand in: `//host/path/`, or "" if it has none.

    Of `…/list.shtml` it is `…/`; of `…/zfxxgknb.htm` it is `…/zfxxgknb/`, as VSB has it.
    """
    parts = urlsplit(url)
    if parts.query:
        return ""
    before, _, name = parts.path.rpartition("/")
    page = _PAGE.match(name)
    stem = page[1] if page else name
    named = stem and not (page and (_LIST.fullmatch(stem) or stem.isdigit()))
    path = f"{before}/{stem}/" if named else f"{before}/"
    return f"//{parts.netloc.lower()}{path}"


def is_below(url: str, above: str) -> bool:
    """Whether an address is below a `folder`, and not the folder itself."""
    parts = urlsplit(url)
    place = f"//{parts.netloc.lower()}{_INDEX.sub('/', parts.path)}"
    return bool(above) and place.startswith(above) and place != above
