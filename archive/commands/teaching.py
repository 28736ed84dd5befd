"""`teaching`: a small part of a release for a class, as one ZIP."""

from __future__ import annotations

from pathlib import Path

import click

from ..manifest import require_release, require_schema
from ..root import DataRoot
from . import data_option, errors_in_one_line

#: As many as make a class's tables readable; 110 reports of the demo are 1 MB as a ZIP.
REPORTS = 60


@click.command("teaching")
@data_option
@click.option(
    "--reports",
    type=click.IntRange(5, 500),
    default=REPORTS,
    show_default=True,
    help="How many at most; fewer if the ZIP would be larger than 2 MB.",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The ZIP to write.",
)
@errors_in_one_line
def teaching_command(data: Path, reports: int, out: Path) -> None:
    """Write a teaching subset: databases, CSV, a panel for Stata, examples, exercises."""
    from ..teaching import write_subset  # pyarrow takes a third of a second to import

    release = require_release(DataRoot(data))
    require_schema(release)
    made = write_subset(release, out, reports)
    click.echo(
        f"{out.absolute()}: {made.reports} of {made.of} reports, {made.agencies} agencies; "
        f"{made.bytes} bytes. Not for citation of totals"
    )


COMMANDS = (teaching_command,)
