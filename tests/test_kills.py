"""Kills early and late in a small crawl; `make prove ONLY=crawl` has twenty of a large one.

One midway is in test_demo.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kills import Counties, kill, moments
from tests.portal.counties import county, serve

PLACES = [county(number, "vsb") for number in range(1, 7)]
#: Lists, articles and robots.txt of an unbroken crawl, about.
REQUESTS = 170
EARLY_AND_LATE = sorted(moments(4, 3, REQUESTS))[::2]


@pytest.fixture(scope="module")
def served() -> Iterator[Counties]:
    with serve(PLACES, latency=0.01) as portal:
        yield Counties(PLACES, portal)


@pytest.mark.parametrize("moment", EARLY_AND_LATE, ids=lambda moment: f"at-{moment[0]}")
def test_a_killed_crawl_loses_nothing(
    served: Counties, tmp_path: Path, moment: tuple[int, float]
) -> None:
    found = kill(served, tmp_path / "crawl", moment)
    assert found.wrong == []
    assert found.kept or moment[0] < 40, "it was killed before it had stored anything"
