"""What stands at the address of what is withheld: 410, the day, the class of the reason."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from datasette import Response

from archive.register import agency_of
from archive.schema.codes import WITHHELD_REASON, WITHHELD_WHAT
from archive.site.answers import ask, render
from archive.site.queries import Report, Row, report, rows

#: Nothing is here any more, and that is meant (RFC 9110, 15.5.11).
STATUS = 410
MESSAGE = "这一内容已隐去，不再展示"


@dataclass(frozen=True, slots=True)
class Tomb:
    """What is said in the place of something withheld.

    Attributes:
        rows: The decisions: what, reason, date.
        report_id: The report, if something of it is still shown.
        agency: Id and name of the agency, if others of its reports are still shown.
    """

    rows: tuple[Row, ...]
    report_id: str | None = None
    agency: Row | None = None

    @property
    def told(self) -> list[dict[str, str]]:
        """The decisions as codes and words, each once."""
        said = dict.fromkeys((str(r["what"]), str(r["reason"]), str(r["date"])) for r in self.rows)
        return [
            {
                "what": what,
                "what_name": WITHHELD_WHAT.get(what, what),
                "reason": reason,
                "reason_name": WITHHELD_REASON.get(reason, reason),
                "date": date,
            }
            for what, reason, date in said
        ]


def of_identity(conn: sqlite3.Connection, identity: str) -> Tomb | None:
    """What stands for a report, a version or an agency of which nothing is shown, or None."""
    found = rows(
        conn,
        "SELECT what, reason, date, report_id FROM withheld WHERE (report_id = ?1 AND is_report) "
        "OR (version_id = ?1 AND what <> 'span') ORDER BY date, tombstone_id",
        identity,
    )
    if not found:
        found = [
            row
            for row in rows(
                conn,
                "SELECT what, reason, date, report_id FROM withheld WHERE is_report "
                "AND substr(report_id, 1, length(?1) + 1) = ?1 || '-' ORDER BY date, tombstone_id",
                identity,
            )
            if agency_of(str(row["report_id"])) == identity
        ]
    if not found:
        return None
    report_id = str(found[0]["report_id"])
    left = rows(conn, "SELECT 1 FROM reports WHERE report_id = ?", report_id)
    sql = "SELECT agency_id, name FROM agencies WHERE agency_id = ?"
    agencies = rows(conn, sql, agency_of(report_id))
    return Tomb(tuple(found), report_id if left else None, next(iter(agencies), None))


def of_original(conn: sqlite3.Connection, version_id: str, sha256: str = "") -> Tomb | None:
    """What stands for an original that holds a span that is withheld, or None.

    No original of such a version is shown: each has the same words.

    Args:
        conn: The release.
        version_id: Its version.
        sha256: The original; "" for any of the version.
    """
    found = rows(
        conn,
        "SELECT what, reason, date, report_id FROM withheld WHERE what = 'span' "
        "AND (version_id = ? OR sha256 = ?) ORDER BY date, tombstone_id",
        version_id,
        sha256,
    )
    return Tomb(tuple(found), version_id) if found else None


def with_tomb(conn: sqlite3.Connection, identity: str) -> tuple[Report, Tomb | None] | None:
    """A report or a version, with what stands for its originals; None if there is none."""
    found = report(conn, identity)
    if found is None:
        return None
    return found, of_original(conn, str(found.version["version_id"]))


async def answer(datasette: Any, request: Any, tomb: Tomb, *, original: bool = False) -> Response:
    """The page with a tombstone.

    Args:
        datasette: The site.
        request: The request.
        tomb: What is said.
        original: Whether it stands for an archived original alone: the text is still shown.
    """
    context = {"tomb": tomb, "original": original}
    headers = {"Cache-Control": "public, max-age=300"}
    return await render(datasette, request, "tombstone.html", context, STATUS, headers)


async def at(datasette: Any, identity: str) -> Tomb | None:
    """What stands for an id that the release does not have, or None."""
    found: Tomb | None = await ask(datasette, lambda conn: of_identity(conn, identity))
    return found
