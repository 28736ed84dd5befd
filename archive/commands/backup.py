"""`backup`, `restore`: the archive on another disk, and back."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..curation import FOLDER, OF_ROOT, folder_of
from ..importing import REAL_REGISTRY, real_registry
from ..keeping.backup import Backed, backup
from ..keeping.restore import PROJECT_FILES, Restored, restore
from ..manifest import current_hash
from ..root import DataRoot
from . import data_option, errors_in_one_line

_WRONG = 3


@click.command("backup")
@data_option
@click.option(
    "--to",
    "to",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The backup's folder, on another disk; it must exist.",
)
@click.option(
    "--registry",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The registry's file.  [default: crawler/portals.toml, if the root belongs to it]",
)
@click.option(
    "--curation",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="The folder of decisions by hand.  [default: the root's own, else the project's]",
)
@click.option("--verify", is_flag=True, help="Read all of the backup, too, and mend it.")
@errors_in_one_line
def backup_command(
    data: Path, to: Path, registry: Path | None, curation: Path | None, verify: bool
) -> None:
    """Copy what cannot be made again to another disk, and prove it there.

    Exits with 0, with 1 when it could not be done, with 3 when something is wrong with the
    data root or with the backup: each is a line.
    """
    root = DataRoot(data)
    if registry is None and root.registry() == real_registry():
        registry = REAL_REGISTRY
    root.require()
    decided = folder_of(root.path, curation)
    done = backup(root, to, registry, decided if decided.is_dir() else None, verify=verify)
    _say(done, registry)
    sys.exit(_WRONG if done.wrong else 0)


def _say(done: Backed, registry: Path | None) -> None:
    click.echo(
        f"{done.copied} files copied and read back ({done.size / 1e6:.1f} MB), "
        f"{done.present} were there"
    )
    if done.left_open:
        click.echo(
            "  left for the next backup, because their run has not ended: "
            + ", ".join(done.left_open)
        )
    if done.unmerged:
        click.echo(
            "  not in the backup: what shards of a crawl wrote and nobody merged yet (python -m "
            "archive merge, when the crawl has ended): " + ", ".join(done.unmerged)
        )
    if registry is None:
        click.echo("  no registry's file: give it with --registry (the WARCs hold its entries)")
    for line in done.wrong:
        click.echo(f"  wrong: {line}")


@click.command("restore")
@data_option
@click.option(
    "--from",
    "source",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The backup's folder.",
)
@click.option(
    "--without-damaged", is_flag=True, help="Leave out what is damaged in the backup, and end."
)
@errors_in_one_line
def restore_command(data: Path, source: Path, without_damaged: bool) -> None:
    """Make a data root again from a backup, into an empty folder.

    Exits with 0, with 1 when it could not be done, with 3 when something was left out or is
    wrong: each is a line.
    """
    made = restore(DataRoot(data), source, without_damaged=without_damaged)
    click.echo(
        f"{made.files} files of registry “{made.registry}” restored and read back, "
        f"{made.captures} captures in the ledger"
    )
    for line in made.damaged:
        click.echo(f"  left out: {line}")
    for line in made.wrong:
        click.echo(f"  wrong: {line}")
    _say_project(made, DataRoot(data).path)
    _say_proof(made, data)
    sys.exit(_WRONG if made.damaged or made.wrong else 0)


def _say_proof(made: Restored, data: Path) -> None:
    """How to prove that the WARCs say what the release said; a build beside it proves less."""
    found = current_hash(DataRoot(data)) if made.current else None
    if found is None:
        click.echo(f"`make build DATA={data}` makes a release from the WARCs")
        return
    releases = DataRoot(data).releases
    click.echo(
        f"current release as it was: {made.current}, content hash {found}; to prove it from the "
        f"WARCs, `mv {releases} {releases}.restored && make build DATA={data}`, and compare "
        f"content_hash in {releases}/current/manifest.json"
    )


def _say_project(made: Restored, data: Path) -> None:
    """Registry and curation: which of them the project's folder has already."""
    for path in made.project:
        kind, *within = path.relative_to(data / PROJECT_FILES).parts
        there = (REAL_REGISTRY.parent if kind == "registry" else FOLDER).joinpath(*within)
        if there.is_file() and there.read_bytes() == path.read_bytes():
            continue
        what = "differs from" if there.is_file() else "is missing in"
        click.echo(
            f"  {path} {what} the project's folder: compare, and copy it to {there}"
            + (f" (or into {data / OF_ROOT}, if the root had its own)" if kind == OF_ROOT else "")
        )


COMMANDS = (backup_command, restore_command)
