"""A crawl of two hundred portals: every report that they hold is captured, once, and counted."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.crawls import collect, ledger, whole
from tests.portal.counties import County, county, expected, kinds, registry, serve


def counties(number: int) -> list[County]:
    """So many counties, the kinds of sites dealt out in turn."""
    dealt = kinds()
    return [county(n, dealt[(n - 1) % len(dealt)]) for n in range(1, number + 1)]


def crawl(places: Sequence[County], folder: Path, slugs: Sequence[str] = ()) -> list[str]:
    """Crawl columns of counties and compare with what they serve.

    Args:
        places: The counties.
        folder: Where registry and data root are made.
        slugs: Which columns; all if none is named.

    Returns:
        What is not as it should be, one sentence each; nothing if all is well.
    """
    with serve(places) as portal:
        file, data = folder / "portals.toml", folder / "data"
        file.write_text(registry(places, portal.port, slugs=slugs), "utf-8")
        began = time.monotonic()
        done = collect(file, data)
        seconds = time.monotonic() - began
        columns = {
            column: {url for urls in reports.values() for url in urls}
            for place in places
            for column, reports in expected(place, portal.port).items()
        }
        listings = {row["entry"] for row in ledger(data, "SELECT entry FROM portals")}
        asked = len(portal.requests)
    print("\n".join(done.stdout.splitlines()[-6:]))
    wrong = [f"scrapy collect exits with {done.returncode}: {done.stderr[-500:]}"] * (
        done.returncode != 0
    )
    outcomes = ledger(data, "SELECT portal, outcome, detail, candidates FROM outcomes")
    wrong += [f"{r['portal']}: {r['outcome']} ({r['detail']})" for r in outcomes
              if r["outcome"] != "complete"]  # fmt: skip
    captured = Counter(
        row["url"]
        for row in ledger(data, "SELECT url FROM captures WHERE role = 'article' AND status = 200")
    )
    crawled = {column for column in columns if any(f'"{column}"' in entry for entry in listings)}
    reports = set().union(*(columns[column] for column in crawled))
    wrong += [f"not captured: {url}" for url in sorted(reports - captured.keys())]
    wrong += [f"captured {n} times: {url}" for url, n in captured.items() if n > 1]
    counted = sum(row["candidates"] for row in outcomes)
    if counted != len(reports):
        wrong.append(f"the crawl counts {counted} candidates of {len(reports)} reports")
    whole(data)
    print(f"  {len(outcomes)} portals, {len(reports)} reports, {asked} requests, {seconds:.0f} s")
    return wrong


def prove() -> bool:
    """Crawl the governments' columns of two hundred counties."""
    with tempfile.TemporaryDirectory() as name:
        wrong = crawl(counties(200), Path(name), slugs=("szf",))
    for line in wrong[:20]:
        print(f"  {line}")
    return not wrong
