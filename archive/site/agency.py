"""An agency's page: all its years side by side, and what the archive lacks of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from datasette import Response

from archive.schema.codes import LEVEL, NAME_RELATION, NAME_SOURCE
from archive.site import agency_queries, changes, chart, words
from archive.site.agency_queries import SERIES, SUMS, Agency, YearReport
from archive.site.answers import View, ask, render
from archive.site.cells import plain
from archive.site.kept import kept
from archive.site.links import query_path
from extract.forms import columns, forms
from extract.forms.meaning import of_figure

#: Years from which figures do not count as before, and which tables are concerned.
BREAKS = {2021: "form", 2024: "review"}


@dataclass(frozen=True, slots=True)
class Column:
    """A year in the table of figures; an aggregate report has a column of its own."""

    year: int
    report: YearReport | None
    status: str

    @property
    def is_read(self) -> bool:
        """Whether it has figures."""
        report = self.report
        return (
            report is not None
            and report.row["status"] == "read"
            and report.row["form"] != words.LEGACY
        )


@dataclass(frozen=True, slots=True)
class Value:
    """A figure in one column: what is shown, its state, a sentence about it, its place."""

    text: str
    state: str
    title: str = ""
    path: str = ""


async def agency(datasette: Any, request: Any) -> Response:
    """`/jg/<agency_id>`."""
    identity = request.url_vars["id"]
    heirs = await kept(datasette, "heirs", agency_queries.successions)
    found: Agency | None = await ask(
        datasette, lambda conn: agency_queries.agency(conn, identity, heirs)
    )
    if found is None:
        return await changes.gone(datasette, request, "jg", "本档案没有这个机关")
    shown = _columns(found)
    context = {
        "agency": found,
        "missing": [year.year for year in found.years if not year.reports and not year.withheld],
        "withheld": [year.year for year in found.years if year.withheld],
        "late": [each.row | each.dates for each in found.reports if each.dates.get("days_late")],
        "columns": shown,
        "groups": _groups(shown),
        "breaks": _breaks(shown),
        "sums": SUMS,
        "chart": chart.draw(_points(found, shown[0].year) if shown else {}),
        "series": {"收到": chart.REQUESTS, "办理": chart.OUTCOMES},
        "chart_scope": _chart_scope(found),
        "chart_query": query_path(datasette, agency_queries.CHART, {"agency_id": identity}),
        "words": words,
        "levels": LEVEL,
        "relations": NAME_RELATION,
        "sources": NAME_SOURCE,
    }
    return await render(datasette, request, "agency.html", context)


def _columns(found: Agency) -> list[Column]:
    """A column a report and a column a year without one, from the first with figures on.

    Before 2019 reports had another form, and none of these figures: ten years of columns
    without any would push those that have some out of sight.
    """
    shown: list[Column] = []
    for year in reversed(found.years):
        absent = "withheld" if year.withheld else "not_in_archive"
        status = str(year.coverage.get("status") or absent)
        shown += [Column(year.year, each, str(each.row["status"])) for each in year.reports] or [
            Column(year.year, None, status)
        ]
    first = next((place for place, each in enumerate(shown) if each.is_read), len(shown))
    return shown[first:]


def _breaks(shown: Sequence[Column]) -> list[str]:
    """Of each column, what begins with it: nothing, a form, another rule."""
    before = [None, *(each.year for each in shown)]
    return [
        BREAKS.get(each.year, "") if last is not None and last < each.year else ""
        for last, each in zip(before, shown, strict=False)
    ]


def _groups(shown: Sequence[Column]) -> list[tuple[str, list[tuple[str, str, list[Value | None]]]]]:
    """Groups of lines of the table: (group, [(key, name, a value a column)])."""
    return [
        (
            group,
            [(key, name, [_value(key, each) for each in shown]) for key, name in lines.items()],
        )
        for group, lines in SERIES.items()
    ]


def _value(key: str, column: Column) -> Value | None:
    """A figure of a column; None where the column has no figures at all."""
    report = column.report
    if report is None or not column.is_read:
        return None
    if key in SUMS:
        total = report.totals.get(key)
        if isinstance(total, int | float):
            return Value(plain(total), "sum")
        return Value("—", "absent", "有的行空白或未读到，不作合计")
    if not report.figures.has(key) and not _is_of_form(key, report.row["form"]):
        return Value("无此项", "absent", "该年报所用格式没有此项")
    cell = report.figures.cell(columns()[key][-1])
    path = f"{report.row['report_id']}#sz-{key}"
    unit = "" if cell.unit in cell.text else f"（{cell.unit}）"
    return Value(cell.text + unit, cell.state, cell.title, path)


def _is_of_form(key: str, code: object) -> bool:
    """Whether a form has a figure; so has one that could not be told."""
    return str(code) in of_figure(key) or str(code) not in forms()


def _points(found: Agency, first: int) -> dict[int, chart.Point]:
    """Numbers of the chart from a year on.

    Aggregates count other agencies too: they never join the others.
    """
    own = [each for each in found.reports if each.row["scope"] != "aggregate"]
    chosen = {int(str(each.row["year"])): each for each in own or found.reports}
    points = {}
    for year in (year for year in found.years if year.year >= first):
        each = chosen.get(year.year)
        if each is None:
            absent = "已隐去" if year.withheld else "未取得"
            points[year.year] = chart.Point({}, "另有汇总" if year.reports else absent)
            continue
        word = words.report_word(str(each.row["status"])).word
        missing = "空白" if each.row["status"] == "read" else word
        missing = "旧格式" if each.row["form"] == words.LEGACY else missing
        points[year.year] = chart.Point(
            {name: _number(value) for name, value in each.totals.items()}, missing
        )
    return points


def _chart_scope(found: Agency) -> str:
    """Whose numbers the chart shows, where its reports are not all the agency's own."""
    scopes = {each.row["scope"] for each in found.reports}
    if scopes == {"aggregate"}:
        return "图中为汇总数，含所属各机关。"
    if "unknown" in scopes:
        return "图中不含标明的汇总；有的年报范围未确定，或为汇总。"
    return "图中只有本机关自己的数，不含汇总。" if "aggregate" in scopes else ""


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) else None


ROUTES: list[tuple[str, View]] = [(r"^/jg/(?P<id>[^/]+)$", agency)]
