"""One run as the ledger tells it: what each portal came to, in numbers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from archive.ledger import OBTAINED, Ledger

from ..verdict import verdict
from .meanings import GONE, NO_FAILURE

#: An address is new if no earlier run had a body of it, else its body is compared.
_NEWS = f"""
    WITH mine AS (
        SELECT portal, request_key, sha256, max(rowid) AS last, fetched_at FROM captures
        WHERE run_id = ? AND role IN ('article', 'attachment', 'node') AND {OBTAINED}
        GROUP BY request_key
    ), compared AS (
        SELECT portal, sha256, (
            SELECT sha256 FROM captures
            WHERE request_key = mine.request_key AND fetched_at < mine.fetched_at
              AND run_id <> ? AND {OBTAINED}
            ORDER BY fetched_at DESC, rowid DESC LIMIT 1
        ) AS before FROM mine
    )
    SELECT portal, CASE WHEN before IS NULL THEN 'new' WHEN before = sha256 THEN 'unchanged'
                        ELSE 'changed' END AS news, count(*) AS number
    FROM compared GROUP BY 1, 2"""

#: What failed and was obtained later, by the same run after a restart, is no issue any more.
#: `file_elsewhere` and `unlisted` do not say that anything failed.
_ISSUES = f"""
    WITH obtained AS (
        SELECT url, max(fetched_at) AS at FROM captures
        WHERE run_id = ? AND {OBTAINED} GROUP BY url
    )
    SELECT portal, kind, count(*) AS n FROM issues AS i LEFT JOIN obtained AS o USING (url)
    WHERE run_id = ? AND (o.at IS NULL OR o.at <= i.at OR kind IN ('file_elsewhere', 'unlisted'))
    GROUP BY 1, 2"""


@dataclass(frozen=True, slots=True)
class PortalFacts:
    """What one portal came to in one run. Pages and their files are counted alike.

    Attributes:
        key: Registry key.
        entry: Its registry entry as the run used it.
        outcome: How it ended; "" while it has not.
        declared: The outcome that the registry declares.
        detail: Why it ended so.
        found: Candidates: articles listed that may be reports.
        expected: As many as the registry expects.
        new: Addresses that the archive had no body of.
        changed: Addresses with another body than last time.
        unchanged: Addresses with the same body as last time.
        issues: Number of issues by kind.
    """

    key: str
    entry: Mapping[str, Any]
    outcome: str = ""
    declared: str = "complete"
    detail: str = ""
    found: int = 0
    expected: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    issues: Mapping[str, int] = field(default_factory=dict)

    @property
    def as_declared(self) -> bool:
        """Whether nobody needs to look: complete, or what the registry says."""
        return self.outcome in ("complete", self.declared)

    @property
    def failed(self) -> dict[str, int]:
        """Failures of this run by kind, most first."""
        lost = Counter({kind: n for kind, n in self.issues.items() if kind not in NO_FAILURE})
        return dict(sorted(lost.items(), key=lambda pair: (-pair[1], pair[0])))

    @property
    def gone(self) -> int:
        """Addresses that the archive has and the site no longer shows or lists."""
        return sum(self.issues.get(kind, 0) for kind in GONE)


@dataclass(frozen=True, slots=True)
class RunFacts:
    """One run.

    Attributes:
        run_id: Its name in ledger and WARC.
        registry: Name of its registry.
        software: Versions that made it.
        shard: `I/N`, or "".
        started_at: When it began, UTC.
        finished_at: When it ended; "" while it is at work, or if it was broken off.
        status: `complete`, `fewer`, `failed`, `window`, `stopped`, or "" while unfinished.
        portals: What its portals came to, those that need a look first.
        crawl: The crawl of several shards that it is of, or "".
    """

    run_id: str
    registry: str
    software: str
    shard: str
    started_at: str
    finished_at: str
    status: str
    portals: tuple[PortalFacts, ...]
    crawl: str = ""

    @property
    def exit_status(self) -> int | None:
        """What `scrapy collect` exited with; None while the run is unfinished."""
        return verdict(self.portals)[1] if self.finished_at else None


def run_ids(ledger: Ledger) -> list[str]:
    """All crawls, the newest first."""
    sql = "SELECT run_id FROM runs WHERE kind = 'crawl' ORDER BY started_at DESC, rowid DESC"
    return [row["run_id"] for row in ledger.rows(sql)]


def last_runs(ledger: Ledger) -> list[str]:
    """The last crawl; where it was of a shard, the last one of each shard of that division."""
    newest: dict[str, str] = {}
    for row in ledger.rows("SELECT * FROM runs WHERE kind = 'crawl' ORDER BY started_at, rowid"):
        run = dict(row)
        shard = run.get("shard") or ""  # a ledger of before shards has no such column
        division = shard.partition("/")[2]
        newest = {key: of for key, of in newest.items() if key.partition("/")[2] == division}
        newest.pop(shard, None)  # so that the newest comes last
        newest[shard] = run["run_id"]
    return list(reversed(newest.values()))


def run_facts(ledger: Ledger, run_id: str) -> RunFacts:
    """Read one run.

    Raises:
        KeyError: The ledger has no such run.
    """
    row = ledger.one("SELECT * FROM runs WHERE run_id = ?", run_id)
    if row is None:
        raise KeyError(run_id)
    run = dict(row)
    return RunFacts(
        run_id=run_id,
        registry=run["registry"],
        software=run["software"],
        shard=run.get("shard") or "",
        started_at=run["started_at"],
        finished_at=run["finished_at"] or "",
        status=run["status"] or "",
        portals=_ordered(_portals(ledger, run_id)),
        crawl=run.get("crawl") or "",
    )


def whole_crawl(runs: Sequence[RunFacts]) -> RunFacts:
    """The runs of the shards of one crawl as one."""
    newest = max(runs, key=lambda run: (run.started_at, run.run_id))
    ended = all(run.finished_at for run in runs)
    portals = _ordered([portal for run in runs for portal in run.portals])
    cut = [name for name in ("stopped", "window") for run in runs if run.status == name]
    return replace(
        newest,
        run_id=newest.crawl or newest.run_id,
        shard="",
        started_at=min(run.started_at for run in runs),
        finished_at=max(run.finished_at for run in runs) if ended else "",
        status=(cut[0] if cut else verdict(portals)[0]) if ended else "",
        portals=portals,
    )


def _ordered(portals: Iterable[PortalFacts]) -> tuple[PortalFacts, ...]:
    return tuple(sorted(portals, key=lambda portal: (portal.as_declared, portal.key)))


def _portals(ledger: Ledger, run_id: str) -> list[PortalFacts]:
    news: dict[str, Counter[str]] = {}
    for row in ledger.rows(_NEWS, run_id, run_id):
        news.setdefault(row["portal"], Counter())[row["news"]] += row["number"]
    issues = issue_kinds(ledger, run_id)
    outcomes = {
        row["portal"]: dict(row)
        for row in ledger.rows("SELECT * FROM outcomes WHERE run_id = ?", run_id)
    }
    entries = ledger.rows("SELECT portal, entry FROM portals WHERE run_id = ?", run_id)
    found = []
    for row in entries:
        key, entry = row["portal"], json.loads(row["entry"])
        end, counts = outcomes.get(key, {}), news.get(key, Counter())
        found.append(
            PortalFacts(
                key=key,
                entry=entry,
                outcome=end.get("outcome", ""),
                declared=end.get("expected") or entry.get("outcome", "complete"),
                detail=end.get("detail", ""),
                found=end.get("candidates", 0),
                expected=end.get("minimum", entry.get("expect_reports", 0)),
                new=counts["new"],
                changed=counts["changed"],
                unchanged=counts["unchanged"],
                issues=issues.get(key, {}),
            )
        )
    return found


def issue_kinds(ledger: Ledger, run_id: str) -> dict[str, dict[str, int]]:
    """Issues of a run: portal → kind → how many."""
    found: dict[str, dict[str, int]] = {}
    for row in ledger.rows(_ISSUES, run_id, run_id):
        found.setdefault(row["portal"], {})[row["kind"]] = row["n"]
    return found
