"""`build`, `check`, `export`, `serve`: releases and what is in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from ..build import build
from ..export import export
from ..problems import problems
from ..release import UNREAD_PREFIX
from ..root import DataRoot
from . import data_option, errors_in_one_line


@click.command("build")
@data_option
@click.option("--workers", type=click.IntRange(1), help="Processes that read; default: all cores.")
@errors_in_one_line
def build_command(data: Path, workers: int | None) -> None:
    """Read what is new and publish a release."""
    built = build(DataRoot(data), workers)
    if built.folder is None:
        click.echo("nothing is archived yet, so there is no release")
        return
    counts = built.counts
    word = "new release" if built.is_new else "nothing new; current release"
    click.echo(
        f"{word} {built.folder.name}: {counts['reports']} reports of {counts['agencies']} "
        "agencies, "
        f"{counts['figures']} figures, {counts['findings']} findings "
        f"({counts['failed']} of unequal figures), "
        f"{counts['unread']} documents that are no report"
    )
    for line in _set_aside(counts):
        click.echo(line)


def _set_aside(counts: Mapping[str, int]) -> Iterator[str]:
    """What did not become a report: listed ones by reason, then those that are only counted."""
    reasons = [
        f"{name.removeprefix(UNREAD_PREFIX)} {count}"
        for name, count in sorted(counts.items())
        if name.startswith(UNREAD_PREFIX)
    ]
    if reasons:
        yield f"  no report: {', '.join(reasons)}; `make check` lists them"
    if counts.get("left_out"):
        yield f"  candidates that are no reports: {counts['left_out']}"


@click.command("check")
@data_option
@errors_in_one_line
def check_command(data: Path) -> None:
    """Print what is wrong in the current release."""
    for line in problems(DataRoot(data)):
        click.echo(line)


@click.command("export")
@data_option
@errors_in_one_line
def export_command(data: Path) -> None:
    """Write the current release as CSV and Parquet."""
    for path in export(DataRoot(data)):
        click.echo(path)


@click.command("serve")
@data_option
@click.option("--port", type=int, default=8001, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@errors_in_one_line
def serve_command(data: Path, port: int, host: str) -> None:
    """Open the current release in Datasette."""
    from ..site.serve import serve  # Datasette takes a second to import

    serve(DataRoot(data).path, port, host)


COMMANDS = (build_command, check_command, export_command, serve_command)
