"""Several agencies or years side by side: `/bijiao`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any
from urllib.parse import quote, urlencode

from datasette import Response

from archive.schema.indicators import components, indicators
from archive.schema.rates import applicants
from archive.site import compare_queries, comparison, past, words
from archive.site.answers import View, ask, render
from archive.site.links import query_links
from archive.site.numerals import share
from archive.site.queries import Row

PREFIX = "/bijiao"
#: So many columns can be read side by side.
MOST = 8
TOTAL = "total"
SCOPES = ("own", "aggregate")
_SQL = """
SELECT r.agency, r.year, r.scope, r.form, r.report_id, f.*
FROM reports r LEFT JOIN figures f ON f.version_id = r.version_id
WHERE r.report_id IN ({marks}) ORDER BY r.agency_id, r.year, r.scope DESC
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for.

    Attributes:
        agencies: Ids, in their order.
        years: Years; () where none is named.
        scope: `own`, `aggregate`, or "" for both.
        measure: Class of applicants of table three, or `total`.
        text: Part of a name that is looked for.
    """

    agencies: tuple[str, ...]
    years: tuple[int, ...]
    scope: str
    measure: str
    text: str

    @classmethod
    def of(cls, args: Any) -> Asked:
        """What the parameters of an address say; what is none of these is left out."""
        years = [int(each) for each in args.getlist("nian") if each.isdecimal() and len(each) == 4]
        scope, measure = args.get("fanwei") or "", args.get("lie") or TOTAL
        return cls(
            agencies=tuple(dict.fromkeys(args.getlist("jg")))[:MOST],
            years=tuple(sorted(set(years))),
            scope=scope if scope in SCOPES else "",
            measure=measure if measure in applicants() else TOTAL,
            text=(args.get("q") or "").strip()[:60],
        )

    def query(self, agencies: Iterable[str]) -> str:
        """The parameters of an address with other agencies, and nothing looked for."""
        pairs = [("jg", each) for each in agencies] + [("nian", str(y)) for y in self.years]
        pairs += [("fanwei", self.scope)] if self.scope else []
        pairs += [("lie", self.measure)] if self.measure != TOTAL else []
        return urlencode(pairs)


async def compare(datasette: Any, request: Any) -> Response:
    """`/bijiao?jg=<id>&jg=<id>&nian=2021&nian=2022`."""
    asked, context = await ask(datasette, lambda conn: _answered(conn, Asked.of(request.args)))
    columns = context["columns"]
    context |= {
        "asked": asked,
        "most": MOST,
        "shown": compare_queries.MATCHES_SHOWN,
        "applicants": {TOTAL: "总计"} | applicants(),
        "cites": [_cite(datasette, each) for each in columns],
        "sections": comparison.lay_out(columns, asked.measure),
        "breaks": [None, *(comparison.broken(*pair) for pair in pairwise(columns))],
        "indicators": indicators(),
        "components": components(),
        "words": words,
        "share": share,
        "sql": _sql(datasette, [each.report_id for each in columns if each.report_id]),
    }
    return await render(datasette, request, "compare.html", context)


ROUTES: list[tuple[str, View]] = [(rf"^{PREFIX}$", compare)]


def _cite(datasette: Any, column: comparison.Column) -> str:
    """The address of the citation of a column's figures, up to the figure; "" if it has none."""
    if column.report is None:
        return ""
    version_id = quote(str(column.report.version["version_id"]), safe="")
    return f"{datasette.urls.path(f'/bg/{version_id}/yinyong')}?cell="


def _answered(conn: Any, asked: Asked) -> tuple[Asked, dict[str, Any]]:
    """What is asked for today, and what was found: one trip, for each waits for a thread."""
    present = _present(conn, asked)
    return present, _found(conn, present)


def _present(conn: Any, asked: Asked) -> Asked:
    """The same; ids of before are those that they lead to."""
    led = (past.moved(conn, each) or each for each in asked.agencies)
    return replace(asked, agencies=tuple(dict.fromkeys(led)))


def _found(conn: Any, asked: Asked) -> dict[str, Any]:
    """All that the page asks of the release."""
    agencies = compare_queries.agencies(conn, asked.agencies)
    reported = compare_queries.reported(conn, [str(row["agency_id"]) for row in agencies])
    years = _years(asked, agencies, reported)
    wanted = _wanted(asked, agencies, years, reported)
    held = {(row["agency_id"], row["year"]) for row in reported}
    columns = [
        replace(found, elsewhere=found.report is None and (found.agency["agency_id"], year) in held)
        for agency, year, report_id in wanted[:MOST]
        for found in [compare_queries.column(conn, agency, year, report_id)]
    ]
    ids = [column.report_id for column in columns if column.report_id]
    return {
        "agencies": agencies,
        "years": years,
        "choices": compare_queries.years(conn),
        "columns": columns,
        "left_out": max(0, len(wanted) - MOST),
        "matches": compare_queries.matches(conn, asked.text),
        "neighbours": _neighbours(conn, agencies),
        "examples": [] if agencies else compare_queries.examples(conn),
        "rates": compare_queries.rates(conn, ids) if ids else {},
    }


def _neighbours(conn: Any, agencies: Sequence[Row]) -> list[Row]:
    """Agencies that may be added to the first of those chosen."""
    ids = [str(row["agency_id"]) for row in agencies]
    return compare_queries.neighbours(conn, agencies[0], ids) if agencies else []


def _years(asked: Asked, agencies: Sequence[Row], reported: Sequence[Row]) -> tuple[int, ...]:
    """The years to show: those asked for, else the latest that the columns have room for."""
    if asked.years or not agencies:
        return asked.years
    every = sorted({int(str(row["year"])) for row in reported})
    return tuple(every[-max(1, MOST // len(agencies)) :])


def _wanted(
    asked: Asked, agencies: Sequence[Row], years: Sequence[int], reported: Sequence[Row]
) -> list[tuple[Row, int, str | None]]:
    """Agency, year, report of every column; both reports of a year, if there are two."""
    found: list[tuple[Row, int, str | None]] = []
    for agency in agencies:
        for year in years:
            ids = [
                str(row["report_id"])
                for row in reported
                if (row["agency_id"], row["year"]) == (agency["agency_id"], year)
                and asked.scope in ("", row["scope"])
            ]
            found += [(agency, year, each) for each in ids] or [(agency, year, None)]
    return found


def _sql(datasette: Any, ids: Sequence[str]) -> dict[str, str]:
    """Addresses of the same figures: the statement and its rows as CSV."""
    if not ids:
        return {}
    names = {f"r{number}": each for number, each in enumerate(ids, 1)}
    sql = _SQL.format(marks=", ".join(f":{name}" for name in names))
    return query_links(datasette, sql, dict(names))
