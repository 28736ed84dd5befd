"""`import`: what the archive keeps."""

from __future__ import annotations

from pathlib import Path

import click

from ..importing import import_files
from ..root import DataRoot
from . import data_option, errors_in_one_line


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--url", help="Where the one FILE was published.")
@data_option
@errors_in_one_line
def import_command(files: tuple[Path, ...], url: str | None, data: Path) -> None:
    """Take in documents that were saved by hand."""
    stored, known = import_files(DataRoot(data), list(files), url)
    click.echo(
        f"{stored} {'document' if stored == 1 else 'documents'} archived, {known} known already; "
        f"`make build DATA={data}` publishes them"
    )


COMMANDS = (import_command,)
