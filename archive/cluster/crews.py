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
_lock = threading.Lock()


@contextlib.contextmanager
def borrowed() -> Iterator[Crew]:
    """A reading process for one batch: each thread of the worker has one at a time."""
    with _lock:
        crew = _idle.pop() if _idle else None
    if crew is None:
        # A nanny makes its worker daemonic, which forbids children. Ours need no such care:
        # they end when the worker's end of their pipe does, also if it is killed.
        multiprocessing.current_process().daemon = False
        crew = Crew(1)
    try:
        yield crew
    finally:
        with _lock:
            _idle.append(crew)


def dismiss() -> None:
    """End the processes that have nothing to do."""
    with _lock:
        crews = _idle.copy()
        _idle.clear()
    for crew in crews:
        crew.stop()
