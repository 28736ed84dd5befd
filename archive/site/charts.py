"""Charts over the whole release, each with its table and its SQL: `/tubiao`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from datasette import Response

from archive.schema.codes import LEVEL
from archive.schema.indicators import breaks
from archive.site import findings_queries, plots, words
from archive.site.answers import View, missing, render
from archive.site.chart_specs import CHARTS, Chart, Choice
from archive.site.kept import kept
from archive.site.links import query_links
from archive.site.numerals import share
from archive.site.pooling import UNKNOWN, known_levels, number, rate, usual_level
from archive.site.queries import Row, told

PREFIX = "/tubiao"
#: Charts whose reports need not be of one level: reports and agencies are counted, not figures.
COUNTED = ("reports", "frame")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart with its rows.

    Attributes:
        chart: The chart.
        rows: A row a year.
        plot: How it is drawn, or None if there is nothing to draw.
        page: Address of its statement.
        csv: Address of its rows as CSV.
    """

    chart: Chart
    rows: tuple[Row, ...]
    plot: plots.Plot | None
    page: str
    csv: str


async def overview(datasette: Any, request: Any) -> Response:
    """`/tubiao`: all charts, of the level with the most reports."""
    level = usual_level(await kept(datasette, "levels", known_levels))
    drawn = [
        await _draw(datasette, chart, _of_chart(chart, Choice(level=level)))
        for chart in CHARTS.values()
    ]
    context = {"drawn": drawn, "level": _LEVELS.get(level, level), "counted": COUNTED}
    return await render(datasette, request, "charts.html", context | _SHARED)


async def chart(datasette: Any, request: Any) -> Response:
    """`/tubiao/<name>?cengji=county&lei=finance&diqu=360000&fanwei=own`."""
    found = CHARTS.get(request.url_vars["name"])
    if found is None:
        return await missing(datasette, request, "没有这张图表")
    levels = await kept(datasette, "levels", known_levels)
    kind = (request.args.get("lei") or "").strip()[:60]
    of_kind = await kept(datasette, ("levels", kind), lambda conn: known_levels(conn, kind))
    choice = _choice(request.args, found, usual_level(of_kind))
    context = {
        "each": await _draw(datasette, found, choice),
        "charts": CHARTS,
        "choice": choice,
        "query": urlencode(_asked(choice)),
        "is_counted": found.source in COUNTED,
        "levels": levels,
        "choices": await kept(datasette, "yidian choices", findings_queries.choices),
        "breaks": [each for each in breaks() if each.code in found.breaks],
    }
    return await render(datasette, request, "chart.html", context | _SHARED)


ROUTES: list[tuple[str, View]] = [
    (rf"^{PREFIX}$", overview),
    (rf"^{PREFIX}/(?P<name>[^/]+)$", chart),
]
_LEVELS = {**LEVEL, UNKNOWN: "层级未确定"}
_SHARED: dict[str, Any] = {"level_words": _LEVELS, "words": words, "share": share, "rate": rate}


def _choice(args: Any, chart: Chart, level: str) -> Choice:
    """What the parameters of an address choose; a chart of figures has one level."""
    asked, region = args.get("cengji") or "", (args.get("diqu") or "").strip()
    scope = "aggregate" if args.get("fanwei") == "aggregate" else "own"
    return _of_chart(chart, Choice(
        scope=scope,
        level=asked if asked in _LEVELS else ("" if chart.source in COUNTED else level),
        kind=(args.get("lei") or "").strip()[:60],
        region=region if region.isdecimal() and 2 <= len(region) < 13 else "",
    ), asked)  # fmt: skip


def _of_chart(chart: Chart, choice: Choice, asked: str = "any") -> Choice:
    """The choice as far as it concerns a chart."""
    if chart.source not in COUNTED:
        return choice
    is_asked = asked in _LEVELS
    # What there should be is added up by province: a county's own number is not known here.
    region = f"{choice.region[:2]}0000" if chart.source == "frame" and choice.region else ""
    return replace(
        choice, scope="own", level=choice.level if is_asked else "", region=region or choice.region
    )


def _asked(choice: Choice) -> dict[str, str]:
    """The parameters of an address that make a choice."""
    said = {"cengji": choice.level, "lei": choice.kind, "diqu": choice.region}
    said |= {"fanwei": choice.scope} if choice.scope != "own" else {}
    return {name: value for name, value in said.items() if value}


async def _draw(datasette: Any, chart: Chart, choice: Choice) -> Drawn:
    sql, parameters = statement = chart.statement(choice)
    rows = await kept(datasette, (sql, *parameters.items()), lambda conn: told(conn, statement))
    return Drawn(chart, rows, plot(chart, rows), **query_links(datasette, *statement))


def plot(chart: Chart, rows: tuple[Row, ...]) -> plots.Plot | None:
    """How a chart is drawn; None without any number."""
    years = {int(str(row["year"])): row for row in rows}
    series = [_series(chart, code, name, years) for code, name in chart.series.items()]
    if not any(v is not None for each in series for v in each.values.values()):
        return None
    axis = plots.Axis(
        range(min(years), max(years) + 1),
        {year: _note(chart, row) for year, row in years.items()},
        {year: _gap(chart, row) for year, row in years.items()},
        chart.breaks,
    )
    if chart.draw == "rates":
        return plots.lines(axis, series)
    return plots.columns(axis, series, percent=chart.draw == "shares")


def _series(chart: Chart, code: str, name: str, years: dict[int, Row]) -> plots.Series:
    if chart.draw == "rates":
        return plots.Series(code, name, {y: rate(row, code) for y, row in years.items()})
    return plots.Series(code, name, {y: number(row[code]) for y, row in years.items()})


def _gap(chart: Chart, row: Row) -> str:
    """Why a year that has a row has nothing to draw."""
    if chart.draw == "rates":
        return "无分母" if any(row[f"{code}_n"] for code in chart.series) else "缺"
    is_zero = any(row[code] == 0 for code in chart.series)
    return "合计为 0" if is_zero else "缺"


def _note(chart: Chart, row: Row) -> str:
    """What is said below a year: of how many reports, or cells, it tells."""
    if chart.draw == "rates":
        counts = {row[f"{code}_n"] for code in chart.series}
        return f"n={counts.pop():,}" if len(counts) == 1 else "n 见表"
    whole = row.get("n", row.get("cells"))
    return "" if whole is None else f"n={whole:,}"
