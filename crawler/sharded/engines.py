"""Engines that crawl shards: threads of this process, or Dask.

Each is given orders and gives back how each shard ended. A shard whose process or worker died is
begun again, which continues it; one that dies again and again is given up.
"""

from __future__ import annotations

import contextlib
import logging
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from archive.cluster.connecting import DASK, Cluster, opened, present
from archive.errors import ClusterFailed

from ..wording import counted
from .task import Ended, Order, ShardKilled, crawl_shard

log = logging.getLogger(__name__)
#: How often a shard is begun.
TRIES = 4
#: Seconds between looks at what has ended; signals are answered between them.
_LOOK = 0.2
#: Seconds that a scheduler is waited for: it is being started again.
PATIENCE = 600.0
#: Seconds for one attempt at that; whoever stops the crawl waits no longer.
_ANSWERS = 3.0
_LOST = ("cancelled", "lost")


def in_threads(orders: Sequence[Order]) -> Iterator[Ended]:
    """Crawl shards in processes of this machine, each begun and awaited by a thread."""
    with ThreadPoolExecutor(max(1, len(orders)), thread_name_prefix="shard") as pool:
        waiting: set[Future[Ended]] = {pool.submit(_again_and_again, order) for order in orders}
        while waiting:
            done, waiting = wait(waiting, _LOOK, FIRST_COMPLETED)
            for future in done:
                yield future.result()


def _again_and_again(order: Order) -> Ended:
    for number in range(1, TRIES + 1):
        try:
            return crawl_shard(order)
        except ShardKilled as error:
            failed = error
            log.warning("%s; it is continued (%d of %d)", error, number, TRIES - 1)
    return Ended(order.shard, 1, f"{failed}, {counted(TRIES, 'time')}; see {order.log}")


def under_dask(address: str, orders: Sequence[Order]) -> Iterator[Ended]:
    """Crawl shards in the workers of a Dask cluster.

    Args:
        address: Of its scheduler; `local` for a cluster of this machine's processes.
        orders: The shards.

    Raises:
        ExtraMissing: Dask is not installed.
        ClusterFailed: The scheduler cannot be reached, does not come back, or has no worker.
    """
    with opened(address, len(orders)) as cluster:
        yield from _Dask(cluster).crawl(orders)


def _is_to_stop(orders: Iterable[Order]) -> bool:
    return any(order.part.is_to_stop for order in orders)


def _not_begun(order: Order) -> Ended:
    """Of a shard that nobody takes any more; what it has is kept, and the next crawl goes on."""
    return Ended(order.shard, 3, "stopped while it waited for the cluster")


def _cannot(who: str, where: str, error: BaseException, start: str) -> str:
    return (
        f"the {who} at {where} cannot import nianbao ({error}); start it in the project's folder "
        f"({DASK} {start}), and crawl again"
    )


class _Dask:
    """Shards as tasks of a scheduler, handed in again when that was lost."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._tries: dict[str, int] = {}
        self._alone_since = self._looked = 0.0

    def crawl(self, orders: Sequence[Order]) -> Iterator[Ended]:
        """Crawl shards; how each ended."""
        waiting = {order.shard: order for order in orders}
        client = self._cluster.client()
        while True:
            try:
                for ended in self._round(client, waiting):
                    del waiting[ended.shard]
                    yield ended
            finally:
                with contextlib.suppress(OSError, TimeoutError):
                    client.close()
            if not waiting:
                return
            client = self._again(waiting)
            if client is None:
                yield from map(_not_begun, waiting.values())
                return

    def _again(self, waiting: Mapping[str, Order]) -> Any:
        """A client of the scheduler that was lost, once it is there; None if all is to stop."""
        log.warning(
            "the scheduler at %s was lost; waiting for it, %s at most",
            self._cluster.name, counted(round(PATIENCE), "second"),
        )  # fmt: skip
        until = time.monotonic() + PATIENCE
        while not _is_to_stop(waiting.values()):
            try:
                return self._cluster.client(_ANSWERS)
            except ClusterFailed:
                if time.monotonic() >= until:
                    raise
                time.sleep(_LOOK)
        return None

    def _round(self, client: Any, waiting: Mapping[str, Order]) -> Iterator[Ended]:
        """Hand in what is waiting; ends when all have ended, or the scheduler was lost."""
        try:
            self._require_code(client)
        except OSError:
            return
        futures = {self._submit(client, order): order for order in waiting.values()}
        while futures:
            if client.status != "running" or any(f.status in _LOST for f in futures):
                return
            try:
                self._require_workers(client)
                if _is_to_stop(futures.values()) and not client.nthreads():
                    yield from map(_not_begun, list(futures.values()))
                    return
            except OSError:
                return
            ready = [future for future in futures if future.done()]
            for future in ready:
                order = futures.pop(future)
                ended = self._ended(future, order)
                if ended is None:
                    futures[self._submit(client, order)] = order
                else:
                    yield ended
            if not ready:
                time.sleep(_LOOK)

    def _require_code(self, client: Any) -> None:
        """See that the scheduler and its workers have our code, before they are given a shard.

        Raises:
            ClusterFailed: One of them cannot import it.
        """
        here = self._cluster.name
        try:
            client.run_on_scheduler(present)
        except ImportError as error:
            raise ClusterFailed(_cannot("scheduler", here, error, "scheduler")) from error
        said = client.run(present, on_error="return") or {}
        for address, failed in said.items():
            if isinstance(failed, ImportError):
                raise ClusterFailed(_cannot("worker", address, failed, f"worker {here}"))

    def _require_workers(self, client: Any) -> None:
        """See that there are workers: they come and go, but not for ever.

        Raises:
            ClusterFailed: There was none for long.
        """
        now = time.monotonic()
        if now - self._looked < 1:
            return
        self._looked = now
        if client.nthreads():
            self._alone_since = 0.0
        elif not self._alone_since:
            self._alone_since = now
            log.warning(
                "the scheduler at %s has no worker; waiting for one, %s at most",
                self._cluster.name, counted(round(PATIENCE), "second"),
            )  # fmt: skip
        elif now - self._alone_since > PATIENCE:
            raise ClusterFailed(
                f"the scheduler at {self._cluster.name} has no worker; start `{DASK} worker "
                f"{self._cluster.name}`, then crawl again: nothing is lost"
            )

    def _submit(self, client: Any, order: Order) -> Any:
        self._tries[order.shard] = self._tries.get(order.shard, 0) + 1
        # What its worker has done must not be taken for what it will do: a key of its own.
        key = f"shard-{order.shard}-{uuid.uuid4().hex}"
        return client.submit(crawl_shard, order, pure=False, retries=TRIES - 1, key=key)

    def _ended(self, future: Any, order: Order) -> Ended | None:
        """How a task ended; None if it is to be handed in again."""
        from distributed import KilledWorker

        error = future.exception()
        if error is None:
            ended: Ended = future.result()
            return ended
        if isinstance(error, KilledWorker) and self._tries[order.shard] < TRIES:
            log.warning("shard %s: its worker died; it is continued elsewhere", order.shard)
            return None
        if isinstance(error, ImportError):
            said = _cannot("worker", "of this shard", error, f"worker {self._cluster.name}")
            return Ended(order.shard, 1, said)
        return Ended(order.shard, 1, f"{type(error).__name__}: {error}; see {order.log}")


Engine = Callable[[Sequence[Order]], Iterator[Ended]]


def engine(address: str | None) -> Engine:
    """The engine that crawls: Dask at an address, or threads of this process."""
    if address is None:
        return in_threads
    return lambda orders: under_dask(address, orders)
