"""How a portal's crawl ended: what is counted meanwhile, and the one word it comes to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from OpenSSL.SSL import Error as TlsError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)  # fmt: skip
from twisted.internet.error import ConnectError, ConnectionLost, TCPTimedOutError

from .gate import Refused

OUTCOMES = (
    "complete", "incomplete", "unreachable", "blocked", "robots_denied",
    "not_found", "empty", "fewer", "off_host",
)  # fmt: skip
#: Kinds of issue that mean: nobody answered.
NO_ANSWER = frozenset(
    ("dns", "timeout", "refused", "tls", "connection_lost", "unreachable", "host_down")
)
_KINDS: tuple[tuple[type[BaseException], str], ...] = (
    (CannotResolveHostError, "dns"),
    (DownloadTimeoutError, "timeout"),
    (TCPTimedOutError, "timeout"),
    (DownloadConnectionRefusedError, "refused"),
    (ResponseDataLossError, "data_loss"),
    (DownloadCancelledError, "too_large"),
    (TlsError, "tls"),
    (DownloadFailedError, "connection_lost"),
    (ConnectionLost, "connection_lost"),
    (ConnectError, "unreachable"),
)
#: Statuses that may be another one tomorrow; other 4xx are facts about the address.
_PASSING = frozenset(("http_408", "http_425", "http_429"))


def kind_of(error: BaseException) -> tuple[str, str]:
    """Kind of issue and one sentence for why a request had no answer."""
    if isinstance(error, Refused):
        return error.kind, error.detail
    if isinstance(error, IgnoreRequest):
        return _ignored(str(error))
    if isinstance(error, DownloadFailedError) and _is_tls(error):
        return "tls", _said(error)
    kind = next((kind for known, kind in _KINDS if isinstance(error, known)), "error")
    return kind, _said(error)


def _ignored(said: str) -> tuple[str, str]:
    if "robots.txt" in said:
        return "robots_denied", "robots.txt forbids it"
    if "redirections" in said:
        return "redirect_loop", said
    return ("too_large", said) if "size" in said else ("error", said)


def _is_tls(error: DownloadFailedError) -> bool:
    reasons = getattr(error.__cause__, "reasons", ())
    return any(isinstance(reason.value, TlsError) for reason in reasons)


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:300].rstrip(": ")


@dataclass(slots=True)
class Course:
    """What has happened to a portal in this run.

    Attributes:
        open: Requests that are under way or waiting.
        column: `ok`, the kind of issue that its column had, or "" as yet.
        candidates: Articles listed that may be reports.
        lists: List pages read.
        issues: Issues noted.
        wall: Name of the wall that was met, or "".
        denied: Addresses that robots.txt forbids.
        failed: Kinds of failures that may pass, and how many.
        detail: What was said about the column's issue.
        seen: Addresses of candidates already taken up.
        listed: Addresses of all rows, those of something else too.
        total: How many rows the list says it has; 0 if it does not say.
        foreign: Hosts that the registry does not name, and how many candidates are there.
        stopped: Whether the crawl was stopped before the portal's end.
    """

    open: int = 0
    column: str = ""
    candidates: int = 0
    lists: int = 0
    issues: int = 0
    wall: str = ""
    denied: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    detail: str = ""
    seen: set[str] = field(default_factory=set)
    listed: set[str] = field(default_factory=set)
    total: int = 0
    foreign: Counter[str] = field(default_factory=Counter)
    stopped: bool = False

    def lose(
        self, kind: str, detail: str, role: str, is_column: bool = False, host: str = ""
    ) -> None:
        """Take account of an address that was not obtained.

        Args:
            kind: Kind of the issue.
            detail: What was said.
            role: `list`, `article` or `attachment`.
            is_column: Whether it is the column itself.
            host: The host that it leads to, where that is not the portal's.
        """
        if is_column:
            self.column, self.detail = kind, detail
        if kind.startswith("wall:") or kind == "js_shell":
            self.wall = kind
        elif kind == "stopped":
            self.stopped = True
        elif is_column:
            pass
        elif kind == "robots_denied":
            self.denied += 1
        elif kind == "off_host" and role == "article":
            self.candidates -= 1
            self.foreign[host] += 1
        elif kind == "off_host" and role == "attachment":
            pass  # an issue, no more: files often lie elsewhere
        elif not self._is_fact(kind, role):
            self.failed[kind] += 1

    @staticmethod
    def _is_fact(kind: str, role: str) -> bool:
        """A dead link is the site's loss; a missing list page is the crawl's."""
        gone = kind.startswith("http_4") and kind not in _PASSING
        return role != "list" and (gone or kind == "too_large")


def decide(course: Course, minimum: int) -> tuple[str, str]:
    """The outcome of a portal, and why.

    Args:
        course: What happened.
        minimum: How many reports the registry expects.
    """
    if course.wall:
        return "blocked", course.wall
    if course.stopped or (course.open and not course.column):
        return "incomplete", "the crawl was stopped before this portal's end"
    if course.column != "ok":
        return _of_column(course.column), f"{course.column}: {course.detail}".rstrip(": ")
    if course.denied:
        return "robots_denied", f"robots.txt forbids {course.denied} listed addresses"
    lacking = "; ".join(_lacking(course))
    if lacking:
        return "incomplete", lacking
    if not course.candidates:
        return "empty", "the column lists nothing that may be a report"
    if course.candidates < minimum:
        return "fewer", f"{course.candidates} candidates of {minimum} expected"
    return "complete", ""


def _lacking(course: Course) -> Iterator[str]:
    """What keeps a portal whose column was read from being complete."""
    lost = course.failed + Counter({"unanswered": course.open} if course.open else {})
    if lost:
        kinds = ", ".join(f"{kind} × {count}" for kind, count in sorted(lost.items()))
        yield f"{lost.total()} addresses failed: {kinds}"
    if course.foreign:
        hosts = ", ".join(sorted(course.foreign))
        yield f"{course.foreign.total()} candidates on other hosts: {hosts}"
    if len(course.listed) < course.total:
        yield f"the list gave {len(course.listed)} of {course.total} rows"


def _of_column(kind: str) -> str:
    if kind in NO_ANSWER:
        return "unreachable"
    if kind in ("http_404", "http_410"):
        return "not_found"
    return kind if kind in ("robots_denied", "off_host") else "incomplete"
