"""Whether a crawl or an import is at work in a data root, told without touching its locks."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path

_SIGNED = re.compile(r"process (\d+) on (\S+)")


def is_at_work(data: Path) -> bool:
    """Whether one is, as far as the files of its locks tell.

    To try a lock would keep a crawl from beginning that very moment. The kernel drops a lock
    when its holder dies, and its file keeps the name.

    Args:
        data: The data root.
    """
    return any(_holds(path) for path in data.glob("crawl*.lock"))


def _holds(lock: Path) -> bool:
    try:
        signed = _SIGNED.match(lock.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return False
    if signed is None:
        return False
    # Of a process on another machine nothing can be found out.
    return signed[2] != socket.gethostname() or _is_alive(int(signed[1]))


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's
    return True
