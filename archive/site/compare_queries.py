"""What the page of comparison asks of a release. Every function takes a read-only connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from archive.schema.indicators import components, indicators
from archive.site import queries
from archive.site.comparison import Column, Rate
from archive.site.queries import Row, rows

MATCHES_SHOWN = 20
EXAMPLES_SHOWN = 6
NEIGHBOURS_SHOWN = 12
_AGENCY = "agency_id, name, region_code, region_name, kind, level, reports"


def agencies(conn: sqlite3.Connection, identities: Sequence[str]) -> list[Row]:
    """The agencies that the release knows of those asked for, in the order asked for."""
    asked = list(dict.fromkeys(identities))
    found = rows(
        conn, f"SELECT {_AGENCY} FROM agencies WHERE agency_id IN ({_marks(asked)})", *asked
    )
    known = {row["agency_id"]: row for row in found}
    return [known[identity] for identity in asked if identity in known]


def matches(conn: sqlite3.Connection, text: str) -> list[Row]:
    """Agencies whose name or region holds each word of a text; one more than are shown."""
    words = text.split()[:5]
    if not words:
        return []
    holds = " AND ".join(
        "(instr(name, ?1) OR instr(coalesce(region_name, ''), ?1) OR agency_id IN "
        "(SELECT n.agency_id FROM agency_names n WHERE instr(n.name, ?1)))".replace("?1", f"?{at}")
        for at in range(1, len(words) + 1)
    )
    return rows(
        conn,
        f"SELECT {_AGENCY} FROM agencies WHERE {holds} "
        f"ORDER BY length(name), agency_id LIMIT {MATCHES_SHOWN + 1}",
        *words,
    )


def neighbours(conn: sqlite3.Connection, agency: Row, chosen: Sequence[str]) -> list[Row]:
    """Agencies of the same kind in the same prefecture (of a province, in the other ones)."""
    code, kind = agency["region_code"], agency["kind"]
    if not code or not kind:
        return []
    is_province = str(code).endswith("0000")
    first = "" if is_province else str(code)[:4]
    return rows(
        conn,
        f"SELECT {_AGENCY} FROM agencies WHERE kind = ? AND agency_id >= ? AND agency_id < ? "
        f"AND level IS ? AND agency_id NOT IN ({_marks(chosen)}) ORDER BY agency_id "
        f"LIMIT {NEIGHBOURS_SHOWN}",
        kind,
        first,
        f"{first}~",
        agency["level"],
        *chosen,
    )


def examples(conn: sqlite3.Connection) -> list[Row]:
    """Some agencies with the most reports, for a page on which none is chosen."""
    return rows(
        conn,
        f"SELECT {_AGENCY} FROM agencies ORDER BY reports DESC, agency_id LIMIT {EXAMPLES_SHOWN}",
    )


def years(conn: sqlite3.Connection) -> list[int]:
    """The years that can be chosen, the latest first."""
    return [year for (year,) in conn.execute("SELECT year FROM _years ORDER BY 1 DESC")]


def reported(conn: sqlite3.Connection, identities: Sequence[str]) -> list[Row]:
    """Agency, year and scope of the reports of some agencies."""
    return rows(
        conn,
        "SELECT agency_id, year, scope, report_id FROM _reports "
        f"WHERE agency_id IN ({_marks(identities)}) ORDER BY year, scope DESC",
        *identities,
    )


def column(conn: sqlite3.Connection, agency: Row, year: int, report_id: str | None) -> Column:
    """One agency-year, with its report if there is one."""
    report = queries.report(conn, report_id) if report_id else None
    own = f"{agency['agency_id']}-{year}"
    hidden = "SELECT 1 FROM withheld WHERE is_report AND report_id IN (?, ?)"
    withheld = report is None and bool(rows(conn, hidden, own, f"{own}-agg"))
    return Column(agency, year, report, withheld=withheld)


def rates(conn: sqlite3.Connection, report_ids: Sequence[str]) -> dict[str, dict[str, Rate]]:
    """By report and indicator: numerator and denominator, None where one is not printed."""
    wanted = ", ".join(dict.fromkeys(c for c in components()))
    found = rows(
        conn,
        f"SELECT report_id, {wanted} FROM agency_years WHERE report_id IN ({_marks(report_ids)})",
        *report_ids,
    )
    return {
        str(row["report_id"]): {
            code: Rate(row[each.numerator], row[each.denominator])
            for code, each in indicators().items()
        }
        for row in found
    }


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
