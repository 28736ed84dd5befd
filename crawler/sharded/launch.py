"""`python -m crawler.sharded.launch PARENT collect …`: a Scrapy process that dies with its parent.

A worker that is killed cannot end the crawl that it began; were that to go on while the shard is
continued elsewhere, two processes would ask one host. So the kernel is told to kill this process
when the thread that began it ends: it waits for this process to its end, so it ends before only
if all of its process does. (The lock of the shard holds where no kernel does, across machines.)
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> bool:
    """Be killed when the parent ends; False if it has ended before that was asked for."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    return os.getppid() == parent


def main(arguments: list[str]) -> None:
    """Be `scrapy` with these arguments, for as long as the parent lives."""
    parent, *order = arguments
    if not die_with(int(parent)):
        sys.exit(f"collect: process {parent}, which began this, has ended")

    from scrapy.cmdline import execute

    execute(["scrapy", *order])


if __name__ == "__main__":
    main(sys.argv[1:])
