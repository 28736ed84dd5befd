"""`cdxj`, `wacz`, `evidence`: the archive for other programs and other people."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..errors import RecordDamaged
from ..replay.cdxj import Counts, write_index
from ..replay.files import whole_file
from ..root import DataRoot
from . import data_option, errors_in_one_line


@click.command("cdxj")
@data_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The index's file; default: standard output.",
)
@errors_in_one_line
def cdxj_command(data: Path, out: Path | None) -> None:
    """Index the whole archive for replay (CDXJ)."""
    root = DataRoot(data)
    if out is None:
        counts = write_index(root, sys.stdout.buffer)
    else:
        with whole_file(out) as partial, partial.open("wb") as handle:
            counts = write_index(root, handle)
    click.echo(_said(counts), err=True)
    if counts.damaged:
        raise RecordDamaged(
            f"{counts.damaged} records are damaged and have no line; run "
            f"`python -m archive fsck --data {data}`"
        )


def _said(counts: Counts) -> str:
    left = {
        "answers of “unchanged”": counts.unchanged,
        "answers to POST": counts.posted,
        "captures in files that a crawl still writes": counts.unfinished,
    }
    words = ", ".join(f"{number} {what}" for what, number in left.items() if number)
    return f"{counts.lines} captures indexed; left out: {words or 'none'}"


COMMANDS = (cdxj_command,)
