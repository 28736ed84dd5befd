"""What an agency's page asks of a release. Every function takes a read-only connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from archive.register import agency_of
from archive.site.cells import Figures, Note
from archive.site.queries import KINDS, Row, note_of, rows
from archive.site.words import finding_kind

#: The figures that are laid side by side, in groups, each with a short name.
SERIES: dict[str, dict[str, str]] = {
    "收到": {
        "t3_received_new_total": "本年新收",
        "t3_carried_in_total": "上年结转",
    },
    "办理结果": {
        "t3_granted_total": "予以公开",
        "t3_partial_total": "部分公开",
        "denied": "不予公开",
        "unavailable": "无法提供",
        "not_processed": "不予处理",
        "other": "其他处理",
        "t3_processed_total_total": "办理总计",
        "t3_carried_out_total": "结转下年",
    },
    "复议诉讼": {
        "t4_review_total": "行政复议",
        "t4_review_corrected": "其中结果纠正",
        "t4_suit_direct_total": "未经复议直接起诉",
        "t4_suit_direct_corrected": "其中结果纠正",
        "t4_suit_after_review_total": "复议后起诉",
        "t4_suit_after_review_corrected": "其中结果纠正",
    },
    "主动公开": {
        "t2_normative_issued": "规范性文件制发",
        "t2_normative_in_force": "规范性文件现行有效",
        "t2_license_decisions": "行政许可处理决定",
        "t2_penalty_decisions": "行政处罚处理决定",
        "t2_coercion_decisions": "行政强制处理决定",
        "t2_fee_charged": "收费金额（万元）",
    },
}
#: Sums over several lines of the form (`archive/schema/indicators.toml`); NULL where one lacks.
SUMS = ("denied", "unavailable", "not_processed", "other")
FIGURES = tuple(key for group in SERIES.values() for key in group if key not in SUMS)

#: What the chart draws, for whoever checks it.
CHART = """
SELECT year, scope, received_new, carried_in, granted, partial, denied, unavailable,
  not_processed, other, carried_out, closed
FROM agency_years WHERE agency_id = :agency_id ORDER BY year, scope"""
_TOTALS = """
SELECT report_id, received_new, carried_in, granted, partial, denied, unavailable,
  not_processed, other, carried_out FROM agency_years WHERE agency_id = ?"""
_DATES = "SELECT report_id, deadline, days_late, first_seen FROM timeliness WHERE agency_id = ?"
_FINDINGS = """
SELECT r.year, r.scope, r.report_id, e."check", c.title, c.strength, e.status, count(*) AS found
FROM _reports r JOIN _findings f ON f.version = r.n JOIN _equations e ON e.n = f.equation
LEFT JOIN checks c ON c."check" = e."check"
WHERE r.agency_id = ? GROUP BY r.n, e."check", e.status ORDER BY e."check", r.year DESC, r.scope"""
_NOTES = """
SELECT f.* FROM _reports r JOIN _versions v ON v.n = r.n
JOIN figure_notes f ON f.version_id = v.version_id WHERE r.agency_id = ?"""
#: Ids that begin with the agency's and a hyphen; a full stop is the sign behind the hyphen.
_WITHHELD = """
SELECT DISTINCT report_id FROM withheld
WHERE is_report AND report_id >= ?1 || '-' AND report_id < ?1 || '.' ORDER BY report_id DESC"""
_FIGURES = f"""
SELECT f.version_id, {", ".join(f'f."{key}"' for key in FIGURES)}
FROM _reports r JOIN _versions v ON v.n = r.n
JOIN figures f ON f.version_id = v.version_id WHERE r.agency_id = ?"""


@dataclass(frozen=True, slots=True)
class YearReport:
    """One report of an agency: its row, the figures of `SERIES`, the sums of its outcomes.

    Its `dates` are its own: those of `coverage` are of one report a year.
    """

    row: Row
    figures: Figures
    totals: Row
    dates: Row

    @property
    def findings(self) -> tuple[tuple[str, int], ...]:
        """The kinds of findings that there are, and how many."""
        return by_kind([self.row])


@dataclass(frozen=True, slots=True)
class Year:
    """A year of an agency: what is known of it, and its reports, its own before an aggregate.

    `withheld` has the ids of its reports that are not shown any more, none of which is missing.
    """

    year: int
    coverage: Row
    reports: tuple[YearReport, ...]
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Concern:
    """What one check says of an agency's reports: in which of them, how often."""

    kind: str
    check: str
    title: str
    reports: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency with all its years, the latest first.

    Attributes:
        row: Its row.
        years: Every year that the archive knows, also those without a report.
        concerns: What the checks say of its current reports.
        names: Other names, by name.
        relatives: Agencies above it, before it and after it, by how they are related.
    """

    row: Row
    years: tuple[Year, ...]
    concerns: tuple[Concern, ...]
    names: tuple[Row, ...]
    relatives: dict[str, tuple[Row, ...]]

    @property
    def reports(self) -> list[YearReport]:
        """All its reports."""
        return [report for year in self.years for report in year.reports]

    @property
    def findings(self) -> dict[str, int]:
        """How many findings there are, by kind."""
        return dict(by_kind([report.row for report in self.reports]))


def agency(conn: sqlite3.Connection, agency_id: str, heirs: Iterable[Row]) -> Agency | None:
    """An agency's page, or None if the id is unknown.

    Args:
        conn: A connection to the release.
        agency_id: Its id.
        heirs: `successions` of the release.
    """
    found = rows(conn, "SELECT * FROM agencies WHERE agency_id = ?", agency_id)
    if not found:
        return None
    return Agency(
        row=found[0],
        years=_years(conn, agency_id),
        concerns=_concerns(conn, agency_id),
        names=_names(conn, found[0]),
        relatives=_relatives(conn, found[0], heirs),
    )


def successions(conn: sqlite3.Connection) -> tuple[Row, ...]:
    """All agencies that another took over. They are few, and finding them reads the table."""
    sql = "SELECT agency_id, name, successor_id FROM agencies WHERE successor_id IS NOT NULL"
    return tuple(rows(conn, sql))


def by_kind(reports: Iterable[Row]) -> tuple[tuple[str, int], ...]:
    """The kinds of findings that some reports have, and how many."""
    some = list(reports)
    sums = {kind: sum(int(str(row[column])) for row in some) for kind, column in KINDS.items()}
    return tuple((kind, count) for kind, count in sums.items() if count)


def _years(conn: sqlite3.Connection, agency_id: str) -> tuple[Year, ...]:
    notes: dict[object, dict[str, Note]] = {}
    for row in rows(conn, _NOTES, agency_id):
        notes.setdefault(row["version_id"], {})[str(row["figure"])] = note_of(row)
    values = {row.pop("version_id"): row for row in rows(conn, _FIGURES, agency_id)}
    totals = {row.pop("report_id"): row for row in rows(conn, _TOTALS, agency_id)}
    dates = {row.pop("report_id"): row for row in rows(conn, _DATES, agency_id)}
    reports: dict[int, list[YearReport]] = {}
    sql = "SELECT * FROM reports WHERE agency_id = ? ORDER BY year DESC, scope DESC, report_id"
    for report in rows(conn, sql, agency_id):
        version = report["version_id"]
        figures = {
            key: value
            for key, value in values.get(version, {}).items()
            if isinstance(value, (int, float, str))
        }
        reports.setdefault(int(str(report["year"])), []).append(
            YearReport(
                report,
                Figures(figures, notes.get(version, {}), {}),
                totals.get(report["report_id"], {}),
                dates.get(report["report_id"], {}),
            )
        )
    known = {
        int(str(row["year"])): row
        for row in rows(conn, "SELECT * FROM coverage WHERE agency_id = ?", agency_id)
    }
    # Coverage ends with the reports that are shown, so it may lack the year of a withheld one.
    withheld = _withheld(conn, agency_id)
    return tuple(
        Year(year, known.get(year, {}), tuple(reports.get(year, ())), tuple(withheld.get(year, ())))
        for year in sorted(known.keys() | reports.keys() | withheld.keys(), reverse=True)
    )


def _withheld(conn: sqlite3.Connection, agency_id: str) -> dict[int, list[str]]:
    """Ids of an agency's reports of which nothing is shown, by year."""
    found: dict[int, list[str]] = {}
    for row in rows(conn, _WITHHELD, agency_id):
        report_id = str(row["report_id"])
        if agency_of(report_id) == agency_id:  # and not of one whose id is longer
            year = int(report_id.removeprefix(f"{agency_id}-")[:4])
            found.setdefault(year, []).append(report_id)
    return found


def _concerns(conn: sqlite3.Connection, agency_id: str) -> tuple[Concern, ...]:
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows(conn, _FINDINGS, agency_id):
        kind = finding_kind(row["status"], row["strength"])
        found.setdefault((kind, str(row["check"])), []).append(row)
    order = list(KINDS)
    return tuple(
        Concern(kind, check, str(each[0]["title"] or ""), tuple(each))
        for (kind, check), each in sorted(
            found.items(), key=lambda item: (order.index(item[0][0]), item[0][1])
        )
    )


def _names(conn: sqlite3.Connection, agency: Row) -> tuple[Row, ...]:
    """Names other than the one it is called by here; one row a name, of all places."""
    return tuple(
        rows(
            conn,
            "SELECT name, min(relation) AS relation, min(source) AS source, "
            "min(first_year) AS first_year, max(last_year) AS last_year "
            "FROM agency_names WHERE agency_id = ? AND name <> ? GROUP BY name ORDER BY "
            "min(first_year), name",
            agency["agency_id"],
            agency["name"],
        )
    )


def _relatives(
    conn: sqlite3.Connection, agency: Row, heirs: Iterable[Row]
) -> dict[str, tuple[Row, ...]]:
    """Those that the archive has are rows with a name; of others the id alone is known."""
    sql = "SELECT agency_id, name FROM agencies WHERE agency_id = ?"

    def named(agency_id: object) -> tuple[Row, ...]:
        if not agency_id:
            return ()
        return tuple(rows(conn, sql, agency_id)) or ({"agency_id": agency_id, "name": None},)

    return {
        "parent": named(agency["parent_id"]),
        "before": tuple(row for row in heirs if row["successor_id"] == agency["agency_id"]),
        "after": named(agency["successor_id"]),
    }
