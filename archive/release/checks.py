"""What a new release must pass before it is made current."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from pathlib import Path
from typing import Any

from ..errors import ReleaseRefused
from ..histories import Gathered
from ..manifest import FILES


def check(folder: Path, gathered: Gathered, counts: dict[str, int], before: dict[str, Any]) -> None:
    """Refuse files that are broken, incomplete, or emptier than the current release."""
    for name in FILES:
        with contextlib.closing(sqlite3.connect(f"file:{folder / name}?mode=ro", uri=True)) as db:
            verdict = db.execute("PRAGMA integrity_check").fetchone()[0]
            broken = db.execute("PRAGMA foreign_key_check").fetchall()
            written = _sizes(db) if name == FILES[0] else {}
        if verdict != "ok" or broken:
            raise ReleaseRefused(
                f"{folder / name}: {verdict}, {len(broken)} broken references; "
                "the old release stays current"
            )
        if written and written["reports"] != len(gathered.reports):
            raise ReleaseRefused(
                f"{folder / name} holds {written['reports']} of {len(gathered.reports)} reports; "
                "the old release stays current"
            )
    had = before.get("counts", {}).get("reports", 0)
    if had and not counts["reports"]:
        raise ReleaseRefused(
            f"the new release would hold no report where the current one holds {had}; "
            "it stays current. Are the WARC files and the ledger all there?"
        )


def _sizes(db: sqlite3.Connection) -> dict[str, int]:
    return {"reports": db.execute("SELECT count(*) FROM reports").fetchone()[0]}


def schema_digest(folder: Path) -> str:
    """Digest of all statements that made the tables, views and indexes."""
    digest = hashlib.sha256()
    for name in FILES:
        with contextlib.closing(sqlite3.connect(f"file:{folder / name}?mode=ro", uri=True)) as db:
            for row in db.execute("SELECT name, sql FROM sqlite_master ORDER BY name"):
                digest.update(json.dumps(row).encode())
    return digest.hexdigest()
