"""Every page of the site by name, at the addresses that one release has: for the browser.

One table for the tests, `make prove ONLY=pages` and `python -m tests.shots`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from archive.site.chart_specs import CHARTS
from archive.site.pages import is_ours


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the site: a name, its address after the host, the status of its answer."""

    name: str
    path: str
    status: int = 200

    @property
    def is_ours(self) -> bool:
        """Whether it is a page of ours, which needs no script, and not one of Datasette's."""
        return is_ours(self.path.split("?")[0])


#: Pages whose address is the same in every release.
_FIXED = (
    Page("home", "/"),
    Page("compare-empty", "/bijiao"),
    Page("regions", "/diqu"),
    Page("charts", "/tubiao"),
    Page("findings", "/yidian"),
    Page("changes", "/biangeng"),
    Page("coverage", "/fugai"),
    Page("dictionary", "/zidian"),
    Page("search-empty", "/sousuo"),
    Page("search-hits", "/sousuo?q=" + quote("公开")),
    Page("search-none", "/sousuo?q=" + quote("鱼翅燕窝")),
    Page("downloads", "/xiazai"),
    Page("downloads-chosen", "/xiazai?scope=all&format=csv"),
    Page("interface", "/jiekou"),
    Page("about", "/guanyu"),
    Page("corrections", "/gengzheng"),
    Page("errors", "/baocuo"),
    Page("releases", "/banci"),
    Page("nowhere", "/nowhere", 404),
    Page("no-agency", "/jg/nobody", 404),
    Page("database", "/nianbao"),
    Page("database-text", "/text"),
    Page("table", "/nianbao/reports"),
    Page("table-filtered", "/nianbao/findings?status=fail"),
    Page("table-wide", "/nianbao/agency_years"),
    Page("table-figures", "/nianbao/figures"),
    Page("table-lines", "/nianbao/lines"),
    Page("query", "/nianbao?sql=SELECT+year,+count(*)+AS+n+FROM+reports+GROUP+BY+1"),
    Page("query-wrong", "/nianbao?sql=SELECT+wrong+FROM+nowhere", 400),
    Page("no-table", "/nianbao/nothing", 404),
)

#: What a release may have one of: a name, an address with a hole, the column that fills the hole,
#: and of which rows.
_ONE = (
    ("agency", "/jg/{}", "agency_id", "reports GROUP BY 1 ORDER BY count(*) DESC, 1"),
    ("report-2021", "/bg/{}", "report_id", "reports WHERE form = '2021' ORDER BY failed DESC, 1"),
    ("report-2019", "/bg/{}", "report_id", "reports WHERE form = '2019' ORDER BY failed DESC, 1"),
    ("report-legacy", "/bg/{}", "report_id", "reports WHERE form = 'legacy' ORDER BY 1"),
    ("report-unread", "/bg/{}", "report_id", "reports WHERE form IS NULL ORDER BY 1"),
    ("report.v2", "/bg/{}", "version_id", "versions WHERE version_id LIKE '%.v2' ORDER BY 1"),
    ("versions", "/bg/{}/bian", "report_id", "versions WHERE version_id LIKE '%.v2' ORDER BY 1"),
    ("cite", "/bg/{}/yinyong", "report_id", "reports WHERE form = '2021' ORDER BY 1"),
    ("errors-report", "/bg/{}/baocuo", "report_id", "reports WHERE form = '2021' ORDER BY 1"),
    ("archived", "/cundang/{}/1", "version_id", "sources ORDER BY role = 'attachment', 1"),
    ("region", "/diqu/{}", "region_code", "regions WHERE level = 'prefecture' ORDER BY 1"),
    ("region-province", "/diqu/{}", "region_code", "regions WHERE level = 'province' ORDER BY 1"),
    ("coverage-place", "/fugai/diqu/{}", "region_code", "regions WHERE level = 'prefecture'"),
    ("coverage-kind", "/fugai/lei/{}", "kind", "agencies ORDER BY kind IS NOT 'finance', 1"),
    ("findings-check", "/yidian?hedui={}", '"check"', "findings GROUP BY 1 ORDER BY count(*) DESC"),
    ("row", "/nianbao/agencies/{}", "agency_id", "agencies ORDER BY 1"),
)


def pages(root: Path) -> tuple[Page, ...]:
    """The pages of a data root's current release; what it has none of is left out."""
    with closing(sqlite3.connect(root / "releases" / "current" / "nianbao.db")) as db:
        found = [*_FIXED, *_of_release(db)]
    found += [Page(f"chart-{code}", f"/tubiao/{code}") for code in CHARTS]
    return tuple(found)


def _of_release(db: sqlite3.Connection) -> Iterator[Page]:
    for name, path, column, rows in _ONE:
        row = db.execute(f"SELECT {column} FROM {rows} LIMIT 1").fetchone()
        if row:
            yield Page(name, path.format(quote(str(row[0]), safe="")))
    yield from _compared(db)
    queries = db.execute("SELECT name, sql FROM examples WHERE sql NOT LIKE 'ATTACH%'").fetchall()
    if queries:
        yield Page("query-named", f"/nianbao/{quote(str(queries[0][0]))}")
        yield Page("query-named-filled", f"/nianbao/{quote(str(queries[0][0]))}?year=2021")


def _compared(db: sqlite3.Connection) -> Iterator[Page]:
    """Two agencies, and two years of one."""
    agencies = [
        str(row[0])
        for row in db.execute(
            "SELECT agency_id FROM reports WHERE status = 'read' GROUP BY 1"
            " ORDER BY count(*) DESC, 1 LIMIT 2"
        )
    ]
    years = [
        str(row[0])
        for row in db.execute(
            "SELECT DISTINCT year FROM reports WHERE agency_id = ? AND status = 'read' ORDER BY 1",
            agencies[:1],
        )
    ]
    yield Page("compare", "/bijiao?" + urlencode([("jg", each) for each in agencies]))
    chosen = [("jg", agencies[0]), *(("nian", year) for year in years[-2:])]
    yield Page("compare-years", "/bijiao?" + urlencode(chosen))
