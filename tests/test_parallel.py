"""Work in processes: results in order, errors and deaths told; rows are the same in each way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archive.contenthash import Digests, digests
from archive.curation import Curation
from archive.errors import WorkerDied
from archive.histories import Gathered
from archive.manifest import FILES
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


class Odd(Exception):
    """An error that no other process can make again."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(f"{what} at {where}")


def odd(task: int) -> None:
    """Fails in a way that pickle does not take."""
    raise Odd("an odd thing", f"task {task}")


def test_an_error_that_cannot_be_sent_is_told_in_words() -> None:
    with (
        closing(in_order(odd, [5, 6], 2)) as made,
        pytest.raises(RuntimeError, match="Odd: an odd thing at task 5") as raised,
    ):
        list(made)
    assert "in odd" in str(raised.value.__notes__)


def sleep(folder: Path) -> None:
    """Says who it is, and works for a minute."""
    (folder / str(os.getpid())).touch()
    time.sleep(60)


_PARENT = """
from pathlib import Path
from archive.parallel import in_order
from tests.test_parallel import sleep
if __name__ == "__main__":
    list(in_order(sleep, [Path({folder!r})] * 2, 2))
"""


def test_processes_end_when_the_one_that_began_them_is_killed(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    script = tmp_path / "parent.py"
    script.write_text(_PARENT.format(folder=str(there)))
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    parent = subprocess.Popen([sys.executable, str(script)], env=environment)
    _until(lambda: len(list(there.iterdir())) == 2)
    parent.kill()
    parent.wait()
    _until(lambda: not any(map(_is_at_work, there.iterdir())))


def _is_at_work(path: Path) -> bool:
    """Whether a process sleeps still; one that nobody waits for stays as a zombie."""
    try:
        status = Path(f"/proc/{path.name}/stat").read_text("utf-8")
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] not in ("Z", "X")


def _until(holds: Callable[[], bool]) -> None:
    for _ in range(300):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("half a minute was not enough")


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
    files, digested = [], list[Digests]()
    for name, few in (("here", REPORTS + 1), ("there", 1)):
        monkeypatch.setattr(databases, "FEW", few)
        monkeypatch.setattr(databases.meaning, "duplicate_rows", lambda *_: ())
        (tmp_path / name).mkdir()
        databases.write_databases(
            tmp_path / name, Registry("synthetic", fiction=True), gathered, synthetic.reading,
            processes=2, digested=digested.append,
        )  # fmt: skip
        files.append([(tmp_path / name / file).read_bytes() for file in ("nianbao.db", "text.db")])
    assert asked == [1, 2]
    assert files[0] == files[1]
    # Where there are processes, the files are digested by the way.
    assert digested == [digests(*(tmp_path / "here" / name for name in FILES))]
