"""`reindex`: the ledger, made again."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..reindex import Reindexed, reindex
from ..root import DataRoot
from . import data_option, errors_in_one_line

#: Something of the archive is damaged or missing.
WRONG = 3


@click.command("reindex")
@data_option
@click.option("--force", is_flag=True, help="Replace the ledger though something is damaged.")
@errors_in_one_line
def reindex_command(data: Path, force: bool) -> None:
    """Make the ledger again from the WARC files alone.

    Exit status 3 if something of the archive is damaged or missing: each such thing is a line,
    what can be read of it is entered, and the old ledger is kept unless --force.
    """
    root = DataRoot(data)
    done = reindex(root, force=force, progress=_progress)
    for name in done.foreign:
        click.echo(f"left alone, for it is no file of ours: {root.warc / name}")
    for wrong in done.wrong:
        click.echo(wrong)
    click.echo(_said(root, done))
    sys.exit(WRONG if done.wrong else 0)


def _said(root: DataRoot, done: Reindexed) -> str:
    counts = ", ".join(f"{count} {table}" for table, count in done.counts.items())
    files = "WARC file" if done.files == 1 else "WARC files"
    if done.replaced:
        return f"{root.ledger} made again from {done.files} {files}: {counts}"
    return (
        f"{root.ledger} stays as it is; {done.files} {files} would give {counts}: "
        "restore what is wrong and reindex again, or use --force"
    )


def _progress(files: int, of: int, rows: int) -> None:
    if sys.stderr.isatty():
        end = "\n" if files == of else ""
        click.echo(f"\r{files} of {of} WARC files, {rows} rows entered", err=True, nl=False)
        click.echo(end, err=True, nl=False)


COMMANDS = (reindex_command,)
