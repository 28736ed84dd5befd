"""Somebody to be told: a web address and a mail server on loopback that keep what they receive."""

from __future__ import annotations

import http.server
import json
import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any


class _Served:
    """A server in a thread while the context is open."""

    server: socketserver.TCPServer

    def __enter__(self) -> Any:
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def port(self) -> int:
        """Its port on 127.0.0.1."""
        return int(self.server.server_address[1])


class Web(_Served):
    """Keeps posted JSON in `events`.

    Args:
        status: What it answers; a 3xx leads to itself.
    """

    def __init__(self, status: int = 204) -> None:
        self.events: list[dict[str, Any]] = []
        self.paths: list[str] = []
        web = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                web.events.append(json.loads(body))
                web.paths.append(self.path)
                self.answer()

            def do_GET(self) -> None:
                web.paths.append(f"GET {self.path}")
                self.answer()

            def answer(self) -> None:
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)


class Post(_Served):
    """Keeps mails in `mails`; says just enough SMTP for `smtplib`, and offers no TLS."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.said: list[str] = []
        post = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(b"220 fiction\r\n")
                while line := self.rfile.readline():
                    word = line.split()[0].upper().decode()
                    post.said.append(line.decode().strip())
                    if word == "DATA":
                        self.wfile.write(b"354 go on\r\n")
                        body = b"".join(iter(self.rfile.readline, b".\r\n"))
                        made = message_from_bytes(body, policy=policy.default)
                        assert isinstance(made, EmailMessage)
                        post.mails.append(made)
                    self.wfile.write(b"221 end\r\n" if word == "QUIT" else b"250 fiction\r\n")
                    if word == "QUIT":
                        return

        self.server = socketserver.TCPServer(("127.0.0.1", 0), Handler)
