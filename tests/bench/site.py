"""What a page costs the server beside the raw SQL that it needs."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from archive.build import build
from archive.root import DataRoot
from archive.site.serve import site
from tests.bench import SMALL, Figure, medians
from tests.bench.builds import pages, store

_RAW = "SELECT * FROM reports JOIN figures USING (version_id) WHERE report_id = ?"


def figures() -> Iterator[Figure]:
    """The bench's figures."""
    count = 100 if SMALL else 1000
    with tempfile.TemporaryDirectory() as name:
        root = DataRoot(Path(name))
        store(root, list(pages(count)))
        build(root)
        db = sqlite3.connect(root.current / "nianbao.db")
        report_id, agency_id = db.execute("SELECT report_id, agency_id FROM reports").fetchone()
        yield from asyncio.run(_pages_of(root, db, report_id, agency_id))
        db.close()


async def _pages_of(
    root: DataRoot, db: sqlite3.Connection, report_id: str, agency_id: str
) -> list[Figure]:
    datasette = site(root.path)
    await datasette.invoke_startup()
    found = []
    rounds = 5 if SMALL else 25
    for name, path, goal in (
        ("report page", f"/bg/{report_id}", 8.0),
        ("agency page", f"/jg/{agency_id}", 8.0),
        ("row page", f"/nianbao/agencies/{agency_id}", 15.0),
    ):
        response = await datasette.client.get(path)
        assert response.status_code == 200, path
        # The client runs on the same loop, so its own cost is in the figure.
        spent = []
        for _ in range(rounds):
            before = time.process_time()
            await datasette.client.get(path)
            spent.append(time.process_time() - before)
        (raw,) = medians(rounds, lambda: db.execute(_RAW, (report_id,)).fetchall())
        milliseconds = (sorted(spent)[rounds // 2] - raw) * 1000
        found.append(Figure(f"{name}: CPU above its raw SQL", milliseconds, goal, False, " ms"))
    return found
