"""`merge`: the parts of a crawl in shards, and what another root has more."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..parts.another import merge_root
from ..root import DataRoot
from . import data_option, errors_in_one_line

#: Something is wrong with a file that was merged, or was not.
_WRONG = 3


@click.command("merge")
@data_option
@click.option(
    "--from",
    "other",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Another data root of the same registry; it stays as it is.",
)
@errors_in_one_line
def merge(data: Path, other: Path | None) -> None:
    """Take in what shards crawled: the root's own parts, or another root's captures.

    A crawl in shards merges its parts itself, and so do the next crawl and build. --from takes
    in a root that was crawled on another machine (`scrapy collect --shard 1/2`) and copied here;
    it may be called again whenever that root has grown.

    Exits with 0, with 1 when it could not be done, with 3 when all else was merged and something
    of a file could not be, or a file is not the one that is here: each is a line.
    """
    root = DataRoot(data)
    done, waiting = merge_root(root, DataRoot(other) if other else None)
    for line in waiting:
        click.echo(line)
    files = "WARC file" if done.files == 1 else "WARC files"
    click.echo(f"{root.path}: {done.files} {files} merged, {done.bytes} bytes, {done.rows} rows")
    for line in done.wrong:
        click.echo(f"  wrong: {line}")
    sys.exit(_WRONG if done.wrong else 0)


COMMANDS = (merge,)
