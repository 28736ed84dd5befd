"""Probes of two hundred counties: the right family, every column, a list that was interrupted."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.crawls import ROOT
from tests.portal import Portal
from tests.portal.counties import SKELETONS, County, expected, serve
from tests.prove.counties import counties

_HEAD = 'name = "probes"\nfiction = true\ncontact = "https://nianbao.invalid/about"\ndelay = 0\n'


def prove() -> bool:
    """Probe columns, home pages, and a list of 300 that is killed twice and stopped once.

    Returns:
        Whether every family was right, every column was found and no other, and nothing
        that had been answered was asked for again.
    """
    places = counties(200)
    with tempfile.TemporaryDirectory() as name, serve(places) as portal:
        folder = Path(name)
        (folder / "portals.toml").write_text(_HEAD + "[portals]\n", "utf-8")
        wrong = [
            *_columns(places, portal, folder),
            *_homes(places, portal, folder),
            *_interrupted(places, portal, folder),
        ]
    for line in wrong[:20]:
        print(f"  {line}")
    return not wrong


def _columns(places: Sequence[County], portal: Portal, folder: Path) -> list[str]:
    """One column of each county: a different one from county to county."""
    want = {}
    for place in places:
        urls = list(expected(place, portal.port))
        want[urls[place.number % len(urls)]] = SKELETONS[place.kind].family
    seconds = _run(folder, "columns", want)
    found = _tables(folder / "columns")
    wrong = [
        f"{url}: {found.get(url, 'no table')}, not {family}"
        for url, family in want.items()
        if found.get(url) != family
    ]
    families = Counter(want.values())
    print(f"  {len(want)} columns of {len(families)} families, {len(wrong)} wrong, {seconds:.0f} s")
    return wrong


def _homes(places: Sequence[County], portal: Portal, folder: Path) -> list[str]:
    """Every home page leads to every column, and to nothing else."""
    portal.forget()
    want = {url for place in places for url in expected(place, portal.port)}
    seconds = _run(folder, "homes", [f"http://{place.host}:{portal.port}/" for place in places])
    found = _tables(folder / "homes")
    wrong = [f"not found: {url}" for url in sorted(want - found.keys())]
    wrong += [f"no column: {url}" for url in sorted(found.keys() - want)]
    print(
        f"  {len(places)} home pages, {len(found)} of {len(want)} columns, "
        f"{len(portal.requests)} requests, {seconds:.0f} s"
    )
    return wrong


def _interrupted(places: Sequence[County], portal: Portal, folder: Path) -> list[str]:
    """200 home pages and 100 columns; the process is killed, killed again and stopped."""
    homes = [f"http://{place.host}:{portal.port}/" for place in places]
    columns = [next(iter(expected(place, portal.port))) for place in places[:100]]
    portal.forget()
    spent, ends = 0.0, []
    for at, how in ((300, signal.SIGKILL), (1200, signal.SIGKILL), (2400, signal.SIGINT)):
        begun = time.monotonic()
        process = subprocess.Popen(
            _order(folder, "both", [*homes, *columns]), cwd=ROOT,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        while len(portal.requests) < at and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(how)
        ends.append(process.wait())
        spent += time.monotonic() - begun
    spent += _run(folder, "both", [*homes, *columns])
    asked = Counter(
        (each.host, each.method, each.path)
        for each in portal.requests
        if each.method == "GET" and each.path != "/robots.txt"
    )
    again = sum(times - 1 for times in asked.values())
    want = {url for place in places for url in expected(place, portal.port)}
    found = _tables(folder / "both")
    print(
        f"  300 addresses, ended by {ends} on the way: {len(found)} of {len(want)} columns, "
        f"{sum(asked.values())} pages, {again} of them again, {spent:.0f} s"
    )
    wrong = [f"not found: {url}" for url in sorted(want - found.keys())]
    # What is under way when a process dies is asked for again; 32 families are at a time.
    return wrong + [f"{again} pages were asked for again"] * (again > 3 * 32)


def _order(folder: Path, name: str, urls: Iterable[str]) -> list[str]:
    file = folder / f"{name}.csv"
    file.write_text("url\n" + "".join(f"{url}\n" for url in urls), "utf-8")
    return [
        sys.executable, "-m", "scrapy", "probe", "--registry", str(folder / "portals.toml"),
        "--list", str(file), "--out", str(folder / name),
    ]  # fmt: skip


def _run(folder: Path, name: str, urls: Iterable[str]) -> float:
    begun = time.monotonic()
    done = subprocess.run(
        _order(folder, name, urls), cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(f"  {name}: exit status {done.returncode}: {done.stderr[-500:]}")
    return time.monotonic() - begun


def _tables(out: Path) -> dict[str, Any]:
    """Family by column, as accepted."""
    tables = tomllib.loads((out / "accepted.toml").read_text("utf-8"))
    return {table["column"]: table["family"] for table in tables["portals"].values()}
