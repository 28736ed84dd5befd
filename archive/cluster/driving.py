"""Batches through a scheduler: few at a time, again where a worker or the scheduler was lost."""

from __future__ import annotations

import contextlib
import logging
import queue
import time
import uuid
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import Any

from ..errors import ClusterFailed
from . import crews
from .batches import Batch, digest_of, singles
from .connecting import DASK, Cluster
from .task import Answer, Job, read_batch

log = logging.getLogger(__name__)

#: Batches a thread of the cluster that are with the scheduler: one is read, the others wait.
#: What comes of more would only fill the workers' memory.
WINDOW = 3
_LOOK = 1.0  # seconds between two looks at who is there
_TELL = 3.0  # seconds without a worker before it is told: one that was killed is back sooner
_FETCH = 60.0  # seconds in which the result of a batch must arrive


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the build waits, in seconds.

    Attributes:
        scheduler: For a scheduler that was there and is gone.
        workers: For a worker, where there is none.
    """

    scheduler: float = 300.0
    workers: float = 300.0


class _SchedulerLostError(Exception):
    """The connection is gone, and with it what the scheduler knew."""


def answers(
    cluster: Cluster, job: Job, todo: Iterable[Batch], patience: Patience | None = None
) -> Iterator[Answer]:
    """Have batches read, and give what the workers say, in the order in which they are done.

    What of a batch no worker could be kept alive for is in `left` of an answer, too.

    Raises:
        ClusterFailed: The scheduler cannot be reached or does not come back, no worker comes,
            or a worker cannot do the work.
    """
    patience = patience or Patience()
    waiting = deque(todo)
    client = cluster.client()
    while True:
        run = _Run(client, cluster.name, job, waiting, patience.workers)
        try:
            yield from run.answers()
            return
        except _SchedulerLostError:
            waiting.extendleft(run.pending.values())
        finally:
            run.close()
        client = _again(cluster, patience.scheduler)


def _again(cluster: Cluster, seconds: float) -> Any:
    """A new client of a scheduler that was lost."""
    log.warning(
        "the scheduler at %s is gone; waiting %d s for it to come back; what was read is kept",
        cluster.name,
        seconds,
    )
    until = time.monotonic() + seconds
    while True:
        left = until - time.monotonic()
        try:
            client = cluster.client(max(1.0, min(_LOOK * 3, left)))
        except ClusterFailed as error:
            if left <= 0:
                raise ClusterFailed(
                    f"the scheduler at {cluster.name} did not come back in {seconds:.0f} s; what "
                    "was read is kept: start it, and build again"
                ) from error
            time.sleep(0.2)
        else:
            log.warning("the scheduler at %s is back", cluster.name)
            return client


class _Run:
    """Batches under one connection to the scheduler."""

    def __init__(
        self, client: Any, name: str, job: Job, waiting: deque[Batch], patience: float
    ) -> None:
        self.pending: dict[Any, Batch] = {}
        self._client, self._name, self._job, self._waiting = client, name, job, waiting
        self._patience = patience
        self._done: queue.SimpleQueue[Any] = queue.SimpleQueue()
        # Keys of one group of tasks: the scheduler keeps something of each group that there was.
        # Those of a connection that broke may still be known to it.
        self._group, self._count = f"nianbao-read-{uuid.uuid4().hex[:8]}", 0
        self._width = 0
        self._looked = 0.0
        self._alone_since: float | None = None
        self._told = False
        self._known: set[str] = set()

    def answers(self) -> Iterator[Answer]:
        while self._waiting or self.pending:
            self._look()
            self._submit()
            with contextlib.suppress(queue.Empty):
                answer = self._take(self._done.get(timeout=_LOOK))
                if answer is not None:
                    yield answer

    def close(self) -> None:
        """Take back what is with the scheduler, and let the children of the workers go."""
        with contextlib.suppress(OSError, TimeoutError, ValueError, RuntimeError):
            if self._client.status == "running":
                self._client.run(crews.dismiss, self._job.run, on_error="ignore")
        with contextlib.suppress(OSError, TimeoutError):
            self._client.close()
        self.pending.clear()

    def _look(self) -> None:
        """Who is there: workers come and go."""
        now = time.monotonic()
        if now - self._looked < _LOOK:
            return
        self._looked = now
        if self._client.status != "running":
            raise _SchedulerLostError
        try:
            there = self._client.nthreads()
            self._welcome([address for address in there if address not in self._known])
        except OSError as error:
            raise _SchedulerLostError from error
        self._width = WINDOW * sum(there.values())
        if there:
            self._alone_since = None
        elif self._alone_since is None:
            self._alone_since, self._told = now, False
        elif now - self._alone_since > self._patience:
            raise ClusterFailed(
                f"the scheduler at {self._name} had no worker for {self._patience:.0f} s; start "
                f"one ({DASK} worker {self._name}), and build again: what was read is kept"
            )
        elif not self._told and now - self._alone_since >= _TELL:
            self._told = True
            log.warning(
                "the scheduler at %s has no worker; waiting %d s for one (.venv/bin/python -m dask "
                "worker %s)",
                self._name, self._patience, self._name,
            )  # fmt: skip

    def _welcome(self, new: list[str]) -> None:
        """Make sure that workers who came have our code: without it a batch ends them."""
        if not new:
            return
        self._known.update(new)
        said = self._client.run(crews.present, workers=new, on_error="return") or {}
        for address, error in said.items():
            if isinstance(error, Exception) and not isinstance(error, OSError):
                raise ClusterFailed(
                    f"the worker at {address} cannot import nianbao ({error}); start it in the "
                    f"project's folder ({DASK} worker {self._name}), and build again"
                )

    def _submit(self) -> None:
        from distributed.client import ClosedClientError

        while self._waiting and len(self.pending) < self._width:
            batch = self._waiting.popleft()
            self._count += 1
            key = (self._group, self._count)
            try:
                future = self._client.submit(read_batch, self._job, batch, key=key, pure=False)
            except ClosedClientError as error:
                self._waiting.append(batch)
                raise _SchedulerLostError from error
            self.pending[future] = batch
            future.add_done_callback(self._done.put)

    def _take(self, future: Any) -> Answer | None:
        """What came of a batch; None if it must be read again."""
        from distributed import KilledWorker

        if future.status == "cancelled":
            raise _SchedulerLostError
        error = future.exception() if future.status == "error" else None
        if isinstance(error, KilledWorker):
            return self._killed(self.pending.pop(future))
        if isinstance(error, ClusterFailed):
            raise error
        if error is not None:
            raise ClusterFailed(
                f"a worker of {self._name} could not read a batch: {error!r}; is the same "
                "nianbao, with the extra [cluster], installed there and at the scheduler?"
            )
        try:
            answer: Answer = future.result(timeout=_FETCH)
        except TimeoutError:
            self._waiting.append(self.pending.pop(future))  # its worker has gone with it
            return None
        except (OSError, CancelledError) as lost:
            raise _SchedulerLostError from lost
        del self.pending[future]
        future.release()
        return answer

    def _killed(self, batch: Batch) -> Answer | None:
        """A batch that ended one worker after the other: read one by one, then by the builder."""
        if len(batch) > 1:
            log.warning(
                "workers ended over a batch of %d captures of %s, from byte %d on, again and "
                "again; they are read one by one",
                len(batch), batch[0][0], batch[0][1],
            )  # fmt: skip
            self._waiting.extend(singles(batch))
            return None
        name, offset = batch[0][:2]
        why = f"workers ended over {name} at byte {offset}, again and again"
        log.warning("%s; this machine reads it", why)
        return Answer("", left={digest_of(batch[0]): why})
