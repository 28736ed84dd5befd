"""The fictional world: every report, the column that lists it, and its address."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.portal.cast import AGENCIES, CUT, EXTRAS, ODD, YEARS, Agency, Extra
from tests.portal.figures import Figures, Number, dice
from tests.portal.reports import FictionalReport, make_report

REGISTRY = Path(__file__).with_name("portals.toml")
HOSTS = tuple(f"127.0.0.{n}" for n in range(1, 6))


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a column.

    Attributes:
        title: The full title.
        date: List date (ISO).
        path: Address on the column's host.
        kind: `report`, `other`, `dead` or `soft404`.
        how: How a report is served: `article`, `attachment` (a file that says nothing),
            `pdf` (an attached file), `gb18030`, `text` (plain text), `dump_p`, `dump_br` or
            `dump_pre` (a text dump pasted in a page).
        cut: The list cuts the title and has the full one nowhere.
        report: The report, if the row is one.
    """

    title: str
    date: str
    path: str
    kind: str = "report"
    how: str = "article"
    cut: bool = False
    report: FictionalReport | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One entry of the registry with what it lists, newest first.

    Attributes:
        key: Registry key.
        entry: The registry's own table.
        host: Loopback address.
        path: Path of the column.
        rows: What it lists.
    """

    key: str
    entry: Mapping[str, Any]
    host: str
    path: str
    rows: tuple[Row, ...]

    @property
    def family(self) -> str:
        """The registry's name of the CMS family."""
        return str(self.entry["family"])

    @property
    def codes(self) -> tuple[str, str]:
        """The Jiangxi platform's site and channel codes, read from the path."""
        site, channel = self.path.strip("/").split("/")[:2]
        return site, channel


@dataclass(frozen=True, slots=True)
class World:
    """All columns of the registry."""

    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of a registry key, or the first of a family."""
        return next(column for column in self.columns if name in (column.key, column.family))

    def reports(self) -> tuple[tuple[Column, Row, FictionalReport], ...]:
        """Every report with its place."""
        return tuple(
            (column, row, row.report)
            for column in self.columns
            for row in column.rows
            if row.report is not None
        )


def registry(port: int | str) -> str:
    """The text of the registry with the port filled in."""
    return REGISTRY.read_text("utf-8").replace("{port}", str(port))


@cache
def world() -> World:
    """Build the world; the same one each time."""
    columns = []
    for key, entry in tomllib.loads(registry(80))["portals"].items():
        address = urlsplit(entry["column"])
        host, path = address.hostname or "", address.path
        rows = [
            row
            for agency in AGENCIES
            if agency.column == key
            for row in _reports(agency, entry["family"], path)
        ]
        rows += [_extra(extra, entry["family"], path) for extra in EXTRAS if extra.column == key]
        rows.sort(key=lambda row: (row.date, row.path), reverse=True)
        columns.append(Column(key, entry, host, path, tuple(rows)))
    return World(tuple(columns))


def _members(agency: Agency) -> list[Agency]:
    """Whose figures a government adds up: its departments and towns, and governments below it.

    Where it has no office that reports for itself, what it handles itself is added, too.
    """
    code, mine = agency.region_code, [agency]
    below = code[:4] if code.endswith("00") else code
    for each in AGENCIES:
        is_own = each.region_code == code or len(each.region_code) > len(code)
        if each is agency or not each.region_code.startswith(below):
            continue
        if (is_own and each.region_code.startswith(code)) or each.scope == "aggregate":
            mine.append(each)
    return mine[1:] if any(each.kind == "gov_office" for each in mine) else mine


@cache
def _sums(agency: Agency) -> dict[int, list[Figures]]:
    """Year → the figures that a government's aggregate report of it adds up."""
    found: dict[int, list[Figures]] = {year: [] for year in YEARS}
    for member in _members(agency):
        sums = _sums(member) if member is not agency and member.scope == "aggregate" else None
        before: Figures | None = None
        for year in YEARS:
            options = {"busy": member.busy, **ODD.get((member.name, year), {})}
            options.pop("how", None)
            who = (member.name, member.region_code, member.kind, year)
            options |= {"before": before, "members": sums and sums[year]}
            # What is planted stands in the member's own report alone.
            found[year].append(make_report(*who, **{**options, "error": ""})[1])
            before = make_report(*who, **options)[1]
    return found


def _reports(agency: Agency, family: str, column: str) -> list[Row]:
    rows: list[Row] = []
    before: Mapping[str, Number] | None = None
    sums = _sums(agency) if agency.scope == "aggregate" else None
    for year in YEARS:
        options = {"busy": agency.busy, "scope": agency.scope, **ODD.get((agency.name, year), {})}
        how = options.pop("how", "article")
        report, before = make_report(
            agency.name, agency.region_code, agency.kind, year, before=before,
            members=sums and sums[year], **options,
        )  # fmt: skip
        date = report.published.isoformat()
        path = _path(family, column, date, report.seed)
        if how == "text":
            path = path.removesuffix("html") + "txt"
        cut = (agency.name, year) in CUT
        rows.append(Row(report.title, date, path, how=how, cut=cut, report=report))
    return rows


def _extra(extra: Extra, family: str, column: str) -> Row:
    path = _path(family, column, extra.date, extra.title)
    return Row(extra.title, extra.date, path, kind=extra.kind)


def _path(family: str, column: str, date: str, seed: str) -> str:
    """The address that the family gives an article."""
    rng = dice("path", column, seed)
    year, month, day = date.split("-")
    short = rng.randint(1_000_000, 9_999_999)
    if family == "jiangxi":
        stem = column.removesuffix("/list.html")
        long = rng.randint(10**18, 2 * 10**18)
        return f"{stem}/content/{long}/content_{long}.html"
    if family == "national":
        return f"/{year}/{month}-{day}/{short}.html"
    if family == "generic":
        return f"{column}{year}/{short}.html"
    return f"{column}{year}{month}/t{year}{month}{day}_{short}.html"
