"""Releases and what is in them: `build`, `check`, `export`, `serve`, `releases`, `tag` …."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from ..build import build
from ..problems import problems
from ..release import (
    CORRECTIONS_PREFIX,
    UNREAD_PREFIX,
    Shelved,
    export,
    files_of,
    prune,
    releases,
    roll_back,
    rolled_back,
    sweep,
    tag,
)
from ..root import DataRoot
from . import data_option, errors_in_one_line

curation_option = click.option(
    "--curation",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of decisions by hand; default: the project's own.",
)


@click.command("build")
@data_option
@click.option(
    "--workers",
    type=click.IntRange(1),
    help="Processes of this machine that read; default: all cores.",
)
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Read under Dask: the address of a running scheduler (tcp://…, tls://…), whose workers "
    "read, or `local` for one of our own with --workers workers.",
)
@click.option(
    "--accept",
    metavar="REASON",
    default="",
    help="Publish although reports are lost or totals moved; the reason goes into the release.",
)
@curation_option
@errors_in_one_line
def build_command(
    data: Path, workers: int | None, cluster: str | None, accept: str, curation: Path | None
) -> None:
    """Read what is new and publish a release."""
    root = DataRoot(data)
    built = build(root, workers, accept=accept, curation=curation, cluster=cluster)
    if built.folder is None:
        click.echo("nothing is archived yet, so there is no release")
        return
    counts = built.counts
    word = "new release" if built.is_new else "nothing new; current release"
    click.echo(
        f"{word} {built.folder.name}: {counts['reports']} reports of {counts['agencies']} "
        "agencies, "
        f"{counts['figures']} figures, {counts['findings']} findings "
        f"({counts['failed']} did not agree), "
        f"notes of informative checks: {counts['informative']}, "
        f"{counts['unread']} documents that are no report"
    )
    for line in _set_aside(counts):
        click.echo(line)
    for left in rolled_back(root):
        click.echo(
            f"  release {left['release']} was rolled back and stays out until something is new; "
            f"`python -m archive rollback {left['release']} --data {data}` takes it back"
        )


def _set_aside(counts: Mapping[str, int]) -> Iterator[str]:
    """What did not become a report, listed by reason or only counted; what people read."""
    reasons = [
        f"{name.removeprefix(UNREAD_PREFIX)} {count}"
        for name, count in sorted(counts.items())
        if name.startswith(UNREAD_PREFIX)
    ]
    if reasons:
        yield f"  no report: {', '.join(reasons)}; `make check` lists them"
    corrections = [
        f"{name.removeprefix(CORRECTIONS_PREFIX)} {count}"
        for name, count in sorted(counts.items())
        if name.startswith(CORRECTIONS_PREFIX)
    ]
    if corrections:
        named = "; `make check` says what to do" if counts.get(f"{CORRECTIONS_PREFIX}void") else ""
        yield f"  read by hand: {', '.join(corrections)}{named}"
    if counts.get("left_out"):
        yield f"  candidates that are no reports: {counts['left_out']}"


@click.command("check")
@data_option
@curation_option
@errors_in_one_line
def check_command(data: Path, curation: Path | None) -> None:
    """Print what is wrong in the current release, and which decisions by hand decided nothing."""
    for line in problems(DataRoot(data), curation):
        click.echo(line)


@click.command("export")
@data_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write CSV, Parquet and their descriptions anew into this folder.",
)
@errors_in_one_line
def export_command(data: Path, out: Path | None) -> None:
    """Say where the files of the current release are, or write them to another folder."""
    root = DataRoot(data)
    for path in export(root, out) if out else files_of(root):
        click.echo(path)


@click.command("serve")
@data_option
@click.option("--port", type=int, default=8001, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option(
    "--sql",
    type=click.Choice(["on", "off"]),
    default="on",
    show_default=True,
    help="Whether visitors may write statements of their own.",
)
@click.option("--pinned", is_flag=True, help="Stay with this release: see `archive switch`.")
@errors_in_one_line
def serve_command(data: Path, port: int, host: str, sql: str, pinned: bool) -> None:
    """Open the current release in Datasette."""
    from ..site.serve import serve  # Datasette takes a second to import

    serve(DataRoot(data).path, port, host, sql=sql == "on", pinned=pinned)


@click.command("releases")
@data_option
@errors_in_one_line
def releases_command(data: Path) -> None:
    """List the releases that are kept: time, reports, size, tags; * is the current one."""
    root = DataRoot(data)
    root.require()
    found = releases(root)
    if not found:
        click.echo(f"{root.path} has no release yet; run `make build DATA={root.path}` first")
    for each in found:
        click.echo(_line(each))


def _line(each: Shelved) -> str:
    if each.reports is None:
        said = "its manifest cannot be read"
    else:
        said = f"{each.built_at}  {each.reports:>7} reports  {each.size / 1e6:>9,.1f} MB"
    tags = f"  tags: {', '.join(each.tags)}" if each.tags else ""
    return f"{'*' if each.is_current else ' '} {each.name}  {said}{tags}"


@click.command("tag")
@click.argument("release")
@click.argument("name")
@data_option
@errors_in_one_line
def tag_command(release: str, name: str, data: Path) -> None:
    """Give RELEASE (or "current") the NAME by which it is cited; it is never pruned then."""
    click.echo(f"{tag(DataRoot(data), release, name)} is tagged {name}")


@click.command("rollback")
@click.argument("release", required=False)
@data_option
@errors_in_one_line
def rollback_command(release: str | None, data: Path) -> None:
    """Make RELEASE (a name or tag; else the one before) current again, if it is whole."""
    root = DataRoot(data)
    left, target = roll_back(root, release)
    if any(each["release"] == left for each in rolled_back(root)):
        click.echo(f"{target} is current; {left} is kept, and the same content stays out")
    else:
        click.echo(f"{target} is current; the next build may publish what {left} says again")


@click.command("prune")
@data_option
@errors_in_one_line
def prune_command(data: Path) -> None:
    """Remove the releases that the rule in docs/releases.md does not keep."""
    root = DataRoot(data)
    root.require()
    with root.lock("build"):
        sweep(root)
        gone = prune(root)
    for name in gone:
        click.echo(f"removed {name}")
    click.echo(f"{len(releases(root))} releases are kept")


COMMANDS = (
    build_command,
    check_command,
    export_command,
    serve_command,
    releases_command,
    tag_command,
    rollback_command,
    prune_command,
)
