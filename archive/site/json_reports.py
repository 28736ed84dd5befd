"""Reports and the release for programs: `/bg/<id>.json` and `/banci.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from datasette import Response

from archive import citation
from archive.schema import label_of
from archive.site import citing, queries, tombstones
from archive.site.answers import View, ask
from archive.site.json_answers import Site, picked, unknown
from archive.site.links import release_path
from archive.site.operator import are_originals_public
from archive.site.places import Places, places_of
from extract.forms import columns
from extract.forms.meaning import of_figure

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
_CORRECTION = (
    "correction_id", "kind", "state", "void_because", "version_id", "figure", "sha256",
    "machine_printed", "machine_value", "machine_unit", "machine_status", "printed", "value",
    "unit", "status", "reason", "evidence", "contributor", "checked_by", "date",
)  # fmt: skip


async def report(datasette: Any, request: Any) -> Response:
    """`/bg/<report_id>.json` (the current version) and `/bg/<version_id>.json`."""
    identity = request.url_vars["id"]
    asked = await ask(datasette, lambda conn: tombstones.with_tomb(conn, identity))
    if asked is None:
        return await unknown(datasette, request, "bg", "本档案没有这份年报")
    found, cut = asked
    version_id = str(found.version["version_id"])
    places: Places | None = None
    if "text" in datasette.databases:
        places = await ask(datasette, lambda conn: places_of(conn, version_id), "text")
    site = Site(datasette, request)
    read_in = places.source(found.sources) if places else None
    closed = cut is not None or not are_originals_public(site.release.root)
    body = {
        **picked(found.row, _REPORT),
        "address": site.to("bg", found.row["report_id"]),
        "current_version": found.row["version_id"],
        "version": {
            **picked(found.version, _VERSION),
            "flags": str(found.version["flags"] or "").split(),
            "address": site.to("bg", version_id),
        },
        "versions": [
            {"version_id": each["version_id"], "number": each["number"],
             "json": site.to("bg", each["version_id"], ".json")}
            for each in found.versions
        ],
        "withheld": cut.told if cut else [],
        "checks_passed": found.row["passed"] if _is_checked(found) else None,
        "figures_source": read_in,
        "figures": _figures(found, places),
        "findings": [
            {**picked(row, _FINDING), "figures": json.loads(str(row["figures"]))}
            for row in found.findings
        ],
        "corrections": [picked(row, _CORRECTION) for row in found.corrections],
        "sources": [
            {"number": number, **picked(row, _SOURCE),
             "archived": None if closed else site.to("cundang", version_id, f"/{number}")}
            for number, row in enumerate(found.sources, 1)
        ],
        "citation": _both(citing.version(datasette, request, found, read_in)),
    }  # fmt: skip
    return site.answer(body)


async def release(datasette: Any, request: Any) -> Response:
    """`/banci.json`: the release that the site shows: its manifest, and how to cite it."""
    site = Site(datasette, request)
    cited = citation.of_release(
        site.release.manifest, site.absolute(release_path(site.release.name))
    )
    files = [
        {"name": path.name, "bytes": path.stat().st_size, "address": site.absolute(f"/{path.name}")}
        for path in site.release.files()
    ]
    manifest = {**site.release.manifest, "release": site.release.name}
    body = {**manifest, "databases": files, "citation": _both(cited)}
    return site.answer(body)


def _is_checked(found: queries.Report) -> bool:
    """Whether the checks that are counted are of this version: of one not read there are none."""
    is_current = found.version["version_id"] == found.row["version_id"]
    return is_current and found.version["status"] == "read"


def _figures(found: queries.Report, places: Places | None) -> list[dict[str, object]]:
    """Each figure that the version's forms print, or that it prints all the same."""
    if found.version["status"] != "read" or found.version["form"] == "legacy":
        return []
    printed = places.printed if places else {}
    by_figure = places.by_figure if places else {}
    by_hand = found.by_hand
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
                **(_overlaid(by_hand[key]) if key in by_hand else {}),
            }
        )
    return rows


def _overlaid(row: Mapping[str, object]) -> dict[str, object]:
    """What the machine read where people read something else."""
    machine = {name: row[f"machine_{name}"] for name in ("printed", "value", "unit", "status")}
    return {"correction": row["correction_id"], "machine": machine}


def _belongs(key: str, version: Mapping[str, object]) -> bool:
    """Whether the form of the version's table has the figure; table four is alike in all."""
    code = version.get(f"form_{key[:2]}") or version.get("form")
    return str(code) in of_figure(key)


def _both(cited: citation.Citation) -> dict[str, str]:
    return {"gbt7714": cited.gbt, "bibtex": cited.bibtex}


ROUTES: list[tuple[str, View]] = [
    (r"^/bg/(?P<id>[^/]+)\.json$", report),
    (r"^/banci\.json$", release),
]
