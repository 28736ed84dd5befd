"""Spans of ids, or of years: the parts into which large tables are divided.

Ids of agencies, of their reports, versions and changes all begin alike, with the code of
the region. A part is what begins with the same four characters (a prefecture), so the parts
one behind the other are the whole table in the order of its key, and what a new report
changes is in one part. Of `coverage` a part is a year: a new one is a row of each agency.
"""

from __future__ import annotations

import re
import sqlite3
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

#: So many characters of their ids agencies of a part share, and unresolved ones.
SHARED, _UNRESOLVED = 4, 3
_PREFIXES = """
SELECT DISTINCT substr(agency_id, 1, CASE WHEN agency_id GLOB 'u-*' THEN ? ELSE ? END) AS prefix
FROM agencies ORDER BY prefix"""
_PLAIN = re.compile(r"[a-z0-9-]+", re.ASCII)


class Span(NamedTuple):
    """Ids or years from `start` up to `end`, which is none of them; "" where nothing bounds it."""

    name: str
    start: str | int = ""
    end: str | int = ""

    def where(self, column: str) -> tuple[str, tuple[str | int, ...]]:
        """SQL that begins with WHERE, or "", and what it asks for."""
        bounds = [(f"{column} >= ?", self.start)] * bool(self.start)
        bounds += [(f"{column} < ?", self.end)] * bool(self.end)
        if not bounds:
            return "", ()
        conditions, values = zip(*bounds, strict=True)
        return f" WHERE {' AND '.join(conditions)}", values

    def of(self, ids: Sequence[str]) -> Sequence[str]:
        """Those of some ids, which are in order, that lie in the span."""
        start = bisect_left(ids, str(self.start))
        return ids[start : bisect_left(ids, str(self.end)) if self.end else len(ids)]


#: All ids.
WHOLE = Span("")


def spans(db: sqlite3.Connection) -> list[Span]:
    """The parts of a release; together they hold every id, whatever it begins with."""
    prefixes = [prefix for (prefix,) in db.execute(_PREFIXES, (_UNRESOLVED, SHARED))]
    if not prefixes:
        return [WHOLE]
    starts = ["", *prefixes[1:], ""]
    bounds = pairwise(starts)
    return [Span(_name(p), *bound) for p, bound in zip(prefixes, bounds, strict=True)]


def years(db: sqlite3.Connection) -> list[Span]:
    """The years of which a release says how far it covers them."""
    return [Span(str(y), y, y + 1) for (y,) in db.execute("SELECT year FROM _years ORDER BY 1")]


def _name(prefix: str) -> str:
    """A prefix as the name of a file."""
    return prefix if _PLAIN.fullmatch(prefix) else f"x{prefix.encode().hex()}"
