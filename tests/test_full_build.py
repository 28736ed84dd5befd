"""What a build of everything does in other ways than piece by piece comes to the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive import briefs
from archive.bodies import captured
from archive.contenthash import digests
from archive.corrections.correction import Corrections
from archive.decisions import NONE
from archive.digesting import digests_beside
from archive.division import Terms
from archive.division.packed import pack
from archive.division.room import gather_at_once, gathered_of
from archive.division.spilled import Spilled
from archive.histories import Gathered
from archive.inputs import inputs_of
from archive.ledger import Ledger
from archive.manifest import FILES
from archive.readings import Readings
from archive.release import page_changes
from archive.root import DataRoot
from archive.withholding.decision import Withheld
from tests import synthetic
from tests.stored import SITE, Got, Run, article, build, keep, report_of


@pytest.fixture(scope="module")
def spilled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Gathered, Gathered, Any]]:
    """A few reports, some of them changed, as they wait on the disk and at once; readings."""
    root = DataRoot(tmp_path_factory.mktemp("full"))
    years = range(2019, 2025)
    keep(root, Run([Got(f"{SITE}/{y}.html", article(report_of(y))) for y in years]))
    again = [Got(f"{SITE}/{y}.html", article(report_of(y, error="balance"))) for y in (2020, 2023)]
    keep(root, Run([*again], [(f"{SITE}/2021.html", "gone")]))
    build(root)
    ledger, readings = Ledger(root.ledger), Readings(root.readings)
    read = readings.kept()
    said = inputs_of(ledger)
    terms = Terms(root.ledger, said.last, read, True, NONE, Withheld())
    with gathered_of(root, ledger, None, said, terms, 1) as apart:
        yield apart, gather_at_once(ledger, captured(ledger), terms), read
    readings.close()
    ledger.close()


def test_reports_on_the_disk_tell_quickly_what_their_briefs_tell(
    spilled: tuple[Gathered, Gathered, Any],
) -> None:
    apart, whole, _ = spilled
    reports = apart.reports
    assert isinstance(reports, Spilled)
    assert isinstance(reports, briefs.Quickly)
    assert [*briefs.changing(reports)] == [*briefs.changing(whole.reports)]
    assert 0 < len([*briefs.changing(reports)]) < len(reports)
    assert [*briefs.firsts(reports)] == [*briefs.firsts(whole.reports)]
    changed = next(reports.changing())
    numbers = reports.brief(changed).numbers[::-1]
    reports.amend(changed, numbers, ())
    assert {report: told for report, told, _ in reports.firsts()}[changed] == numbers
    reports.amended.clear()


def test_histories_come_one_by_one_and_several_at_once(
    spilled: tuple[Gathered, Gathered, Any],
) -> None:
    reports = spilled[0].reports
    assert isinstance(reports, Spilled)
    ids = sorted(reports)
    for some in (ids, ids[1:3], ids[::2], []):
        assert [*map(pack, reports.several(some))] == [pack(reports[each]) for each in some]
    with pytest.raises(KeyError):
        [*reports.several([ids[0], f"{ids[0]}-none"])]


@pytest.mark.parametrize("processes", [1, 2])
def test_changes_are_the_same_by_processes(
    spilled: tuple[Gathered, Gathered, Any], monkeypatch: pytest.MonkeyPatch, processes: int
) -> None:
    apart, whole, read = spilled
    expected = [*page_changes.page_changes(whole, read, Corrections(), 1)]
    kinds = {row["kind"] for _, rows in expected for row in rows}
    assert {"first", "figures", "gone"} <= kinds
    monkeypatch.setattr(page_changes, "_FEW", 1)
    monkeypatch.setattr(page_changes, "_TOGETHER", 2)
    assert [*page_changes.page_changes(apart, read, Corrections(), processes)] == expected


def test_files_are_digested_one_after_the_other(tmp_path: Path) -> None:
    synthetic.write(tmp_path, 1200)  # more parts than are digested together
    files = [tmp_path / name for name in FILES]
    expected = digests(*files, processes=1)
    assert len(expected.parts) > 50
    with digests_beside(2) as begin:
        first = begin(files[0])()
        assert first.parts.keys() <= expected.parts.keys()
        assert first != expected
        last = begin(files[1])()
    assert (last, last.hash) == (expected, expected.hash)
