"""The bench's table in docs/performance.md, between two comments."""

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

_BEGIN, _END = "<!-- bench site -->", "<!-- end of bench site -->"
_TABLE = re.compile(f"{re.escape(_BEGIN)}.*{re.escape(_END)}", re.DOTALL)


def write(document: Path, figures: Iterable[Figure]) -> None:
    """Put the table into a document in the place of the one before.

    Raises:
        ValueError: The document has no place for it.
    """
    text = document.read_text("utf-8")
    if not _TABLE.search(text):
        raise ValueError(f"{document} has no {_BEGIN} … {_END}")
    made = f"{_BEGIN}\n{machine()}\n\n{table(figures)}\n{_END}"
    document.write_text(_TABLE.sub(lambda _: made, text), "utf-8")


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


def machine() -> str:
    """What the figures were measured on, in a paragraph."""
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
    return f"{today}, a release of {REPORTS:,} fictional reports; {', '.join(parts)}."


def _model() -> str:
    found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text("utf-8"))
    return found[1] if found else platform.machine()


def _nginx() -> str:
    if shutil.which("nginx") is None:
        return "no nginx"
    told = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=True)
    return told.stderr.strip().rpartition(": ")[2].replace("/", " ")
