"""A large release asked beforehand what takes long and is asked once.

That is what `kept.py` and `whole_tables.py` keep. Of a million reports the sums behind a national
page take seconds to a minute, and whoever comes first after a release was switched would wait for
them; so the site asks itself, page by page, those that most visitors come for first. A small
release is not worth it.
"""

from __future__ import annotations

import http.client
import logging
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing

from archive.site.chart_specs import CHARTS
from archive.site.data_pages import FIRST
from archive.site.release import Release

log = logging.getLogger(__name__)
#: Bytes of `nianbao.db` from which a release is large: some 50,000 reports.
LARGE = 48_000_000
#: Our pages whose answers are kept.
_OURS = (
    "/",
    "/diqu",
    *(f"/tubiao/{name}" for name in CHARTS),
    "/tubiao",
    "/yidian",
    "/fugai",
    "/sousuo?q=%E5%85%AC%E5%BC%80",
    "/guanyu",
)
#: A table that is not there yet is asked for so often; its sums go on being made meanwhile.
_TIMES = 20
#: What is answered while it is not there yet, or while there is no room.
_LATER = (400, 503)
_LONGEST = 600.0  # seconds


def addresses() -> tuple[str, ...]:
    """What is asked, in this order."""
    return (*_OURS, *(f"/nianbao/{table}" for table in FIRST if table not in ("chapters", "facts")))


def is_large(release: Release) -> bool:
    """Whether visitors would have to wait."""
    return sum(path.stat().st_size for path in release.files()[:1]) >= LARGE


def begin(address: tuple[str, int], is_over: Callable[[], bool]) -> None:
    """Ask the site that listens at an address, in a thread that nobody waits for."""
    threading.Thread(
        target=ask, args=(address, addresses(), is_over), name="warming", daemon=True
    ).start()


def ask(address: tuple[str, int], paths: Iterable[str], is_over: Callable[[], bool] = bool) -> None:
    """Ask for each page until it is there.

    Args:
        address: Host and port.
        paths: Which pages.
        is_over: Whether the site is to end, which waits for what is being answered.
    """
    began = time.monotonic()
    for path in paths:
        for _ in range(_TIMES):
            if is_over():
                return
            try:
                status = _get(address, path)
            except OSError:
                return  # the site has ended
            if status not in _LATER:
                break
    log.debug("asked beforehand in %.1f s", time.monotonic() - began)


def _get(address: tuple[str, int], path: str) -> int:
    with closing(http.client.HTTPConnection(*address, timeout=_LONGEST)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status
