"""Running the demo as a user does, and breaking it off, for the tests and proofs."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from archive.manifest import current_hash
from archive.root import DataRoot

PROJECT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """A port that is free on the loopback addresses right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make(*arguments: str) -> list[str]:
    """A make command that runs the Makefile's own lines with this interpreter.

    Both marks of `.venv` are taken as made, so that tests never install anything.
    """
    return [
        "make",
        "--no-print-directory",
        "-o",
        ".venv/.ready",
        "-o",
        ".venv/.cluster",
        *arguments,
        f"PY={sys.executable}",
    ]


def command(data: Path, port: int) -> list[str]:
    """The demo's command."""
    return make("demo", f"DATA={data}", f"PORTAL_PORT={port}")


def run_demo(data: Path, port: int) -> subprocess.CompletedProcess[str]:
    """Run the demo to its end."""
    return subprocess.run(
        command(data, port), cwd=PROJECT, capture_output=True, text=True, check=False, timeout=120
    )


def kill_demo(data: Path, port: int, database: str, table: str, rows: int) -> int:
    """Begin the demo and kill -9 all of it once a table has so many rows.

    Returns:
        How many rows the table had when the processes were killed.

    Raises:
        AssertionError: The demo ended before.
    """
    process = subprocess.Popen(
        command(data, port),
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while count(data / database, table) < rows:
            assert process.poll() is None, "the demo ended before it could be killed"
            time.sleep(0.005)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return count(data / database, table)


def count(database: Path, table: str) -> int:
    """Rows of a table; 0 while there is no such table yet."""
    if not database.exists():
        return 0
    connection = sqlite3.connect(database, timeout=10)
    try:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


def hash_of(data: Path) -> str | None:
    """Content hash of the current release of a data root."""
    return current_hash(DataRoot(data))
