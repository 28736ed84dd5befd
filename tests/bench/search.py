"""How long a search takes beside its raw SQL, and how large and how fast its index is.

Works on a synthetic release whose reports were given chapters as long as real ones (`fill`).
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

from archive.manifest import FILES
from archive.search import Question
from archive.search.asking import PAGE
from archive.search.index import Numbers, write_index
from archive.site.serve import site
from tests import prose, synthetic
from tests.bench import SMALL, Figure, cpu, medians

#: Frequent, rare and absent questions, and such with filters.
ASKED = (
    {"q": "信息公开"},
    {"q": "公开"},
    {"q": "涉密"},
    {"q": "税"},
    {"q": "认真贯彻落实政府信"},
    {"q": prose.RARE},
    {"q": "公开疫苗审查"},
    {"q": "疫苗 涉密"},
    {"q": "信息公开", "nian": "2021", "lei": "finance"},
    {"q": "涉密", "diqu": "990100"},
)
#: What the issue calls the raw SQL: the first hits, verified.
_RAW = """
SELECT c.n, c.version_id, c.chapter, c.heading, c.text
FROM _search JOIN chapters c ON c.n = _search.rowid
WHERE _search MATCH ? AND _search.rowid BETWEEN ? AND ? AND instr(c.text, ?)
ORDER BY _search.rowid DESC LIMIT ?"""


def fill(folder: Path) -> Iterator[Figure]:
    """Give a synthetic release's reports long chapters, and index them.

    Args:
        folder: Holds nianbao.db and text.db as `tests.synthetic.write` leaves them.
    """
    with (
        closing(sqlite3.connect(folder / FILES[0])) as nianbao,
        closing(sqlite3.connect(folder / FILES[1])) as text,
    ):
        text.execute("PRAGMA journal_mode = OFF")
        text.execute("DELETE FROM chapters")
        text.execute("INSERT INTO _search(_search) VALUES ('delete-all')")
        reports = nianbao.execute(
            "SELECT version_id, agency, year FROM reports ORDER BY report_id"
        ).fetchall()
        with text:
            text.executemany("INSERT INTO chapters VALUES (?, ?, ?, ?, ?, ?)", _chapters(reports))
        spent = cpu(lambda: write_index(nianbao, text))
        text.execute("VACUUM")
        sizes = "SELECT sum(pgsize) FROM dbstat WHERE name LIKE '\\_search%' ESCAPE '\\'"
        (bytes_,) = text.execute(sizes).fetchone()
    count = len(reports)
    yield Figure("search index: bytes a report", bytes_ / count, 4096, False)
    yield Figure("search index: reports a second", count / spent, 300, True)


def pages(root: Path) -> Iterator[Figure]:
    """What `/sousuo` costs on a root whose release was filled, beside the raw SQL."""
    yield from asyncio.run(_pages(root))


def figures() -> Iterator[Figure]:
    """The bench alone, on a release of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "releases", "current")
        folder.mkdir(parents=True)
        synthetic.write(folder, 2000 if SMALL else 100_000)
        yield from fill(folder)
        yield from pages(Path(name))


def _chapters(reports: list[tuple[str, str, int]]) -> Iterator[list[object]]:
    numbers = Numbers()
    for number, (version_id, agency, year) in enumerate(reports):
        rows = (
            {"version_id": version_id, "chapter": chapter, "position": position, "heading": None,
             "text": text}
            for position, (chapter, text) in enumerate(
                prose.chapters(number, agency, year).items(), 1
            )
        )  # fmt: skip
        yield from (list(row.values()) for row in numbers.given(rows, year))


async def _pages(root: Path) -> list[Figure]:
    datasette = site(root)
    await datasette.invoke_startup()
    rounds = 5 if SMALL else 25
    found = []
    with closing(sqlite3.connect(root / "releases" / "current" / FILES[1])) as db:
        for asked in ASKED:
            path = f"/sousuo?{urlencode(asked)}"
            assert (await datasette.client.get(path)).status_code == 200, path
            spent = []
            for _ in range(rounds):
                before = time.process_time()
                await datasette.client.get(path)
                spent.append(time.process_time() - before)
            (raw,) = medians(rounds, lambda asked=asked: _raw(db, asked))  # type: ignore[misc]  # mypy sees no type in a default
            page = statistics.median(spent)
            what = " ".join(asked.values())
            found += [
                Figure(f"search {what}: first {PAGE}, raw SQL", raw * 1000, 5, False, " ms"),
                Figure(f"search {what}: page above raw", (page - raw) * 1000, 10, False, " ms"),
            ]
    return found


def _raw(db: sqlite3.Connection, asked: dict[str, str]) -> list[tuple[object, ...]]:
    question = Question(
        asked["q"],
        year=int(asked["nian"]) if "nian" in asked else None,
        kind=asked.get("lei", ""),
        regions=(asked["diqu"],) if "diqu" in asked else (),
    )
    word = asked["q"].split()[-1]
    return db.execute(_RAW, (question.expression, *question.span, word, PAGE)).fetchall()
