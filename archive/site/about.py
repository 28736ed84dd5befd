"""What this archive is and how it reads: `/guanyu`."""

from __future__ import annotations

import sqlite3
from typing import Any

from datasette import Response

from archive.audit.accuracy import at_most, interval_of, percent
from archive.citation import of_release
from archive.schema.codes import EXISTENCE, FIGURE_STATUS, FRAME_STATUS, REPORT_STATUS
from archive.schema.licence import LICENCE, LICENCE_TEXT
from archive.site import words
from archive.site.answers import View, render, web_address
from archive.site.kept import kept
from archive.site.links import release_address
from archive.site.operator import OPERATOR, operator
from archive.site.queries import Row, rows
from archive.site.release import RELEASES

__all__ = ["OPERATOR", "ROUTES", "about", "operator"]


#: The audit that the README's sentence is about comes first.
_AUDITS = """SELECT *, dense_rank() OVER (ORDER BY is_current DESC, date DESC, audit DESC) AS place
FROM audits ORDER BY place, rowid"""


async def about(datasette: Any, request: Any) -> Response:
    """`/guanyu`."""
    release = RELEASES[datasette]
    address = release_address(datasette, request)
    context = {
        "known": await kept(datasette, "about", _known),
        "operator": operator(release.root),
        "cited": of_release(release.manifest, address),
        "percent": percent,
        "interval": interval_of,
        "at_most": at_most,
        "licence": LICENCE,
        "licence_text": LICENCE_TEXT,
        "words": words,
        "figure_words": FIGURE_STATUS,
        "report_statuses": REPORT_STATUS,
        "frame_statuses": FRAME_STATUS,
        "existence": EXISTENCE,
        "web_address": web_address,
    }
    return await render(datasette, request, "about.html", context)


def _known(conn: sqlite3.Connection) -> dict[str, list[Row]]:
    """The checks and the statuses that occur, with their number."""
    return {
        "checks": rows(
            conn,
            'SELECT "check", title, strength, innocent FROM checks WHERE is_on ORDER BY "check"',
        ),
        "reports": rows(
            conn, "SELECT status, count(*) AS reports FROM _reports GROUP BY status ORDER BY 2 DESC"
        ),
        "accuracy": rows(conn, "SELECT topic, text FROM README WHERE topic = '准确性'"),
        "audits": rows(conn, _AUDITS),
    }


ROUTES: list[tuple[str, View]] = [(r"^/guanyu$", about)]
