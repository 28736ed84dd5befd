"""`python -m archive COMMAND`: build, import, check, export, serve."""

from __future__ import annotations

import functools
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import ParamSpec

import click

from .build import build
from .errors import ArchiveError
from .export import export
from .importing import import_files
from .problems import problems
from .release import UNREAD_PREFIX
from .root import DataRoot

P = ParamSpec("P")


def _errors_in_one_line(command: Callable[P, None]) -> Callable[P, None]:
    """Say an archive's error in one line on stderr and exit 1; others are bugs and show."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except ArchiveError as error:
            click.echo(f"nianbao: {error}", err=True)
            sys.exit(1)

    return wrapped


_data = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("data"),
    show_default=True,
    help="The data root.",
)


@click.group()
def main() -> None:
    """Keep and publish what was archived."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")


@main.command("build")
@_data
@click.option("--workers", type=click.IntRange(1), help="Processes that read; default: all cores.")
@_errors_in_one_line
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


@main.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--url", help="Where the one FILE was published.")
@_data
@_errors_in_one_line
def import_command(files: tuple[Path, ...], url: str | None, data: Path) -> None:
    """Take in documents that were saved by hand."""
    stored, known = import_files(DataRoot(data), list(files), url)
    click.echo(
        f"{stored} {'document' if stored == 1 else 'documents'} archived, {known} known already; "
        f"`make build DATA={data}` publishes them"
    )


@main.command("check")
@_data
@_errors_in_one_line
def check_command(data: Path) -> None:
    """Print what is wrong in the current release."""
    for line in problems(DataRoot(data)):
        click.echo(line)


@main.command("export")
@_data
@_errors_in_one_line
def export_command(data: Path) -> None:
    """Write the current release as CSV and Parquet."""
    for path in export(DataRoot(data)):
        click.echo(path)


@main.command("serve")
@_data
@click.option("--port", type=int, default=8001, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@_errors_in_one_line
def serve_command(data: Path, port: int, host: str) -> None:
    """Open the current release in Datasette."""
    from .site.serve import serve  # Datasette takes a second to import

    serve(DataRoot(data).path, port, host)


if __name__ == "__main__":
    main()
