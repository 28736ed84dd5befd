"""All corrections, with what the machine read and who read what is printed: `/gengzheng`."""

from __future__ import annotations

import sqlite3
from collections import Counter
from typing import Any
from urllib.parse import urlencode

from datasette import Response

from archive.schema.compact import AGENCY
from archive.site import correction_words, figure
from archive.site.answers import View, ask, missing, render
from archive.site.kept import kept
from archive.site.queries import Row
from extract.forms import columns

PREFIX = "/gengzheng"
ON_A_PAGE = 100
#: Its year is the report's; of a report that is not there, none.
# Not the view of reports: on the right of a LEFT JOIN all of it would be worked out first.
_LISTED = f"""
SELECT c.*, {AGENCY}, r.year, r.report_id AS present,
  (SELECT v.version_id FROM _versions v WHERE v.n = r.n) AS now FROM corrections c
LEFT JOIN _reports r ON r.report_id = coalesce(
    (SELECT v.report_id FROM versions v WHERE v.version_id = c.version_id), c.report_id)
WHERE (:state = '' OR c.state = :state) AND (:year IS NULL OR r.year = :year)
ORDER BY c.date DESC, c.correction_id LIMIT :limit OFFSET :offset"""


async def listing(datasette: Any, request: Any) -> Response:
    """`/gengzheng?zhuangtai=applied&nian=2022&ye=1`: newest first."""
    state, year = request.args.get("zhuangtai") or "", request.args.get("nian") or ""
    page = request.args.get("ye") or "1"
    is_known = state in ("", *correction_words.STATES) and _is_number(page) and int(page) > 0
    if not is_known or (year and not (_is_number(year) and len(year) == 4)):
        return await missing(datasette, request, "更正没有这一页")
    asked = {"state": state, "year": int(year) if year else None}
    known = await kept(datasette, "corrections", _known)
    offset = (int(page) - 1) * ON_A_PAGE
    found = await ask(
        datasette, lambda conn: _listed(conn, {**asked, "limit": ON_A_PAGE + 1, "offset": offset})
    )
    if not found and page != "1":
        return await missing(datasette, request, "更正没有这一页")
    labels = {str(row["figure"]) for row in found} & set(columns())
    filters = {key: value for key, value in (("zhuangtai", state), ("nian", year)) if value}
    context = {
        "found": found[:ON_A_PAGE],
        "more": urlencode({**filters, "ye": int(page) + 1}) if len(found) > ON_A_PAGE else "",
        "less": urlencode({**filters, "ye": int(page) - 1}) if page != "1" else "",
        "known": known,
        "state": state,
        "year": year,
        "labels": {key: figure.label_of(key) for key in labels},
        "told": correction_words,
    }
    return await render(datasette, request, "corrections.html", context)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 7


def _listed(conn: sqlite3.Connection, asked: dict[str, object]) -> list[Row]:
    cursor = conn.execute(_LISTED, asked)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _known(conn: sqlite3.Connection) -> dict[str, Any]:
    """How many there are of each state, of which years, and who read them."""
    found = _listed(conn, {"state": "", "year": None, "limit": -1, "offset": 0})
    read = Counter(correction_words.name(row["contributor"]) for row in found)
    checked = Counter(correction_words.name(row["checked_by"]) for row in found)
    names = sorted({*read, *checked}, key=lambda name: (-read[name] - checked[name], name))
    return {
        "total": len(found),
        "states": Counter(str(row["state"]) for row in found),
        "years": sorted({int(str(row["year"])) for row in found if row["year"]}, reverse=True),
        "credits": [(name, read[name], checked[name]) for name in names],
    }


ROUTES: list[tuple[str, View]] = [(rf"^{PREFIX}$", listing)]
