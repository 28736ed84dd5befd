"""Rounds: the runs of all shards of one crawl, taken together.

Which shard began first must not decide what a release says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .ledger import Ledger


def rounds(ledger: Ledger) -> dict[str, str]:
    """When the round of each run began.

    A run without a shard is a round of its own. Shards that one command crawls name their crawl,
    and are one round. Others (`2/8`) belong to one round until a shard comes that the round has
    already, or one of another number of shards.
    """
    began: dict[str, str] = {}
    crawls: dict[str, str] = {}  # crawl → when the first of its runs began
    members: dict[str, str] = {}  # shard → run, of the round at hand
    for row in map(dict, ledger.rows("SELECT * FROM runs ORDER BY started_at, run_id")):
        run, crawl = row["run_id"], _said(row, "crawl")
        if crawl:
            began[run] = crawls.setdefault(crawl, row["started_at"])
            members = {}
            continue
        shard = _said(row, "shard")
        if not shard or shard in members or _number(shard) not in {*map(_number, members)}:
            members = {}
        began[run] = began[next(iter(members.values()))] if members else row["started_at"]
        if shard:
            members[shard] = run
    return began


def _said(row: Mapping[str, Any], name: str) -> str:
    """A column that ledgers made before may lack."""
    return str(row.get(name) or "")


def _number(shard: str) -> str:
    """How many shards there are, of which one is named."""
    return shard.partition("/")[2]
