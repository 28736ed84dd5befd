"""What a release says of the withheld: rows of `withheld`, which tell nothing of the thing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from ..histories import Gathered
from ..register import Given
from .applying import Applied, Gone
from .concerned import Key
from .decision import DELETED, SPAN

Row = Mapping[str, Any]


def tombstones(applied: Applied, gathered: Gathered, given: Collection[Given]) -> list[Row]:
    """The rows of `withheld`; the versions that are shown have their numbers.

    Args:
        applied: What the decisions came to.
        gathered: What is shown.
        given: The ids that releases gave: only of those a version's tombstone bears one.
    """
    shown = {
        f"{history.report_id}.v{version.number}"
        for history in gathered.reports.values()
        for version in history.versions
    }
    ids: dict[Key, list[Given]] = {}
    for each in given:
        if each.version_id not in shown:
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


def _of_spans(applied: Applied, gathered: Gathered) -> Iterator[dict[str, Any]]:
    for report_id, history in gathered.reports.items():
        for version in history.versions:
            for cut in applied.cuts.get(version.sha256, ()):
                for chapter in cut.chapters or (cut.span.chapter,):
                    yield {
                        "what": cut.span.what,
                        "reason": cut.span.reason,
                        "date": cut.span.date,
                        "report_id": report_id,
                        "version_id": f"{report_id}.v{version.number}",
                        "chapter": chapter,
                        "sha256": cut.span.sha256,
                        "record_id": None,
                        "is_report": 0,
                    }
