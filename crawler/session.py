"""One run of the crawler: its registry, its store, its gate and what each portal came to."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from archive.errors import ArchiveError, RootBusy, WriteFailed
from archive.parts import Part, merge_idle, parts_of
from archive.root import DataRoot
from archive.root import Registry as RootRegistry
from archive.store import Context, Exchange, Store, writable

from .at_work import AtWork
from .conditions import said
from .families import FAMILIES
from .fates import Fate
from .gate import Gate, host_of
from .links import finder
from .outcomes import ENDS, NO_ANSWER, Course, decide
from .registry import Portal, Registry, RegistryError, load
from .sharded.waiting import is_commanded, patient
from .shards import parse_shard, shard_of
from .verdict import verdict

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

log = logging.getLogger(__name__)
_T = TypeVar("_T")
_UNKEPT = (ArchiveError, sqlite3.Error, OSError)


class EmptyPart(RegistryError):
    """A part of the registry has no portals: nothing to do, and nothing wrong."""


class EndedBefore(RegistryError):
    """The shard of a crawl has ended already: who began it was lost before that was known.

    Attributes:
        status: How it ended.
    """

    def __init__(self, shard: str, status: str) -> None:
        """Say that nothing is to do."""
        super().__init__(f"shard {shard} had ended before ({status}); nothing is asked again")
        self.status = status


@dataclass(frozen=True, slots=True)
class Result:
    """How one portal ended."""

    portal: Portal
    outcome: str
    detail: str
    candidates: int
    captured: int
    unchanged: int
    issues: int

    @property
    def as_declared(self) -> bool:
        """Whether nobody needs to look: complete, or what the registry says."""
        return self.outcome in ("complete", self.portal.outcome)


class Session(AtWork):
    """A run at work. Whatever cannot be kept ends it: see `fatal`.

    Attributes:
        registry: The registry of the run.
        portals: Its portals that are crawled, by key, in the order of their turns.
        turns: How early each portal's turn is: 0 for the first, less for the later ones.
        store: Where captures go.
        gate: Who may be asked.
        unverified: Hosts that are asked though their certificate cannot be verified.
        courses: What has happened to each portal.
        results: Portals that have ended.
        fates: What became of articles and attachments, by address and the hosts of the
            portal: on other hosts another portal may follow a redirect that this may not.
        until: When the run is to end, or None.
        ended: `window` or `stopped` once it ends before its time, else "".
        fatal: Why nothing more can be stored, or None.
        on_fatal: Called once when that happens.
    """

    def __init__(
        self,
        registry: Registry,
        portals: Sequence[Portal],
        store: Store,
        until: datetime | None = None,
    ) -> None:
        self.registry = registry
        self.until = until
        self.ended = ""
        self.portals = {portal.key: portal for portal in portals}
        self.turns = {key: -number for number, key in enumerate(self.portals)}
        self.store = store
        self.unverified = frozenset(host for each in portals for host in each.unverified_tls)
        self.gate = Gate(portals, public=not registry.fiction)
        self.courses = {portal.key: Course() for portal in portals}
        self.results: dict[str, Result] = {}
        self.fates: dict[tuple[str, frozenset[str]], Fate] = {}
        self.fatal: ArchiveError | None = None
        self.on_fatal: Callable[[], None] = lambda: None

    def capture(
        self, exchange: Exchange, context: Context, asked: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Store an exchange; `asked` as for `Store.capture`.

        Raises:
            ArchiveError: It could not be stored; the run ends.
        """
        return self._keep(lambda: self.store.capture(exchange, context, asked))

    def note_plain(self, sha256: str) -> None:
        """Note that a body names no files, so that it need not be read for them again."""
        self._note(lambda: self.store.note_plain(sha256, finder()))

    def flush_if_due(self) -> None:
        """Enter in the ledger what was captured a second ago."""
        if self.fatal is None:
            self._note(self.store.flush_if_due)

    def is_list(self, portal: str, text: str, url: str) -> bool:
        """Whether the portal's family knows a page, be it nothing but a script."""
        return FAMILIES[self.portals[portal].family].detect(text, url) is not None

    def issue(self, portal: str, url: str, kind: str, detail: str) -> None:
        """Note what went wrong with an address."""
        self.courses[portal].issues += 1
        log.debug("%s: %s: %s %s", portal, kind, url, detail)
        self._note(lambda: self.store.issue(portal, url, kind, detail))

    def lose(
        self,
        context: Context,
        url: str,
        kind: str,
        detail: str,
        *,
        is_column: bool = False,
        host: str = "",
    ) -> None:
        """Note that an address was not obtained, and what that means for its portal."""
        course = self.courses[context.portal]
        kind, detail = self._gone(context, url, kind, writable(detail))
        elsewhere = host_of(url) not in self.portals[context.portal].hosts
        alone = kind.startswith("wall:") and not is_column and not self.gate.is_closed(host_of(url))
        course.lose(kind, detail, context.role, is_column, host, elsewhere or alone)
        if kind in NO_ANSWER and self.gate.is_judge(context.portal, host_of(url)):
            self.gate.failed(host_of(url), kind)
        # Addresses that are not asked for because the run ends are no issues of theirs.
        if self.fatal is None and kind not in ENDS:
            self.issue(context.portal, url, kind, detail)

    def _gone(self, context: Context, url: str, kind: str, detail: str) -> tuple[str, str]:
        """A page that is not there any more is other news than one that never was."""
        missing = kind in ("http_404", "http_410") and self.fatal is None
        if not missing or context.role not in ("article", "attachment", "node"):
            return kind, detail
        known = self.store.latest("GET", url)
        if known is None:
            return kind, detail
        return "gone", f"{kind}; last obtained {known['fetched_at']}, and kept"

    def end_portal(self, key: str) -> None:
        """A portal has no more requests: decide its outcome and keep it."""
        if key in self.results or self.fatal is not None:
            return
        portal, course, tally = self.portals[key], self.courses[key], self.store.tally(key)
        outcome, detail = decide(course, portal.expect_reports)
        self.results[key] = Result(
            portal, outcome, detail, course.candidates,
            tally.captured, tally.unchanged, course.issues,
        )  # fmt: skip
        self._note(
            lambda: self.store.outcome(
                key,
                outcome,
                expected=portal.outcome,
                detail=detail,
                candidates=course.candidates,
                minimum=portal.expect_reports,
            )
        )

    def stop(self, kind: str, why: str) -> None:
        """End the run before its time: nobody is asked anything more.

        Args:
            kind: `window` or `stopped`.
            why: One sentence.
        """
        self.ended = self.ended or kind
        self.gate.stop(why, kind)

    def end(self, stopped: bool) -> None:
        """End the run: outcomes of all portals, the run's status."""
        if stopped:
            self.stop("stopped", "the crawl was stopped")
        for key, course in self.courses.items():
            if key not in self.results:
                course.stopped = course.stopped or self.ended
            self.end_portal(key)
        if self.fatal is not None:
            self.store.close()  # unfinished: the next run continues it
            return
        status = self.ended or verdict(list(self.results.values()))[0]
        self._note(lambda: self.store.finish(status))

    def _keep(self, write: Callable[[], _T]) -> _T:
        try:
            return write()
        except _UNKEPT as error:
            failed = _named(error, self.store.root)
            self.give_up(failed)
            raise failed from error

    def _note(self, write: Callable[[], None]) -> None:
        """Keep a note; where that fails the run ends, and `fatal` says why."""
        with contextlib.suppress(ArchiveError):
            self._keep(write)

    def give_up(self, error: ArchiveError) -> None:
        """End the run because the archive fails; the next run continues it."""
        if self.fatal is None:
            self.fatal = error
            self.gate.stop("the archive takes nothing more")
            self.on_fatal()


def _named(error: Exception, root: DataRoot) -> ArchiveError:
    """The ledger's own errors do not say which file they are about."""
    if isinstance(error, ArchiveError):
        return error
    return WriteFailed(f"{root.path} takes nothing more: {error}")


def require_contact(found: Registry, registry: Path) -> None:
    """See that a site owner can reach somebody.

    Raises:
        RegistryError: The registry names nobody.
    """
    if found.anonymous:
        raise RegistryError(
            f"{registry}: contact: “{found.contact}” reaches nobody; every request names it, so "
            "set it to a web or mail address where site owners reach you, then run again"
        )


def nothing(registry: Path, keys: tuple[str, ...] = (), shard: str = "") -> str:
    """Why there is no portal to crawl, and what to do."""
    if keys and shard:
        return (
            f"{registry}: shard {shard} has none of the portals named ({', '.join(keys)}); "
            "leave --shard out, or name another part"
        )
    return (
        f"{registry}: there is no active portal to crawl; add one (`scrapy probe` prints its "
        "table), or set active = true"
    )


def by_need(portals: Sequence[Portal], store: Store) -> tuple[Portal, ...]:
    """Portals in the order in which a run takes them up: the longest not complete first.

    A run that always ends at the same hour must not leave out the same portals each time.
    """
    rows = store.ledger.rows(
        "SELECT portal, max(at) AS at FROM outcomes "
        "WHERE outcome IN ('complete', expected) GROUP BY portal"
    )
    last = {row["portal"]: str(row["at"]) for row in rows}
    return tuple(sorted(portals, key=lambda portal: last.get(portal.key, "")))


def _merge_left(root: DataRoot) -> None:
    """Merge what earlier crawls in shards left.

    Raises:
        RootBusy: The command of such a crawl is at work: parts that nobody holds right now wait
            for a worker, and must not be taken away from it.
        WriteFailed: The disk does not take it.
    """
    for count in sorted({int(part.shard.partition("/")[2]) for part in parts_of(root)}):
        if is_commanded(root, count):
            raise RootBusy(
                f"scrapy collect --shards {count} is at work in {root.path}; wait for it or stop it"
            )
    merge_idle(root)


@contextlib.contextmanager
def session(
    registry: Path,
    data: Path,
    keys: tuple[str, ...] = (),
    *,
    until: datetime | None = None,
    shard: str = "",
    settings: BaseSettings | None = None,
    part: bool = False,
) -> Iterator[Session]:
    """Open a run in a data root, locked while the block runs.

    Args:
        registry: The registry file.
        data: The data root.
        keys: Portals to crawl; all active ones if none is named.
        until: When the run is to end, or None; see `window.next_hour`.
        shard: The part of them that is crawled, e.g. `2/8`, or "" for all.
        settings: Scrapy's, which the WARC files name; None for the project's own.
        part: Write into the part of the root that `scrapy collect --shards` made for the shard,
            and wait for whoever is at work in it, for he may be about to lose it.

    Raises:
        RegistryError: The registry cannot be read, has no such portal or shard, or names
            nobody whom a site owner could reach, or there is no portal to crawl.
        EmptyPart: The part of the registry has no portal.
        EndedBefore: The shard of this crawl has ended.
        ArchiveError: The root is another registry's, is busy, or cannot be written.
    """
    found = load(registry)
    portals = found.chosen(keys)
    if shard:
        named = parse_shard(shard)
        shard = str(named)
        portals = shard_of(portals, named.index, named.count, found.chosen())
    require_contact(found, registry)
    if not portals and shard and found.chosen() and not keys:
        raise EmptyPart(f"shard {shard} has no portals: fewer hosts than parts; nothing to crawl")
    if not portals:
        raise RegistryError(nothing(registry, keys, shard))
    owner = RootRegistry(found.name, found.fiction)
    root = DataRoot(data)
    if part:
        root = Part(root, shard)
        root.require()
        holding = patient(root, shard)
    else:
        root.claim(owner)
        _merge_left(root)
        holding = root.lock("crawl", shard)
    with holding:
        if isinstance(root, Part) and root.ended():
            raise EndedBefore(shard, root.ended())
        try:
            keys = tuple(portal.key for portal in portals)
            told = said(found, settings, until, shard)
            with contextlib.closing(
                Store(
                    root, owner, portals=keys, shard=shard, settings=told,
                    crawl=root.crawl if isinstance(root, Part) else "",
                )
            ) as store:  # fmt: skip
                for portal in portals:
                    store.portal(portal.key, portal.entry())
                yield Session(found, by_need(portals, store), store, until)
        except sqlite3.Error as error:
            raise _named(error, root) from error
