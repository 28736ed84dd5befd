"""Reading processes that stay with a worker of a cluster from batch to batch.

The worker itself never parses a document: a hostile one ends a child, and Dask sees nothing of
it. A child takes most of a second to begin, so it is kept; it ends with the worker, whose end of
the pipe it reads from.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import threading
from collections.abc import Iterator

from extract.worker import Crew

_idle: list[Crew] = []
_over: set[str] = set()
_lock = threading.Lock()


@contextlib.contextmanager
def borrowed(run: str) -> Iterator[Crew]:
    """A reading process for one batch of a run: each thread of the worker has one at a time."""
    with _lock:
        crew = _idle.pop() if _idle else None
    if crew is None:
        # A nanny makes its worker daemonic, which forbids children. Ours need no such care:
        # they end when the worker's end of their pipe does, also if it is killed.
        multiprocessing.current_process().daemon = False
        crew = Crew(1)
    is_done = False
    try:
        yield crew
        is_done = True
    finally:
        with _lock:
            # Who was broken off may owe an answer: the next batch would take it for its own.
            if is_done and run not in _over:
                _idle.append(crew)
                crew = None
        if crew is not None:
            crew.stop()


def dismiss(run: str) -> None:
    """End the processes that have nothing to do, and those of this run when its batch ends."""
    with _lock:
        _over.add(run)
        crews = _idle.copy()
        _idle.clear()
    for crew in crews:
        crew.stop()


def present() -> None:
    """What a worker is asked to call when it comes: whether it has our code at all."""
