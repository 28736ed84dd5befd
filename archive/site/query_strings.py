"""The query string of an address as it is meant, and whether it asks for too much.

`%5Ffacet` and `_facet` are one parameter (RFC 3986, 2.3). Limits look at the bytes, so the bytes
are written in one way before anybody looks.
"""

from __future__ import annotations

import re

#: What one address may ask for; each facet and each filter costs Datasette a query.
LONGEST = 4_000
MOST_PARAMETERS = 60
MOST_FACETS = 8
_ESCAPED = re.compile(rb"%([0-9A-Fa-f]{2})")
#: Characters that mean the same escaped or not.
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def plain(query: bytes) -> bytes:
    """A query string in which nothing is escaped that need not be.

    >>> plain(b"%5Fsize=m%61x&%73ql=a%26b%2541")
    b'_size=max&sql=a%26b%2541'
    """
    return _ESCAPED.sub(_written, query) if b"%" in query else query


def _written(found: re.Match[bytes]) -> bytes:
    character = int(found[1], 16)
    return bytes((character,)) if character in _UNRESERVED else found[0]


def is_excessive(query: bytes) -> bool:
    """Whether a plain query string asks for more than a page can give in decent time."""
    parameters = query.count(b"&") + 1  # one without `=` is one, too
    facets = query.count(b"_facet")
    return len(query) > LONGEST or parameters > MOST_PARAMETERS or facets > MOST_FACETS
