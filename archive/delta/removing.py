"""Taking reports out of a release's databases, with all that is said of them alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

_BY_NUMBER = {
    "_reports": "n", "_blanks": "n", "_sources": "version", "_notes": "version",
    "_findings": "version", "_finding_more": "version", "_versions": "n",
}  # fmt: skip
_TEXTS = ("chapters", "grids", "leftovers", "facts", "locators", "details")


def name_gone(db: sqlite3.Connection, reports: Iterable[str]) -> None:
    """Make `temp.gone`: the versions of some reports, by number and id.

    Args:
        db: nianbao.db.
        reports: Their ids.
    """
    db.execute("CREATE TEMP TABLE gone (n INTEGER PRIMARY KEY, version_id TEXT, report_id TEXT)")
    for report in sorted(reports):
        db.execute(
            "INSERT INTO temp.gone SELECT n, version_id, report_id FROM _versions "
            "WHERE version_id > ? || '.v' AND version_id < ? || '.w'",
            (report, report),
        )
    db.execute("CREATE INDEX temp.gone_ids ON gone(version_id)")


def remove(db: sqlite3.Connection, text: sqlite3.Connection, told: Iterable[str]) -> None:
    """Delete the rows of `temp.gone`, and the changes of reports.

    Args:
        db: nianbao.db.
        text: text.db.
        told: Ids of the reports of which changes are told anew: one that is only written again,
            because its agency is named otherwise, keeps them.
    """
    gone = "(SELECT n FROM temp.gone)"
    for table, column in _BY_NUMBER.items():
        db.execute(f"DELETE FROM {table} WHERE {column} IN {gone}")
    ids = [row[0] for row in db.execute("SELECT version_id FROM temp.gone ORDER BY 1")]
    db.executemany("DELETE FROM figures WHERE version_id = ?", [(each,) for each in ids])
    db.executemany("DELETE FROM changes WHERE report_id = ?", [(each,) for each in sorted(told)])
    for table in _TEXTS:
        text.executemany(f"DELETE FROM {table} WHERE version_id = ?", [(each,) for each in ids])
