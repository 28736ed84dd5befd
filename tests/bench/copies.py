"""Near-duplicates: whether what a report costs stays the same when there are four times as many."""

from __future__ import annotations

import random
import resource
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from archive.duplicates import duplicate_rows
from tests.bench import SMALL, Figure, cpu

_REPORTS = 2_000 if SMALL else 20_000
_YEARS = range(2019, 2024)
_SIGNS = [chr(code) for code in range(0x4E00, 0x4E00 + 3000)]
_WEIGHTS = [1 / (place + 3) for place in range(3000)]


def figures() -> Iterator[Figure]:
    """The bench's figures."""
    few = 1000 * _search(_REPORTS // 4) / (_REPORTS // 4)
    many = 1000 * _search(_REPORTS) / _REPORTS
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"  near-duplicates of a report, in milliseconds of CPU: {few:.2f} among "
        f"{_REPORTS // 4}, {many:.2f} among {_REPORTS}; {peak} MB at most",
        flush=True,
    )
    yield Figure(
        "near-duplicates, four times the reports ÷ a report's cost", many / few, 1.5, False
    )


def _search(reports: int) -> float:
    """CPU of finding all; two of three agencies share a template, one of four copies itself."""
    with (
        tempfile.TemporaryDirectory() as name,
        closing(sqlite3.connect(Path(name) / "nianbao.db")) as db,
    ):
        db.execute("CREATE TABLE reports (version_id PRIMARY KEY, agency_id, scope, year)")
        db.execute("ATTACH ? AS text", (str(Path(name) / "text.db"),))
        db.execute(
            "CREATE TABLE text.chapters (version_id, chapter, position, heading, text, "
            "PRIMARY KEY (version_id, chapter))"
        )
        _fill(db, reports)
        return cpu(lambda: sum(1 for _ in duplicate_rows(db)))


def _fill(db: sqlite3.Connection, reports: int) -> None:
    dice = random.Random(24)

    def prose(length: int) -> str:
        return "".join(dice.choices(_SIGNS, _WEIGHTS, k=length))

    statute, template = prose(400), ""
    for agency in range(reports // len(_YEARS)):
        template = prose(600) if agency % 20 == 0 else template
        kept = prose(700)
        for year in _YEARS:
            version = f"a{agency:06d}-{year}.v1"
            db.execute("INSERT INTO reports VALUES (?, ?, 'own', ?)",
                       (version, version[:7], year))  # fmt: skip
            texts = (statute + prose(100), template if agency % 3 else prose(600),
                     prose(700) if agency % 4 else kept, prose(200))  # fmt: skip
            rows = [(version, str(at), at, text) for at, text in enumerate(texts)]
            db.executemany("INSERT INTO text.chapters VALUES (?, ?, ?, '', ?)", rows)
    db.commit()
