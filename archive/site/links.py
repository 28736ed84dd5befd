"""Addresses that pages of ours link to and Datasette answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode


def query_path(
    datasette: Any, sql: str, parameters: dict[str, object], database: str = "nianbao"
) -> str:
    """The address that runs a statement in Datasette, so that a figure of ours can be checked.

    Args:
        datasette: The site.
        sql: One SELECT with named parameters (`:year`).
        parameters: Their values.
        database: `nianbao` or `text`.
    """
    asked = urlencode({"sql": sql.strip(), **parameters})
    return f"{datasette.urls.path('/' + database)}?{asked}"
