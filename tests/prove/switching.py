"""Another release in the place of the one that is shown, under load, and no request fails."""

from __future__ import annotations

import itertools
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

from archive.build import build
from archive.root import DataRoot
from tests import proxied
from tests.bench.builds import pages, store
from tests.load import Load, ask
from tests.proxied import Proxied
from tests.test_deploy import again

REQUESTS = 10_000
SWITCHES = 4
#: A page in so many is one that nginx cannot have: its address is new.
NEW_IN = 4
PATHS = ("/", "/fugai", "/zidian", "/biangeng", "/yidian", "/nianbao/reports")


def prove() -> bool:
    """Ask 10,000 times while four releases follow one another; whether all were answered."""
    if not proxied.installed():
        print("nginx is missing (make system-deps)", file=sys.stderr)
        return False
    with tempfile.TemporaryDirectory() as name:
        root = DataRoot(Path(name) / "root")
        store(root, list(pages(100)))
        build(root)
        folder = Path(name) / "nginx"
        folder.mkdir()
        with Proxied(root.path, folder, limited=False) as site:
            return _told(*_under_load(root.path, site))


def _under_load(root: Path, site: Proxied) -> tuple[Load, int]:
    found: list[Load] = []
    switched = threading.Event()

    def path(number: int) -> str:
        if number % NEW_IN == 0:
            return f"/nianbao/reports.json?_size=3&n={number}"
        return PATHS[number % len(PATHS)]

    def enough(number: int) -> bool:
        return number >= REQUESTS and switched.is_set()

    asking = threading.Thread(
        target=lambda: found.append(ask(site.address, path, until=enough, threads=8))
    )
    asking.start()
    done = 0
    for _ in range(SWITCHES):
        time.sleep(1.0)
        name = again(root)
        turn, is_new = site.switch(drain=2.0)
        done += is_new and turn.release == name
        _keep_two(root)
    switched.set()
    asking.join()
    return found[0], done


def _keep_two(root: Path) -> None:
    """Only the disk is spared: the release before the last is not shown any more."""
    folders = [each for each in (root / "releases").iterdir() if not each.is_symlink()]
    kept = sorted((each for each in folders if each.is_dir()), key=lambda each: len(each.name))
    for old in itertools.islice(kept, max(0, len(kept) - 2)):
        shutil.rmtree(old)


def _told(load: Load, done: int) -> bool:
    bad = load.asked - load.statuses[200]
    print(
        f"{done} of {SWITCHES} releases took over; {load.asked} requests, {bad} failed "
        f"({dict(load.statuses)}); {load.sent_again} were sent again over a new connection"
    )
    for line in load.failed[:10]:
        print(f"  {line}")
    return done == SWITCHES and bad == 0 and load.asked >= REQUESTS
