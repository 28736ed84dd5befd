"""A limit on what stands before a body: Twisted would take headers until the time-out.

Scrapy has no setting for it, so its own protocol is extended; a test guards that it is used.
"""

from __future__ import annotations

from typing import Any

from scrapy.core.downloader.handlers.http11 import (
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS

#: Servers give up at 8 to 32 KB themselves.
LARGEST_HEAD = 256 << 10


class HeadTooLarge(Exception):
    """Headers without an end. Raised by the protocol."""


class _Protocol(_LenientHTTP11ClientProtocol):
    _head = 0

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  # Twisted's name
        """Count what comes before the body."""
        super().dataReceived(data)  # type: ignore[no-untyped-call]  # Twisted has no types
        if self._parser is None or self._parser.state not in (STATUS, HEADER):
            self._head = 0
            return
        self._head += len(data)
        if self._head > LARGEST_HEAD:
            error = HeadTooLarge(f"more than {LARGEST_HEAD >> 10} KB of headers")
            self._giveUp(Failure(error))  # type: ignore[no-untyped-call]  # the same


class Factory(_LenientHTTP11ClientFactory):
    """What the connection pool makes its connections with."""

    def buildProtocol(self, addr: Any) -> _Protocol:  # noqa: N802  # Twisted's name
        """One connection."""
        return _Protocol(self._quiescentCallback)  # type: ignore[no-untyped-call]  # the same


def head_too_large(error: BaseException) -> str:
    """What is said of headers that were too large; "" if the failure is another one."""
    reasons = getattr(error.__cause__, "reasons", ())
    return next((str(each.value) for each in reasons if each.check(HeadTooLarge)), "")
