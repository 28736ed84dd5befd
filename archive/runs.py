"""Runs as the ledger keeps them: one begins, one that was broken off is ended."""

from __future__ import annotations

import json
import platform
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .exchange import now
from .journal import Journal
from .ledger import Ledger
from .records import own_version


def new_run(registry: str, kind: str, shard: str, crawl: str = "") -> dict[str, Any]:
    """The row of a run that begins.

    Args:
        registry: Name of the registry.
        kind: `crawl` or `import`.
        shard: Its part of the portals, e.g. `2/8`, or "".
        crawl: The crawl that its shard is one of, or "".
    """
    run_id = crawl or new_name()
    if shard:
        # Names of its files begin with it: `archive.recovery` tells by them whose they are.
        run_id += f"-{label(shard)}"
    return {
        "run_id": run_id,
        "kind": kind,
        "registry": registry,
        "software": (
            f"nianbao {own_version()}; Scrapy {version('scrapy')}; "
            f"Python {platform.python_version()}"
        ),
        "started_at": now(),
        "finished_at": None,
        "status": None,
        "shard": shard,
        "crawl": crawl,
    }


def new_name() -> str:
    """A name for a run, or for the crawl of several shards, that begins now."""
    return f"{datetime.now(UTC):%Y%m%d%H%M%S}-{secrets.token_hex(2)}"


def label(shard: str) -> str:
    """A shard as names of files and runs bear it: `2/8` → `2of8`."""
    return shard.replace("/", "of")


def end_run(folder: Path, ledger: Ledger, run: Mapping[str, Any]) -> None:
    """Note that a run that was broken off is not continued.

    Args:
        folder: The root's `warc/`.
        ledger: Its ledger.
        run: The run's row.
    """
    journal = Journal(folder, ledger, str(run["run_id"]))
    journal.note("runs", {**run, "finished_at": now(), "status": "stopped"})
    journal.finish()


def first_looks(ledger: Ledger, outcomes: Iterable[str]) -> dict[str, str]:
    """Portal → end of the first crawl that ended in one of these outcomes, UTC."""
    marks = json.dumps([*outcomes])
    rows = ledger.rows(
        "SELECT portal, min(at) AS at FROM outcomes "
        "WHERE outcome IN (SELECT value FROM json_each(?)) GROUP BY portal",
        marks,
    )
    return {row["portal"]: row["at"] for row in rows}


def last_outcomes(ledger: Ledger) -> dict[str, dict[str, Any]]:
    """Each portal's newest outcome: portal → outcome, expected, detail, candidates."""
    rows = ledger.rows(
        "SELECT portal, outcome, expected, detail, candidates FROM outcomes ORDER BY at"
    )
    return {row["portal"]: dict(row) for row in rows}
