"""How each portal stands over all runs: what is broken, since when, when it last worked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from archive.ledger import Ledger

from .meanings import CUT

#: After so many days without a finished run somebody should look.
SILENCE_DAYS = 35
_HISTORY = """
    SELECT o.*, r.started_at FROM outcomes o JOIN runs r USING (run_id)
    WHERE r.kind = 'crawl' ORDER BY r.started_at, r.rowid"""
_ENTRIES = """
    SELECT p.portal, p.entry FROM portals p JOIN runs r USING (run_id)
    WHERE r.kind = 'crawl' ORDER BY r.started_at, r.rowid"""

#: A run of no portals, of an empty part for example, has crawled nothing.
_FINISHED = """
    SELECT max(finished_at) AS at FROM runs WHERE kind = 'crawl'
    AND EXISTS (SELECT 1 FROM portals WHERE portals.run_id = runs.run_id)"""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a portal stands after its last run.

    Attributes:
        key: Registry key.
        entry: Its newest registry entry.
        outcome: How its last run ended; "" if none ever did.
        declared: The outcome that the registry declares.
        detail: Why it ended so.
        last_run: When its last run began.
        since: When the first of the runs began that were not as declared, in a row.
        runs: How many runs in a row were not as declared.
        worked: When the last run began that was complete; "" if none was.
        worked_found: How many candidates that run found.
    """

    key: str
    entry: Mapping[str, Any]
    outcome: str = ""
    declared: str = "complete"
    detail: str = ""
    last_run: str = ""
    since: str = ""
    runs: int = 0
    worked: str = ""
    worked_found: int = 0

    @property
    def is_broken(self) -> bool:
        """Whether it ended otherwise than declared, and not because it was cut off."""
        return bool(self.outcome) and not self.as_declared and self.outcome not in CUT

    @property
    def as_declared(self) -> bool:
        """Whether its last run was complete or as the registry declares."""
        return self.outcome in ("complete", self.declared)


@dataclass(frozen=True, slots=True)
class Health:
    """The state of a data root's portals.

    Attributes:
        broken: Not as declared in their last run that was not cut off.
        cut: Not broken as far as is known, and cut off in their last run.
        declared: As declared, and not complete.
        mended: Declared otherwise, and complete.
        never: Of no run did they come to an outcome.
        well: Complete, as declared.
        finished: When a crawl last finished; "" if none did.
        at: When this was found out.
    """

    broken: tuple[Standing, ...]
    cut: tuple[Standing, ...]
    declared: tuple[Standing, ...]
    mended: tuple[Standing, ...]
    never: tuple[Standing, ...]
    well: tuple[Standing, ...]
    finished: str
    at: datetime

    @property
    def silent_days(self) -> int | None:
        """Whole days since a crawl last finished; None if none ever did."""
        return (self.at - moment(self.finished)).days if self.finished else None

    @property
    def every(self) -> tuple[Standing, ...]:
        """All portals."""
        return (*self.broken, *self.cut, *self.declared, *self.mended, *self.never, *self.well)

    def silence(self, days: int = SILENCE_DAYS) -> str:
        """What is wrong if no crawl finished for so many days; "" if one did."""
        if self.silent_days is None:
            return "no crawl has ever finished"
        if self.silent_days < days:
            return ""
        return f"no crawl has finished for {self.silent_days} days, since {self.finished[:10]}"

    def overdue(self, days: int = SILENCE_DAYS) -> list[str]:
        """Portals without any outcome for so many days, those of a dead shard for example."""
        return [
            one.key
            for one in self.every
            if one.last_run and (self.at - moment(one.last_run)).days >= days
        ]


def moment(text: str) -> datetime:
    """A time of the ledger."""
    return datetime.fromisoformat(text)


def health(
    ledger: Ledger,
    wanted: Mapping[str, Mapping[str, Any]] | None = None,
    at: datetime | None = None,
) -> Health:
    """How the portals of a ledger stand.

    Args:
        ledger: The ledger.
        wanted: Entries of the portals that are to be crawled now, by key; without them, all
            that any run had.
        at: The present time.
    """
    entries = {row["portal"]: json.loads(row["entry"]) for row in ledger.rows(_ENTRIES)}
    standings: dict[str, Standing] = {}
    for row in ledger.rows(_HISTORY):
        key = row["portal"]
        before = standings.get(key, Standing(key, entries.get(key, {})))
        standings[key] = _after(before, dict(row))
    if wanted is not None:
        entries = {key: dict(entry) for key, entry in wanted.items()}
    known = [standings.get(key, Standing(key, entry)) for key, entry in sorted(entries.items())]
    ended = [one for one in known if one.outcome]
    finished = ledger.one(_FINISHED)
    return Health(
        broken=tuple(one for one in ended if one.is_broken),
        cut=tuple(one for one in ended if not one.as_declared and one.outcome in CUT),
        declared=tuple(one for one in ended if one.as_declared and one.outcome != "complete"),
        mended=tuple(
            one for one in ended if one.outcome == "complete" and one.declared != "complete"
        ),
        never=tuple(one for one in known if not one.outcome),
        well=tuple(one for one in ended if one.outcome == one.declared == "complete"),
        finished=(finished["at"] if finished else "") or "",
        at=at or datetime.now(UTC),
    )


def _after(before: Standing, row: Mapping[str, Any]) -> Standing:
    """A portal's standing after one more run."""
    began = row["started_at"]
    if row["outcome"] in CUT and before.is_broken:  # nobody knows yet whether it is mended
        return replace(before, last_run=began)
    now = replace(
        before,
        outcome=row["outcome"],
        declared=row["expected"],
        detail=row["detail"],
        last_run=began,
    )
    if row["outcome"] == "complete":
        now = replace(now, worked=began, worked_found=row["candidates"])
    if now.as_declared:
        return replace(now, since="", runs=0)
    if (before.outcome in CUT) != (row["outcome"] in CUT):  # what is broken begins here
        return replace(now, since=began, runs=1)
    return replace(now, since=before.since or began, runs=before.runs + 1)
