"""Whether a crawl is at work in a data root, told without touching its lock."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path

_SIGNED = re.compile(r"process (\d+) on (\S+)")


def holder(data: Path, shard: str = "") -> str:
    """Who holds the lock of a crawl as far as its file tells; "" if nobody does.

    The kernel drops a lock when its holder dies, but the file keeps the name. To try the
    lock would keep a crawl from beginning that very moment.

    Args:
        data: The data root.
        shard: The part of the portals that is crawled, or "" for all.
    """
    name = f"crawl-{shard.replace('/', 'of')}" if shard else "crawl"
    try:
        said = (data / f"{name}.lock").read_text("utf-8").strip()
    except OSError:
        return ""
    signed = _SIGNED.match(said)
    if signed is None or (not shard and "(shard " in said):
        return ""
    # Of a process on another machine nothing can be found out.
    return said if signed[2] != socket.gethostname() or _is_alive(int(signed[1])) else ""


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's
    return True
