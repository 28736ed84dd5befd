"""Which agencies a teaching subset has: whole ones, so that their years follow each other."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping

#: What a class should meet, each as `agency_id, word`: a word a kind of report, cell or doubt.
_MARKS = """
SELECT agency_id, 'scope ' || scope FROM reports UNION
SELECT agency_id, 'form ' || coalesce(form, 'none') FROM reports UNION
SELECT agency_id, 'status ' || status FROM reports UNION
SELECT agency_id, 'failed' FROM reports WHERE failed > 0 UNION
SELECT agency_id, 'uncertain' FROM reports WHERE uncertain > 0 UNION
SELECT agency_id, 'level ' || level FROM agencies WHERE level IS NOT NULL AND reports > 0 UNION
SELECT r.agency_id, 'format ' || v.format FROM reports r JOIN versions v USING (version_id)
WHERE v.format IS NOT NULL UNION
SELECT r.agency_id, 'cell ' || n.status FROM reports r JOIN figure_notes n USING (version_id) UNION
SELECT r.agency_id, 'unit ' || n.unit FROM reports r JOIN figure_notes n USING (version_id)
WHERE n.unit IS NOT NULL UNION
SELECT r.agency_id, 'change ' || c.kind FROM reports r JOIN changes c USING (report_id)
WHERE c.kind <> 'first'"""
_SIZES = "SELECT agency_id, count(*) FROM versions JOIN reports USING (report_id) GROUP BY 1"


def choose(db: sqlite3.Connection, most: int) -> list[str]:
    """Ids of the agencies of a subset, the same for the same release.

    First those that show what is rare (each form, status, unit and kind of cell at least once,
    as far as there is room), then others, in the order of a digest of their ids: neither large
    nor early agencies are preferred.

    Args:
        db: nianbao.db.
        most: How many versions of reports at most.
    """
    sizes: Mapping[str, int] = dict(db.execute(_SIZES))
    marks: dict[str, set[str]] = {agency: set() for agency in sizes}
    for agency, mark in db.execute(_MARKS):
        marks[agency].add(mark)
    order = sorted(sizes, key=lambda agency: hashlib.sha256(agency.encode()).digest())
    chosen: list[str] = []
    seen: set[str] = set()
    room = most
    for agency in _rare_first(order, marks):
        if sizes[agency] <= room and not marks[agency] <= seen:
            chosen.append(agency)
            seen |= marks[agency]
            room -= sizes[agency]
    for agency in order:
        if agency not in chosen and sizes[agency] <= room:
            chosen.append(agency)
            room -= sizes[agency]
    return sorted(chosen)


def _rare_first(order: Iterable[str], marks: Mapping[str, set[str]]) -> list[str]:
    """Agencies by their rarest mark; among equals the order stays."""
    held: dict[str, int] = {}
    for words in marks.values():
        for word in words:
            held[word] = held.get(word, 0) + 1
    return sorted(order, key=lambda agency: min(map(held.__getitem__, marks[agency]), default=0))
