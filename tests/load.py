"""Asking a site again and again from several threads, and counting what was not answered."""

from __future__ import annotations

import http.client
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Load:
    """What came back.

    Attributes:
        statuses: How often each HTTP status was answered; 0 where there was no answer.
        failed: A line on each request that was not answered as it should be.
        bodies: How often a text that was looked for stood in the answers.
        sent_again: How often a kept connection was found closed before a word of the answer,
            and the request was sent once more over a new one, as browsers do (RFC 9112, 9.3.1).
    """

    statuses: Counter[int] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    bodies: Counter[str] = field(default_factory=Counter)
    sent_again: int = 0

    @property
    def asked(self) -> int:
        """How many requests were made."""
        return sum(self.statuses.values())


def ask(
    address: str,
    path: Callable[[int], str],
    *,
    until: Callable[[int], bool],
    threads: int = 4,
    look_for: Sequence[bytes] = (),
    visitor: str = "127.0.0.1",
) -> Load:
    """Ask, each thread over one connection that it keeps.

    Args:
        address: The site's.
        path: The path of request number n.
        until: Whether request number n is one too many.
        threads: How many ask at once.
        look_for: Texts that are counted in the answers.
        visitor: The address of this machine that asks: a proxy holds each back by itself.
    """
    host = urlsplit(address).netloc
    load, lock, numbers = Load(), threading.Lock(), iter(range(10**9))

    def work() -> None:
        connection = http.client.HTTPConnection(host, timeout=60, source_address=(visitor, 0))
        while True:
            with lock:
                number = next(numbers)
            if until(number):
                connection.close()
                return
            status, body = 0, b""
            try:
                status, body, again = _get(connection, path(number))
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                body, again = repr(error).encode(), False
            with lock:
                load.sent_again += again
                load.statuses[status] += 1
                if status != http.client.OK:
                    load.failed.append(f"{path(number)}: {status} {body[:200]!r}")
                for text in look_for:
                    load.bodies[text.decode()] += text in body

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return load


def _get(connection: http.client.HTTPConnection, path: str) -> tuple[int, bytes, bool]:
    """Status and body; whether the request was sent again."""
    kept = connection.sock is not None
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
    except (http.client.RemoteDisconnected, ConnectionError):
        connection.close()
        if not kept:
            raise
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read(), True
    return answer.status, answer.read(), False
