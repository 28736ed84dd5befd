"""`cdxj`, `wacz`, `evidence`: the archive for other programs and other people."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..errors import RecordDamaged, WriteFailed
from ..replay.cdxj import Counts, write_index
from ..replay.evidence import export_evidence
from ..replay.files import whole_file
from ..replay.wacz import Made, export_portal
from ..root import DataRoot
from . import data_option, errors_in_one_line


@click.command("cdxj")
@data_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The index's file; default: standard output.",
)
@errors_in_one_line
def cdxj_command(data: Path, out: Path | None) -> None:
    """Index the whole archive for replay (CDXJ)."""
    root = DataRoot(data)
    if out is None:
        counts = _to_stdout(root)
    else:
        with whole_file(out) as partial, partial.open("wb") as handle:
            counts = write_index(root, handle)
    click.echo(_said(counts), err=True)
    if counts.damaged:
        raise RecordDamaged(
            f"damaged records that have no line in the index: {counts.damaged}; "
            f"`python -m archive fsck --data {data}` says what is wrong"
        )


def _to_stdout(root: DataRoot) -> Counts:
    try:
        return write_index(root, sys.stdout.buffer)
    except BrokenPipeError:
        raise  # who reads has enough: click ends the command
    except OSError as error:
        raise WriteFailed(f"the index cannot be written ({error.strerror})") from error


def _said(counts: Counts) -> str:
    left = {
        "unchanged (304)": counts.unchanged,
        "answers to POST": counts.posted,
        "in files that a crawl still writes": counts.unfinished,
        "withheld": counts.withheld,
        "damaged": counts.damaged,
    }
    words = ", ".join(f"{what}: {number}" for what, number in left.items() if number)
    return f"captures indexed: {counts.lines}; left out: {words or 'none'}"


@click.command("wacz")
@data_option
@click.option("--portal", required=True, help="The registry's key of the portal, or import.")
@click.option("--year", required=True, type=int, help="The reports' year.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file; default: PORTAL-YEAR.wacz in the current folder.",
)
@errors_in_one_line
def wacz_command(data: Path, portal: str, year: int, out: Path | None) -> None:
    """Write the pages of a portal's reports of a year as a WACZ."""
    out = out or Path(f"{portal}-{year}.wacz")
    made = export_portal(DataRoot(data), portal, year, out)
    click.echo(f"{out.absolute()}: {_say(made)}")


@click.command("evidence")
@data_option
@click.option(
    "--query",
    required=True,
    help="A SELECT over the release that returns report_id or version_id (and figure).",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="The folder to make; default: evidence-<8 digits> in the current folder.",
)
@errors_in_one_line
def evidence_command(data: Path, query: str, out: Path | None) -> None:
    """Write just the documents behind a set of reports, for a paper's appendix."""
    folder, made = export_evidence(DataRoot(data), query, out)
    click.echo(f"{folder.absolute()}: {_say(made)}")


def _say(made: Made) -> str:
    """What an export holds, in one line."""
    posted = f", answers to POST (in no index): {made.posted}" if made.posted else ""
    left = f", withheld and left out: {len(made.left_out)}" if made.left_out else ""
    return f"documents: {made.pages}, captures: {made.captures}{posted}{left}, bytes: {made.size}"


COMMANDS = (cdxj_command, wacz_command, evidence_command)
