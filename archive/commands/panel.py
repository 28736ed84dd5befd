"""`panel`: a harmonised panel as a ZIP, as the site's page of downloads makes it."""

from __future__ import annotations

from pathlib import Path

import click

from ..manifest import require_release, require_schema
from ..panel.bundle import write_bundle
from ..panel.formats import FORMATS
from ..panel.selection import ALL, SCOPES, Selection, years_of
from ..replay.files import whole_file
from ..root import DataRoot
from ..schema.codes import LEVEL
from . import data_option, errors_in_one_line


@click.command("panel")
@data_option
@click.option("--kind", "kinds", multiple=True, help="Kind of agency (finance); default: all.")
@click.option("--level", "levels", multiple=True, type=click.Choice(list(LEVEL)))
@click.option("--region", default="", help="Code of a region, with all below it; default: all.")
@click.option("--years", default="2019-9999", help="2019-2024; default: all since 2019.")
@click.option("--scope", type=click.Choice(list(SCOPES)), default=ALL, show_default=True)
@click.option("--format", "formats", multiple=True, type=click.Choice(list(FORMATS)))
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The ZIP to write.",
)
@errors_in_one_line
def panel_command(
    data: Path,
    kinds: tuple[str, ...],
    levels: tuple[str, ...],
    region: str,
    years: str,
    scope: str,
    formats: tuple[str, ...],
    out: Path,
) -> None:
    """Write agencies × years as one ZIP: CSV, Stata, Parquet, codebook, SQL, citation."""
    asked = Selection(*years_of(years), scope, kinds, levels, region)
    release = require_release(DataRoot(data))
    require_schema(release)
    # A country needs room: files on their way lie where the ZIP will, not in a small /tmp.
    with whole_file(out) as partial, partial.open("wb") as file:
        made = write_bundle(release, asked, file, formats or tuple(FORMATS), within=partial.parent)
    size = made.size
    click.echo(
        f"{out.absolute()}: {size.rows} rows of {size.agencies} agencies, {size.first_year}-"
        f"{size.last_year}; with a report {size.held} (read {size.read}), without {size.missing}"
        f"; {made.bytes} bytes"
    )
    if size.untold:
        click.echo(f"left out, since their scope is not known: {size.untold} reports (--scope all)")


COMMANDS = (panel_command,)
