"""Runs: an unfinished one is continued by the same shard, otherwise a new one begins."""

from __future__ import annotations

import logging
import platform
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from .exchange import now
from .ledger import Ledger
from .records import own_version

log = logging.getLogger(__name__)


def new_run(registry: str, kind: str, shard: str) -> dict[str, Any]:
    """The row of a run that begins.

    Args:
        registry: Name of the registry.
        kind: `crawl` or `import`.
        shard: Its part of the portals, e.g. `2/8`, or "".
    """
    run_id = f"{datetime.now(UTC):%Y%m%d%H%M%S}-{secrets.token_hex(2)}"
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
    }


def label(shard: str) -> str:
    """A shard as names of files and runs bear it: `2/8` → `2of8`."""
    return shard.replace("/", "of")


def broken_run(
    ledger: Ledger, portals: Sequence[str], shard: str
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The crawl that was broken off.

    Args:
        ledger: Where runs are.
        portals: Keys of the portals to crawl now; none means whichever.
        shard: Whose run it must be.

    Returns:
        Its row if it is to be continued, or None; its row if it is to be ended instead, for
        it was of other portals, or None.
    """
    broken = ledger.unfinished_run(shard)
    if broken is None:
        return None, None
    run = dict(broken)
    rows = ledger.rows("SELECT portal FROM portals WHERE run_id = ?", run["run_id"])
    known = {row["portal"] for row in rows}
    if portals and not known <= set(portals):
        log.warning("run %s of other portals was broken off; it is not continued", run["run_id"])
        return None, {**run, "finished_at": now(), "status": "stopped"}
    log.warning("continuing run %s, broken off after %s", run["run_id"], run["started_at"])
    return run, None
