"""The manifest's sums of a patched release: those before, and the difference."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from pathlib import Path

import pytest

from archive.release import checks
from archive.release.losses import TOTALS

NAMES = [name for group in TOTALS.values() for name in group]
FIRST = NAMES[0]


def release(folder: Path, reports: dict[str, tuple[str, object]]) -> Path:
    """A release of these reports: id → scope, and what they print of the first total."""
    folder.mkdir()
    with sqlite3.connect(folder / "nianbao.db") as db:
        db.execute("CREATE TABLE reports (report_id PRIMARY KEY, version_id, scope)")
        columns = ", ".join(f'"{name}"' for name in NAMES)
        db.execute(f"CREATE TABLE figures (version_id PRIMARY KEY, {columns})")
        for each, (scope, value) in reports.items():
            db.execute("INSERT INTO reports VALUES (?, ?, ?)", (each, f"{each}.v1", scope))
            db.execute(
                f'INSERT INTO figures (version_id, "{FIRST}") VALUES (?, ?)', (f"{each}.v1", value)
            )
    db.close()
    said = json.dumps({"totals": checks.totals(folder)})
    (folder / "manifest.json").write_text(said, "utf-8")
    return folder


BEFORE = {"a": ("own", 3), "b": ("own", 40), "c": ("aggregate", 500), "d": ("own", None)}


@pytest.mark.parametrize(
    ("now", "is_certain"),
    [
        ({**BEFORE, "e": ("own", 6000)}, True),
        ({**BEFORE, "a": ("own", 7)}, True),
        ({**BEFORE, "a": ("own", None)}, True),
        ({**BEFORE, "d": ("own", 0)}, True),
        ({**BEFORE, "e": ("unknown", 9)}, True),
        ({key: BEFORE[key] for key in ("a", "c", "d")}, True),
        ({key: BEFORE[key] for key in ("c", "d")}, False),
        ({key: BEFORE[key] for key in ("a", "b", "d")}, False),
        ({**BEFORE, "c": ("aggregate", 0)}, False),
        ({**BEFORE, "a": ("own", 1.5)}, False),
    ],
    ids=[
        "added", "changed", "no longer printed", "a zero printed", "another scope", "one gone",
        "none of a scope prints it", "a scope gone", "a zero alone", "a fraction",
    ],
)  # fmt: skip
def test_sums_are_those_of_all_reports(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    now: dict[str, tuple[str, object]],
    *,
    is_certain: bool,
) -> None:
    # Every release of these prints one total alone.
    monkeypatch.setattr(checks, "TOTALS", {"one": (FIRST,)})
    before, after = release(tmp_path / "before", BEFORE), release(tmp_path / "after", now)
    changed = {each for each in {*BEFORE, *now} if BEFORE.get(each) != now.get(each)}
    right = checks.totals(after)

    summed: list[Collection[str] | None] = []
    sums = checks._totals

    def spied(folder: Path, some: Collection[str] | None = None) -> checks.Totals:
        summed.append(some)
        return sums(folder, some)

    monkeypatch.setattr(checks, "_totals", spied)
    told = checks.totals(after, before, changed)
    assert told == right
    assert list(told) == list(right)
    assert (None not in summed) == is_certain


def test_a_manifest_without_sums_is_not_added_to(tmp_path: Path) -> None:
    before, after = release(tmp_path / "before", BEFORE), release(tmp_path / "after", BEFORE)
    (before / "manifest.json").write_text("{}", "utf-8")
    assert checks.totals(after, before, {"a"})["own"][FIRST] == 43
