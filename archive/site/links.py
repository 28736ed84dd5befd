"""Addresses: with the host, and of a statement that Datasette runs."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from archive.site.queries import Parameters
from archive.site.release import RELEASES


def absolute(datasette: Any, request: Any, path: str) -> str:
    """The address of a page with the host that was asked, for citations, feeds and programs."""
    return str(datasette.absolute_url(request, datasette.urls.path(path)))


def release_address(datasette: Any, request: Any) -> str:
    """The permanent address of the release that is shown, with host."""
    return absolute(datasette, request, release_path(RELEASES[datasette].name))


def release_path(name: str) -> str:
    """The path of a release's page."""
    return f"/banci/{quote(name, safe='')}"


def query_path(datasette: Any, sql: str, parameters: Parameters, ending: str = "") -> str:
    """The address that runs a statement in Datasette, so that a figure of ours can be checked.

    Args:
        datasette: The site.
        sql: One SELECT of `nianbao.db` with named parameters (`:year`).
        parameters: Their values.
        ending: `.csv` for its rows as CSV.
    """
    asked = urlencode({"sql": sql.strip(), **parameters})
    return f"{datasette.urls.path('/nianbao' + ending)}?{asked}"


def query_links(datasette: Any, sql: str, parameters: Parameters) -> dict[str, str]:
    """Both addresses of a statement: `page`, and all its rows as `csv`."""
    return {
        "page": query_path(datasette, sql, parameters),
        "csv": query_path(datasette, sql, parameters, ".csv"),
    }
