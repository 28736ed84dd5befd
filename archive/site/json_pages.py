"""Agencies, reports and the release for programs: addresses and keys that stay as they are.

`docs/api.md` describes them. A number is a number, what is not there is null, never 0 and never
"". Keys are only added: a program that reads one today reads it with the next release.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from datasette import Response

from archive import citation
from archive.schema import label_of
from archive.site import past, queries
from archive.site.answers import View, ask
from archive.site.places import Places, places_of
from archive.site.release import RELEASES, Release
from extract.forms import columns, forms

#: Agencies of one page of the list.
PAGE = 500
_JSON = "application/json; charset=utf-8"
_AGENCY = (
    "agency_id", "name", "short_name", "kind", "kind_name", "level", "org_form", "region_code",
    "region_name", "parent_id", "successor_id", "first_year", "last_year",
)  # fmt: skip
_REPORT = (
    "report_id", "agency_id", "agency", "region_code", "region_name", "kind", "year", "scope",
)  # fmt: skip
_VERSION = (
    "version_id", "number", "status", "form", "form_t2", "form_t3", "title", "title_derived",
    "published", "signed", "first_seen", "last_seen", "url", "format",
)  # fmt: skip
_SOURCE = (
    "url", "sha256", "role", "content_type", "bytes", "http_status", "captured_at", "last_seen",
    "gone_since", "unlisted_since", "record_id", "warc_file", "warc_offset",
)  # fmt: skip
_FINDING = (
    "number", "check", "title", "strength", "status", "left", "right", "sentence", "sentence_en",
    "reading", "related",
)  # fmt: skip


async def report(datasette: Any, request: Any) -> Response:
    """`/bg/<report_id>.json` (the current version) and `/bg/<version_id>.json`."""
    identity = request.url_vars["id"]
    found = await ask(datasette, lambda conn: queries.report(conn, identity))
    if found is None:
        return await _unknown(datasette, "bg", identity, "本档案没有这份年报")
    version_id = str(found.version["version_id"])
    places: Places | None = None
    if "text" in datasette.databases:
        places = await ask(datasette, lambda conn: places_of(conn, version_id), "text")
    site = _Site(datasette, request)
    read_in = places.source(found.sources) if places else None
    body = {
        **_picked(found.row, _REPORT),
        "address": site.to("bg", found.row["report_id"]),
        "current_version": found.row["version_id"],
        "version": {
            **_picked(found.version, _VERSION),
            "flags": str(found.version["flags"] or "").split(),
            "address": site.to("bg", version_id),
        },
        "versions": [
            {"version_id": each["version_id"], "number": each["number"],
             "json": site.to("bg", each["version_id"], ".json")}
            for each in found.versions
        ],
        "checks_passed": found.row["passed"] if _is_current(found) else None,
        "figures_source": read_in,
        "figures": _figures(found, places),
        "findings": [
            {**_picked(row, _FINDING), "figures": json.loads(str(row["figures"]))}
            for row in found.findings
        ],
        "sources": [
            {"number": number, **_picked(row, _SOURCE),
             "archived": site.to("cundang", version_id, f"/{number}")}
            for number, row in enumerate(found.sources, 1)
        ],
        "citation": _cited(site.release, found, site.to("bg", version_id)),
    }  # fmt: skip
    return site.answer(body)


async def agency(datasette: Any, request: Any) -> Response:
    """`/jg/<agency_id>.json`: an agency, its names, its reports, the years without one."""
    identity = request.url_vars["id"]
    found = await ask(datasette, lambda conn: _agency(conn, identity))
    if found is None:
        return await _unknown(datasette, "jg", identity, "本档案没有这个机关")
    row, names, reports, years = found
    site = _Site(datasette, request)
    body = {
        **_picked(row, _AGENCY),
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
    site = _Site(datasette, request)
    shown = rows[:PAGE]
    after = str(shown[-1]["agency_id"]) if len(rows) > PAGE else None
    more = {**{name: value for name, value in asked.items() if value}, "after": after or ""}
    body = {
        "agencies": [{**each, "json": site.to("jg", each["agency_id"], ".json")} for each in shown],
        "next": f"{site.absolute('/jg.json')}?{urlencode(more)}" if after else None,
    }
    return site.answer(body)


async def release(datasette: Any, request: Any) -> Response:
    """`/banci.json`: the release that the site shows: its manifest, and how to cite it."""
    site = _Site(datasette, request)
    cited = citation.of_release(site.release.manifest, site.absolute("/"))
    files = [
        {"name": path.name, "bytes": path.stat().st_size, "address": site.absolute(f"/{path.name}")}
        for path in site.release.files()
    ]
    manifest = {**site.release.manifest, "release": site.release.name}
    body = {**manifest, "databases": files, "citation": _both(cited)}
    return site.answer(body)


class _Site:
    """Addresses and answers of one request."""

    def __init__(self, datasette: Any, request: Any) -> None:
        self._datasette = datasette
        self._request = request
        self.release: Release = RELEASES[datasette]

    def absolute(self, path: str) -> str:
        """An address with host."""
        address = self._datasette.absolute_url(self._request, self._datasette.urls.path(path))
        return str(address)

    def to(self, kind: str, identity: object, end: str = "") -> str:
        """The address of a report, a version or an agency."""
        return self.absolute(f"/{kind}/{quote(str(identity), safe='')}{end}")

    def answer(self, body: Mapping[str, Any]) -> Response:
        """A body as JSON, with the release that it comes from."""
        whole = {"release": self.release.name, "fiction": self.release.fiction, **body}
        ttl = self._datasette.setting("default_cache_ttl")
        return _json(whole, headers={"Cache-Control": f"max-age={ttl}"})


def _json(body: Mapping[str, Any], status: int = 200, **more: Any) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status=status, content_type=_JSON, **more)


async def _unknown(datasette: Any, kind: str, identity: str, message: str) -> Response:
    """An id that the release does not have: it leads to another for ever, or nowhere."""
    new_id = await ask(datasette, lambda conn: past.moved(conn, identity))
    if new_id is None:
        return _json({"ok": False, "status": 404, "error": message}, 404)
    path = datasette.urls.path(f"/{kind}/{quote(new_id, safe='')}.json")
    return Response("", status=308, headers={"Location": path})


def _picked(row: Mapping[str, object], names: Sequence[str]) -> dict[str, object]:
    return {name: row.get(name) for name in names}


def _flag(value: object) -> bool | None:
    return None if value is None else bool(value)


def _is_current(found: queries.Report) -> bool:
    return found.version["version_id"] == found.row["version_id"]


def _figures(found: queries.Report, places: Places | None) -> list[dict[str, object]]:
    """Each figure that the version's forms print, or that it prints all the same."""
    if found.version["status"] != "read" or found.version["form"] == "legacy":
        return []
    printed = places.printed if places else {}
    by_figure = places.by_figure if places else {}
    rows: list[dict[str, object]] = []
    for key, slots in columns().items():
        if not (found.figures.has(key) or _belongs(key, found.version)):
            continue
        note, value = found.figures.notes.get(key), found.figures.values.get(key)
        plain = None if value is None else printed.get(key, str(value))
        rows.append(
            {
                "figure": key,
                "label": label_of(slots),
                "value": value,
                "printed": note.printed if note else plain,
                "status": note.status if note else ("absent" if value is None else "reported"),
                "unit": slots[-1].measure.unit or None,
                "unit_printed": note.unit if note else None,
                "flags": (note.flags or "").split() if note else [],
                "place": by_figure.get(key),
            }
        )
    return rows


def _belongs(key: str, version: Mapping[str, object]) -> bool:
    """Whether the form of the version's table has the figure; table four is alike in all."""
    code = version.get(f"form_{key[:2]}") or version.get("form")
    form = forms().get(str(code))
    return form is not None and any(slot.key == key for slot in form.slots(key[:2]))


def _cited(release: Release, found: queries.Report, address: str) -> dict[str, str]:
    source = found.sources[0] if found.sources else {}
    row = {**found.row, **found.version, **_picked(source, ("url", "captured_at", "sha256"))}
    row["agency"], row["year"] = found.row["agency"], found.row["year"]
    return _both(citation.of_report(release.manifest, row, address))


def _both(cited: citation.Citation) -> dict[str, str]:
    return {"gbt7714": cited.gbt, "bibtex": cited.bibtex}


_Found = tuple[queries.Row, list[queries.Row], list[queries.Row], list[queries.Row]]


def _agency(conn: sqlite3.Connection, identity: str) -> _Found | None:
    found = queries.rows(conn, "SELECT * FROM agencies WHERE agency_id = ?", identity)
    if not found:
        return None
    names = "SELECT name, relation, source, first_year, last_year FROM agency_names "
    reports = (
        "SELECT report_id, year, scope, status, form, title, published, version_id, url, "
        "passed, failed, uncertain, not_assessable FROM reports "
    )
    years = "SELECT year, status, report_id, existence, deadline, days_late FROM coverage "
    return (
        found[0],
        queries.rows(conn, f"{names} WHERE agency_id = ? ORDER BY name, portal", identity),
        queries.rows(conn, f"{reports} WHERE agency_id = ? ORDER BY year, report_id", identity),
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
    cursor = conn.execute(sql, dict(asked))
    return [dict(zip((*_AGENCY, "report_count"), row, strict=True)) for row in cursor]


ROUTES: list[tuple[str, View]] = [
    (r"^/bg/(?P<id>[^/]+)\.json$", report),
    (r"^/jg/(?P<id>[^/]+)\.json$", agency),
    (r"^/jg\.json$", agencies),
    (r"^/banci\.json$", release),
]
