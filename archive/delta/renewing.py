"""The databases of a release, renewed in a copy of the ones before."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from .. import rows
from ..frame import count_frame
from ..ids import agency_of
from ..inserting import Tables
from ..kept import Reading
from ..manifest import FILES, reading
from ..places import region_rows, regions
from ..public import Public
from ..release.contents import IN_NO_FILE, IN_NO_OTHER, NOT_COUNTED
from ..release.databases import add_made
from ..release.history import Past
from ..release.making import Making, tasks
from ..root import Registry
from ..schema import indicators
from ..schema.pooled import add_up
from .agencies import agency_rows, is_changed
from .among import Ask, Side, asking_beside, judged_among, reports_of
from .continuing import Continued, MoreNumbers
from .copies import attached, copy_proven, opened
from .index import add_to_index, forget
from .judging import alike_groups, digests_of, near, require_alike
from .part import NotCertain, Part, require_apart
from .passages import renew_duplicates
from .reach import Known, concerned, known
from .removing import name_gone, remove
from .settling import settle
from .some import Chosen

Read = Callable[[str], Reading]
#: What is left out of that by which files are known: most, those of counts, those of findings.
KINDS = (NOT_COUNTED, IN_NO_OTHER, IN_NO_FILE)
_FRAME = (
    "portals", "_reach", "_frame_years", "_unsettled", "_frame_regions", "_frame_size",
    "_frame_seen", "_frame_places",
)  # fmt: skip


def renew(
    folder: Path,
    before: Path,
    registry: Registry,
    part: Part,
    read: Read,
    told: Past,
    public: Public,
    index: sqlite3.Connection | None = None,
    put: Callable[[Path], None] | None = None,
    processes: int = 1,
    done: Callable[[Path], None] | None = None,
) -> Renewed:
    """Write both databases of a release that differs from another in one part.

    Args:
        folder: Where they are written.
        before: The release before; it stays as it is.
        registry: What the root belongs to.
        part: What is otherwise; its versions have their numbers.
        read: Gives what the body of a digest says.
        told: Changes and ids of the part's reports.
        public: What of a reading is published.
        index: What the release before was compared by (`duplicates.renewing`), brought up to
            date; all texts are compared if None.
        put: Puts copies of the databases before into a folder; they are made now if None.
        processes: How many may work.
        done: Is told of a database that is written while the other one is not yet.

    Returns:
        What was written.

    Raises:
        NotCertain: A build of everything might say something else.
    """
    _require_plain(part, public)
    if put is None:
        copy_proven(before, folder)
    else:
        put(folder)
    files = [before / name for name in FILES]
    with (
        reading(files[0], text=files[1]) as was,
        opened(folder) as databases,
        asking_beside(before, was, processes) as ask,
    ):
        ask(Side.learn)
        require_apart(was, part)
        work = _Renewal(was, databases, part, ask)
        work.replace(read, told, public, registry)
        return work.judge(index, partial(done, folder / FILES[1]) if done else None)


def _require_plain(part: Part, public: Public) -> None:
    decided, withheld = public.curation, part.gathered.withheld
    if withheld and (withheld.gone or withheld.idle or withheld.cuts or withheld.spans):
        raise NotCertain("something is withheld")
    if decided.corrections.figures or decided.corrections.documents:
        raise NotCertain("figures are corrected by hand")


@dataclass(frozen=True, slots=True)
class Renewed:
    """What a renewal wrote.

    Attributes:
        concerned: Reports whose rows may be otherwise than before; those that are gone, too.
        agencies: The agencies of which something may be.
        gone: Reports of the release before that were taken out, if only to be written anew.
        written: These, and the reports that were written.
        counts: How many versions, reports, figures … were written.
        digests: By what the agencies' parts of the release before are known, for each of `KINDS`.
    """

    concerned: frozenset[str]
    agencies: frozenset[str]
    gone: frozenset[str]
    written: frozenset[str]
    counts: Mapping[str, int]
    digests: Sequence[Mapping[str, str]]


class _Renewal:
    """One release that is renewed."""

    def __init__(
        self,
        was: sqlite3.Connection,
        databases: tuple[sqlite3.Connection, sqlite3.Connection],
        part: Part,
        ask: Ask,
    ) -> None:
        self._was, self._part, self._ask = was, part, ask
        self._db, self._text = databases
        self.counts: Counter[str] = Counter()
        rows, differing = agency_rows(was, part)
        #: Rows of the agencies of which a report changed, and the part's other agencies.
        self._rows = rows
        #: Reports that are written: those that changed, and all that an agency's name stands in.
        every = {*part.before, *part.gathered.reports}
        self._gone = {each for each in part.before if is_changed(each, part, differing)}
        self._new = {each for each in part.gathered.reports if is_changed(each, part, differing)}
        self._agencies = {agency_of(each) for each in self._gone | self._new}
        self._every = every, {agency_of(each) for each in every}

    # -- the part's own rows ------------------------------------------------------------

    def replace(self, read: Read, told: Past, public: Public, registry: Registry) -> None:
        """Put the part's reports as they are now in the place of those before."""
        db, text, gathered = self._db, self._text, self._part.gathered
        (last,) = db.execute("SELECT coalesce(max(n), 0) FROM _versions").fetchone()
        name_gone(db, self._gone)
        forget(db, text, self._gone)
        with db, text:
            remove(db, text, self._gone - self._part.same)
            self._remove_others(db, told)
        self._tables = tables = Continued(db, last)
        texts, numbers = Tables(text), MoreNumbers(text)
        written = replace(gathered, reports=Chosen(gathered.reports, self._new))
        making = Making(read, public, written.reports)
        for task in tasks(written):
            some = making(task)
            add_made(tables, texts, numbers, some)
            for name, count in some.counts.items():
                self.counts[name] += count
        tables.add("agencies", [row for row in self._rows if row["agency_id"] in self._agencies])
        tables.add("agency_names", gathered.names.rows(self._rows))
        tables.flush()
        self._renew_years()
        tables.add("changes", told.changes)
        tables.add("id_history", told.id_history)
        tables.add("unread", rows.unread_rows(gathered.unread))
        tables.add("left_out", rows.left_out_rows(gathered.left_out))
        tables.flush()
        texts.flush()
        self._renew_regions(tables, fiction=registry.fiction)
        indicators.note_blanks(db, last)

    def _remove_others(self, db: sqlite3.Connection, told: Past) -> None:
        """What the part's agencies and portals have beside reports; ids that lead to them."""
        every, agencies = self._every
        for table, some in (("agencies", self._agencies), ("agency_names", agencies)):
            ids = [(each,) for each in sorted(some)]
            db.executemany(f"DELETE FROM {table} WHERE agency_id = ?", ids)
        for table in ("unread", "left_out"):
            portals = [(each,) for each in sorted(self._part.portals)]
            db.executemany(f"DELETE FROM {table} WHERE portal = ?", portals)
        ours = every | agencies
        moved = {row["old_id"] for row in told.id_history}
        for old_id, new_id in db.execute("SELECT old_id, new_id FROM id_history").fetchall():
            if old_id in moved or {new_id, new_id.rpartition(".v")[0]} & ours:
                db.execute("DELETE FROM id_history WHERE old_id = ?", (old_id,))

    def _renew_years(self) -> None:
        sql = "SELECT first_year, last_year FROM agencies"
        agencies = [
            {"first_year": first, "last_year": last} for first, last in self._db.execute(sql)
        ]
        with self._db:
            self._db.execute("DELETE FROM _years")
        self._tables.add("_years", rows.year_rows(agencies))
        self._tables.flush()

    def _renew_regions(self, tables: Continued, *, fiction: bool) -> None:
        found = self._db.execute("SELECT region_code FROM agencies")
        codes = {code for (code,) in found if code}
        entries = self._part.gathered.entries.values()
        codes |= {str(entry["region"]) for entry in entries if entry.get("region")}
        with self._db:
            self._db.execute("DELETE FROM regions")
        tables.add("regions", region_rows(regions(fiction=fiction), codes))
        tables.flush()

    # -- what several reports tell -----------------------------------------------------

    def judge(
        self, index: sqlite3.Connection | None, text_done: Callable[[], None] | None = None
    ) -> Renewed:
        """Renew what follows from the part's reports for others.

        Args:
            index: What the release before was compared by.
            text_done: Is called when nothing more is written into text.db.
        """
        db, text = self._db, self._text
        reports = self._gone | self._new
        groups = digests_of(self._was, self._gone)
        for column, found in digests_of(db, self._new).items():
            groups[column] |= found
        # The release before is asked by another process while this one asks the new one.
        were_concerned = self._ask(partial(Side.concerned, agencies=self._agencies))
        were_within = self._ask(Side.within)
        were_alike = self._ask(partial(Side.alike, digests=groups, reports=reports))
        now = known(db)
        add_to_index(db, text, self._new)
        with attached(db, text):
            duplicates = renew_duplicates((self._was, db), self._gone, self._new, index)
            if text_done:
                text_done()
            agencies = concerned(now, self._agencies) | were_concerned()
            agencies |= _of_new_regions(now, were_within())
            others = reports_of(db, agencies) | duplicates
            others |= alike_groups(db, groups) | near(db, reports) | were_alike()
            others -= reports
            before = self._ask(partial(Side.judged, reports=frozenset(others)))
            every = frozenset(self._every[1] | {agency_of(each) for each in others})
            digests = self._ask(partial(Side.digests, left_out=KINDS, agencies=every))
            told = judged_among(db, now, others | self._new)
            was = before()
            require_alike(self._was, others, was)
            settle(self._tables, others, self._new, was, told)
            self._renew_sums(others)
        return Renewed(
            frozenset(reports | others),
            every,
            frozenset(self._gone),
            frozenset(reports),
            self.counts,
            digests(),
        )

    def _renew_sums(self, others: Collection[str]) -> None:
        with self._db:
            for table in _FRAME:
                self._db.execute(f"DELETE FROM {table}")
        count_frame(self._tables, self._part.gathered)
        add_up(self._db, self._years_of(others))

    def _years_of(self, others: Collection[str]) -> set[int]:
        """Years of reports that count otherwise in sums: that changed, or whose wrong sums did."""
        years: set[int] = set()
        sql = "SELECT year, must_failed FROM _reports WHERE report_id = ?"
        for db, reports in ((self._was, self._gone), (self._db, self._new)):
            years |= {db.execute(sql, (each,)).fetchone()[0] for each in reports}
        for each in others:
            was, now = (db.execute(sql, (each,)).fetchone() for db in (self._was, self._db))
            years |= {now[0]} if was != now else set()
        return years


def _of_new_regions(now: Known, before: Mapping[str, set[str]]) -> set[str]:
    """Governments of regions in which others lie than before.

    Args:
        now: What is known of the new release.
        before: Region → those that lay in it.
    """
    regions = {*now.within, *before}
    differing = (
        region for region in regions if now.within.get(region, set()) != before.get(region, set())
    )
    return {each for region in differing for each in now.governments.get(region, set())}
