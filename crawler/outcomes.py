"""How a portal's crawl ended: what is counted meanwhile, and the one word it comes to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

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
from .wording import counted

#: How a portal may end; docs/crawling.md says what each means and what to do.
OUTCOMES = (
    "complete", "fewer", "empty", "incomplete", "window", "stopped", "not_found", "off_host",
    "robots_denied", "robots_unreachable", "wall", "js_shell", "tls", "dns", "timeout",
    "unreachable", "too_large", "wrong_type",
)  # fmt: skip
#: Kinds of issue that mean: nobody answered.
NO_ANSWER = frozenset(("dns", "timeout", "refused", "tls", "connection_lost"))
#: Kinds that say that the crawl has ended, not what is wrong with an address.
ENDS = ("stopped", "window")
_KINDS: tuple[tuple[type[BaseException], str], ...] = (
    (CannotResolveHostError, "dns"),
    (DownloadTimeoutError, "timeout"),
    (TCPTimedOutError, "timeout"),
    (DownloadConnectionRefusedError, "refused"),
    (ResponseDataLossError, "data_loss"),
    (DownloadCancelledError, "too_large"),
    (DownloadFailedError, "connection_lost"),
    (ConnectionLost, "connection_lost"),
    (ConnectError, "refused"),
)
#: What a library says of these is for its own authors, or repeats the address.
_WORDS = {
    "dns": "the name of the host has no address",
    "timeout": "no answer in time",
    "refused": "no connection came about",
    "connection_lost": "the connection broke off before the answer was whole",
    "data_loss": "the body was shorter than its length said",
    "too_large": "larger than the crawler takes (DOWNLOAD_MAXSIZE)",
}
#: Statuses that may be another one tomorrow; other 4xx are facts about the address.
_PASSING = frozenset(("http_408", "http_425", "http_429"))


def kind_of(error: BaseException) -> tuple[str, str]:
    """Kind of issue and one sentence for why a request had no answer."""
    if isinstance(error, Refused):
        return error.kind, error.detail
    if isinstance(error, IgnoreRequest):
        return _ignored(str(error))
    kind = next((kind for known, kind in _KINDS if isinstance(error, known)), "crawler_error")
    return kind, _WORDS.get(kind) or _said(error)


def _ignored(said: str) -> tuple[str, str]:
    if "robots.txt" in said:
        return "robots_denied", "robots.txt forbids it"
    if "redirections" in said:
        return "redirect_loop", said
    return ("too_large", said) if "size" in said.lower() else ("crawler_error", said)


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:300].rstrip(": ")


@dataclass(slots=True)
class Course:
    """What has happened to a portal in this run.

    Attributes:
        open: Requests that are under way or waiting.
        column: `ok`, the kind of issue that its column had, or "" as yet.
        candidates: Articles listed that may be reports.
        unsaid: Those of them whose titles neither say that they are reports nor name a year.
        lists: List pages read.
        issues: Issues noted.
        wall: Name of the wall that was met, or "".
        denied: Addresses that robots.txt forbids.
        failed: Kinds of failures that may pass, and how many.
        detail: What was said about the column's issue.
        listed: Addresses of all rows, those of something else too.
        total: How many rows the list says it has; 0 if it does not say.
        foreign: Hosts that the registry does not name, and how many candidates are there.
        stopped: `stopped` or `window` if the crawl ended before the portal did, else "".
    """

    open: int = 0
    column: str = ""
    candidates: int = 0
    unsaid: int = 0
    lists: int = 0
    issues: int = 0
    wall: str = ""
    denied: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    detail: str = ""
    listed: set[str] = field(default_factory=set)
    total: int = 0
    foreign: Counter[str] = field(default_factory=Counter)
    stopped: str = ""

    def lose(
        self,
        kind: str,
        detail: str,
        role: str,
        is_column: bool = False,
        host: str = "",
        elsewhere: bool = False,
    ) -> None:
        """Take account of an address that was not obtained.

        Args:
            kind: Kind of the issue.
            detail: What was said.
            role: A `Context.role`.
            is_column: Whether it is the column itself.
            host: The host that it leads to, where that is not the portal's.
            elsewhere: Whether it says nothing of the portal itself, and is a loss: it lies on
                a host that is not the portal's, or the host refused this address alone.
        """
        if is_column:
            self.column, self.detail = kind, detail
        if kind.startswith("wall:") and not elsewhere:
            self.wall = kind
        elif kind in ENDS:
            self.stopped = kind
        elif is_column:
            pass
        elif kind == "robots_denied" and not elsewhere:
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
        if role == "list":
            return False
        if kind == "wrong_type":
            return role == "article"  # a picture; what stands in a file's place may pass
        gone = kind.startswith("http_4") and kind not in _PASSING
        return gone or kind in ("gone", "too_large")


_ENDED = {
    "stopped": "the crawl was stopped before this portal's end",
    "window": "the hour at which the crawl was to end came before this portal's end",
}


def decide(course: Course, minimum: int) -> tuple[str, str]:
    """The outcome of a portal, and why.

    Args:
        course: What happened.
        minimum: How many reports the registry expects.
    """
    if course.wall:
        return "wall", course.wall
    if course.stopped or (course.open and not course.column):
        return course.stopped or "stopped", _ENDED[course.stopped or "stopped"]
    if course.column != "ok":
        return _of_column(course.column), f"{course.column}: {course.detail}".rstrip(": ")
    if course.denied:
        listed = counted(course.denied, "listed address", "listed addresses")
        return "robots_denied", f"robots.txt forbids {listed}"
    lacking = "; ".join(_lacking(course))
    if lacking:
        return "incomplete", lacking
    reports = course.candidates - course.unsaid
    if reports <= 0:
        beside = f", and {course.unsaid} other articles" if course.unsaid else ""
        return "empty", f"the column lists nothing that may be a report{beside}"
    if reports < minimum:
        others = f", and {course.unsaid} other articles" if course.unsaid else ""
        return "fewer", f"{counted(reports, 'candidate')} of {minimum} expected{others}"
    return "complete", ""


def _lacking(course: Course) -> Iterator[str]:
    """What keeps a portal whose column was read from being complete."""
    lost = course.failed + Counter({"unanswered": course.open} if course.open else {})
    if lost:
        kinds = ", ".join(f"{kind} × {count}" for kind, count in sorted(lost.items()))
        yield f"{counted(lost.total(), 'address', 'addresses')} failed: {kinds}"
    if course.foreign:
        hosts = ", ".join(sorted(course.foreign))
        yield f"{counted(course.foreign.total(), 'candidate')} on other hosts: {hosts}"
    if len(course.listed) < course.total:
        yield f"the list gave {len(course.listed)} of {counted(course.total, 'row')}"


def _of_column(kind: str) -> str:
    if kind in ("http_404", "http_410", "gone"):
        return "not_found"
    if kind in ("refused", "connection_lost"):
        return "unreachable"
    return kind if kind in OUTCOMES else "incomplete"
