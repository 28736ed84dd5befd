"""A release of a million reports: build, size, memory, pages, additions.

What `make prove ONLY=scale` made is measured again only if the program is another since.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from archive.manifest import FILES
from tests.bench import SMALL, Figure
from tests.bench.scale import follows, rates
from tests.bench.site import pages, written
from tests.bench.site.goals import PAGES, Goal, Page
from tests.scale import building
from tests.scale.building import Rehearsed

REPORTS = 3000 if SMALL else int(os.environ.get("REPORTS", "1000000"))
_MB = 2**20
SIZE = Goal(f"{REPORTS:,} reports: nianbao.db", 1024, " MB")
MINUTES = Goal(f"{REPORTS:,} reports: build from ready readings", 20, " min")
MEMORY = Goal(f"{REPORTS:,} reports: peak memory of the build, all processes", 4096, " MB")
ADDED = Goal(f"{REPORTS:,} reports: adding 1,000, of the time of the build", 5, " %")
#: Pages of the bench of the site, under the goals that they have there, and others.
_SAME = (
    "report page", "agency page", "home page", "charts", "a chart", "table page with five facets",
    "search, first 20 hits", "a region", "findings",
)  # fmt: skip
NATIONAL = (
    *(page for page in PAGES if page.name in _SAME),
    Page("regions of the country", "/diqu", above=12),
    Page("coverage of the country", "/fugai", above=12),
    Page("a facet on reports", "/nianbao/reports?_facet=scope", times=2),
)


def figures() -> Iterator[Figure]:
    """The bench's figures."""
    root = building.made(REPORTS)
    yield from _built(building.first(root))
    yield from pages.figures(root, NATIONAL)
    yield _added(building.with_more(root))


def _built(found: Rehearsed) -> Iterator[Figure]:
    first, release = found.first, found.root / "releases" / "current"
    size, whole = (release / FILES[0]).stat().st_size, _size(release)
    beside = f"{size / first.reports / 1024:.3f} KB a report; all files {whole / 1e9:.1f} GB"
    yield SIZE.result(size / _MB, beside)
    yield MINUTES.result(first.seconds / 60, f"{first.cpu / 60:.1f} min of CPU")
    yield MEMORY.result(first.peak / _MB, "sum of the proportional set sizes, every half second")
    how = f"build of {first.reports:,} reports from ready readings"
    rates.note("build_ms_a_report", 1000 * first.seconds / first.reports, "ms", how)
    rates.note("database_kb_a_report", size / first.reports / 1024, "KB", how)
    rates.note("release_kb_a_report", whole / first.reports / 1024, "KB", how)


def _added(found: Rehearsed) -> Figure:
    first, more = found.first, found.more
    assert more is not None
    beside = f"{more.seconds:.0f} s ({more.cpu:.0f} s of CPU), at most {more.peak / _MB:,.0f} MB"
    return ADDED.result(100 * more.seconds / first.seconds, beside)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def write(document: Path, found: Iterable[Figure]) -> None:
    """Put the room's table into a document, and what follows from it if all rates are known."""
    of = f"a release of {REPORTS:,} fictional reports and smaller ones"
    written.write(document, found, "scale", of)
    if rates.MEASURED.keys() >= set(follows.NEEDED):
        written.put(document, "follows", follows.table(rates.MEASURED))
