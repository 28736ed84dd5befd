"""`offload`, `recall`: WARC files to another place, and home."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..offload.recalling import recall
from ..offload.sending import Sent, offload
from ..root import DataRoot
from . import data_option, errors_in_one_line

#: Something is wrong with a file, here or there.
_WRONG = 3


@click.command("offload")
@data_option
@click.option(
    "--to",
    "address",
    required=True,
    help="A folder that is there, or an address that fsspec understands, as s3://BUCKET/FOLDER.",
)
@click.option("--remove", is_flag=True, help="Remove here what was read back whole from there.")
@click.option("--verify", is_flag=True, help="Read back what is there already, too.")
@errors_in_one_line
def offload_command(data: Path, address: str, remove: bool, verify: bool) -> None:
    """Copy closed WARC files to another place, prove them there, and read them from there.

    Exits with 0, with 1 when it could not be done, with 3 when a file is wrong here or there:
    each is a line. Broken off, call it again.
    """
    done = offload(DataRoot(data), address, remove=remove, verify=verify)
    _say(done)
    sys.exit(_WRONG if done.wrong else 0)


def _say(done: Sent) -> None:
    read = f", {done.proven} of them read back" if done.proven else ""
    click.echo(
        f"{done.sent} files sent and read back ({done.size / 1e6:.1f} MB), {done.present} were "
        f"there{read}, {done.removed} removed here"
    )
    if done.left_open:
        click.echo("  left here, because their run has not ended: " + ", ".join(done.left_open))
    for line in done.wrong:
        click.echo(f"  wrong: {line}")


@click.command("recall")
@data_option
@click.option("--file", "names", multiple=True, help="A WARC file's name; default: all.")
@click.option("--remove", is_flag=True, help="Remove them where they lay, once proven here.")
@errors_in_one_line
def recall_command(data: Path, names: tuple[str, ...], remove: bool) -> None:
    """Bring WARC files home from the places that `offload` sent them to.

    Exits with 0, with 1 when it could not be done, with 3 when a file could not be brought.
    """
    done = recall(DataRoot(data), names, remove=remove)
    click.echo(
        f"{done.brought} files brought home ({done.size / 1e6:.1f} MB), "
        f"{done.removed} removed where they lay"
    )
    for line in done.wrong:
        click.echo(f"  wrong: {line}")
    sys.exit(_WRONG if done.wrong else 0)


COMMANDS = (offload_command, recall_command)
