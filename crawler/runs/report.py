"""`run.json`: one run as data, with what is otherwise than last time."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from archive.ledger import Ledger

from .difference import Change, difference
from .facts import PortalFacts, RunFacts, run_facts, whole_crawl
from .health import health
from .meanings import to_do
from .page import page

#: Of the data's shape; raised when a key changes its meaning.
VERSION = 1
_COUNTS = ("expected", "found", "new", "changed", "unchanged", "gone")


def run_data(ledger: Ledger, run_id: str) -> dict[str, Any]:
    """One run as JSON-able data, from the ledger alone."""
    return data_of(ledger, run_facts(ledger, run_id))


def data_of(ledger: Ledger, run: RunFacts) -> dict[str, Any]:
    """A run, or a crawl of several, as JSON-able data."""
    return {
        "version": VERSION,
        "run_id": run.run_id,
        "registry": run.registry,
        "software": run.software,
        "shard": run.shard,
        "started_at": run.started_at,
        "finished_at": run.finished_at or None,
        "status": run.status or "unfinished",
        "exit_status": run.exit_status,
        "totals": _totals(run),
        "portals": [_portal(portal) for portal in run.portals],
        "difference": [_change(change) for change in difference(ledger, run)],
    }


def write(folder: Path, ledger: Ledger, run_id: str, wanted: Mapping[str, Any] | None) -> None:
    """Write `runs/<run_id>.json`, `run.json` (the last run) and `runs/broken.html`.

    Args:
        folder: The data root.
        ledger: Its ledger.
        run_id: The run.
        wanted: As for `health`.

    Raises:
        OSError: The disk did not take them.
    """
    write_all(folder, ledger, [run_facts(ledger, run_id)], wanted)


def write_all(
    folder: Path, ledger: Ledger, runs: Sequence[RunFacts], wanted: Mapping[str, Any] | None
) -> None:
    """Write what `write` does for the runs of one crawl: `run.json` tells of all together.

    Raises:
        OSError: The disk did not take them.
    """
    (folder / "runs").mkdir(exist_ok=True)
    for run in runs:
        _replace(folder / "runs" / f"{run.run_id}.json", _text(ledger, run))
    last = runs[0] if len(runs) == 1 and not runs[0].crawl else whole_crawl(runs)
    _replace(folder / "run.json", _text(ledger, last))
    write_page(folder, ledger, wanted)


def _text(ledger: Ledger, run: RunFacts) -> str:
    return json.dumps(data_of(ledger, run), ensure_ascii=False, indent=1) + "\n"


def write_page(folder: Path, ledger: Ledger, wanted: Mapping[str, Any] | None) -> Path:
    """Write `runs/broken.html`; returns its path.

    Raises:
        OSError: The disk did not take it.
    """
    target = folder / "runs" / "broken.html"
    target.parent.mkdir(exist_ok=True)
    row = ledger.one("SELECT registry FROM runs ORDER BY started_at DESC LIMIT 1")
    _replace(target, page(row["registry"] if row else "", health(ledger, wanted)))
    return target


def _replace(target: Path, text: str) -> None:
    """Write a file so that a reader sees the old one or the new one; shards write side by side."""
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        partial.write_text(text, "utf-8")
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _totals(run: RunFacts) -> dict[str, Any]:
    failed: Counter[str] = Counter()
    for portal in run.portals:
        failed.update(portal.failed)
    return {
        "portals": len(run.portals),
        "as_declared": sum(portal.as_declared for portal in run.portals),
        **{name: sum(getattr(portal, name) for portal in run.portals) for name in _COUNTS},
        "failed": dict(failed),
    }


def _portal(portal: PortalFacts) -> dict[str, Any]:
    entry, is_off = portal.entry, bool(portal.outcome) and not portal.as_declared
    return {
        "portal": portal.key,
        "agency": entry.get("agency", ""),
        "region_name": entry.get("region_name", ""),
        "column": entry.get("column", ""),
        "outcome": portal.outcome or None,
        "declared": portal.declared,
        "as_declared": portal.as_declared,
        "detail": portal.detail,
        "do": to_do(portal.outcome, portal.detail) if is_off else "",
        **{name: getattr(portal, name) for name in _COUNTS},
        "failed": portal.failed,
        "issues": dict(sorted(portal.issues.items())),
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "portal": change.portal,
        "before": change.before or None,
        "outcome": list(change.outcome),
        "found": list(change.found),
        "new_kinds": list(change.new_kinds),
        "past_kinds": list(change.past_kinds),
    }
