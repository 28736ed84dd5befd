"""How long the steps of a build take, for whoever waits for one: lines of the log."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator

log = logging.getLogger(__name__)


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """Time a step by the clock and by this process's own CPU; one that fails is not told."""
    began, spent = time.monotonic(), time.process_time()
    yield
    took, own = time.monotonic() - began, time.process_time() - spent
    log.info("step %s: %.1f s (%.1f s of CPU in this process)", name, took, own)
