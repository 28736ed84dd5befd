"""Work in processes of this machine, its results in the order of the tasks.

For work that Python itself does (`archive.release.making`); documents that strangers wrote
are read under limits (`extract.worker`).
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import pickle
import queue
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

from .errors import WorkerDied

Task = TypeVar("Task")
Result = TypeVar("Result")
#: Tasks for each process that are begun or wait: one result is taken in while one is made.
_AHEAD = 2


def processes_for(asked: int | None) -> int:
    """How many processes to use; all cores of this machine if nobody said."""
    return max(1, asked or os.cpu_count() or 1)


def in_order(
    work: Callable[[Task], Result], tasks: Iterable[Task], processes: int, ahead: int = _AHEAD
) -> Generator[Result, None, None]:
    """The results of tasks in their order, each worked out by one of several processes.

    Close it (`contextlib.closing`) where not all results may be taken: that ends the processes.

    Args:
        work: Does one task. It goes to each process once: a function of a module, or an object
            that can be pickled and called.
        tasks: Taken as processes become free; each can be pickled.
        processes: How many; with one everything is done here, and nothing is pickled.
        ahead: Tasks for each process that are begun or wait. Where some take much longer than
            others and results are small, more: none waits then for the oldest.

    Raises:
        WorkerDied: A process ended before its task did.
    """
    if processes < 2:
        yield from map(work, tasks)
        return
    crew = _Crew[Task, Result](work, processes)
    try:
        waiting: deque[Future[bytes]] = deque()
        for task in tasks:
            waiting.append(crew.begin(task))
            if len(waiting) >= ahead * processes:
                yield crew.result(waiting.popleft())
        while waiting:
            yield crew.result(waiting.popleft())
    finally:
        crew.end()


@contextlib.contextmanager
def beside(work: Callable[[Task], Result]) -> Iterator[Callable[[Task], Callable[[], Result]]]:
    """One process that does tasks while this one does other things; it ends with the block.

    Args:
        work: Does one task, as for `in_order`; the process keeps it from task to task.

    Yields:
        Begins a task, and gives what waits for its result; that raises what `in_order` does.
    """
    crew = _Crew[Task, Result](work, 1)

    def begin(task: Task) -> Callable[[], Result]:
        return partial(crew.result, crew.begin(task))

    try:
        yield begin
    finally:
        crew.end()


class _Crew(Generic[Task, Result]):
    """Processes, each with a thread here that waits for what it says."""

    def __init__(self, work: Callable[[Task], Result], processes: int) -> None:
        self._workers = [_Worker(work) for _ in range(processes)]
        self._free: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        for worker in self._workers:
            self._free.put(worker)
        self._threads = ThreadPoolExecutor(processes)

    def begin(self, task: Task) -> Future[bytes]:
        """Give a task to the first process that is free."""
        return self._threads.submit(self._ask, pickle.dumps(task, pickle.HIGHEST_PROTOCOL))

    def _ask(self, task: bytes) -> bytes:
        worker = self._free.get()
        try:
            return worker.ask(task)
        finally:
            self._free.put(worker)

    @staticmethod
    def result(future: Future[bytes]) -> Result:
        """What came of a task; unpickled where it is used, so that processes do not wait."""
        done, said = pickle.loads(future.result())
        if not done:
            error, where = said
            error.add_note(where)
            raise error
        made: Result = said
        return made

    def end(self) -> None:
        """End the processes, whatever they are doing."""
        for worker in self._workers:
            worker.kill()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for worker in self._workers:
            worker.close()


class _Worker:
    """One process and the pipe to it."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        # spawn: who calls may hold threads or SQLite connections.
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, work), daemon=True)
        with _deaf_to_ctrl_c():
            self._process.start()
        theirs.close()

    def ask(self, task: bytes) -> bytes:
        """What the process says of a task."""
        try:
            self._pipe.send_bytes(task)
            return self._pipe.recv_bytes()
        except (EOFError, OSError) as error:
            raise WorkerDied(
                "a process that worked for this command ended before its work did (killed, or "
                "out of memory?); give the command fewer processes or more memory, and begin it "
                "again: nothing of what was there is lost"
            ) from error

    def kill(self) -> None:
        """End the process; who asks it now is told that it died."""
        self._process.kill()
        self._process.join()

    def close(self) -> None:
        """Close the pipe."""
        self._pipe.close()


@contextlib.contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Let a process that begins here not hear Ctrl-C: this one does, and ends it."""
    resource_tracker.ensure_running()  # else it begins within, and ends the blocking
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _serve(pipe: Connection[bytes, bytes], work: Callable[[Any], Any]) -> None:
    """Life of a process: a task in, its result or error out, until nobody asks any more."""
    # What is made here goes out and is gone; to look for circles in it takes a tenth of the time.
    gc.freeze()
    gc.set_threshold(500_000)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            task = pipe.recv_bytes()
        except (EOFError, OSError):
            return
        answer = _answer(work, task)
        with contextlib.suppress(BrokenPipeError):  # seen as EOF above
            pipe.send_bytes(answer)


def _end_with_parent() -> None:
    """End this process with the one that began it, also where that one is killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _answer(work: Callable[[Any], Any], task: bytes) -> bytes:
    try:
        return pickle.dumps((True, work(pickle.loads(task))), pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        # Whatever it is, it is raised where the work is waited for.
        return _raised(error, traceback.format_exc())


def _raised(error: Exception, where: str) -> bytes:
    """An error on its way to whoever waits; one that no pipe takes is told in words."""
    try:
        said = pickle.dumps((False, (error, where)), pickle.HIGHEST_PROTOCOL)
        pickle.loads(said)  # some can be pickled, and not be made again
    except Exception:  # to pickle it runs its own code, which may raise anything
        told = RuntimeError(f"{type(error).__name__}: {error}")
        said = pickle.dumps((False, (told, where)), pickle.HIGHEST_PROTOCOL)
    return said
