"""`fsck`: whether the archive is what it was."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..fsck import fsck, shortened
from ..fsck.kinds import MOST
from ..root import DataRoot
from . import data_option, errors_in_one_line

#: Something is wrong with the archive.
UNSOUND = 3


@click.command("fsck")
@data_option
@click.option("--workers", type=click.IntRange(1), help="Processes that read; default: all cores.")
@click.option("--all", "every", is_flag=True, help=f"Print more than {MOST} lines of one kind.")
@errors_in_one_line
def fsck_command(data: Path, workers: int | None, every: bool) -> None:
    """Verify every archived byte, the ledger and the current release.

    Exits with 0 if all is sound, 3 if something is wrong, 1 if it could not look.
    """
    verdict = fsck(DataRoot(data), workers)
    most = len(verdict.findings) if every else MOST
    for line in shortened(verdict.findings, most):
        click.echo(line)
    click.echo(str(verdict))
    if verdict.wrong:
        sys.exit(UNSOUND)


COMMANDS = (fsck_command,)
