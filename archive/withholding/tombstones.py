"""What a release says of the withheld: rows of `withheld`, which tell nothing of the thing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..briefs import brief, briefs
from ..histories import Gathered
from ..register import Given
from .applying import Applied, Gone
from .concerned import Key
from .decision import DELETED, SPAN

Row = Mapping[str, Any]


def tombstones(
    applied: Applied, gathered: Gathered, given: Callable[[], Iterable[Given]]
) -> list[Row]:
    """The rows of `withheld`; the versions that are shown have their numbers.

    Args:
        applied: What the decisions came to.
        gathered: What is shown.
        given: Gives the ids that releases gave: only of those a version's tombstone bears one.
    """
    if not applied.gone and not applied.cuts:
        return []

    def is_shown(each: Given) -> bool:
        if each.report not in gathered.reports:
            return False
        return each.number in brief(gathered.reports, each.report).numbers

    stood = {sha256 for gone in applied.gone for sha256 in _bodies(gone)}
    ids: dict[Key, list[Given]] = {}
    for each in given() if stood else ():
        if each.sha256 in stood and not is_shown(each):
            ids.setdefault((each.url, each.sha256), []).append(each)
    rows = [*_of_wholes(applied, gathered, ids), *_of_spans(applied, gathered)]
    made: dict[str, Row] = {}
    for row in rows:
        told = hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()[:16]
        made.setdefault(told, {"tombstone_id": told, **row})
    return [made[told] for told in sorted(made)]


def without_withheld(rows: Iterable[Row], told: Iterable[Row]) -> list[Row]:
    """Rows that name a report and a body, without those of what is withheld as a whole.

    Args:
        rows: Rows with `report_id` and `sha256`.
        told: The tombstones.
    """
    wholes = [row for row in told if row["what"] != SPAN]
    bodies = {row["sha256"] for row in wholes}
    reports = {row["report_id"] for row in wholes if row["is_report"]}
    return [r for r in rows if r["sha256"] not in bodies and r["report_id"] not in reports]


def _of_wholes(
    applied: Applied, gathered: Gathered, ids: Mapping[Key, list[Given]]
) -> Iterator[dict[str, Any]]:
    for gone in applied.gone:
        report_id, version_id = _names(gone, ids)
        entry = gone.entry
        yield {
            "what": entry.what,
            "reason": entry.reason,
            "date": entry.date,
            "report_id": report_id,
            "version_id": version_id,
            "chapter": None,
            "sha256": gone.sha256 or None,
            "record_id": entry.record or None if entry.what == DELETED else None,
            "is_report": int(report_id is not None and report_id not in gathered.reports),
        }


def _names(gone: Gone, ids: Mapping[Key, list[Given]]) -> tuple[str | None, str | None]:
    """The report that a body stood in, and the version that went with it."""
    if gone.place is None:
        named = gone.entry.report if gone.entry.what == DELETED else ""
        known = [
            each
            for (_, sha256), every in ids.items()
            for each in every
            if sha256 == gone.sha256 and named in ("", each.report)
        ]
        first = min(known, key=lambda each: each.version_id, default=None)
        return (first.report, first.version_id) if first else (named or None, None)
    report_id = gone.place.history.report_id
    bodies = gone.place.version.sources
    held = [
        each
        for body in bodies
        for each in ids.get((body.url, str(body.capture["sha256"])), ())
        if each.report == report_id
    ]
    return report_id, min((each.version_id for each in held), default=None)


def _bodies(gone: Gone) -> Iterator[str]:
    """The bodies by which ids of what is gone are found."""
    yield gone.sha256
    if gone.place is not None:
        yield from (str(body.capture["sha256"]) for body in gone.place.version.sources)


def _of_spans(applied: Applied, gathered: Gathered) -> Iterator[dict[str, Any]]:
    for told in briefs(gathered.reports) if applied.cuts else ():
        report_id = told.report_id
        for number, version in zip(told.numbers, told.versions, strict=True):
            for cut in applied.cuts.get(version.sha256, ()):
                for chapter in cut.chapters or (cut.span.chapter,):
                    yield {
                        "what": cut.span.what,
                        "reason": cut.span.reason,
                        "date": cut.span.date,
                        "report_id": report_id,
                        "version_id": f"{report_id}.v{number}",
                        "chapter": chapter,
                        "sha256": cut.span.sha256,
                        "record_id": None,
                        "is_report": 0,
                    }
