"""A folder for a data repository: `deposit`, and the DOI that it gives: `doi`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..release.dois import give_doi
from ..release.shelf import tag, tags_of
from ..root import DataRoot
from . import data_option, errors_in_one_line

if TYPE_CHECKING:
    from ..deposit import Made


@click.command("deposit")
@data_option
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to make.",
)
@click.option("--release", help="Name or tag of the release; default: the current one.")
@click.option("--tag", "name", help="Tag the release with this name, so that it is kept for ever.")
@click.option("--without-text", is_flag=True, help="Leave text.db out: texts, places of figures.")
@click.option(
    "--with-evidence",
    is_flag=True,
    help="Add the archived pages, one WACZ a year. They hold personal data, unmasked.",
)
@click.option("--fiction", is_flag=True, help="Take a release of invented data, to practise.")
@errors_in_one_line
def deposit_command(
    data: Path,
    out: Path,
    release: str | None,
    name: str | None,
    *,
    without_text: bool,
    with_evidence: bool,
    fiction: bool,
) -> None:
    """Prepare a folder for a data repository: files, metadata, checksums, a report of sizes."""
    from ..deposit import Wanted, write_deposit  # jinja and the readers of the release take time
    from ..deposit.choosing import choose

    root = DataRoot(data)
    folder = choose(root, release, fiction=fiction)
    if name:
        tag(root, folder.name, name)
    wanted = Wanted(text=not without_text, originals=with_evidence)
    made = write_deposit(root, folder, out, wanted)
    tags = sorted(each for each, of in tags_of(root).items() if of == folder.name)
    for line in _told(out, made, tags, wanted.originals):
        click.echo(line)


def _told(out: Path, made: Made, tags: list[str], has_originals: bool) -> Iterator[str]:
    from ..deposit.limits import readable
    from ..deposit.sizes import to_fill_in, verdicts

    total = sum(each.size for each in made.parts)
    release = made.facts.release
    yield f"{out.absolute()}: release {release}, {len(made.parts)} files, {readable(total)}"
    for each in sorted(made.parts, key=lambda part: -part.size):
        packed = f", unpacked {readable(each.unpacked)}" if each.unpacked != each.size else ""
        yield f"  {each.name}: {readable(each.size)}{packed}"
    for line in verdicts(made.parts):
        yield f"  {line}"
    for _, line in to_fill_in(made.facts):
        yield f"  {line}"
    if has_originals:
        yield "  the originals hold personal data; no law and no repository was asked for you"
    if tags:
        yield f"  tagged {', '.join(tags)}: it is never pruned"
    else:
        yield (
            f"  {release} has no tag and will be pruned: "
            f"python -m archive tag {release} NAME (or --tag NAME)"
        )


@click.command("doi")
@click.argument("release")
@click.argument("doi")
@data_option
@errors_in_one_line
def doi_command(release: str, doi: str, data: Path) -> None:
    """Note the DOI that a repository gave to RELEASE (a name or tag); its citations have it."""
    name, noted = give_doi(DataRoot(data), release, doi)
    click.echo(f"{name} has DOI {noted}")


COMMANDS = (deposit_command, doi_command)
"""A folder ready for a data repository."""
