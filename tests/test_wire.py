"""The limit on headers is that of one answer, however many a connection brings."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.protocol import Protocol
from twisted.internet.testing import StringTransport
from twisted.web._newclient import Request
from twisted.web.http_headers import Headers

from crawler.wire import LARGEST_HEAD, Factory, HeadTooLarge

#: As it comes from a socket.
PIECE = 60 << 10


class Body(Protocol):
    """Takes a body, and says it at its end."""

    def __init__(self, came: list[Any]) -> None:
        self.came, self.read = came, b""

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  # Twisted's name
        self.read += data

    def connectionLost(self, reason: object = None) -> None:  # noqa: N802  # the same
        self.came.append(self.read)


class Connection:
    """A kept-alive connection, and what its requests come to."""

    def __init__(self) -> None:
        self.protocol = Factory(lambda _: None, None).buildProtocol(None)
        self.transport = StringTransport()
        self.protocol.makeConnection(self.transport)

    def ask(self, answer: bytes) -> list[Any]:
        """One request; the body of its answer, or why there is none."""
        request = Request(b"GET", b"/", Headers({b"Host": [b"a"]}), None, persistent=True)
        came: list[Any] = []
        asked = self.protocol.request(request)
        asked.addCallbacks(lambda response: response.deliverBody(Body(came)), came.append)
        for at in range(0, len(answer), PIECE):
            self.protocol.dataReceived(answer[at : at + PIECE])
        return came


def answer(head: int, body: int) -> bytes:
    """An answer with so many bytes of headers and body."""
    line = b"X-Long: " + b"x" * 8000 + b"\r\n"
    return (
        b"HTTP/1.1 200 OK\r\n" + line * (head // len(line))
        + b"Content-Length: %d\r\n\r\n" % body + b"y" * body
    )  # fmt: skip


@pytest.mark.parametrize("body", [0, 10, 3 * LARGEST_HEAD])
def test_many_answers_on_one_connection_may_have_long_headers(body: int) -> None:
    connection, head = Connection(), LARGEST_HEAD * 3 // 4
    for _ in range(8):
        assert [len(each) for each in connection.ask(answer(head, body))] == [body]
    assert not connection.transport.disconnecting


def test_one_answer_may_not() -> None:
    connection = Connection()
    assert [len(each) for each in connection.ask(answer(LARGEST_HEAD // 2, 10))] == [10]
    (failure,) = connection.ask(answer(LARGEST_HEAD + 2 * PIECE, 10))
    assert [each.type for each in failure.value.reasons][:1] == [HeadTooLarge]
