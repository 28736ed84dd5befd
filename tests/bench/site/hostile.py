"""Statements made to hurt: alone, and a hundred at once while others read pages."""

from __future__ import annotations

import contextlib
import http.client
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from tests.bench import SMALL
from tests.bench.site.goals import CUT, MEMORY, OTHERS, PAGES, Result
from tests.bench.site.pages import paths
from tests.bench.site.served import Served, get

_AT_ONCE = 12 if SMALL else 100
_COUNT = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) "
STATEMENTS = (
    _COUNT + "SELECT hex(randomblob(99000)) FROM c",
    _COUNT + "SELECT randomblob(199000), randomblob(199000) FROM c",
    _COUNT + "SELECT group_concat(hex(randomblob(1000))) FROM c",
    _COUNT + "SELECT count(*) FROM c",
    _COUNT + "SELECT x, randomblob(100000) AS b FROM c ORDER BY b",
    "SELECT f.*, a.report_id, b.report_id FROM figures f, reports a, reports b",
    "SELECT f.*, a.report_id, b.report_id FROM figures f, reports a, reports b ORDER BY random()",
    "SELECT count(*) FROM figures a, figures b, figures c",
    "SELECT sum(instr(hex(zeroblob(99000)), hex(zeroblob(49000)) || x)) FROM "
    "(WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c)",
)


def figures(root: Path) -> Iterator[Result]:
    """How long they take, what memory, and what the others notice."""
    asked = [
        f"/nianbao{form}?sql={quote(sql)}" for sql in STATEMENTS for form in ("", ".json", ".csv")
    ]
    with Served(root) as served:
        took = {path: _seconds(served, path) for path in asked}
        slowest = max(took, key=lambda path: took[path])
        yield CUT.result(
            took[slowest], f"“{STATEMENTS[asked.index(slowest) // 3][:200]}”, its limit is 1.5 s"
        )
    with Served(root) as served:
        waited, answers, seconds = _flooded(served, asked, _others(root))
        said = ", ".join(f"{count} × {status}" for status, count in sorted(answers.items()))
        yield MEMORY.result(served.peak(), f"answers: {said}; all within {seconds:.1f} s")
        yield OTHERS.result(max(waited), f"{len(waited)} pages meanwhile")


def _others(root: Path) -> list[str]:
    """Pages that others read meanwhile: all but Datasette's tables, which are statements too."""
    return [paths(root, page)[0] for page in PAGES if page.times is None]


def _seconds(served: Served, path: str) -> float:
    begun = time.perf_counter()
    status, _ = served.get(path)
    assert status in (200, 400), (path, status)
    return time.perf_counter() - begun


def _flooded(
    served: Served, asked: list[str], others: list[str]
) -> tuple[list[float], Counter[int], float]:
    """Seconds that other pages took, the statements' statuses, seconds until all had one."""
    answers: Counter[int] = Counter()
    lock = threading.Lock()

    def ask(path: str) -> None:
        try:
            status, _ = served.get(path)
        except (OSError, http.client.HTTPException):
            status = 0
        with lock:
            answers[status] += 1

    for path in others:
        served.get(path)
    begun = time.perf_counter()
    asking = [threading.Thread(target=ask, args=(asked[n % len(asked)],)) for n in range(_AT_ONCE)]
    for thread in asking:
        thread.start()
    waited = []
    with contextlib.closing(served.connection()) as connection:
        while any(thread.is_alive() for thread in asking) or len(waited) < len(others):
            sent = time.perf_counter()
            status, _ = get(connection, others[len(waited) % len(others)])
            waited.append(time.perf_counter() - sent)
            assert status == 200, (status, others[(len(waited) - 1) % len(others)])
    for thread in asking:
        thread.join()
    return waited, answers, time.perf_counter() - begun
