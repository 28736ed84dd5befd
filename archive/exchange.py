"""What passes between crawler and store: one request with its response, and why it was made."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from .encoding import decode_content

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Context:
    """Why an address was asked for.

    Attributes:
        portal: Registry key.
        role: `list`, `article`, `attachment`, `robots`, or `node`: a page that may be a list or
            itself the article, which only its reader can tell.
        listing: Address of the column that led here.
        list_title: The list's title for it, or "".
        list_date: The list's date, as printed, or "".
        parent: The article that an attachment belongs to, or "".
    """

    portal: str
    role: str
    listing: str = ""
    list_title: str = ""
    list_date: str = ""
    parent: str = ""


@dataclass(frozen=True)  # without slots: what is worked out is kept
class Exchange:
    """One request and its response, as they were transferred."""

    method: str
    url: str
    request_headers: Headers
    request_body: bytes
    status: int
    reason: str
    response_headers: Headers
    body: bytes
    protocol: str = "HTTP/1.1"
    ip: str = ""
    #: "" without TLS, else `verified` or `unverified`.
    tls: str = ""

    def header(self, name: str) -> str:
        """Value of the first response header of that name, or ""."""
        return self._first.get(name.lower(), "")

    @cached_property
    def _first(self) -> dict[str, str]:
        return {name.lower(): value for name, value in reversed(self.response_headers)}

    @cached_property
    def decoded(self) -> bytes:
        """The body with its content-encoding removed; the very `body` if there is none.

        Undone once for all who look at it: walls, archive and readers.

        Raises:
            RecordDamaged: The body is not what its header says.
        """
        return decode_content(self.body, self.header("Content-Encoding"))


def request_key(method: str, url: str, body: bytes = b"") -> str:
    """What makes two requests the same: the address, for POST with its body's digest."""
    if method == "GET" and not body:
        return url
    return f"{method} {url} {hashlib.sha256(body).hexdigest()[:16]}"


def now() -> str:
    """The time as WARC and ledger write it: UTC, to the millisecond."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def writable(text: str) -> str:
    """A text as files can hold it: JSON may say half of a surrogate pair, which is none."""
    return text.encode("utf-8", "replace").decode("utf-8")
