"""Waiting for the lock of a shard that was at work elsewhere, and whether its command is there.

The lock is the truth: a machine that nobody hears of any more may go on asking the hosts of its
shard. Whoever continues it asks nobody before that lock is free.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import time
from collections.abc import Iterator

from archive.errors import RootBusy
from archive.root import DataRoot

from ..wording import counted

log = logging.getLogger(__name__)
#: Seconds that a lock is waited for: a server of network folders frees a dead machine's after
#: a minute or two, and a crawl that is asked to stop ends what is under way.
PATIENCE = 300.0
_EVERY = 0.25


@contextlib.contextmanager
def patient(root: DataRoot, shard: str, seconds: float = PATIENCE) -> Iterator[None]:
    """Hold the lock of a shard, once whoever holds it lets go.

    Args:
        root: The data root, or its part.
        shard: The shard, e.g. `1/2`.
        seconds: How long it is waited for.

    Raises:
        RootBusy: It is held still.
    """
    until, said = time.monotonic() + seconds, False
    with contextlib.ExitStack() as held:
        while True:
            try:
                held.enter_context(root.lock("crawl", shard))
                break
            except RootBusy as error:
                if time.monotonic() >= until:
                    raise
                if not said:
                    log.warning(
                        "shard %s: %s; waiting for it, %s at most",
                        shard, error, counted(round(seconds), "second"),
                    )  # fmt: skip
                    said = True
                time.sleep(_EVERY)
        yield


def command(count: int) -> str:
    """What a command that crawls so many shards holds beside their locks, as if it were one."""
    return f"all/{count}"


def is_commanded(root: DataRoot, count: int) -> bool:
    """Whether the command that crawls the shards of a root is at work, on whatever machine.

    This is also how it is known that locks work across machines: the command holds its own.
    """
    path = root.path / f"crawl-allof{count}.lock"
    try:
        with path.open("a+", encoding="utf-8") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False
