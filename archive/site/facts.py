"""Numbers that a report's prose states, as its page shows them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from extract.facts import kinds

from .queries import Row, rows

_DENIED = "原文称没有"
_PARTS = {"total": "总数", "part": "部分"}


@dataclass(frozen=True, slots=True)
class Stated:
    """One row of the section 正文所述数字."""

    label: str
    number: str
    extent: str
    quote: str


def stated(conn: sqlite3.Connection, version_id: str) -> list[Stated]:
    """What the prose of a version states, in its order."""
    sql = "SELECT * FROM facts WHERE version_id = ? ORDER BY number"
    return [_stated(row) for row in rows(conn, sql, version_id)]


def _stated(row: Row) -> Stated:
    kind = kinds().get(str(row["fact"]))
    about = "约 " if "approximate" in str(row["flags"] or "").split() else ""
    unit = f" {row['unit']}" if row["unit"] else ""
    extent = _PARTS.get(str(row["part"]), str(row["part"]))
    return Stated(
        label=kind.label if kind else str(row["fact"]),
        # Words that deny print no number: a 0 would look like one that stands there.
        number=_DENIED if row["value"] is None else f"{about}{row['value']}{unit}",
        extent=f"{extent}（{row['channel']}）" if row["channel"] else extent,
        quote=" ".join(str(row["quote"]).split()),
    )
