"""Running the project's commands as they are written down, without starting Python for each.

`make` does run its recipes, but with a program in Python's place that only tells how it was
called; what it was told is then run in this process, and scrapy's commands in a fork.
"""

from __future__ import annotations

import subprocess
import traceback
from collections.abc import Sequence

import click
from click.testing import CliRunner

from archive.__main__ import main as archive
from extract.__main__ import main as extract
from tests.crawls import scrapy
from tests.demo_run import PROJECT, make

_ROOMS: dict[str, click.Command] = {"archive": archive, "extract": extract}
#: Tells its arguments, one a line; `<` begins a call.
_TELLS = r"printf '%s\n' '<'"


def made(*arguments: str) -> list[list[str]]:
    """What a make target calls Python with: the words of each call.

    Raises:
        AssertionError: The target itself fails.
    """
    words = [*make("--silent", *arguments), f"PY={_TELLS}"]
    done = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{arguments}\n{done.stdout}{done.stderr}"
    return [call.splitlines() for call in done.stdout.split("<\n")[1:]]


def run(words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run `python …` of an own module: its exit status, its output, its errors.

    Args:
        words: What follows `python`: `-m archive build`.
    """
    flag, room, *arguments = words
    assert flag == "-m", words
    if room == "scrapy":
        return scrapy(*arguments)
    result = CliRunner().invoke(_ROOMS[room], arguments)
    said = result.stderr
    if result.exception and not isinstance(result.exception, SystemExit):
        said += "".join(traceback.format_exception(result.exception))
    return subprocess.CompletedProcess(list(words), result.exit_code, result.stdout, said)
