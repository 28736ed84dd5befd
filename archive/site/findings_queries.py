"""What the browser of findings asks of a release. Every function takes a read-only connection."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from archive.places.codes import span
from archive.site.queries import Parameters, Row, Statement, rows, told
from archive.site.words import finding_kind

ON_A_PAGE = 50
_FROM = """
FROM current_findings f JOIN reports r ON r.report_id = f.report_id"""
_LIST = (
    'SELECT f.report_id, r.agency, r.year, r.scope, f.number, f."check", f.status, f."left", '
    'f."right", f.figures, f.sentence, f.reading, f.related' + _FROM
)
#: Reports that can be checked: read, in a statutory form.
_CHECKED = "SELECT count(*) FROM reports r WHERE r.status = 'read' AND r.form IS NOT 'legacy'"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings are looked for; "" and None for any.

    Attributes:
        check: `C01` …
        kind: Kind of finding (`words.finding_kind`).
        year: Report year.
        region: Code of a region; those of the regions below it belong to it.
        agency_kind: Kind of agency.
        notes: Codes of the informative checks: what they say is a note, and no failure.
    """

    check: str = ""
    kind: str = ""
    year: int | None = None
    region: str = ""
    agency_kind: str = ""
    notes: tuple[str, ...] = ()

    def of_report(self) -> tuple[list[str], Parameters]:
        """SQL conditions on a report `r`, and their parameters."""
        found: list[tuple[str, Parameters]] = []
        if self.year is not None:
            found.append(("r.year = :year", {"year": self.year}))
        if self.region:
            first, last = span(self.region)
            found.append(
                ("r.report_id >= :first AND r.report_id < :last", {"first": first, "last": last})
            )
        if self.agency_kind:
            sql = "r.agency_id IN (SELECT agency_id FROM agencies WHERE kind = :kind)"
            found.append((sql, {"kind": self.agency_kind}))
        parameters: Parameters = {}
        for _, each in found:
            parameters |= each
        return [sql for sql, _ in found], parameters

    def conditions(self) -> tuple[list[str], Parameters]:
        """SQL conditions on a finding `f` of a report `r`, and their parameters."""
        conditions, parameters = self.of_report()
        if self.check:
            conditions.append('f."check" = :check')
            parameters["check"] = self.check
        if self.kind:
            conditions.append("f.status = :status")
            parameters["status"] = "fail" if self.kind == "informative" else self.kind
            noted = ", ".join(f"'{code}'" for code in self.notes)
            if self.kind == "informative":
                conditions.append(f'f."check" IN ({noted})')
            elif self.kind == "fail" and noted:
                conditions.append(f'f."check" NOT IN ({noted})')
        return conditions, parameters


def statement(wanted: Wanted) -> Statement:
    """The statement that lists all findings that are wanted, and its parameters."""
    conditions, parameters = wanted.conditions()
    return f"{_LIST}{_where(conditions)}\nORDER BY f.report_id, f.number", parameters


def page(
    conn: sqlite3.Connection, wanted: Wanted, after: tuple[str, int] | None
) -> tuple[Row, ...]:
    """The findings that follow one; one more than a page has, if there are so many.

    Args:
        conn: A connection.
        wanted: Which are looked for.
        after: Report and number of the last one of the page before.
    """
    conditions, parameters = wanted.conditions()
    # Said even of the first page: the index of ids then gives the order, and nothing is sorted.
    conditions.append("f.report_id >= :report")
    parameters["report"] = after[0] if after else ""
    if after is not None:
        conditions.append("(f.report_id, f.number) > (:report, :number)")
        parameters["number"] = after[1]
    sql = f"{_LIST}{_where(conditions)}\nORDER BY f.report_id, f.number LIMIT {ON_A_PAGE + 1}"
    return told(conn, (sql, parameters))


def count(conn: sqlite3.Connection, wanted: Wanted) -> tuple[int, int, int]:
    """How many findings there are, of how many reports; and how many reports were checked."""
    conditions, parameters = wanted.conditions()
    sql = f"SELECT count(*), count(DISTINCT f.report_id){_FROM}{_where(conditions)}"
    findings, reports = conn.execute(sql, parameters).fetchone()
    more, of_report = wanted.of_report()
    checked = conn.execute(" AND ".join((_CHECKED, *more)), of_report).fetchone()
    return int(findings), int(reports), int(checked[0])


def checks(conn: sqlite3.Connection) -> list[Row]:
    """All checks, each with how many findings of each kind it made, of how many reports."""
    found = rows(conn, 'SELECT * FROM checks ORDER BY "check"')
    strengths = {row["check"]: row["strength"] for row in found}
    counts: dict[object, dict[str, tuple[object, object]]] = {}
    for row in rows(
        conn,
        'SELECT e."check", e.status, count(*) AS findings, count(DISTINCT r.n) AS reports '
        "FROM _reports r JOIN _findings f ON f.version = r.n "
        "JOIN _equations e ON e.n = f.equation GROUP BY 1, 2",
    ):
        kind = finding_kind(row["status"], strengths.get(row["check"]))
        counts.setdefault(row["check"], {})[kind] = (row["findings"], row["reports"])
    return [{**row, "counts": counts.get(row["check"], {})} for row in found]


def choices(conn: sqlite3.Connection) -> dict[str, list[Row]]:
    """Years, provinces and kinds of agency that have a report."""
    return {
        "years": rows(conn, "SELECT DISTINCT year FROM _kind_sums ORDER BY 1 DESC"),
        "regions": rows(
            conn,
            "SELECT g.region_code, g.name FROM regions g WHERE g.level = 'province' AND EXISTS "
            "(SELECT 1 FROM agencies a WHERE a.agency_id >= substr(g.region_code, 1, 2) "
            "AND a.agency_id < substr(g.region_code, 1, 2) || '~') "
            "GROUP BY g.region_code ORDER BY g.region_code",
        ),
        "kinds": rows(
            conn,
            "SELECT kind, max(kind_name) AS name FROM _kind_sums WHERE kind IS NOT NULL "
            "GROUP BY kind ORDER BY kind <> 'government', kind",
        ),
    }


def region_name(conn: sqlite3.Connection, code: str) -> str | None:
    """A region's newest name."""
    found = rows(
        conn,
        "SELECT name FROM regions WHERE region_code = ? ORDER BY valid_from DESC LIMIT 1",
        code,
    )
    return str(found[0]["name"]) if found else None


def related(conn: sqlite3.Connection, versions: list[str]) -> dict[str, Row]:
    """By version: the report that a finding held another against."""
    marks = ", ".join("?" * len(versions))
    found = rows(
        conn,
        "SELECT v.version_id, r.report_id, r.agency, r.year FROM _versions v "
        f"JOIN reports r ON r.report_id = v.report_id WHERE v.version_id IN ({marks})",
        *versions,
    )
    return {str(row["version_id"]): row for row in found}


def _where(conditions: list[str]) -> str:
    return f"\nWHERE {' AND '.join(conditions)}" if conditions else ""
