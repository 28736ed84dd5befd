"""What changed since the release before, gathered anew: its portals, and those they touch."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from ..division import (
    Division,
    Spilled,
    Terms,
    closing_reports,
    division_of,
    gather_parts,
    gathered_parts,
    require_all,
    waiting_room,
)
from ..division import Part as GatheredPart
from ..histories import Gathered
from ..ids import agency_of
from ..inputs import Inputs
from ..ledger import Ledger
from ..root import DataRoot
from .keeping import named
from .kept import Kept
from .part import NotCertain

#: If more of the reports than this are in parts that changed, everything is built.
MOST = 0.5
#: So often parts may turn out to touch others before everything is gathered instead.
_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Anew:
    """The part of an archive that was gathered anew.

    Attributes:
        kept: What was kept of the release before.
        gone: Numbers of the kept parts in whose place it comes.
        portals: Its portals.
        parts: What was gathered of them.
        gathered: Their reports, and what the runs tell of all portals.
        before: Their reports in the release before, with the digest of each.
        read: Bodies that were read since, or are read again.
        said: Portal → digest of what the ledger says of it, of all portals.
    """

    kept: Kept
    gone: frozenset[int]
    portals: frozenset[str]
    parts: list[GatheredPart]
    gathered: Gathered
    before: Mapping[str, bytes]
    read: frozenset[str]
    said: Mapping[str, bytes] = field(default_factory=dict)

    def now(self) -> dict[str, bytes]:
        """Its reports now, with the digest of each; versions must have their numbers."""
        reports = self.gathered.reports
        return {report: digest for report, _, digest in told(reports)}


def told(reports: Mapping[str, Any]) -> Iterator[tuple[str, int, bytes]]:
    """Id, number of the part and digest of reports that wait on the disk."""
    if not isinstance(reports, Spilled):
        raise TypeError("reports that were gathered apart are asked for")
    yield from reports.told()


def said_of(said: Inputs, division: Division) -> dict[str, bytes]:
    """Portal → digest of what the ledger says of it, but for how its crawls ended.

    Args:
        said: What the ledger holds.
        division: The portals.
    """
    found = {}
    for portal in {*division.portals, *said.told}:
        notes = [[n.url, n.kind, n.seen.at, n.seen.run, n.seen.round]
                 for n in division.noted.get(portal, ())]  # fmt: skip
        told = [
            said.captures.get(portal, 0),
            f"{said.told.get(portal, 0):x}",
            division.entries.get(portal),
            sorted(notes),
        ]
        text = json.dumps(told, sort_keys=True)
        found[portal] = hashlib.blake2b(text.encode(), digest_size=16).digest()
    return found


@contextlib.contextmanager
def gathered_anew(
    root: DataRoot,
    ledger: Ledger,
    said: Inputs,
    terms: Terms,
    kept: Kept,
    read: Collection[str],
    processes: int,
) -> Iterator[Anew]:
    """Gather what changed, and all that shares an address, a report or an agency with it.

    Args:
        root: The data root; hold its `build` lock.
        ledger: Its ledger.
        said: What it holds.
        terms: What gathering goes by.
        kept: What was kept of the release before.
        read: Bodies that were read since, or are read again.
        processes: How many gather.

    Raises:
        NotCertain: So much changed that everything is better gathered, or something is withheld.
        RootBusy: A crawl wrote captures anew that were there before.
        WriteFailed: The disk does not take the reports that wait.
    """
    if terms.withheld.entries:
        raise NotCertain("something is withheld")
    division = division_of(ledger, said.captures)
    now = said_of(said, division)
    changed = {p for p in {*now, *kept.said} if now.get(p) != kept.said.get(p)}
    changed |= _holding(ledger, read)
    gone = {kept.part_of[portal] for portal in changed if portal in kept.part_of}
    with waiting_room(root) as room:
        for number in range(_ROUNDS):
            gone |= _beside(kept, gone)
            _require_few(kept, gone)
            portals = frozenset(changed | kept.portals(gone))
            folder = room / str(number)
            folder.mkdir()
            parts = gather_parts(division.only(portals), terms, folder, processes)
            more = _touched(kept, parts, folder) - gone
            if not more:
                break
            gone |= more
        else:
            raise NotCertain("what changed touches ever more")
        sizes = {portal: said.captures[portal] for portal in portals if portal in said.captures}
        require_all(parts, sizes)
        gathered = gathered_parts(ledger, division, terms, folder, parts)
        with closing_reports(gathered):
            before = kept.reports(gone)
            yield Anew(
                kept, frozenset(gone), portals, parts, gathered, before, frozenset(read), now
            )


def _holding(ledger: Ledger, read: Collection[str]) -> set[str]:
    """Portals that have one of some bodies."""
    if not read:
        return set()
    sql = "SELECT DISTINCT portal FROM captures WHERE sha256 IN (SELECT value FROM json_each(?))"
    return {row["portal"] for row in ledger.rows(sql, json.dumps(sorted(read)))}


def _beside(kept: Kept, gone: set[int]) -> set[int]:
    """Parts that share an agency with some, directly or through others."""
    found, new = set(gone), set(gone)
    while new:
        new = kept.with_agencies(kept.agencies(new)) - found
        found |= new
    return found


def _touched(kept: Kept, parts: list[GatheredPart], folder: Path) -> set[int]:
    """Kept parts that share a key or an agency with what was gathered."""
    reports = Spilled(folder)
    agencies = {agency_of(report) for report in reports}
    reports.close()
    agencies |= set(chain.from_iterable(map(named, parts)))
    return kept.with_agencies(agencies) | kept.with_keys((part.keys for part in parts), ())


def _require_few(kept: Kept, gone: Collection[int]) -> None:
    """Refuse to patch what is mostly new."""
    count, every = len(kept.reports(gone)), kept.count()
    if count > every * MOST:
        raise NotCertain(f"{count} of {every} reports are in parts that changed")
