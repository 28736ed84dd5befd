"""`withheld`: what is withheld, and which releases still hold it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from ..errors import ReleaseMissing
from ..release.removing import take_away
from ..release.shelf import find, folders, tags_of
from ..root import DataRoot
from ..withholding.decision import Withheld
from ..withholding.kept import held, paths, withheld_of
from . import data_option, errors_in_one_line


@click.command("withheld")
@data_option
@click.option(
    "--remove",
    "removed",
    metavar="RELEASE",
    help="Remove this kept release (name or tag), which still holds what is withheld.",
)
@errors_in_one_line
def withheld_command(data: Path, removed: str | None) -> None:
    """List the releases that still hold what is withheld now, and what to do."""
    root = DataRoot(data)
    root.require()
    if removed is None:
        for line in _report(root, withheld_of(root)):
            click.echo(line)
        return
    with root.lock("build"):
        folder = find(root, removed)
        tags = sorted(tag for tag, name in tags_of(root).items() if name == folder.name)
        take_away(root, folder, tags)
    said = f" (its tags stay reserved: {', '.join(tags)})" if tags else ""
    click.echo(f"removed {folder.name}{said}; backups of it are yours to remove")


def _report(root: DataRoot, withheld: Withheld) -> Iterator[str]:
    counts = Counter(entry.what for entry in withheld.entries)
    said = ", ".join(f"{what}: {number}" for what, number in sorted(counts.items()))
    yield f"withheld: {said or 'nothing'}"
    if not root.current.is_dir():
        raise ReleaseMissing(f"{root.path} has no release; run `make build DATA={root.path}`")
    current, tags, clean = root.current.resolve(), tags_of(root), 0
    for folder in folders(root):
        found = held(root, folder, withheld)
        clean += not found
        if not found:
            continue
        names = ", ".join(sorted(tag for tag, name in tags.items() if name == folder.name))
        what = "is current and" if folder == current else "is kept and"
        tagged = f", tagged {names}," if names else ""
        yield f"{folder.name}{tagged} {what} still holds:"
        yield from (f"  {each.where}: {each.entry.source}" for each in found)
        if folder == current:
            yield "  build now; until that is done, have the proxy refuse:"
            yield from (f"    {path}" for path in dict.fromkeys(paths(found)))
        else:
            yield f"  `python -m archive withheld --remove {folder.name}` takes it away"
    yield f"releases without any of it: {clean}"


COMMANDS = (withheld_command,)
