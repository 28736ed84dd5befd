"""What programs may ask, with examples: `/jiekou`. In English: docs/api.md."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from datasette import Response

from archive.site import json_agencies
from archive.site.answers import View, ask, render
from archive.site.links import absolute
from archive.site.queries import rows

_EXAMPLES = Path(__file__).with_name("api_examples.toml")


@dataclass(frozen=True, slots=True)
class Example:
    """A program.

    Attributes:
        language: `python`, `sh` or `r`.
        title: What it needs.
        code: The program, with `{site}` for the site's address.
    """

    language: str
    title: str
    code: str

    def at(self, site: str) -> str:
        """The program for the site at an address without its last slash."""
        return self.code.replace("{site}", site)


@cache
def examples() -> tuple[Example, ...]:
    """The programs, in the order of the page."""
    told = tomllib.loads(_EXAMPLES.read_text("utf-8"))
    return tuple(
        Example(each["language"], each["title"], each["code"].strip()) for each in told["example"]
    )


async def page(datasette: Any, request: Any) -> Response:
    """`/jiekou`."""
    found = await ask(datasette, lambda conn: rows(conn, _ONE))
    one = found[0] if found else {"report_id": "", "agency_id": ""}
    site = absolute(datasette, request, "/").rstrip("/")
    context = {
        "site": site,
        "examples": [(each, each.at(site)) for each in examples()],
        "one": one,
        "page_size": json_agencies.PAGE,
        "seconds": datasette.setting("sql_time_limit_ms") / 1000,
        "most_rows": datasette.setting("max_returned_rows"),
        "sql": datasette.setting("default_allow_sql"),
    }
    return await render(datasette, request, "interface.html", context)


#: A report that links of the page can lead to.
_ONE = "SELECT report_id, agency_id FROM reports ORDER BY status <> 'read', report_id LIMIT 1"

ROUTES: list[tuple[str, View]] = [(r"^/jiekou$", page)]
