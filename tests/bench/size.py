"""How large a release of a country is, and how long its pages and its content hash take."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from archive.contenthash import content_hash
from archive.manifest import FILES
from tests import synthetic
from tests.bench import SMALL, Figure, cpu

#: What people and Datasette's pages ask of views, with their bounds in milliseconds at
#: 100,000 reports: a facet may take 500 ms, a page 1,500.
_QUERIES = {
    "a report by its id": ("SELECT * FROM reports WHERE report_id = ?", 5),
    "sources by version": ("SELECT * FROM sources WHERE version_id = ? || '.v1'", 5),
    "findings of a report": ("SELECT * FROM findings WHERE report_id = ?", 20),
    "facet of reports by year": (
        "SELECT year, count(*) FROM reports WHERE ? <> '' GROUP BY 1 ORDER BY 2 DESC LIMIT 36",
        500,
    ),
    "facet of reports by region": (
        "SELECT region_name, count(*) FROM reports WHERE ? <> '' GROUP BY 1 ORDER BY 2 DESC "
        "LIMIT 36",
        500,
    ),
    "facet of findings by status": (
        "SELECT status, count(*) FROM findings WHERE ? <> '' GROUP BY 1 ORDER BY 2 DESC LIMIT 36",
        1500,
    ),
    "requests by year": (
        "SELECT year, sum(本年新收) FROM report_totals WHERE ? <> '' GROUP BY 1",
        1500,
    ),
}


def figures() -> Iterator[Figure]:
    """The bench's figures."""
    count = 2000 if SMALL else 100_000
    with tempfile.TemporaryDirectory() as name:
        folder, empty = Path(name), Path(name, "empty")
        empty.mkdir()
        synthetic.write(empty, 0)
        synthetic.write(folder, count)
        bytes_ = (folder / FILES[0]).stat().st_size
        if SMALL:  # what describes the tables is as large for 100,000
            bytes_ -= (empty / FILES[0]).stat().st_size
        yield Figure(f"bytes of nianbao.db a report, {count} reports", bytes_ / count, 1024, False)
        hashing = cpu(lambda: content_hash(*(folder / file for file in FILES)))
        yield Figure("content hash, a report", 1e6 * hashing / count, 1000, False, " µs")
        with contextlib.closing(sqlite3.connect(folder / FILES[0])) as db:
            (report_id,) = db.execute("SELECT report_id FROM _reports WHERE n = 777").fetchone()
            for what, (sql, bound) in _QUERIES.items():

                def ask(sql: str = sql, key: str = report_id) -> None:
                    db.execute(sql, (key,)).fetchall()

                ask()
                yield Figure(what, 1000 * cpu(ask), bound, False, " ms")
