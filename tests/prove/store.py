"""A store that speaks S3, at length: requests counted, kills everywhere, parts, a crawl, Dask."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

from archive.elsewhere.place import place_of
from archive.elsewhere.ranged import BLOCK
from archive.ledger import Ledger
from archive.manifest import current_hash, current_manifest
from archive.offload.sending import offload
from archive.root import DataRoot
from archive.warc import load_body
from archive.warcs import Warcs
from tests.s3_server import ADDRESS, BUCKET, Store, running
from tests.stored import SITE, Got, Run, article, keep, report_of

_REPORTS = 120
_FILES = 3
#: Incompressible bodies that make a file of several parts.
_LARGE, _LARGEST = 12, 4 << 20
_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


def prove() -> bool:
    """Run the proof."""
    with tempfile.TemporaryDirectory(prefix="nianbao-store-") as folder, running() as store:
        made = _made(Path(folder) / "root")
        proofs = [
            _kills(made, store),
            _reading(made, store),
            _broken_off(made, store),
            _parts(Path(folder) / "large", store),
            _dask(made),
            _crawls(Path(folder) / "demo"),
        ]
    return all(proofs)


def _made(path: Path) -> DataRoot:
    """A root of three files with several hundred captures, and its release."""
    root = DataRoot(path)
    for run in range(_FILES):
        offices = [_office(run * _REPORTS + number) for number in range(_REPORTS)]
        got = [
            Got(
                f"{SITE}/{run}/{number}.html",
                article(report_of(2021, name)),
                title=f"{name}2021年政府信息公开工作年度报告",
            )
            for number, name in enumerate(offices)
        ]
        keep(root, Run(got))
    print("  " + _archive("build", "--data", root.path).splitlines()[0][:90])
    return root


def _office(number: int) -> str:
    """An agency's name of its own; one with an Arabic number in it would be none."""
    stems = "甲乙丙丁戊己庚辛壬癸"
    return "示例市" + "".join(stems[int(digit)] for digit in f"{number:03}") + "局"


def _copied(root: DataRoot, name: str, *without: str) -> DataRoot:
    to = root.path.with_name(name)
    shutil.copytree(root.path, to, symlinks=True, ignore=shutil.ignore_patterns(*without))
    return DataRoot(to)


def _command(*arguments: object) -> list[str]:
    return [sys.executable, "-W", "error", "-m", "archive", *map(str, arguments)]


def _archive(*arguments: object, status: int = 0) -> str:
    done = subprocess.run(_command(*arguments), capture_output=True, text=True, check=False)
    if done.returncode != status:
        raise RuntimeError(f"{arguments}: {done.returncode} {done.stdout} {done.stderr}")
    return done.stdout + done.stderr


def _said(what: str, *, holds: bool) -> bool:
    print(f"  {'' if holds else 'NOT: '}{what}", flush=True)
    return holds


def _kills(made: DataRoot, store: Store) -> bool:
    """Kill `offload --remove` at each of its writes, and end it by another call."""
    good = []
    for at in range(1, 2 + 2 * _FILES):  # the mark of the place, files, their manifests
        root, to = _copied(made, f"killed{at}"), f"s3://{BUCKET}/killed{at}"
        call = _command("offload", "--data", root.path, "--to", to, "--remove")
        process = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        store.at_put(at, partial(process.send_signal, signal.SIGKILL))
        killed = process.wait(60) == -signal.SIGKILL
        here, there = {path.name for path in root.warc.glob("*.gz")}, place_of(to).files()
        whole = all(path.name in here or path.name in there for path in made.warc.glob("*.gz"))
        done = offload(root, to, remove=True)
        sound = "nothing wrong" in _archive("fsck", "--data", root.path)
        good.append(killed and whole and sound and done.removed == len(here) and not done.wrong)
    return _said(
        f"offload killed at each of {len(good)} writes, ended by the next", holds=all(good)
    )


def _reading(made: DataRoot, store: Store) -> bool:
    """Build anew from the store, and check all of it: the same release, and how many requests."""
    root = _copied(made, "moved")
    _archive("offload", "--data", root.path, "--to", ADDRESS, "--remove")
    shutil.rmtree(root.releases)
    for path in root.path.glob("readings.db*"):
        path.unlink()
    del store.asked[:]
    _archive("build", "--data", root.path)
    gets = [_RANGE.fullmatch(each[2]) for each in store.gets()]
    asked = sum(int(each[2]) - int(each[1]) + 1 for each in gets if each)
    rows = [row for row in _captures(root) if row["role"] == "article"]
    lengths = sum(row["warc_length"] for row in rows)
    reports = current_manifest(root)["counts"]["reports"]
    same = current_hash(root) == current_hash(made) and reports == _FILES * _REPORTS
    one_each = len(gets) == len(rows) == _FILES * _REPORTS and asked == lengths
    others = Counter(each[0] for each in store.asked) - Counter(GET=len(gets))
    print(
        f"  build: {len(gets)} GET for {len(rows)} bodies, {asked / 1e6:.2f} MB asked for, "
        f"{lengths / 1e6:.2f} MB are theirs; other requests: {dict(others) or 'none'}"
    )
    del store.asked[:]
    sound = "nothing wrong" in _archive("fsck", "--data", root.path)
    print(f"  fsck: {len(store.gets())} GET for {_FILES} files (blocks of {BLOCK >> 20} MB)")
    return _said(
        f"a build of {reports} reports from the store has the same content hash, one GET a body; "
        f"fsck: sound {sound}",
        holds=same and one_each and sound,
    )


def _captures(root: DataRoot) -> list[dict[str, Any]]:
    with contextlib.closing(Ledger(root.ledger, read_only=True)) as ledger:
        return [dict(row) for row in ledger.rows("SELECT * FROM captures")]


def _broken_off(made: DataRoot, store: Store) -> bool:
    """A store that goes away in the middle of a build: one line, and the next build ends."""
    root = _copied(DataRoot(made.path.with_name("moved")), "broken", "releases", "readings.db*")
    count, refuse = len(store.gets()) + _REPORTS, [True]
    with store.refusing(lambda: refuse[0] and len(store.gets()) > count):
        said = _archive("build", "--data", root.path, status=1)
    refuse[0] = False
    told = said.strip().splitlines()[-1]
    unpublished = not root.current.exists()
    _archive("build", "--data", root.path)
    same = current_hash(root) == current_hash(made)
    print(f"  {told[:150]} …")
    return _said(
        "a store that failed in the middle of a build: nothing published, the next one equal",
        holds=told.startswith("nianbao: s3://") and unpublished and same,
    )


def _parts(path: Path, store: Store) -> bool:
    """A file that is sent in parts; the memory of who sends it and of who checks it."""
    root = DataRoot(path)
    got = [
        Got(f"{SITE}/{number}.bin", os.urandom(_LARGEST), role="attachment")
        for number in range(_LARGE)
    ]
    keep(root, Run(got))
    to = f"s3://{BUCKET}/large"
    del store.asked[:]
    sent = _memory("offload", "--data", root.path, "--to", to, "--remove")
    parts = [each for each in store.asked if each[0] == "PUT" and each[1].endswith(".warc.gz")]
    checked = _memory("fsck", "--data", root.path)
    gets = len(store.gets())
    home = _memory("recall", "--data", root.path, "--remove")
    print(
        f"  a file of {_LARGE * _LARGEST / 1e6:.0f} MB: {len(parts)} parts, {gets} GET to prove "
        f"and check it; peak memory MB: offload {sent}, fsck {checked}, recall {home}"
    )
    return _said("a file of several parts there and home again", holds=len(parts) > 1)


def _memory(*arguments: object) -> int:
    """Peak memory of a command, in MB."""
    code = (
        "import runpy, sys\nsys.argv = ['archive', *sys.argv[1:]]\n"
        "try:\n    runpy.run_module('archive', run_name='__main__')\n"
        "except SystemExit as end:\n    assert not end.code, end.code\n"
        # Not ru_maxrss: that begins with what this very process holds.
        "print(open('/proc/self/status').read().partition('VmHWM:')[2].split()[0])"
    )
    call = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(call, capture_output=True, text=True, check=True)
    return int(done.stdout.split()[-1]) >> 10


def _load(warcs: Warcs, row: dict[str, Any]) -> int:
    return len(load_body(warcs, row))


def _dask(made: DataRoot) -> bool:
    """Workers of Dask, two processes of two threads, read from the store."""
    from distributed import Client, LocalCluster

    root = DataRoot(made.path.with_name("moved"))
    rows, warcs = _captures(root)[:200], root.warcs
    with (
        LocalCluster(2, threads_per_worker=2, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        sizes = client.gather(client.map(_load, [warcs] * len(rows), rows))
    return _said(
        f"{len(rows)} bodies read by two workers of two threads",
        holds=sizes == [row["bytes"] for row in rows],
    )


def _crawls(data: Path) -> bool:
    """A crawl over a root whose files are in the store: nothing is fetched or stored anew."""
    ports = [_port(), _port()]
    call = [sys.executable, "-m", "tests.demo", "--data", str(data)]
    call += ["--portal-port", str(ports[0]), "--port", str(ports[1])]
    subprocess.run(call, check=True, capture_output=True)
    root = DataRoot(data)
    before = current_hash(root)
    _archive("offload", "--data", data, "--to", f"s3://{BUCKET}/demo", "--remove")
    subprocess.run(call, check=True, capture_output=True)
    rows = _captures(root)
    last = max(row["run_id"] for row in rows)
    again = [row for row in rows if row["run_id"] == last]
    anew = [row for row in again if row["status"] == 200 and row["revisit_of"] is None]
    print(
        f"  demo crawled again: {len(again)} captures, {len(anew)} bodies stored anew, "
        f"{sum(row['status'] == 304 for row in again)} answers of “unchanged”"
    )
    sound = "nothing wrong" in _archive("fsck", "--data", data)
    remembered = json.loads((data / "warcs.json").read_text())["elsewhere"]
    return _said(
        f"a later crawl stores nothing anew over {remembered[0]}, and the release is the same",
        holds=not anew and current_hash(root) == before and sound,
    )


def _port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
