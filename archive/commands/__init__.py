"""The commands of `python -m archive`, and what they have in common."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec

import click

from ..errors import ArchiveError

P = ParamSpec("P")


def errors_in_one_line(command: Callable[P, None]) -> Callable[P, None]:
    """Say an archive's error in one line on stderr and exit 1; others are bugs and show."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except ArchiveError as error:
            click.echo(f"nianbao: {error}", err=True)
            sys.exit(1)

    return wrapped


data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("data"),
    show_default=True,
    help="The data root.",
)
