"""The national rehearsal: a fictional country built, held against what it was made of, and served.

`make prove ONLY=scale` takes a million reports; `REPORTS=20000 make prove ONLY=scale` fewer.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from archive.manifest import current_hash, current_manifest
from archive.root import DataRoot
from tests.scale import building, checking, writing
from tests.scale.building import Build, Rehearsed
from tests.scale.expected import sums

REPORTS = int(os.environ.get("REPORTS", "1000000"))
#: How large the country is in which a release that was added to is held against a whole build.
SMALL, SMALL_MORE = 1200, 120


def prove() -> bool:
    """Rehearse; print what was not as it should be."""
    exact = _the_same_as_a_whole_build()
    root = building.made(REPORTS)
    rehearsed = building.first(root)
    _tell("the whole", rehearsed.first)
    if rehearsed.more is None:
        exact = _is_right(rehearsed) and exact
        rehearsed = building.with_more(root)
    if rehearsed.more is not None:
        _tell("with more", rehearsed.more)
    return _is_right(rehearsed) and exact


def _tell(what: str, build: Build) -> None:
    print(
        f"  {what}: {build.reports:,} reports, {build.seconds:,.0f} s ({build.cpu:,.0f} s of CPU), "
        f"at most {build.peak / 2**20:,.0f} MB",
        flush=True,
    )


def _is_right(rehearsed: Rehearsed) -> bool:
    """Whether release and pages say what they should."""
    wanted = sums(rehearsed.country)
    counts = current_manifest(DataRoot(rehearsed.root))["counts"]
    wrong = [] if counts["reports"] == rehearsed.country.size else [f"the manifest: {counts}"]
    wrong += checking.release(rehearsed.root, rehearsed.country, wanted)
    wrong += checking.pages(rehearsed.root, rehearsed.country, wanted)
    print(
        f"  {rehearsed.country.size:,} reports: figures of {checking.ASKED}, "
        f"{len(wanted.failing):,} errors, sums, coverage, search, pages: "
        f"{'as made' if not wrong else f'{len(wrong)} differences'}",
        flush=True,
    )
    _list(wrong)
    return not wrong


def _the_same_as_a_whole_build() -> bool:
    """Whether a release that was added to says the same as one that is built from nothing."""
    with tempfile.TemporaryDirectory() as name:
        root, copy = Path(name, "root"), Path(name, "copy")
        writing.write(root, SMALL, long_texts=SMALL // 20)
        building.build(root)
        writing.add(root, SMALL_MORE)
        added = building.build(root)
        copy.mkdir()
        for each in ("root.json", "ledger.db", "readings.db"):
            shutil.copy(root / each, copy / each)
        whole = building.build(copy)
        hashes = {current_hash(DataRoot(each)) for each in (root, copy)}
    same = len(hashes) == 1 and added.reports == whole.reports == SMALL + SMALL_MORE
    print(f"  added to, and built from nothing: {'the same' if same else f'differ: {hashes}'}")
    return same


def _list(wrong: Iterable[str]) -> None:
    for each in wrong:
        print(f"    {each}")
