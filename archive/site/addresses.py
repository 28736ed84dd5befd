"""Addresses for templates: those of our static files change with what is in them."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

#: Where the site gives its static files, and where they lie.
PREFIX, FOLDER = "/static/", Path(__file__).parent / "static"
#: What a browser is told of an address that names the version of a file: to keep it for a year.
KEPT = b"public, max-age=31536000, immutable"


class Addresses:
    """Datasette's `urls`, with versions for our static files, and plain strings.

    Datasette's own strings ask `dir(str)` whenever a method of them is looked up.
    """

    def __init__(self, urls: Any) -> None:
        """Give what Datasette's addresses give."""
        self._urls = urls

    def __getattr__(self, name: str) -> Any:
        """Whatever is said here of nothing is as Datasette has it."""
        return getattr(self._urls, name)

    def path(self, path: str, format: str | None = None) -> str:  # noqa: A002  # Datasette's name
        """An address on this site."""
        found = str(self._urls.path(path, format=format))
        version = _version(path) if path.startswith(PREFIX) else ""
        return f"{found}?v={version}" if version else found


@lru_cache(maxsize=200)
def _version(path: str) -> str:
    file = FOLDER / path.removeprefix(PREFIX)
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.is_file() else ""


#: What an operator may close, or change, without a new release: originals, releases, who he is.
_OUTSIDE = re.compile(r"/(?:cundang|banci|falv|baocuo|guanyu)(?:[/.]|$)|.*/baocuo$")
#: So many seconds may a proxy keep it; nginx passes this to nobody.
_BRIEFLY = [(b"x-accel-expires", b"60")]


def headers(path: str, query: bytes, status: int) -> list[tuple[bytes, bytes]]:
    """What else is said of an answer: for how long a browser or a proxy may keep it."""
    if _OUTSIDE.match(path) or b"banci=" in query:
        return _BRIEFLY
    # First whether the site gave it: a path may lead anywhere on the disk.
    is_given = status == HTTPStatus.OK and path.startswith(PREFIX) and query.startswith(b"v=")
    is_version = is_given and query == f"v={_version(path)}".encode() != b"v="
    return [(b"cache-control", KEPT)] if is_version else []
