"""A scheduler under which is read: one of our own on this machine, or one at an address."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
import re
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from extract.worker import deaf_to_ctrl_c

from ..errors import ClusterFailed, ExtraMissing
from .crews import present

__all__ = ["ANSWERS", "DASK", "LOCAL", "Cluster", "opened", "present", "require"]

#: The address that means a scheduler and workers of our own.
LOCAL = "local"
#: Seconds in which a scheduler must answer.
ANSWERS = 10.0
#: How the processes of a cluster are started, in the project's folder: `-m` puts that folder on
#: their path, which the script `dask` does not.
DASK = ".venv/bin/python -m dask"
_ADDRESS = re.compile(r"t(?:cp|ls)://(?:([\w.-]+)|\[([0-9A-Fa-f:.]+)\]):([0-9]{1,5})", re.ASCII)
_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)", re.ASCII)
_MOST_PORT = 65535
_QUIET = ("distributed", "distributed.client", "distributed.gc", "tornado", "tornado.application")


def require(address: str) -> None:
    """Make sure, before anything is begun, that Dask is there and an address is one.

    Raises:
        ClusterFailed: It is no address.
        ExtraMissing: Dask is not installed.
    """
    if address != LOCAL and not _is_address(address):
        raise ClusterFailed(
            "--cluster takes tcp://HOST:PORT, tls://HOST:PORT (ports from 1 to 65535) or local, "
            f"not {address!r}"
        )
    try:
        import dask

        # What Dask says while a scheduler is away is said by the build, in a line. Where
        # somebody has set up logging for Dask that is left as it is.
        quiet = dict.fromkeys(_QUIET, "critical")
        dask.config.update_defaults({"logging": quiet})
        import distributed  # noqa: F401
    except ImportError as error:
        raise ExtraMissing(f"--cluster {address}", "dask.distributed") from error


def _is_address(said: str) -> bool:
    """Whether something can be there; nobody is asked, not even for the host's number."""
    found = _ADDRESS.fullmatch(said)
    if found is None or not 1 <= int(found[3]) <= _MOST_PORT:
        return False
    host = found[1]
    labels = host.split(".") if host else []
    if not host or labels[-1].isdigit():
        try:
            ipaddress.ip_address(found[2] or host)
        except ValueError:
            return False
        return True
    return all(map(_LABEL.fullmatch, labels[:-1] if labels[-1] == "" else labels))


@dataclass(frozen=True, slots=True)
class Cluster:
    """A scheduler: what a message calls it, and what a client connects to."""

    name: str
    target: Any

    def client(self, seconds: float = ANSWERS) -> Any:
        """A new client.

        Raises:
            ClusterFailed: Nothing that speaks Dask's protocol answers in that time.
        """
        from distributed import Client

        try:
            if isinstance(self.target, str):
                # A client whose first words stay without answer could not be closed again.
                asyncio.run(_greet(self.target, seconds))
            # Results come from the workers, not through the scheduler, which stays small.
            return Client(
                self.target, timeout=seconds, direct_to_workers=True, set_as_default=False
            )
        except (OSError, TimeoutError) as error:
            raise ClusterFailed(
                f"no Dask scheduler can be reached at {self.name}: {_why(error)}; start one "
                f"({DASK} scheduler), or do without: --workers N or --cluster local for a build, "
                "--shards N alone for a crawl"
            ) from error


async def _greet(address: str, seconds: float) -> None:
    """Exchange the first words with a scheduler; a service of another kind may say nothing."""
    from distributed import Security
    from distributed.comm import connect

    how = Security().get_connection_args("client")
    if address.startswith("tls:") and how.get("ssl_context") is None:
        raise ClusterFailed(
            f"{address} takes certificates: name distributed.comm.tls.ca-file, client.cert and "
            "client.key in the configuration of Dask (docs/scale.md)"
        )
    async with asyncio.timeout(seconds):
        comm = await connect(address, timeout=seconds, **how)
        await comm.close()


def _why(error: BaseException) -> str:
    """Why nobody answers: Dask tries again until time is up, and says only that it is."""
    each: BaseException | None = error
    while each is not None:
        if isinstance(each, socket.gaierror):
            return f"its host is not known ({each.strerror})"
        if isinstance(each, ConnectionRefusedError):
            return "nothing listens at that port (connection refused)"
        if isinstance(each, OSError) and each.strerror:
            return each.strerror
        each = each.__cause__ or each.__context__
    return (str(error).strip() or "it does not answer").splitlines()[0]


@contextlib.contextmanager
def opened(address: str, processes: int | None = None) -> Iterator[Cluster]:
    """A scheduler by its address, or one of our own that ends with the block.

    Args:
        address: `tcp://…`, `tls://…`, or `local`.
        processes: Workers of our own; all cores if None.
    """
    require(address)
    if address != LOCAL:
        yield Cluster(address, address)
        return
    with tempfile.TemporaryDirectory(prefix="nianbao-") as folder:
        cluster = _local(processes or os.cpu_count() or 1, folder)
        try:
            yield Cluster(LOCAL, cluster)
        finally:
            cluster.close()


def _local(workers: int, folder: str) -> Any:
    import dask
    from distributed import LocalCluster

    config = {
        # It would look a hundred times a second at a thread that waits for its child.
        "distributed.worker.profile.enabled": False,
        # The web servers that Dask starts in any case have nothing to show.
        "distributed.scheduler.http.routes": [],
        "distributed.worker.http.routes": [],
    }
    # Ctrl-C is this process's to answer: it ends the others in order.
    with deaf_to_ctrl_c(), dask.config.set(config):
        return LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
            # A scheduler runs whatever it is sent. TLS with a key of this moment: other
            # users of this machine can reach the port, and are refused.
            security=True,
            memory_limit=0,  # the reading children have limits of their own
            local_directory=folder,
            silence_logs="CRITICAL",
        )
