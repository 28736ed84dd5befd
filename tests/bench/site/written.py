"""A bench's table in its document, between two comments: docs/performance.md, docs/scale.md."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from tests.bench import Figure
from tests.bench.site.country import REPORTS

#: Between which words of a comment a table stands.
_WORDS = {"site": "bench site", "scale": "bench scale", "follows": "what follows"}
_OF_SITE = f"a release of {REPORTS:,} fictional reports"


def write(
    document: Path, figures: Iterable[Figure], room: str = "site", of: str = _OF_SITE
) -> None:
    """Put the table into a document in the place of the one before.

    Args:
        document: The document.
        figures: The rows.
        room: Whose table it is.
        of: What was measured, in words.

    Raises:
        ValueError: The document has no place for it.
    """
    put(document, room, f"{machine(of)}\n\n{table(figures)}")


def put(document: Path, name: str, made: str) -> None:
    """Put a text between the comments of a name.

    Raises:
        ValueError: The document has no place for it.
    """
    begin, end = f"<!-- {_WORDS[name]} -->", f"<!-- end of {_WORDS[name]} -->"
    place, text = re.compile(f"{begin}.*{end}", re.DOTALL), document.read_text("utf-8")
    if not place.search(text):
        raise ValueError(f"{document} has no {begin} … {end}")
    document.write_text(place.sub(lambda _: f"{begin}\n{made}\n{end}", text), "utf-8")


def table(figures: Iterable[Figure]) -> str:
    """Figures as a table."""
    lines = ["| what | measured | goal | | made of |", "|---|---|---|---|---|"]
    for each in figures:
        goal = f"{'≥' if each.at_least else '≤'} {each.goal:,g}{each.unit}"
        said = f"{each.value:,.2f}" if each.value < 100 else f"{each.value:,.0f}"
        met = "met" if each.met else "**missed**"
        beside = getattr(each, "beside", "")
        lines.append(f"| {each.name} | {said}{each.unit} | {goal} | {met} | {beside} |")
    return "\n".join(lines)


def machine(of: str) -> str:
    """What the figures were measured of and on, in a paragraph."""
    parts = [
        f"{os.cpu_count()} cores, {_model()}",
        f"Linux {platform.release()}",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        f"Datasette {version('datasette')}",
        _nginx(),
        f"load {os.getloadavg()[0]:.1f}",
    ]
    today = dt.datetime.now(dt.UTC).date().isoformat()
    return f"{today}, {of}; {', '.join(parts)}."


def _model() -> str:
    found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text("utf-8"))
    return found[1] if found else platform.machine()


def _nginx() -> str:
    if shutil.which("nginx") is None:
        return "no nginx"
    told = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=True)
    return told.stderr.strip().rpartition(": ")[2].replace("/", " ")
