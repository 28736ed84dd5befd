"""Rounds: the runs of all shards of one crawl, taken together.

Which shard began first must not decide what a release says.
"""

from __future__ import annotations

from .ledger import Ledger


def rounds(ledger: Ledger) -> dict[str, str]:
    """When the round of each run began.

    A run without a shard is a round of its own. Runs of shards (`2/8`) belong to one round
    until a shard comes that the round has already, or one of another number of shards.
    """
    began: dict[str, str] = {}
    members: dict[str, str] = {}  # shard → run, of the round at hand
    for row in ledger.rows("SELECT * FROM runs ORDER BY started_at, run_id"):
        # A ledger of before the shards has no such column.
        shard = str(row["shard"] or "") if "shard" in row.keys() else ""  # noqa: SIM118
        if not shard or shard in members or _number(shard) not in {*map(_number, members)}:
            members = {}
        began[row["run_id"]] = began[next(iter(members.values()))] if members else row["started_at"]
        if shard:
            members[shard] = row["run_id"]
    return began


def _number(shard: str) -> str:
    """How many shards there are, of which one is named."""
    return shard.partition("/")[2]
