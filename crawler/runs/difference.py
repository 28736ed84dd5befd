"""What is otherwise than last time, portal by portal.

Last time is the run before this one that came to an outcome for the same portal: runs of
one portal and runs of a shard leave the others as they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archive.ledger import Ledger

from ..wording import counted
from .facts import PortalFacts, RunFacts, issue_kinds
from .meanings import CUT

_BEFORE = """
    SELECT o.portal, o.run_id, o.outcome, o.candidates FROM outcomes o JOIN runs r USING (run_id)
    WHERE r.kind = 'crawl' AND r.run_id <> ? AND r.started_at < ?
    ORDER BY r.started_at, r.rowid"""


@dataclass(frozen=True, slots=True)
class Change:
    """How a portal differs from its last run.

    Attributes:
        portal: Registry key.
        before: The run that it is compared with; "" if it was never crawled before.
        outcome: Then and now.
        found: Candidates then and now.
        new_kinds: Kinds of issue that it did not have then.
        past_kinds: Kinds of issue that it had then and has no more; of a portal that was cut
            off nothing is said to be past.
    """

    portal: str
    before: str
    outcome: tuple[str, str]
    found: tuple[int, int]
    new_kinds: tuple[str, ...]
    past_kinds: tuple[str, ...] = ()

    @property
    def is_cut(self) -> bool:
        """Whether the portal was cut off now or then, and what was left is not known."""
        return bool(CUT & set(self.outcome))

    @property
    def differs(self) -> bool:
        """Whether anything is otherwise."""
        if not self.before or self.outcome[0] != self.outcome[1] or self._is_counted:
            return True
        return bool(self.new_kinds or self.past_kinds)

    @property
    def _is_counted(self) -> bool:
        # A portal that was cut off says nothing about how many candidates it has.
        return self.found[0] != self.found[1] and not self.is_cut

    def words(self) -> str:
        """The change in one line."""
        if not self.before:
            return f"{self.portal}: crawled for the first time: {self.outcome[1]}"
        said = []
        if self.outcome[0] != self.outcome[1]:
            said.append("{} → {}".format(*self.outcome))
        if self._is_counted:
            said.append(f"{self.found[0]} → {counted(self.found[1], 'candidate')}")
        if self.new_kinds:
            said.append(f"new kinds of issue: {', '.join(self.new_kinds)}")
        if self.past_kinds:
            said.append(f"no longer: {', '.join(self.past_kinds)}")
        return f"{self.portal}: {'; '.join(said)}"


def difference(ledger: Ledger, run: RunFacts) -> list[Change]:
    """Portals of a run that have ended, and not as they did the time before."""
    # Later rows win, so each portal keeps its newest outcome.
    before = {row["portal"]: dict(row) for row in ledger.rows(_BEFORE, run.run_id, run.started_at)}
    kinds = _kinds(ledger, {(last["run_id"], key) for key, last in before.items()})
    found = []
    for now in run.portals:
        if not now.outcome:
            continue
        last = before.get(now.key)
        if last is None:
            change = Change(now.key, "", ("", now.outcome), (0, now.found), ())
        else:
            change = _compared(now, last, kinds.get(now.key, set()))
        if change.differs:
            found.append(change)
    return found


def _compared(now: PortalFacts, last: Mapping[str, Any], kinds: set[str]) -> Change:
    past = () if now.outcome in CUT else tuple(sorted(kinds - set(now.issues)))
    return Change(
        now.key,
        last["run_id"],
        (last["outcome"], now.outcome),
        (last["candidates"], now.found),
        tuple(sorted(set(now.issues) - kinds)),
        past,
    )


def _kinds(ledger: Ledger, wanted: set[tuple[str, str]]) -> dict[str, set[str]]:
    """Kinds of issue of each portal in the run that it is compared with."""
    found: dict[str, set[str]] = {}
    for run_id in {run_id for run_id, _ in wanted}:
        for portal, kinds in issue_kinds(ledger, run_id).items():
            if (run_id, portal) in wanted:
                found[portal] = set(kinds)
    return found
