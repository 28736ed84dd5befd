"""Requests: how they are made, counted, and entered as lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from scrapy import Request

from archive.errors import ArchiveError
from archive.store import Context

from .fates import Fate
from .gate import host_of
from .outcomes import ENDS
from .registry import Portal
from .session import Session
from .walk import Walk

_PRIORITY = {"list": 10, "node": 8, "attachment": 5, "article": 0}
#: What tells of the portal, even where an address was asked for that it does not list.
_TELLING = ("http_404", "http_410", *ENDS)


class Asking:
    """What lists and articles have in common: one run's requests.

    Attributes:
        session: The run.
        walks: The way through each portal.
    """

    def __init__(
        self,
        session: Session,
        answered: Callable[..., Any],
        failed: Callable[..., Any],
        ask: Callable[[Request], None],
    ) -> None:
        """Begin.

        Args:
            session: The run.
            answered: Takes up a response.
            failed: Takes up a failure.
            ask: Schedules a request outside of a callback.
        """
        self.session = session
        self.walks = {key: Walk() for key in session.portals}
        #: What is asked for when nothing of a portal is open any more.
        self.at_end: Callable[[Portal], Iterable[Request]] = lambda portal: ()
        self._answered, self._failed, self._ask = answered, failed, ask

    def portal(self, context: Context) -> Portal:
        """Whose request it is."""
        return self.session.portals[context.portal]

    def request(self, url: str, context: Context, **meta: Any) -> Request:
        """Make a request; `opened` counts it."""
        return Request(
            url,
            callback=self._answered,
            errback=self._failed,
            meta={"context": context, **meta},
            priority=_PRIORITY[context.role],
            # What is asked once and what again is decided here, by the ledger.
            dont_filter=True,
        )

    def opened(self, request: Request, context: Context) -> Request:
        """Count a request that is about to be made."""
        self.session.courses[context.portal].open += 1
        return request

    def close_one(self, key: str) -> None:
        """A request has ended; if it was the portal's last, so has the portal."""
        course = self.session.courses[key]
        course.open -= 1
        if course.open or course.stopped or self.session.fatal is not None:
            return
        try:
            more = list(self.at_end(self.session.portals[key]))
        except ArchiveError as error:
            self.session.give_up(error)
            return
        for request in more:
            self._ask(request)
        if not course.open:
            self.session.end_portal(key)

    def lose(
        self, meta: Mapping[str, Any], url: str, kind: str, detail: str, host: str = ""
    ) -> None:
        """An address was not obtained, by its own portal and by all that wait for it."""
        context: Context = meta["context"]
        is_wall = kind.startswith("wall:") and self.session.gate.is_closed(host_of(url))
        if meta.get("unlisted") and kind not in _TELLING and not is_wall:
            self.session.issue(context.portal, url, kind, detail)
        else:
            is_column = bool(meta.get("column"))
            self.session.lose(context, url, kind, detail, is_column=is_column, host=host)
        fate: Fate | None = meta.get("fate")
        if fate is None:
            return
        fate.lost = (kind, detail, host)
        waiting, fate.waiting = fate.waiting, ()
        for each in waiting:
            self.session.lose(each, url, kind, detail, host=host)
            self.close_one(each.portal)
