"""Crawls in shards, here and under Dask, with kills: one crawl, politely, whatever dies.

The test portal's log says who asked which host when; content hashes say that nothing is otherwise.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from archive.fsck.check import fsck
from archive.ledger import Ledger
from archive.root import DataRoot
from tests import part_kills, shard_kills
from tests.crawls import ROOT, collect, command, whole
from tests.demo_run import free_port, hash_of
from tests.portal import Portal
from tests.portal.counties import County, county, expected, registry, serve
from tests.shard_kills import Dask, crawl, kill_command, kill_one

_COUNTIES = 12
_LATENCY = 0.03
_SEVERAL = 60  # requests before a kill: of some 400
#: Reports that one kill may cost: what was asked for when it came, one a host.
_PER_KILL = _COUNTIES
Kills = Sequence[tuple[int, Callable[[subprocess.Popen[str]], None]]]


class Ground:
    """The same counties at the same addresses for each crawl; and the hashes that must come."""

    def __init__(self, folder: Path, places: Sequence[County]) -> None:
        self.folder, self.places, self.port = folder, places, free_port()
        self.registry = folder / "portals.toml"
        self.registry.write_text(registry(places, self.port), "utf-8")
        self.wanted = {
            url
            for place in places
            for reports in expected(place, self.port).values()
            for urls in reports.values()
            for url in urls
        }
        self.hashes: tuple[str | None, str | None] = (None, None)

    @contextmanager
    def served(self) -> Iterator[Portal]:
        """The counties, as at first."""
        with serve(self.places, port=self.port, latency=_LATENCY) as portal:
            yield portal

    def change(self, portal: Portal) -> None:
        """One report of each county says something else, one is gone."""
        for place in self.places:
            ours = sorted(url for url in self.wanted if f"//{place.host}:" in url)
            path = ours[0].partition(f":{self.port}")[2]
            body = portal.page(place.host, path).body
            portal.replace(
                place.host, path, body.replace("政府信息公开".encode(), "政务公开".encode())
            )
            portal.remove(place.host, ours[-1].partition(f":{self.port}")[2])


def built(data: Path) -> str | None:
    """The content hash of a build; two processes are enough."""
    order = [sys.executable, "-m", "archive", "build", "--data", str(data), "--workers", "2"]
    done = subprocess.run(order, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout, done.stderr)
    return hash_of(data)


def prove() -> bool:
    """Run all scenarios.

    Returns:
        Whether each ended with the content hash of crawls without shards, no host was asked by
        two processes at once, and nothing was fetched twice beyond what its kills cost.
    """
    places = [county(number + 1, "vsb") for number in range(_COUNTIES)]
    with tempfile.TemporaryDirectory() as name:
        ground = Ground(Path(name), places)
        print(f"  {_COUNTIES} counties, {len(ground.wanted)} reports", flush=True)
        _whole(ground)
        good = _merging(ground.folder)
        good &= _scenario(ground, "2 shards", 2)
        good &= _scenario(
            ground, "3 shards, two of their processes killed", 3,
            kills=lambda data: [(_SEVERAL, kill_one(data)), (2 * _SEVERAL, kill_one(data))],
        )  # fmt: skip
        good &= _scenario(
            ground, "2 shards, the command killed and called again", 2, calls=2,
            kills=lambda data: [(_SEVERAL, kill_command)],
        )  # fmt: skip
        good &= _apart(ground)
        good &= _under_dask(ground)
        good &= _stopped_while_it_waits(ground)
        return good


def _merging(folder: Path) -> bool:
    """Kills before every step of a merging."""
    place = folder / "merging"
    place.mkdir()
    done, wrong = part_kills.kills(part_kills.parted(place / "made"), place, slice(1, 1000, 1))
    print(f"  merging killed before each of {len(done)} steps: {'; '.join(wrong) or 'equal'}")
    return not wrong


def _whole(ground: Ground) -> None:
    """Two crawls without shards, with changes between: what all others must come to."""
    data = ground.folder / "whole"
    with ground.served() as portal:
        assert collect(ground.registry, data).returncode == 0
        first = built(data)
        ground.change(portal)
        done = collect(ground.registry, data)
        assert done.returncode == 0, done.stdout
        ground.hashes = (first, built(data))
    assert ground.hashes[0] != ground.hashes[1]
    print(f"  without shards: {ground.hashes[0][:12] if first else first}", flush=True)


def _scenario(
    ground: Ground,
    name: str,
    count: int,
    *more: str,
    calls: int = 1,
    kills: Callable[[Path], Kills] = lambda _: (),
    goes_on: bool = False,
) -> bool:
    """A first crawl with kills, changes, a second crawl with the same kills in another division.

    Where the shards go on without their command (`goes_on`), a crawl may be whole before the next
    call: then that one is a crawl of its own, which asks for everything again.
    """
    data = ground.folder / "crawled"
    wrong: list[str] = []
    with ground.served() as portal:
        for number, want in enumerate(ground.hashes):
            portal.forget()
            before = _crawls(data)
            for call in range(calls):
                is_last = call == calls - 1
                shards = ("--shards", str(count), *more)
                due = kills(data) if call == 0 else ()
                status, said = crawl(portal, ground.registry, data, *shards, kills=due)
                if is_last and status != 0:
                    wrong.append(f"exit status {status}: {said[-2000:]}")
            requests = portal.requests
            wrong += shard_kills.impolite(requests)
            twice = shard_kills.again(requests, ground.port, ground.wanted)
            anew = goes_on and len(_crawls(data) - before) > 1
            if twice > (len(ground.wanted) if anew else _PER_KILL * len(kills(data))):
                wrong.append(f"{twice} reports were fetched twice")
            wrong += _unsound(data)
            if built(data) != want:
                wrong.append(f"crawl {number + 1}: another content hash")
            print(
                f"  {name}, crawl {number + 1}: {len(requests)} requests by "
                f"{len({each.headers[shard_kills.HEADER] for each in requests})} processes, "
                f"{twice} reports fetched twice{' (it was whole before)' if anew else ''}: "
                f"{'; '.join(wrong) or 'equal, and polite'}",
                flush=True,
            )
            ground.change(portal)
    shutil.rmtree(data)
    return not wrong


def _crawls(data: Path) -> set[str]:
    """The crawls in shards whose runs a root has, each ended by itself."""
    root = DataRoot(data)
    if not root.ledger.exists():
        return set()
    with closing(Ledger(root.ledger)) as ledger:
        sql = "SELECT crawl, min(finished_at IS NOT NULL) AS ended FROM runs GROUP BY crawl"
        return {row["crawl"] for row in ledger.rows(sql) if row["crawl"] and row["ended"]}


def _apart(ground: Ground) -> bool:
    """Two machines without a shared folder: each its own root, merged into a third in any order."""
    data = ground.folder / "together"
    roots = [ground.folder / f"machine{number}" for number in (1, 2)]
    wrong: list[str] = []
    with ground.served() as portal:
        for number, want in enumerate(ground.hashes):
            for index, root in enumerate(roots, 1):
                done = collect(ground.registry, root, "--shard", f"{index}/2")
                if done.returncode:
                    wrong.append(f"exit status {done.returncode}: {done.stdout[-2000:]}")
            for root in reversed(roots) if number else (*roots, roots[0]):
                order = [sys.executable, "-m", "archive", "merge", "--data", str(data)]
                subprocess.run([*order, "--from", str(root)], cwd=ROOT, check=True)
            (data / "parts").mkdir(exist_ok=True)
            wrong += _unsound(data)
            if built(data) != want:
                wrong.append(f"crawl {number + 1}: another content hash")
            print(f"  two roots merged into a third, crawl {number + 1}: "
                  f"{'; '.join(wrong) or 'equal'}", flush=True)  # fmt: skip
            ground.change(portal)
    return not wrong


def _unsound(data: Path) -> list[str]:
    """What fsck and others say of a root into which all was merged."""
    wrong = []
    try:
        whole(data)
    except (AssertionError, subprocess.CalledProcessError) as error:
        wrong.append(f"WARCs are not sound: {error}")
    if fsck(DataRoot(data), 1).wrong:
        wrong.append("fsck finds something")
    if any((data / "parts").iterdir()):
        wrong.append("a part was left")
    return wrong


def _under_dask(ground: Ground) -> bool:
    """The same under a scheduler and two workers, which are killed."""
    with Dask(ground.folder, free_port()) as dask, _kept_up(dask):
        data = ground.folder / "crawled"
        cluster = ("--cluster", dask.address)
        good = _scenario(ground, "2 shards, 2 Dask workers", 2, *cluster)

        def kill_worker(_: subprocess.Popen[str]) -> None:
            (scrapy, *_rest) = shard_kills.scrapies(data)
            dask.kill_worker(scrapy)

        def restart(_: subprocess.Popen[str]) -> None:
            dask.restart_scheduler()

        good &= _scenario(
            ground, "2 shards, a Dask worker killed", 2, *cluster,
            kills=lambda _: [(_SEVERAL, kill_worker)],
        )  # fmt: skip
        good &= _scenario(
            ground, "2 shards under Dask, the command killed and called again", 2, *cluster,
            calls=2, kills=lambda _: [(_SEVERAL, kill_command)], goes_on=True,
        )  # fmt: skip
        good &= _scenario(
            ground, "2 shards, the scheduler killed and started again", 2, *cluster,
            kills=lambda _: [(_SEVERAL, restart)],
        )  # fmt: skip
        return good


def _stopped_while_it_waits(ground: Ground) -> bool:
    """A real SIGTERM to a command whose scheduler has no worker, and a crawl that goes on."""
    data, wrong = ground.folder / "crawled", list[str]()
    with ground.served() as portal, Dask(ground.folder, free_port(), workers=0) as dask:
        more = ("--shards", "2", "--cluster", dask.address)
        with subprocess.Popen(
            command(ground.registry, data, *more), cwd=ROOT,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            said = ""
            for line in process.stdout:
                said += line
                if "has no worker" in line:
                    break
            process.send_signal(signal.SIGTERM)
            sent = time.monotonic()
            try:
                said += process.communicate(timeout=60)[0]
            except subprocess.TimeoutExpired:
                process.kill()
                wrong.append("it did not end within a minute")
            took = time.monotonic() - sent
        if process.returncode != 3 or "Traceback" in said:
            wrong.append(f"exit status {process.returncode}: {said[-2000:]}")
        if portal.requests:
            wrong.append(f"{len(portal.requests)} requests without a worker")
        status, said = crawl(portal, ground.registry, data, "--shards", "2")
        if status or built(data) != ground.hashes[0]:
            wrong.append(
                f"the next crawl ended with {status}, another content hash: {said[-2000:]}"
            )
    print(f"  told to stop while no worker is there: after {took:.1f} s, "
          f"{'; '.join(wrong) or 'and the next crawl equal'}", flush=True)  # fmt: skip
    shutil.rmtree(data)
    return not wrong


@contextmanager
def _kept_up(dask: Dask) -> Iterator[None]:
    """Workers that end are started again, as systemd does."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.5):
            dask.keep_up()

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
