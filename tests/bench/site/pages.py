"""What a page costs the server, beside the SQL that it needs."""

from __future__ import annotations

import contextlib
import sqlite3
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from archive.site.chart_specs import CHARTS
from tests.bench import SMALL, cpu
from tests.bench.site.goals import PAGES, Page, Result
from tests.bench.site.served import Served, get
from tests.bench.site.statements import Raw, Statement

_EACH = 2 if SMALL else 12  # examples of a page
_ROUNDS = 2 if SMALL else 9
#: Statements that find examples of what stands in a path, spread over the release.
EXAMPLES = {
    "report": "SELECT report_id FROM _reports WHERE status = 'read' ORDER BY n * 7919 % 99991",
    "region": "SELECT DISTINCT region_code FROM agencies ORDER BY region_code * 7919 % 99991",
    "agency": "SELECT agency_id FROM agencies ORDER BY rowid * 7919 % 99991",
}
#: Other examples.
_OTHERS = {
    "chart": tuple(CHARTS),
    "words": ("主动公开", "信息", "公开信息0条", "年主动"),
}


def figures(root: Path, pages: Sequence[Page] = PAGES) -> Iterator[Result]:
    """CPU of each page, of `goals.PAGES` if no others are given."""
    asked = {page: paths(root, page) for page in pages}
    raw = Raw(root)
    # What a page asks once for everybody is its SQL, too, where the goal is a multiple of that.
    statements = {page: raw.of(found, first=bool(page.times)) for page, found in asked.items()}
    spent: dict[Page, list[float]] = {page: [] for page in pages}
    bare: dict[Page, list[float]] = {page: [] for page in pages}
    with Served(root) as served, contextlib.closing(served.connection()) as connection:
        first = {page: served.get(asked[page][0]) for page in pages}
        assert all(status == 200 for status, _ in first.values()), first
        for number in range(_ROUNDS + 1):  # the first warms both
            for page in pages:
                before = served.cpu()
                for path in asked[page]:
                    get(connection, path)
                took = (served.cpu() - before) / len(asked[page])
                alone = cpu(lambda page=page: _all(raw, statements[page])) / len(asked[page])
                if number:
                    spent[page].append(1000 * took)
                    bare[page].append(1000 * alone)
    for page in pages:
        sql, whole = statistics.median(bare[page]), statistics.median(spent[page])
        queries = statistics.median(len(found) for found in statements[page])
        beside = f"page {whole:.1f} ms, its SQL {sql:.2f} ms, {queries:.0f} statements"
        values = {" ms": whole - sql, "": whole / sql if sql else whole}
        for goal in page.goals():
            is_raw = goal.name.endswith(": its raw SQL")
            yield goal.result(sql if is_raw else values[goal.unit], beside)


def _all(raw: Raw, statements: list[list[Statement]]) -> None:
    for each in statements:
        raw.run(each)


def paths(root: Path, page: Page) -> list[str]:
    """Addresses of examples of a page."""
    file = root / "releases" / "current" / "nianbao.db"
    uri = f"{file.resolve().as_uri()}?mode=ro&immutable=1"
    with contextlib.closing(sqlite3.connect(uri, uri=True)) as db:
        for name, sql in EXAMPLES.items():
            if f"{{{name}}}" in page.path:
                found = db.execute(f"{sql} LIMIT {_EACH}").fetchall()
                return [page.path.format_map({name: quote(row[0])}) for row in found]
    for name, examples in _OTHERS.items():
        if f"{{{name}}}" in page.path:
            return [page.path.format_map({name: quote(each)}) for each in examples]
    return [page.path]
