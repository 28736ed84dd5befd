"""Commands of this project without the second that their imports take.

A process that has imported a command's modules forks for each call of it: what runs is the
command itself, from its arguments to its exit status, in a process of its own.
"""

from __future__ import annotations

import atexit
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
TIMEOUT = 100


def run(
    program: str, *arguments: str, file_size: int = 0, memory: int = 0, folder: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run `python -m PROGRAM ARGUMENTS`; kill it after `TIMEOUT` seconds.

    Args:
        program: `scrapy` or `archive`.
        arguments: The arguments.
        file_size: No file may grow larger than so many bytes, as if the disk were full.
        memory: It may map so many bytes; any number if 0.
        folder: Where it is called.
    """
    with tempfile.TemporaryDirectory() as name:
        out, err = Path(name, "out"), Path(name, "err")
        order = {
            "argv": [program, *arguments], "out": str(out), "err": str(err),
            "file_size": file_size, "memory": memory, "folder": str(folder),
            "env": dict(os.environ),
        }  # fmt: skip
        process = _zygote(program)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()
        status = int(process.stdout.readline())
        return subprocess.CompletedProcess(
            order["argv"], status, out.read_text("utf-8"), err.read_text("utf-8")
        )


@cache
def _zygote(program: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.zygote", program],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    atexit.register(_end, process)
    return process


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def _serve(program: str) -> None:
    """Fork for each order on stdin, and print its exit status."""
    if program == "scrapy":
        import scrapy.commands
        import scrapy.core.downloader.handlers.http11
        import scrapy.core.engine  # noqa: F401  # what every crawl needs, imported once

        import crawler.commands.collect
        import crawler.settings
        import crawler.spiders.annual_reports  # noqa: F401

        assert "twisted.internet.reactor" not in sys.modules, "a reactor cannot be forked"
    else:
        import archive.__main__
        import archive.commands.merging  # noqa: F401  # the command that many tests call
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _obey(json.loads(line))
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(status, flush=True)


def _obey(order: dict[str, Any]) -> None:
    """Be the command of an order; never returns."""
    for number, name in ((1, "out"), (2, "err")):
        handle = os.open(order[name], os.O_WRONLY | os.O_CREAT)
        os.dup2(handle, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["env"])
    signal.alarm(TIMEOUT)
    for limit, most in (
        (resource.RLIMIT_FSIZE, order["file_size"]),
        (resource.RLIMIT_AS, order["memory"]),
    ):
        if most:
            resource.setrlimit(limit, (most, resource.RLIM_INFINITY))
    status: Any = 70
    try:
        _execute(order["argv"])
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _execute(argv: list[str]) -> None:
    if argv[0] == "scrapy":
        from scrapy.cmdline import execute

        execute(argv)
    else:
        from archive.__main__ import main

        main(argv[1:], prog_name="python -m archive")


if __name__ == "__main__":
    _serve(sys.argv[1])
