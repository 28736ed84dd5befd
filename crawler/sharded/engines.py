"""Engines that crawl shards: threads of this process, or Dask.

Each is given orders and gives back how each shard ended. A shard whose process or worker died is
begun again, which continues it; one that dies again and again is given up.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from archive.errors import ClusterFailed, ExtraMissing

from ..wording import counted
from .task import Ended, Order, ShardKilled, crawl_shard

log = logging.getLogger(__name__)
#: How often a shard is begun.
TRIES = 4
#: Seconds between looks at what has ended; signals are answered between them.
_LOOK = 0.2
#: Seconds that a scheduler is waited for: it is being started again.
PATIENCE = 600.0
_CONNECTING = 5.0


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
        ClusterFailed: The scheduler cannot be reached.
    """
    try:
        import distributed
    except ImportError as error:
        raise ExtraMissing("crawling under Dask", "distributed") from error
    with contextlib.ExitStack() as stack:
        if address == "local":
            cluster = stack.enter_context(
                distributed.LocalCluster(
                    n_workers=len(orders), threads_per_worker=1, dashboard_address=None
                )
            )
            address = cluster.scheduler_address
        yield from _Dask(distributed, address).crawl(orders)


class _Dask:
    """Shards as tasks of a scheduler, handed in again when that was lost."""

    def __init__(self, distributed: Any, address: str) -> None:
        self._dask, self._address = distributed, address
        self._tries: dict[str, int] = {}

    def crawl(self, orders: Sequence[Order]) -> Iterator[Ended]:
        """Crawl shards; how each ended."""
        waiting = {order.shard: order for order in orders}
        while waiting:
            with self._client(is_first=not self._tries) as client:
                for ended in self._round(client, waiting):
                    del waiting[ended.shard]
                    yield ended

    @contextlib.contextmanager
    def _client(self, is_first: bool) -> Iterator[Any]:
        """A client of the scheduler, which is waited for if it was there before."""
        until = time.monotonic() + (0 if is_first else PATIENCE)
        while True:
            try:
                client = self._dask.Client(
                    self._address, timeout=_CONNECTING, set_as_default=False, name="nianbao-crawl"
                )
                break
            except (OSError, TimeoutError) as error:
                if time.monotonic() >= until:
                    raise ClusterFailed(
                        f"the scheduler at {self._address} does not answer ({error}); start "
                        "`dask scheduler` and the workers, then call the command again"
                    ) from error
                time.sleep(_LOOK)
        try:
            yield client
        finally:
            # A scheduler that is lost is not waited for once more.
            client.close(timeout=_CONNECTING)

    def _round(self, client: Any, waiting: Mapping[str, Order]) -> Iterator[Ended]:
        """Hand in what is waiting; ends when all have ended, or the scheduler was lost."""
        futures = {self._submit(client, order): order for order in waiting.values()}
        while futures:
            ready = [future for future in futures if future.done()]
            for future in ready:
                order = futures.pop(future)
                if future.status in ("cancelled", "lost"):
                    log.warning("the scheduler at %s was lost; waiting for it", self._address)
                    return
                ended = self._ended(future, order)
                if ended is None:
                    futures[self._submit(client, order)] = order
                else:
                    yield ended
            if not ready:
                time.sleep(_LOOK)

    def _submit(self, client: Any, order: Order) -> Any:
        self._tries[order.shard] = self._tries.get(order.shard, 0) + 1
        return client.submit(
            crawl_shard, order, pure=False, retries=TRIES - 1,
            key=f"shard-{order.shard}-{self._tries[order.shard]}-{time.time_ns()}",
        )  # fmt: skip

    def _ended(self, future: Any, order: Order) -> Ended | None:
        """How a task ended; None if it is to be handed in again."""
        error = future.exception()
        if error is None:
            ended: Ended = future.result()
            return ended
        if isinstance(error, self._dask.KilledWorker) and self._tries[order.shard] < TRIES:
            log.warning("shard %s: its worker died; it is continued elsewhere", order.shard)
            return None
        return Ended(order.shard, 1, f"{type(error).__name__}: {error}; see {order.log}")


Engine = Callable[[Sequence[Order]], Iterator[Ended]]


def engine(address: str | None) -> Engine:
    """The engine that crawls: Dask at an address, or threads of this process."""
    if address is None:
        return in_threads
    return lambda orders: under_dask(address, orders)
