"""The templates of our own pages, compiled once and rendered without a task a macro.

Datasette renders with an asynchronous environment, in which every expression may have to
be awaited: a report's page, three hundred cells, took it four times as long. Pages of ours
have all their data before they are rendered, so they have an environment of their own.
Templates that extend Datasette's (its table, row and query pages) stay with Datasette's.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from datasette.utils import format_bytes
from jinja2 import Environment, FileSystemLoader

from archive.site import markup
from archive.site.addresses import Addresses
from archive.site.bidi import straight
from archive.site.release import RELEASES

FOLDER = Path(__file__).parent / "templates"


def html(datasette: Any, request: Any, template: str, context: dict[str, Any]) -> str:
    """A page of ours; `urls`, `request` and `release` are there for every template."""
    shared = {
        "urls": Addresses(datasette.urls),
        "request": request,
        "release": RELEASES.get(datasette),
    }
    return _environment().get_template(template).render({**shared, **context})


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        auto_reload=False,  # what is installed does not change while it is served
    )
    environment.globals |= {"format_bytes": format_bytes, "markup": markup}
    environment.filters["straight"] = straight
    return environment
