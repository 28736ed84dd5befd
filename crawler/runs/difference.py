"""What is otherwise than last time, portal by portal.

Last time is the run before this one that came to an outcome for the same portal: runs of
one portal and runs of a shard leave the others as they were.
"""

from __future__ import annotations

from dataclasses import dataclass

from archive.ledger import Ledger

from .facts import PortalFacts, RunFacts

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
    """

    portal: str
    before: str
    outcome: tuple[str, str]
    found: tuple[int, int]
    new_kinds: tuple[str, ...]

    def words(self) -> str:
        """The change in one line."""
        if not self.before:
            return f"{self.portal}: crawled for the first time: {self.outcome[1]}"
        said = []
        if self.outcome[0] != self.outcome[1]:
            said.append("{} → {}".format(*self.outcome))
        if self.found[0] != self.found[1]:
            said.append("{} → {} candidates".format(*self.found))
        if self.new_kinds:
            said.append(f"new kinds of issue: {', '.join(self.new_kinds)}")
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
            new = sorted(set(now.issues) - kinds.get(now.key, set()))
            change = Change(
                now.key,
                last["run_id"],
                (last["outcome"], now.outcome),
                (last["candidates"], now.found),
                tuple(new),
            )
        if _differs(change, now):
            found.append(change)
    return found


def _differs(change: Change, now: PortalFacts) -> bool:
    if not change.before:
        return True
    # A portal that was cut off says nothing about how many candidates it has.
    cut = {"window", "stopped"} & set(change.outcome)
    counted = change.found[0] != change.found[1] and not cut
    return bool(change.outcome[0] != change.outcome[1] or counted or change.new_kinds)


def _kinds(ledger: Ledger, wanted: set[tuple[str, str]]) -> dict[str, set[str]]:
    """Kinds of issue of each portal in the run that it is compared with."""
    found: dict[str, set[str]] = {}
    for run_id in {run_id for run_id, _ in wanted}:
        sql = "SELECT DISTINCT portal, kind FROM issues WHERE run_id = ?"
        for row in ledger.rows(sql, run_id):
            if (run_id, row["portal"]) in wanted:
                found.setdefault(row["portal"], set()).add(row["kind"])
    return found
