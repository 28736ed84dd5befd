"""Hooks: telling somebody. A command, a mail, or a POST of JSON; whichever fails is one log line.

A hook is one word or line of text::

    /usr/local/bin/tell --loud            a command; the event is JSON on its standard input
    smtp://mail.example.org/ops@example.org?from=nianbao@example.org        (smtps:// for TLS)
    https://hooks.example.org/services/…  POST of the event as JSON

Addresses may hold passwords, so that neither they nor a command's arguments are ever logged.
"""

from __future__ import annotations

import json
import logging
import os
import shlex
import smtplib
import socket
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.client import HTTPException
from typing import Any, Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

log = logging.getLogger(__name__)
#: Seconds that a hook may take.
TIMEOUT = 30
_FAILURES = (OSError, HTTPException, smtplib.SMTPException, ValueError)


class HookError(Exception):
    """A hook cannot be understood, or did not do its work; the message holds no secret."""


@dataclass(frozen=True, slots=True)
class Event:
    """What there is to tell.

    Attributes:
        name: `failure`, `silence`, `disk`, or `test`.
        text: What happened, in one line.
        lines: More of it.
        facts: Data root, run, exit status.
    """

    name: str
    text: str
    lines: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def json(self) -> str:
        """The event as hooks receive it."""
        said = {"event": self.name, "text": self.text, "lines": list(self.lines)}
        return json.dumps({**said, "host": socket.gethostname(), **self.facts}, ensure_ascii=False)


class Hook(Protocol):
    """Something that tells somebody."""

    @property
    def label(self) -> str:
        """Which hook it is, without its secrets."""

    def send(self, event: Event) -> None:
        """Tell."""


@dataclass(frozen=True, slots=True)
class Command:
    """A program with arguments; no shell is between."""

    words: tuple[str, ...]

    @property
    def label(self) -> str:
        """The program's name."""
        return f"command {self.words[0]}"

    def send(self, event: Event) -> None:
        """Run it with the event on its standard input.

        Raises:
            HookError: It failed or took too long.
        """
        environment = {**os.environ, "NIANBAO_EVENT": event.name}
        try:
            done = subprocess.run(
                self.words, input=event.json(), text=True, check=False, timeout=TIMEOUT,
                env=environment, stdout=subprocess.DEVNULL,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise HookError(f"no end within {TIMEOUT} seconds") from None
        if done.returncode:
            raise HookError(f"exit status {done.returncode}")


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that takes a POST of JSON."""

    url: str

    @property
    def label(self) -> str:
        """Its host; the path is often the secret."""
        return f"webhook at {urlsplit(self.url).hostname}"

    def send(self, event: Event) -> None:
        """Post the event."""
        request = urllib.request.Request(
            self.url, event.json().encode(), {"Content-Type": "application/json; charset=utf-8"}
        )
        opener = urllib.request.build_opener(_NoRedirect)
        with opener.open(request, timeout=TIMEOUT) as answer:
            answer.read(1 << 16)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected POST becomes a GET that tells nobody anything; so it is a failure."""

    def redirect_request(self, *_: Any) -> None:
        """Follow none."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail through one SMTP host.

    Attributes:
        server: Its address: scheme, host, port, perhaps user and password.
        to: Who gets it.
        sender: Who it is from.
    """

    server: SplitResult
    to: str
    sender: str

    @property
    def label(self) -> str:
        """Its host."""
        return f"mail through {self.server.hostname}"

    def send(self, event: Event) -> None:
        """Send the mail.

        Raises:
            HookError: The server offers no TLS, and there is a password.
        """
        message = EmailMessage()
        message["Subject"] = f"nianbao: {event.name}: {event.text}"[:200]
        message["From"], message["To"] = self.sender, self.to
        message.set_content("\n".join([event.text, "", *event.lines]) + "\n")
        host = self.server.hostname or ""
        if self.server.scheme == "smtps":
            safe = ssl.create_default_context()
            with smtplib.SMTP_SSL(host, self.server.port or 0, timeout=TIMEOUT, context=safe) as to:
                self._deliver(to, message)
        else:
            with smtplib.SMTP(host, self.server.port or 0, timeout=TIMEOUT) as to:
                if self.server.username:
                    self._encrypt(to)
                self._deliver(to, message)

    def _encrypt(self, to: smtplib.SMTP) -> None:
        to.ehlo()
        if not to.has_extn("starttls"):
            raise HookError("the server offers no TLS, so the password was not sent")
        to.starttls(context=ssl.create_default_context())

    def _deliver(self, to: smtplib.SMTP, message: EmailMessage) -> None:
        if self.server.username:
            to.login(unquote(self.server.username), unquote(self.server.password or ""))
        to.send_message(message)


def parse(text: str) -> Hook:
    """Understand a hook.

    Raises:
        HookError: It is none; the message does not repeat it.
    """
    if not text.strip():
        raise HookError("a hook is empty; give a command or an address, or leave it out")
    scheme = text.split("://", 1)[0] if "://" in text.split(maxsplit=1)[0] else ""
    if not scheme:
        return Command(_words(text))
    if scheme not in ("http", "https", "smtp", "smtps"):
        raise HookError(f"a hook cannot begin with {scheme}://; http, https, smtp and smtps can")
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise HookError(f"the {scheme} hook is no address") from None
    if not parts.hostname or not text.isprintable() or " " in text:
        raise HookError(f"the {scheme} hook is no address: it needs a host and takes no blanks")
    return Webhook(text) if scheme.startswith("http") else _mail(parts)


def _words(text: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        raise HookError(f"the command of a hook cannot be split into words: {error}") from None


def _mail(parts: SplitResult) -> Mail:
    to = unquote(parts.path.lstrip("/"))
    if "@" not in to:
        raise HookError(f"the {parts.scheme} hook names no recipient: smtp://HOST/NAME@HOST")
    sender = parse_qs(parts.query).get("from", [f"nianbao@{socket.gethostname()}"])[0]
    return Mail(parts, to, sender)


def fire(hooks: Iterable[Hook], event: Event) -> int:
    """Tell everybody; a hook that fails is one line in the log, and no more.

    Returns:
        How many failed.
    """
    failed = 0
    for hook in hooks:
        try:
            hook.send(event)
            continue
        except HookError as error:
            log.warning("hook failed: %s: %s", hook.label, error)
        except _FAILURES as error:
            log.warning("hook failed: %s: %s", hook.label, _said(error))
        failed += 1
    return failed


def _said(error: Exception) -> str:
    """An error in words; texts that could repeat an address or an argument are left out."""
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        return f"status {error.code}"
    if isinstance(error, urllib.error.URLError) and isinstance(error.reason, Exception):
        return _said(error.reason)
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{type(error).__name__} {error.smtp_code}"
    return f"{type(error).__name__} {getattr(error, 'strerror', None) or ''}".rstrip()
