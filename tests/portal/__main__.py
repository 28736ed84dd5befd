"""`python -m tests.portal`: serve until told to stop, or print the manifest."""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import json
import os
import signal
import sys
import threading
from pathlib import Path

from tests.portal.manifest import manifest
from tests.portal.server import Portal

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Parse the command line and do what it says."""
    parser = argparse.ArgumentParser(prog="python -m tests.portal", description=__doc__)
    parser.add_argument("--port", type=int, default=8790, help="port on 127.0.0.1 … 127.0.0.5")
    parser.add_argument("--log", type=Path, help="write one JSON line a request")
    parser.add_argument("--manifest", action="store_true", help="print what is served, as JSON")
    options = parser.parse_args()
    if options.manifest:
        print(json.dumps(manifest(options.port), ensure_ascii=False, indent=1))
        return
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    end_with_parent(stop)
    with contextlib.ExitStack() as stack:
        try:
            portal = stack.enter_context(Portal(options.port, log=options.log))
        except OSError as error:
            sys.exit(f"the test portal cannot serve on port {options.port}: {error.strerror}")
        print(f"ready: http://127.0.0.1:{portal.port}/ … 127.0.0.5", flush=True)
        stop.wait()


def end_with_parent(stop: threading.Event) -> None:
    """Set the event when the process that started this one is gone.

    The kernel's signal is quick but also comes when only the starting *thread* ends,
    so it merely asks for a look; where there is no prctl, polling is enough.
    """
    parent = os.getppid()

    def look(*_: object) -> None:
        if os.getppid() != parent:
            stop.set()

    signal.signal(signal.SIGUSR1, look)
    with contextlib.suppress(AttributeError, OSError, TypeError):  # not Linux
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGUSR1)

    def poll() -> None:
        while not stop.wait(0.5):
            look()

    threading.Thread(target=poll, daemon=True).start()


if __name__ == "__main__":
    main()
