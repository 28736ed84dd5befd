"""Small countries that grow by chance: each release made from the one before is what it should be.

Portals share agencies, copy each other, change pages and lose them; some bring what is no
report. After each crawl the databases are made of everything and as a delta of the release
before, which was a delta, too; every table, view and word of the index must be the same.
"""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from archive.contenthash import content_hash
from archive.manifest import FILES
from archive.root import DataRoot
from tests.delta_builds import all_large, built, compare, in_parts
from tests.delta_country import Country, step

SEEDS, STEPS = range(10, 40), 6
BUILDS = range(100, 110)
_FIRST, _MORE = 25, 2


def prove() -> bool:
    """Grow the countries; says where two releases differ."""
    wrong = 0
    elsewhere = 0
    for seed in SEEDS:
        with tempfile.TemporaryDirectory(prefix="nianbao-delta-") as name:
            folder = Path(name)
            country = Country(DataRoot(folder / "data"), random.Random(seed))
            for number in range(STEPS):
                moves = country.grow(_MORE if number else _FIRST)
                done = step(country.root, folder / str(number))
                hashes = {
                    content_hash(*(each / n for n in FILES)) for each in (done.full, done.delta)
                }
                elsewhere += bool(done.concerned - done.gathered.reports.keys())
                if done.differing or len(hashes) > 1:
                    wrong += 1
                    print(f"seed {seed}, step {number}, {'; '.join(moves)}")
                    print("\n".join(f"  {each[:500]}" for each in done.differing))
                    break
    print(
        f"{len(SEEDS)} countries of {STEPS} crawls: {wrong} deltas differ from everything; "
        f"{elsewhere} crawls concerned reports of other portals"
    )
    return not wrong and elsewhere > 0 and _builds()


def _builds() -> bool:
    """The same by the command itself, its release before it and what it kept of it."""
    wrong = 0
    for seed in BUILDS:
        with (
            all_large(),
            in_parts(),
            tempfile.TemporaryDirectory(prefix="nianbao-delta-") as name,
        ):
            folder = Path(name)
            country = Country(DataRoot(folder / "data"), random.Random(seed))
            country.grow(_FIRST)
            built(country.root)
            for number in range(STEPS):
                moves = country.grow(_MORE)
                found = compare(country.root, folder)
                if found:
                    wrong += 1
                    print(f"seed {seed}, build {number}, {'; '.join(moves)}")
                    print("\n".join(f"  {each[:500]}" for each in found))
                    break
    print(f"{len(BUILDS)} countries built {STEPS} times: {wrong} differ from builds of everything")
    return not wrong
