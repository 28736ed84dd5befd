"""Tasks given to processes, or done by this one: who gathers what makes no difference."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from pathlib import Path

from ..errors import WriteFailed
from .parts import Part
from .worker import Gatherer, Task, Terms

#: The gatherer of a worker process.
_gatherer: Gatherer | None = None


def gathered_by(
    processes: int, tasks: Iterable[Task], terms: Terms, folder: Path
) -> Iterator[list[Part]]:
    """The parts of each task, in the order in which they are done.

    Args:
        processes: How many gather; this one alone does if it is one.
        tasks: Taken as processes become free.
        terms: What gathering goes by.
        folder: Where the reports wait.

    Raises:
        WriteFailed: The disk does not take them, or a process was killed.
    """
    if processes <= 1:
        gatherer = Gatherer(terms, folder)
        try:
            for task in tasks:
                yield gatherer.gather(task)
        finally:
            gatherer.close()
        return
    # spawn: this process has SQLite connections, and maybe threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, _begin, (terms, folder)) as pool:
        waiting: set[Future[list[Part]]] = set()
        left = iter(tasks)
        try:
            while True:
                more = islice(left, 2 * processes - len(waiting))
                waiting |= {pool.submit(_gather, task) for task in more}
                if not waiting:
                    return
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for each in done:
                    yield each.result()
        except BrokenProcessPool as error:
            raise WriteFailed(
                "a process that gathers reports was killed, by the kernel if memory ran out; "
                "build again, with fewer --workers: what was read is kept"
            ) from error
        finally:
            for each in waiting:
                each.cancel()


def _begin(terms: Terms, folder: Path) -> None:
    global _gatherer
    _gatherer = Gatherer(terms, folder)


def _gather(task: Task) -> list[Part]:
    if _gatherer is None:
        raise RuntimeError("no process of this pool")
    return _gatherer.gather(task)
