"""What stands in the rows of a panel: whose each is, its report, figures and their statuses."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

from ..schema.coverage import withheld
from ..schema.timeliness import deadline, under_the_rule
from .about import about, break_of, period_of
from .columns import Figure, figures
from .frame import Key, keys
from .selection import Selection
from .statuses import NO_REPORT, NOT_ON_FORM, UNREAD, WITHHELD, of_sum

#: Rows made at a time: some 500 columns each.
BATCH = 500
Row = list[Any]
_ABSENT, _READ = "absent", "read"

_STANDS = "k.year >= g.valid_from AND k.year < coalesce(g.valid_to, 9999)"
_REGION = "FROM regions g WHERE g.region_code = a.region_code"
_OF_ROW = f"""
SELECT a.agency_id, a.name, a.short_name, a.kind, a.kind_name, a.level, a.region_code,
  a.region_name, substr(a.region_code, 1, 2) || '0000' AS province_code,
  iif(EXISTS (SELECT 1 {_REGION} AND {_STANDS}),
    (SELECT g.code_2020 {_REGION} AND {_STANDS}),
    (SELECT g.code_2020 {_REGION} ORDER BY g.valid_from DESC LIMIT 1)) AS region_code_2020,
  (SELECT c.existence FROM coverage c WHERE c.agency_id = a.agency_id AND c.year = k.year)
    AS existence,
  {deadline(under_the_rule("k.scope"), "k.scope", "a.level", "k.year")} AS deadline,
  coalesce({withheld("a.agency_id", "k.year")},
    (SELECT status FROM _reach WHERE place = a.agency_id),
    (SELECT status FROM _reach WHERE place = a.region_code), 'not_in_archive') AS reach
FROM (SELECT value ->> 0 AS agency_id, value ->> 1 AS year, value ->> 2 AS scope, key
  FROM json_each(?)) k JOIN agencies a ON a.agency_id = k.agency_id ORDER BY k.key"""
_OF_REPORT = """
SELECT r.report_id, r.agency AS agency_printed, r.version_id, r.status, r.form,
  CASE v.form_t2 WHEN 1 THEN v.form ELSE v.form_t2 END AS form_t2,
  CASE v.form_t3 WHEN 1 THEN v.form ELSE v.form_t3 END AS form_t3,
  r.published, r.url, r.flags, r.passed AS checks_passed, r.must_failed, r.failed, r.uncertain,
  r.not_assessable, r.informative,
  (SELECT t.days_late FROM timeliness t WHERE t.report_id = r.report_id) AS days_late,
  {figures}
FROM reports r JOIN _reports o ON o.report_id = r.report_id JOIN _versions v ON v.n = o.n
LEFT JOIN figures f ON f.version_id = v.version_id
WHERE r.report_id IN ({marks})"""
_NOTES = """SELECT version_id, figure, printed, status, unit, flags FROM figure_notes
WHERE version_id IN ({marks})"""
_SOURCES = """
SELECT version_id, url, sha256, captured_at FROM sources
WHERE version_id IN ({marks}) ORDER BY version_id, captured_at DESC"""
#: What is counted of checks says nothing of a report that was not read.
_CHECKS = ("checks_passed", "must_failed", "failed", "uncertain", "not_assessable", "informative")


def columns() -> list[str]:
    """Names of all columns, in their order."""
    return [each.name for each in about()] + [name for f in figures() for name in f.columns]


def batches(db: sqlite3.Connection, asked: Selection) -> Iterator[list[Row]]:
    """The rows of a panel, many at a time.

    Args:
        db: nianbao.db.
        asked: Which rows.
    """
    found = keys(db, asked)
    while some := list(islice(found, BATCH)):
        yield _rows(db, some)


def _rows(db: sqlite3.Connection, some: Sequence[Key]) -> list[Row]:
    of_rows = _dicts(db.execute(_OF_ROW, (json.dumps([key[:3] for key in some]),)))
    held = [key.report_id for key in some if key.report_id]
    reports = _reports(db, held)
    return [
        _row(key, of_row, reports.get(key.report_id or ""))
        for key, of_row in zip(some, of_rows, strict=True)
    ]


def _row(key: Key, of_row: dict[str, Any], report: dict[str, Any] | None) -> Row:
    told = of_row | {"agency": of_row["name"], "year": key.year, "scope": key.scope}
    told |= {"period": period_of(key.year), "break_before": break_of(key.year)}
    if report is None:
        told |= {"held": 0, "status": of_row["reach"]}
        cells = list(_empty(WITHHELD if of_row["reach"] == WITHHELD else NO_REPORT))
    else:
        told |= report | {"held": 1}
        cells = report["cells"]
    return [told.get(each.name) for each in about()] + cells


def _reports(db: sqlite3.Connection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Reports by id, each with its cells."""
    asked = ", ".join(f'f."{each.key}"' for each in figures())
    marks = ", ".join("?" * len(ids))
    cursor = db.execute(_OF_REPORT.format(figures=asked, marks=marks), ids)
    names = [column[0] for column in cursor.description]
    head = len(names) - len(figures())
    told = [(dict(zip(names[:head], row, strict=False)), row[head:]) for row in cursor]
    versions = [each["version_id"] for each, _ in told]
    notes, sources = _notes(db, versions), _sources(db, versions)
    found = {}
    for each, values in told:
        version = each["version_id"]
        each |= sources.get((version, each["url"]), {})
        if each["status"] != _READ:
            each |= dict.fromkeys(_CHECKS)
            each["cells"] = list(_empty(UNREAD))
        else:
            each["cells"] = _cells(each, values, notes.get(version, {}))
        found[each["report_id"]] = each
    return found


def _notes(
    db: sqlite3.Connection, versions: Sequence[str]
) -> dict[str, dict[str, tuple[Any, ...]]]:
    """Version → figure → printed text, status, unit and flags, where more than a number is said."""
    found: dict[str, dict[str, tuple[Any, ...]]] = {}
    marks = ", ".join("?" * len(versions))
    for version, figure, *note in db.execute(_NOTES.format(marks=marks), versions):
        found.setdefault(version, {})[figure] = tuple(note)
    return found


def _sources(
    db: sqlite3.Connection, versions: Sequence[str]
) -> dict[tuple[str, str], dict[str, Any]]:
    """Version and address → digest and time of the first capture there."""
    marks = ", ".join("?" * len(versions))
    return {
        (version, url): {"sha256": sha256, "captured_at": at}
        for version, url, sha256, at in db.execute(_SOURCES.format(marks=marks), versions)
    }


def _cells(
    report: Mapping[str, Any], values: Sequence[Any], notes: Mapping[str, tuple[Any, ...]]
) -> Row:
    """Value and status of each figure, and the unit of money."""
    without = _without(report["form"], report["form_t2"], report["form_t3"])
    statuses = [
        "reported" if value is not None else status
        for value, status in zip(values, without, strict=True)
    ]
    places = _places()
    for key, note in notes.items():
        statuses[places[key]] = note[1]
    found: Row = []
    of_t3 = report["form_t3"] or report["form"]
    for figure, value, status in zip(figures(), values, statuses, strict=True):
        if figure.parts and of_t3 == figure.parts_form and value is None:
            value, status = _sum(figure, values, statuses)
        found += (value, status)
        if figure.unit_name:
            found.append(notes.get(figure.key, (None, None, None))[2])
    return found


def _sum(figure: Figure, values: Sequence[Any], statuses: Sequence[str]) -> tuple[Any, str]:
    """The sum of a figure's parts: no number unless each part has one."""
    at = [_places()[part] for part in figure.parts]
    parts = [values[place] for place in at]
    total = None if None in parts else sum(parts)
    return total, of_sum([statuses[place] for place in at])


@cache
def _places() -> dict[str, int]:
    return {figure.key: place for place, figure in enumerate(figures())}


@cache
def _without(form: str | None, t2: str | None, t3: str | None) -> tuple[str, ...]:
    """Status of each figure that has neither number nor note, in a report of such forms."""
    of_table = {"t2": t2 or form, "t3": t3 or form, "t4": form}
    return tuple(
        _ABSENT if of_table[each.table] in (None, *each.forms) else NOT_ON_FORM
        for each in figures()
    )


@cache
def _empty(status: str) -> tuple[Any, ...]:
    """The cells of a row without figures."""
    return tuple(
        status if name == figure.status else None for figure in figures() for name in figure.columns
    )


def _dicts(cursor: sqlite3.Cursor) -> list[dict[str, Any]]:
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
