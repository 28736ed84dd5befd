"""A panel of 20,000 rows in each format: nothing lost, CPU, memory, sizes; read with pandas.

pandas is beside .venv's packages (`make bench-deps`), so it is asked in a process of its own.
"""

from __future__ import annotations

import csv
import io
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pyarrow.parquet as pq

from tests import dta, synthetic
from tests.bench import SMALL, Figure

_REPORTS = 600 if SMALL else 20_000
_PROJECT = Path(__file__).resolve().parents[2]
_PANDAS = """
import sys
sys.path.insert(0, sys.argv[1])
import pandas as pd
stata, csv = pd.read_stata(sys.argv[2]), pd.read_csv(sys.argv[3], low_memory=False)
figures = [n for n in csv.columns if n + "_status" in csv.columns]
assert list(stata.columns) == list(csv.columns)
for name in figures:
    assert (stata[name].fillna(-1.5) == csv[name].fillna(-1.5)).all(), name
    words = stata[name + "_status"].astype(str).str.split(" ").str[-1]
    assert (words == csv[name + "_status"]).all(), name
print(len(stata))
"""


def figures() -> Iterator[Figure]:
    """The bench's figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        release = folder / "releases" / "20260101-000000-00000000"
        release.mkdir(parents=True)
        synthetic.write(release, _REPORTS)
        (release / "manifest.json").write_text('{"built_at": ""}', "utf-8")
        (folder / "releases" / "current").symlink_to(release.name)
        for formats in (("csv",), ("dta",), ("parquet",), ("csv", "dta", "parquet")):
            seconds, memory = _make(folder, formats)
            size = (folder / "panel.zip").stat().st_size
            word = " + ".join(formats)
            print(f"  {word}: {seconds:.1f} s of CPU, {memory:.0f} MB, ZIP {size / 1e6:.1f} MB")
        yield Figure("memory of a panel in all formats", memory, 200, False, " MB")
        yield from _read_back(folder)


def _make(folder: Path, formats: tuple[str, ...]) -> tuple[float, float]:
    """Seconds of CPU and the memory of the command."""
    options = [word for each in formats for word in ("--format", each)]
    asked = ["--data", str(folder), "--out", str(folder / "panel.zip"), *options]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Not `getrusage`: that counts what the process was before it began with this.
    code = (
        "import runpy, sys, atexit; atexit.register(lambda: print(next(line.split()[1] for line in "
        "open('/proc/self/status') if line.startswith('VmHWM')), file=sys.stderr)); "
        "runpy.run_module('archive', run_name='__main__')"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, "panel", *asked], cwd=_PROJECT, capture_output=True,
        text=True, check=True, env={**os.environ, "PYTHONPATH": str(_PROJECT)},
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, int(result.stderr.split()[-1]) / 1024


def _read_back(folder: Path) -> Iterator[Figure]:
    """How many rows each format has, read by a program that did not write it."""
    with ZipFile(folder / "panel.zip") as archive:
        archive.extractall(folder)
    with (folder / "panel.csv").open(encoding="utf-8-sig", newline="") as file:
        told = [row["report_id"] for row in csv.DictReader(file)]
    stata = dta.read((folder / "panel.dta").read_bytes()).rows
    parquet = pq.read_table(io.BytesIO((folder / "panel.parquet").read_bytes()))
    same = told == [row["report_id"] for row in stata]
    same = same and told == [each or "" for each in parquet["report_id"].to_pylist()]
    yield Figure("rows of the panel", len(told), _REPORTS, True)
    yield Figure("the same rows in all formats", same, 1, True)
    beside = Path(sys.prefix) / "bench"
    if beside.is_dir():
        files = (str(folder / "panel.dta"), str(folder / "panel.csv"))
        result = subprocess.run(
            [sys.executable, "-c", _PANDAS, str(beside), *files],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        print(result.stderr, end="", flush=True)
        yield Figure("rows that pandas reads alike", int(result.stdout or 0), len(told), True)
