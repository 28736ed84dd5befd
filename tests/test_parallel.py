"""Work in processes: results in order, errors and deaths told; rows are the same in each way."""

from __future__ import annotations

import os
import signal
from contextlib import closing
from pathlib import Path

import pytest

from archive.curation import Curation
from archive.errors import WorkerDied
from archive.histories import Gathered
from archive.parallel import beside, in_order
from archive.public import Public
from archive.release import databases
from archive.release.making import Making, tasks
from archive.root import Registry
from tests import synthetic

REPORTS = 300


def work(task: int) -> tuple[int, int]:
    """Doubles a number; fails at 7, and dies at 9."""
    if task == 7:
        raise ValueError("seven")
    if task == 9:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * task, os.getpid()


def test_results_come_in_order_from_several_processes_and_an_error_is_raised_here() -> None:
    with closing(in_order(work, [*range(6), 7, 1], 2)) as made:
        found = [next(made) for _ in range(6)]
        with pytest.raises(ValueError, match="seven") as raised:
            next(made)
    assert [number for number, _ in found] == [0, 2, 4, 6, 8, 10]
    assert os.getpid() not in {process for _, process in found}
    assert "in work" in str(raised.value.__notes__)


def test_a_process_that_is_killed_is_an_error_and_no_hang() -> None:
    with (
        closing(in_order(work, [9, *range(6)], 2)) as made,
        pytest.raises(WorkerDied, match="begin it again"),
    ):
        list(made)


def test_a_process_beside_is_one_and_its_error_is_raised_where_it_is_waited_for() -> None:
    with beside(work) as begin:
        waits = [begin(task) for task in (1, 7, 2)]
        assert waits[0]()[0] == 2
        with pytest.raises(ValueError, match="seven"):
            waits[1]()
        assert waits[2]() == (4, waits[0]()[1])
        assert waits[2]()[1] != os.getpid()
    with beside(work) as begin, pytest.raises(WorkerDied):
        begin(9)()


def test_one_process_is_this_one() -> None:
    assert list(in_order(work, [3], 1)) == [(6, os.getpid())]


def test_rows_are_the_same_by_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The country's histories are loaded where their rows are made, and its files are the same."""
    gathered = Gathered(synthetic.Country(REPORTS))  # type: ignore[arg-type]
    making = Making(synthetic.reading, Public(Curation()), gathered.reports)
    asked: list[int] = []

    def in_two(work: object, given: object, processes: int) -> object:
        asked.append(processes)
        return in_order(making, tasks(gathered), processes)

    monkeypatch.setattr(databases, "in_order", in_two)
    files = []
    for name, few in (("here", REPORTS + 1), ("there", 1)):
        monkeypatch.setattr(databases, "FEW", few)
        monkeypatch.setattr(databases.meaning, "duplicate_rows", lambda *_: ())
        (tmp_path / name).mkdir()
        databases.write_databases(
            tmp_path / name, Registry("synthetic", fiction=True), gathered, synthetic.reading,
            processes=2,
        )  # fmt: skip
        files.append([(tmp_path / name / file).read_bytes() for file in ("nianbao.db", "text.db")])
    assert asked == [1, 2]
    assert files[0] == files[1]
