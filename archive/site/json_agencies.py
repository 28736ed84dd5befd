"""Agencies for programs: `/jg.json` and `/jg/<agency_id>.json`."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from datasette import Response

from archive.places.codes import stem
from archive.site import queries
from archive.site.answers import View, ask
from archive.site.json_answers import Site, picked, unknown

#: Agencies of one page of the list.
PAGE = 500
_AGENCY = (
    "agency_id", "name", "short_name", "kind", "kind_name", "level", "org_form", "region_code",
    "region_name", "parent_id", "successor_id", "first_year", "last_year",
)  # fmt: skip

_COUNTS = ("passed", "failed", "uncertain", "not_assessable")


async def agency(datasette: Any, request: Any) -> Response:
    """`/jg/<agency_id>.json`: an agency, its names, its reports, the years without one."""
    identity = request.url_vars["id"]
    found = await ask(datasette, lambda conn: _agency(conn, identity))
    if found is None:
        return await unknown(datasette, request, "jg", "本档案没有这个机关")
    row, names, reports, years = found
    site = Site(datasette, request)
    body = {
        **picked(row, _AGENCY),
        "is_vertical": _flag(row["is_vertical"]),
        "resolved": bool(row["resolved"]),
        "report_count": row["reports"],
        "address": site.to("jg", identity),
        "names": names,
        "years": years,
        "reports": [
            {**each, "json": site.to("bg", each["report_id"], ".json")} for each in reports
        ],
    }
    return site.answer(body)


async def agencies(datasette: Any, request: Any) -> Response:
    """`/jg.json`: agencies by id, 500 at a time; `?q=`, `region=`, `kind=`, `level=`, `after=`."""
    asked = {
        name: request.args.get(name) or "" for name in ("q", "region", "kind", "level", "after")
    }
    rows = await ask(datasette, lambda conn: _agencies(conn, asked))
    site = Site(datasette, request)
    shown = rows[:PAGE]
    after = str(shown[-1]["agency_id"]) if len(rows) > PAGE else None
    more = {**{name: value for name, value in asked.items() if value}, "after": after or ""}
    body = {
        "agencies": [{**each, "json": site.to("jg", each["agency_id"], ".json")} for each in shown],
        "next": f"{site.absolute('/jg.json')}?{urlencode(more)}" if after else None,
    }
    return site.answer(body)


def _flag(value: object) -> bool | None:
    return None if value is None else bool(value)


_Found = tuple[queries.Row, list[queries.Row], list[queries.Row], list[queries.Row]]


def _agency(conn: sqlite3.Connection, identity: str) -> _Found | None:
    found = queries.rows(conn, "SELECT * FROM agencies WHERE agency_id = ?", identity)
    if not found:
        return None
    names = "SELECT name, relation, source, first_year, last_year FROM agency_names "
    # 0 checks would say that a report which was not read had been held against itself.
    counted = ", ".join(f"iif(r.status = 'read', r.{name}, NULL) AS {name}" for name in _COUNTS)
    reports = (
        "SELECT r.report_id, r.year, r.scope, r.status, r.form, r.title, r.published, "
        f"r.version_id, r.url, {counted}, t.deadline, t.days_late FROM reports r "
        # Each report has its row there. With LEFT, that view would be worked out for all of them.
        "JOIN timeliness t ON t.report_id = r.report_id "
    )
    years = "SELECT year, status, report_id, existence, deadline, days_late FROM coverage "
    return (
        found[0],
        queries.rows(conn, f"{names} WHERE agency_id = ? ORDER BY name, portal", identity),
        queries.rows(
            conn, f"{reports} WHERE r.agency_id = ? ORDER BY r.year, r.report_id", identity
        ),
        queries.rows(conn, f"{years} WHERE agency_id = ? ORDER BY year", identity),
    )


def _agencies(conn: sqlite3.Connection, asked: Mapping[str, str]) -> list[queries.Row]:
    conditions = {
        "after": "agency_id > :after",
        "q": "instr(name, :q) > 0",
        "region": "substr(region_code, 1, length(:region)) = :region",
        "kind": "kind = :kind",
        "level": "level = :level",
    }
    chosen = [text for name, text in conditions.items() if asked[name]] or ["1"]
    sql = (
        f"SELECT {', '.join(_AGENCY)}, reports FROM agencies WHERE {' AND '.join(chosen)} "
        f"ORDER BY agency_id LIMIT {PAGE + 1}"
    )
    cursor = conn.execute(sql, {**asked, "region": stem(asked["region"])})
    return [dict(zip((*_AGENCY, "report_count"), row, strict=True)) for row in cursor]


ROUTES: list[tuple[str, View]] = [
    (r"^/jg/(?P<id>[^/]+)\.json$", agency),
    (r"^/jg\.json$", agencies),
]
