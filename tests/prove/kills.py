"""Many kills at different moments: each crawl, build or demo ends equal to an unbroken one."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests import build_kills
from tests.bench.nginx import HOSTS, Nginx, installed
from tests.demo_run import free_port, hash_of, kill_demo, run_demo
from tests.kills import Counties, Files, Served, kill, moments
from tests.portal.counties import county, serve

_KILLS = 20
_PAGES = 2000
_COUNTIES = 100  # 2,100 reports, where there is no nginx
_SEED = 4


def prove_crawl() -> bool:
    """Kill -9 a crawl of 2,000 pages at twenty random moments; each time run it to its end.

    Returns:
        Whether no address was lost, no record torn, and at most a batch fetched again.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if installed():
            with Nginx(folder / "nginx", _PAGES, zipped=True, logged=True) as nginx:
                return _kill_often(Files(nginx), folder)
        print("  nginx is not installed (make system-deps); fictional counties are crawled")
        places = [county(number + 1, "vsb") for number in range(_COUNTIES)]
        with serve(places) as portal:
            return _kill_often(Counties(places, portal), folder)


def _kill_often(served: Served, folder: Path) -> bool:
    good = True
    requests = len(served.wanted) + 2 * len(HOSTS)
    for number, moment in enumerate(moments(_SEED, _KILLS, requests)):
        found = kill(served, folder / str(number), moment)
        good &= not found.wrong
        said = "; ".join(found.wrong) or "nothing lost, nothing torn"
        print(
            f"  killed after {found.requests} requests, {found.kept} reports kept, "
            f"{found.again} fetched again: {said}",
            flush=True,
        )
    return good


def prove_builds() -> bool:
    """Kill -9 a build of 60 reports at twenty moments: those that matter, and random ones.

    Returns:
        Whether the current release was a whole one after each, the old or the new, and the
        next build ended equal to an unbroken one.
    """
    good = True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = build_kills.make_root(folder / "made", 60)
        whole = build_kills.unbroken(made, folder / "unbroken")
        for number, (what, moment) in enumerate(
            build_kills.moments(_SEED, _KILLS, whole).items(), 1
        ):
            wrong = build_kills.kill(made, folder / str(number), moment, whole)
            good &= not wrong
            print(f"  build killed {what}: {'; '.join(wrong) or 'current whole, next equal'}")
            sys.stdout.flush()
    return good


def prove(database: str, table: str, moments: list[int]) -> bool:
    """Kill the demo once a table has so many rows, run it again, compare.

    Args:
        database: `ledger.db` for kills in the crawl, `readings.db` in the build.
        table: The table that is watched.
        moments: Numbers of rows at which it is killed.

    Returns:
        Whether every root ended with the unbroken run's content hash and sound WARCs.
    """
    port, good = free_port(), True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run_demo(folder / "unbroken", port)
        want = hash_of(folder / "unbroken")
        for rows in moments:
            data = folder / f"killed-{rows}"
            at = kill_demo(data, port, database, table, rows)
            result = run_demo(data, port)
            warcs = [str(path) for path in (data / "warc").glob("*.warc.gz")]
            warcio = str(Path(sys.executable).with_name("warcio"))
            check = subprocess.run([warcio, "check", *warcs], capture_output=True, check=False)
            equal = hash_of(data) == want and want is not None
            sound = check.returncode == 0 and not check.stdout
            good &= result.returncode == 0 and equal and sound
            verdict = "equal" if equal else "NOT EQUAL"
            warcs_are = "sound" if sound else "NOT SOUND"
            print(f"  killed at {at} rows of {table}: {verdict}, WARCs {warcs_are}")
    return good
