"""The browser of findings: `/yidian`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from datasette import Response

from archive.site import findings_queries, words
from archive.site.answers import View, ask, render
from archive.site.bidi import apart
from archive.site.findings import keys_of, sides
from archive.site.findings_queries import ON_A_PAGE, Wanted
from archive.site.kept import kept
from archive.site.links import query_links
from archive.site.numerals import share
from archive.site.queries import Row
from extract.forms import columns

PREFIX = "/yidian"
#: Name of a parameter of the address → attribute of `Wanted`.
PARAMETERS = {
    "hedui": "check",
    "jieguo": "kind",
    "nian": "year",
    "diqu": "region",
    "lei": "agency_kind",
}


async def findings(datasette: Any, request: Any) -> Response:
    """`/yidian`, all checks; `/yidian?hedui=C01&jieguo=fail&nian=2022` what one found."""
    checks = await kept(datasette, "yidian", findings_queries.checks)
    wanted = _wanted(request.args, checks)
    after = _after(request.args.get("hou") or "")
    found = await _page(datasette, wanted, after)
    shown = found[:ON_A_PAGE]
    others = [str(row["related"]) for row in shown if row["related"]]
    code = wanted.region
    context = {
        "wanted": wanted,
        "checks": checks,
        "by_check": {row["check"]: row for row in checks},
        "choices": await kept(datasette, "yidian choices", findings_queries.choices),
        "count": await kept(
            datasette, ("yidian", wanted), lambda conn: findings_queries.count(conn, wanted)
        ),
        "region": await ask(datasette, lambda c: findings_queries.region_name(c, code) or code),
        "findings": shown,
        "related": await ask(datasette, lambda conn: findings_queries.related(conn, others)),
        "is_start": after is None,
        "address": lambda **changed: _address(datasette, replace(wanted, **changed)),
        "next": _next(datasette, wanted, shown) if len(found) > ON_A_PAGE else None,
        "sql": query_links(datasette, *findings_queries.statement(wanted)),
        "most_rows": datasette.setting("max_returned_rows"),
        "whole": _whole(datasette, wanted),
        "labels": {key: slots[-1] for key, slots in columns().items()},
        "words": words,
        "share": share,
        "apart": apart,
        "keys_of": keys_of,
        "sides_of": sides,
    }
    return await render(datasette, request, "findings_page.html", context)


ROUTES: list[tuple[str, View]] = [(rf"^{PREFIX}$", findings)]


async def _page(datasette: Any, wanted: Wanted, after: tuple[str, int] | None) -> tuple[Row, ...]:
    """The findings of a page; of a rare check all reports are looked through for the first one."""

    def question(conn: Any) -> tuple[Row, ...]:
        return findings_queries.page(conn, wanted, after)

    if after is not None:
        return await ask(datasette, question)  # type: ignore[no-any-return]
    return await kept(datasette, ("yidian page", wanted), question)  # type: ignore[no-any-return]


def _wanted(args: Any, checks: list[Row]) -> Wanted:
    """What the parameters of an address say; what is none of these is left out."""
    said = {name: (args.get(parameter) or "").strip() for parameter, name in PARAMETERS.items()}
    year = said["year"]
    known = {str(row["check"]) for row in checks}
    return Wanted(
        check=said["check"] if said["check"] in known else "",
        kind=said["kind"] if said["kind"] in words.FINDING else "",
        year=int(year) if year.isdecimal() and len(year) == 4 else None,
        region=said["region"] if said["region"].isdecimal() and len(said["region"]) < 13 else "",
        agency_kind=said["agency_kind"][:60],
        notes=tuple(str(row["check"]) for row in checks if row["strength"] == "informative"),
    )


def _after(text: str) -> tuple[str, int] | None:
    """Report and number from `<report_id>~<number>`; None of anything else."""
    report, _, number = text.rpartition("~")
    return (report, int(number)) if report and number.isdecimal() and len(number) < 9 else None


def _address(datasette: Any, wanted: Wanted, after: str = "") -> str:
    """The address of a page of findings."""
    said = {parameter: getattr(wanted, name) for parameter, name in PARAMETERS.items()}
    asked = {parameter: value for parameter, value in said.items() if value}
    asked |= {"hou": after} if after else {}
    path = str(datasette.urls.path(PREFIX))
    return f"{path}?{urlencode(asked)}" if asked else path


def _next(datasette: Any, wanted: Wanted, shown: Sequence[Row]) -> str:
    last = shown[-1]
    return _address(datasette, wanted, f"{last['report_id']}~{last['number']}")


def _whole(datasette: Any, wanted: Wanted) -> str:
    """The address of a CSV without an end: Datasette streams a table, and no statement."""
    asked = {"check": wanted.check, "status": wanted.kind.replace("informative", "fail")}
    said = {name: value for name, value in asked.items() if value}
    path = datasette.urls.path("/nianbao/current_findings.csv")
    return f"{path}?{urlencode({'_stream': 'on', **said})}"
