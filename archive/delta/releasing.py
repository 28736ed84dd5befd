"""The databases of a release, patched: what the release before said, but for one part."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from ..contenthash import Digests
from ..contentparts import part_of, parts_without
from ..contenttables import tables
from ..histories import Gathered
from ..kept import Reading
from ..manifest import FILES, current_manifest, reading
from ..public import Public
from ..release.contents import Contents, Upon
from ..release.databases import UNREAD_PREFIX, count_findings
from ..release.history import Some, past
from ..release.looking import Early
from ..release.publish import Written
from ..release.steps import step
from ..root import DataRoot, Registry
from .anew import Anew
from .part import Part
from .renewing import KINDS, Renewed, renew
from .some import Chosen, before_of

_Digests = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Patching:
    """Writes databases from those of the current release; for `release.write_release`.

    Attributes:
        root: The data root.
        registry: What it belongs to.
        anew: What changed.
        read: Gives what the body of a digest says.
        public: What of a reading is published.
        index: What the current release was compared by; it is brought up to date.
        put: Puts copies of the current release's databases into a folder.
        processes: How many work: digest what was written, and judge what was there before.
        early: Looks through a database while the other one is written.
    """

    root: DataRoot
    registry: Registry
    anew: Anew
    read: Callable[[str], Reading]
    public: Public
    index: sqlite3.Connection
    put: Callable[[Path], None] | None = None
    processes: int = 1
    early: Early | None = None

    def __call__(self, folder: Path, built: datetime) -> Written:
        """Write both databases into a folder.

        Raises:
            NotCertain: A build of everything might say something else.
        """
        anew, before = self.anew, self.root.current.resolve()
        elsewhere = {report for report, part in anew.kept.ids() if part not in anew.gone}
        with step("past"):
            told = past(
                self.root,
                anew.gathered,
                self.read,
                built,
                self.public.curation.corrections,
                before_of(anew.before),
                Some(lambda report: report not in elsewhere, self._changed),
            )
        part = Part(anew.portals, anew.gathered, frozenset(anew.before), frozenset(self._same()))
        with step("patches"):
            made = renew(
                folder, before, self.registry, part, self.read, told, self.public, self.index,
                self.put, self.processes, self.early.begin if self.early else None,
            )  # fmt: skip
        counts = self._counts(folder, before, made)
        with step("digests"):
            digests, contents = self._digests(folder, before, made)
        reports = len(elsewhere) + len(anew.gathered.reports)
        return Written(told, counts, reports, digests, contents, self.early)

    def _same(self) -> set[str]:
        """Reports of which nothing was told otherwise; none of them was read anew."""
        anew = self.anew
        same = {each for each, digest in anew.now().items() if anew.before.get(each) == digest}
        if anew.read:
            briefs = Chosen(anew.gathered.reports, same).briefs()
            same -= {
                each.report_id
                for each in briefs
                if any(version.sha256 in anew.read for version in each.versions)
            }
        return same

    def _changed(self, gathered: Gathered) -> Gathered:
        """The reports of which something may be told otherwise."""
        same = self._same()
        chosen = [each for each in gathered.reports if each not in same]
        return replace(gathered, reports=Chosen(gathered.reports, chosen))

    def _counts(self, folder: Path, before: Path, made: Renewed) -> dict[str, int]:
        """The counts of the release before, and the difference."""
        was = current_manifest(self.root)["counts"]
        with reading(folder / FILES[0]) as db, reading(before / FILES[0]) as old:
            counts = {
                "reports": _count(db, "_reports"),
                "read": _count(db, "_reports WHERE status = 'read'"),
                "agencies": _count(db, "agencies"),
                "figures": was["figures"] - _figures(old, made) + made.counts.get("figures", 0),
                "findings": 0,
                "failed": 0,
                "informative": 0,
                "versions": _count(db, "_versions"),
            }
            count_findings(counts, db)
            reasons = Counter(dict(db.execute("SELECT reason, count(*) FROM unread GROUP BY 1")))
            counts["unread"] = reasons.total()
            counts |= {f"{UNREAD_PREFIX}{reason}": n for reason, n in sorted(reasons.items())}
            (counts["left_out"],) = db.execute(
                "SELECT coalesce(sum(documents), 0) FROM left_out"
            ).fetchone()
        return counts

    def _digests(self, folder: Path, before: Path, made: Renewed) -> tuple[Digests, Contents]:
        """What the content hash is made of, and by what the parts are known.

        Digested again is what may be otherwise.
        """
        now, names = [folder / name for name in FILES], set(map(part_of, made.agencies))
        left_out = (frozenset[str](), *KINDS)
        said, *there = parts_without(left_out, now, self.processes, only=sorted(names))
        kept = self.anew.kept.contents
        known = {name: digest for name, digest in kept.said.items() if name not in names} | said

        def of(states: _Digests, own: _Digests, was: _Digests) -> dict[str, str]:
            """Where what such files tell is the same, they are known by what they were."""
            same = {name for name in states if name not in names or own.get(name) == was.get(name)}
            return {name: states[name] if name in same else known[name] for name in known}

        states = kept.files, kept.counts, kept.findings
        files, counts, findings = map(of, states, there, made.digests)
        years = frozenset(_years((folder, before), made.written))
        upon = Upon(kept, made.written, years)
        return Digests(tuple(tables(now)), known), Contents(known, files, counts, findings, upon)


def _count(db: sqlite3.Connection, what: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM {what}").fetchone()[0])


def _years(releases: Iterable[Path], reports: Collection[str]) -> set[int]:
    """The years of some reports, as releases say them."""
    sql = "SELECT DISTINCT year FROM _reports WHERE report_id IN (SELECT value FROM json_each(?))"
    found: set[int] = set()
    for folder in releases:
        with reading(folder / FILES[0]) as db:
            found.update(year for (year,) in db.execute(sql, (json.dumps(sorted(reports)),)))
    return found


def _figures(db: sqlite3.Connection, made: Renewed) -> int:
    """How many figures the reports printed that were taken out."""
    columns = [name for (name,) in db.execute("SELECT name FROM pragma_table_info('figures')")]
    printed = " + ".join(f'("{name}" IS NOT NULL)' for name in columns if name != "version_id")
    sql = f"""SELECT {printed} FROM _reports r JOIN _versions v ON v.n = r.n
        JOIN figures f ON f.version_id = v.version_id WHERE r.report_id = ?"""
    found = 0
    for report in made.gone:
        for (count,) in db.execute(sql, (report,)):
            found += count
    return found
