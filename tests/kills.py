"""Killing a crawl at any moment and running it again: nothing is lost, nothing is torn."""

from __future__ import annotations

import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Protocol

from archive.batch import MOST_ROWS
from archive.root import DataRoot
from archive.warc import load_body, locate, read_record, read_records
from tests.bench.nginx import Nginx
from tests.crawls import ROOT, addresses, collect, command, ledger, whole
from tests.portal import Portal
from tests.portal.counties import County, expected, registry

_DEADLINE = 120


class Served(Protocol):
    """Sites that are crawled."""

    registry: str
    wanted: set[str]

    def asked(self) -> Counter[str]:
        """How often each address was asked for since `forget`."""

    def forget(self) -> None:
        """Begin to count anew."""


class Counties:
    """Fictional counties: served by Python, so no more than some hundred reports."""

    def __init__(self, places: Sequence[County], portal: Portal) -> None:
        self._portal = portal
        self.registry = registry(places, portal.port)
        self.wanted = {
            url
            for place in places
            for reports in expected(place, portal.port).values()
            for urls in reports.values()
            for url in urls
        }

    def asked(self) -> Counter[str]:
        """From the portal's own list."""
        return addresses(self._portal)

    def forget(self) -> None:
        """Empty that list."""
        self._portal.forget()


class Files:
    """Thousands of pages, served by nginx."""

    def __init__(self, nginx: Nginx) -> None:
        self._nginx = nginx
        self.registry = nginx.registry()
        self.wanted = set(nginx.urls())

    def asked(self) -> Counter[str]:
        """From nginx's log."""
        lines = self._nginx.log.read_text().splitlines()
        asked = (line.split() for line in lines)
        return Counter(f"http://{host}:{self._nginx.port}{path}" for host, path, _ in asked)

    def forget(self) -> None:
        """Empty the log, which nginx appends to."""
        self._nginx.log.write_text("")


@dataclass(frozen=True, slots=True)
class Kill:
    """What a killed crawl came to.

    Attributes:
        requests: How many requests had been made when it was killed.
        kept: How many reports were stored by then.
        again: How many reports were fetched again by the run after it.
        wrong: What is not as it should be, one sentence each.
    """

    requests: int
    kept: int
    again: int
    wrong: list[str]


def moments(seed: int, count: int, requests: int) -> list[tuple[int, float]]:
    """When to kill: after so many requests, and so many seconds more.

    Args:
        seed: The same one gives the same moments.
        count: How many.
        requests: How many requests an unbroken crawl makes.
    """
    random = Random(seed)
    return [(random.randrange(1, requests), random.random() * 0.05) for _ in range(count)]


def kill(served: Served, folder: Path, moment: tuple[int, float]) -> Kill:
    """Kill a crawl at a moment, run it again to its end, and look at what is there."""
    folder.mkdir()
    file, data = folder / "portals.toml", folder / "data"
    file.write_text(served.registry, "utf-8")
    served.forget()
    process = subprocess.Popen(
        command(file, data), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + _DEADLINE
        while served.asked().total() < moment[0] and process.poll() is None:
            assert time.monotonic() < until, "the crawl does not get so far"
            time.sleep(0.01)
        time.sleep(moment[1])
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    before = served.asked()
    done = collect(file, data)
    after = served.asked()
    again = sum(count - 1 for url, count in after.items() if url in served.wanted and count > 1)
    wrong = [] if done.returncode == 0 else [f"the next run ended with {done.returncode}"]
    wrong += _lost(served, data) + _unsound(data)
    if again > MOST_ROWS:
        wrong.append(f"{again} reports were fetched again, more than a batch of {MOST_ROWS}")
    kept = sum(url in served.wanted for url in before) - again
    return Kill(before.total(), kept, again, wrong)


def _lost(served: Served, data: Path) -> list[str]:
    rows = ledger(data, "SELECT url FROM captures WHERE role = 'article' AND status = 200")
    found = Counter(row["url"] for row in rows)
    lost, twice = served.wanted - found.keys(), [url for url, n in found.items() if n > 1]
    said = [f"{len(lost)} reports were lost, {min(lost)} among them"] if lost else []
    if twice:
        said.append(f"{len(twice)} reports were stored twice, {min(twice)} among them")
    runs = [row["status"] for row in ledger(data, "SELECT status FROM runs")]
    return said if runs == ["complete"] else [*said, f"the runs ended {runs}"]


def _unsound(data: Path) -> list[str]:
    """What is wrong with the WARCs: torn, not as warcio wants them, not where the ledger says."""
    try:
        whole(data)
    except (AssertionError, subprocess.CalledProcessError) as error:
        return [f"WARCs are not sound: {error}"]
    return list(_misplaced(data))


def _misplaced(data: Path) -> Iterator[str]:
    root = DataRoot(data)
    written = {
        record.record_id
        for path in root.warc.glob("*.warc.gz")
        for record in read_records(path)
        if record.kind in ("response", "revisit")
    }
    entered = {row["record_id"] for row in ledger(data, "SELECT record_id FROM captures")}
    if written != entered:
        yield f"{len(written ^ entered)} records are in the WARCs or in the ledger alone"
    for row in ledger(data, "SELECT * FROM captures"):
        record = read_record(locate(root.warc, row["warc_file"]), row["warc_offset"])
        if (record.record_id, record.length) != (row["record_id"], row["warc_length"]):
            yield f"{row['url']}: another record stands where the ledger says"
        elif row["revisit_of"] is None:
            load_body(root.warc, row)  # proves the body by its digest, or raises
