"""Twin addresses: one page of a site under several, for phones or with and without TLS."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

#: What portals' mobile copies add to an address (portals.md §0, §1).
_MOBILE = re.compile(r"_wap(?=\.s?html?$)|(?<=/)m(?=post_\d)|(?<=/)(?:mobile|wap|m)/")
_MOBILE_HOST = re.compile(r"^(?:m|wap|3g)\.")

#: Addresses of which it is kept what they come to: those of a portal, which are asked for
#: several times while it is gathered.
KEPT = 1 << 14


@lru_cache(maxsize=KEPT)
def is_mobile(url: str) -> bool:
    """Whether an address is a copy's for phones.

    >>> is_mobile("http://a.gov.cn/202101/t20210129_1_wap.html")
    True
    """
    parts = urlsplit(url)
    return bool(_MOBILE.search(parts.path) or _MOBILE_HOST.match(parts.netloc))


@lru_cache(maxsize=KEPT)
def plain(url: str) -> str:
    """What twins have in common: host and path without scheme, `www.` and mobile marks.

    >>> plain("https://www.a.gov.cn/202101/t20210129_1_wap.html")
    'a.gov.cn/202101/t20210129_1.html'
    >>> plain("http://m.a.gov.cn/mobile/x.html?id=1")
    'a.gov.cn/x.html?id=1'
    """
    parts = urlsplit(url)
    host = _MOBILE_HOST.sub("", parts.netloc.lower()).removeprefix("www.")
    path = _MOBILE.sub("", parts.path)
    return f"{host}{path}" + (f"?{parts.query}" if parts.query else "")


@lru_cache(maxsize=KEPT)
def place(url: str) -> str:
    """What makes two addresses one place: host and path, with or without TLS and `www.`.

    A copy for phones is another page: what it says otherwise is no change of this one.

    >>> place("https://www.a.gov.cn/x.html") == place("http://a.gov.cn/x.html")
    True
    """
    parts = urlsplit(url)
    host = parts.netloc.lower().removeprefix("www.")
    return parts._replace(scheme="", netloc=host, fragment="").geturl()
