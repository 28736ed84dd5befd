"""A load generator: `python -m tests.bench.site.wire PORT CONNECTIONS REQUESTS < paths`.

One thread and one process, so that a server has the other core: each connection sends the
next request as soon as it has its answer. Prints JSON: requests, seconds, failures, and
milliseconds within which half and 99 of 100 were answered, the client's own waiting included.
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import cycle

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)


class _Connection:
    """A kept connection with one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent = 0.0
        self._answer = bytearray()
        self._whole = 0

    def send(self, request: bytes) -> None:
        """Ask."""
        self._answer.clear()
        self._whole = 0
        self.sent = time.perf_counter()
        self.socket.sendall(request)

    def read(self) -> int:
        """The status once the answer is whole, else 0."""
        part = self.socket.recv(262_144)
        if not part:
            return -1
        answer = self._answer
        answer += part
        if not self._whole:
            head = answer.find(b"\r\n\r\n")
            if head < 0:
                return 0
            length = _LENGTH.search(answer, 0, head)
            if length:
                self._whole = head + 4 + int(length[1])
            elif not _CHUNKED.search(answer, 0, head):
                return -1
        is_whole = len(answer) >= self._whole if self._whole else answer.endswith(b"\r\n0\r\n\r\n")
        return int(answer[9:12]) if is_whole else 0


def load(port: int, connections: int, requests: int, paths: list[str]) -> dict[str, float]:
    """Ask for paths in turn until so many requests are answered."""
    head = f"Host: 127.0.0.1:{port}\r\nAccept-Encoding: gzip\r\n\r\n"
    made: Iterator[bytes] = cycle([f"GET {path} HTTP/1.1\r\n{head}".encode() for path in paths])
    took: list[float] = []
    failed = 0
    with ExitStack() as opened:
        selector = opened.enter_context(selectors.DefaultSelector())
        for _ in range(connections):
            each = _Connection(port)
            opened.enter_context(each.socket)
            selector.register(each.socket, selectors.EVENT_READ, each)
            each.send(next(made))
        begun = time.perf_counter()
        while len(took) < requests:
            for key, _ in selector.select():
                each = key.data
                status = each.read()
                if not status:
                    continue
                took.append(time.perf_counter() - each.sent)
                failed += status != 200
                if status < 0:
                    raise ConnectionError("the server closed a connection")
                each.send(next(made))
        seconds = time.perf_counter() - begun
    took.sort()
    return {
        "requests": len(took),
        "seconds": seconds,
        "failed": failed,
        "half": 1000 * took[len(took) // 2],
        "p99": 1000 * took[len(took) * 99 // 100],
    }


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:4]]
    print(json.dumps(load(*arguments, sys.stdin.read().split())))
