"""Many kills at different moments of the demo: each ends equal to an unbroken run."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.demo_run import free_port, hash_of, kill_demo, run_demo


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
            warcs = [str(path) for path in (data / "warc").iterdir()]
            warcio = str(Path(sys.executable).with_name("warcio"))
            check = subprocess.run([warcio, "check", *warcs], capture_output=True, check=False)
            equal = hash_of(data) == want and want is not None
            sound = check.returncode == 0 and not check.stdout
            good &= result.returncode == 0 and equal and sound
            verdict = "equal" if equal else "NOT EQUAL"
            warcs_are = "sound" if sound else "NOT SOUND"
            print(f"  killed at {at} rows of {table}: {verdict}, WARCs {warcs_are}")
    return good
