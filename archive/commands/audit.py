"""Audits by sample: `audit draw`, `audit compare`, `audit score`."""

from __future__ import annotations

from pathlib import Path

import click

from ..audit.accuracy import at_most, interval_of, percent
from ..audit.agreement import Agreement
from ..audit.differing import write_differences
from ..audit.making import make_kit
from ..audit.measures import TITLES
from ..audit.published import publish
from ..audit.scoring import Scored, score
from ..curation import folder_of
from ..root import DataRoot
from . import data_option, errors_in_one_line
from .releases import curation_option

_folder = click.argument("folder", type=click.Path(path_type=Path, file_okay=False))


@click.group("audit")
def audit_group() -> None:
    """Say how accurate a release is, by a sample that two people transcribe blind."""


@audit_group.command("draw")
@click.option("--seed", type=click.IntRange(0), required=True, help="Any number; it is published.")
@click.option("--size", type=click.IntRange(2), required=True, help="How many reports.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="A new folder for the work sheets.",
)
@click.option("--people", default="", help="Initials of who transcribes, with commas: ab,cd,ef.")
@data_option
@errors_in_one_line
def draw_command(seed: int, size: int, out: Path, people: str, data: Path) -> None:
    """Draw documents of the current release, and write a work sheet for each."""
    who = [each for each in people.split(",") if each]
    kit, sample = make_kit(DataRoot(data), seed, size, out, who)
    click.echo(f"{len(kit.documents)} work sheets of release {sample.release}: {out}/index.html")
    click.echo(
        "keep that release until the audit is scored: "
        f"`python -m archive tag {sample.release} NAME --data {data}`"
    )
    click.echo("strata (in the release, drawn) - do not show them to those who transcribe:")
    for stratum, (population, drawn) in sample.strata.items():
        click.echo(f"  {stratum}: {population}, {drawn}")


@audit_group.command("compare")
@_folder
@data_option
@errors_in_one_line
def compare_command(folder: Path, data: Path) -> None:
    """Compare the transcripts in FOLDER, and write the sheets of what is to be settled."""
    found = write_differences(DataRoot(data), folder)
    click.echo(_agreed(found))
    differing = [each for each in found.compared.values() if each.differences]
    click.echo(
        f"documents with differences: {len(differing)}, not settled: {len(found.unsettled)}; "
        f"{folder}/differences/index.html"
    )
    for number, lacks in found.missing:
        click.echo(f"  {number}: transcripts missing: {lacks}")


def _agreed(found: Agreement) -> str:
    share = f" ({percent(found.alike / found.cells)})" if found.cells else ""
    return (
        f"documents transcribed twice: {len(found.compared)}; cells that both read the same: "
        f"{found.alike} of {found.cells}{share}"
    )


@audit_group.command("score")
@_folder
@click.option("--name", default="", help="Of the published file: a-z, 0-9 and -.")
@click.option("--publish", "publishes", is_flag=True, help="Put it into curation/audits.")
@data_option
@curation_option
@errors_in_one_line
def score_command(
    folder: Path, name: str, publishes: bool, data: Path, curation: Path | None
) -> None:
    """Compare what people read in FOLDER with the audited release, and estimate its accuracy."""
    root = DataRoot(data)
    found = score(root, folder, name)
    for line in _table(found):
        click.echo(line)
    if publishes:
        click.echo(f"published: {publish(found.audit, folder_of(root.path, curation))}")
        click.echo("the next build has it in its release")


def _table(found: Scored) -> list[str]:
    audit = found.audit
    lines = [
        f"release {audit.release}, {audit.reports} documents, seed {audit.seed}",
        _agreed(found.agreement),
        f"{'measure':24}{'errors':>8}{'of':>9}{'estimate':>10}  95 % interval, cautious end",
    ]
    for rate in audit.rates:
        share, between = percent(rate.estimate), interval_of(rate.low, rate.high)
        cautious = at_most(rate.cautious_high)
        title = f"{between}, {cautious}  {TITLES[rate.measure]}"
        lines.append(f"{rate.measure:24}{rate.errors:>8}{rate.of:>9}{share:>10}  {title}")
    classes = sum(e.kind == "class" for each in found.judged.values() for e in each.errors)
    illegible = {n: len(each.illegible) for n, each in found.judged.items() if each.illegible}
    unread = [number for number, each in found.judged.items() if each.unread]
    lines.append(f"cells without a number taken for another class of them (in no rate): {classes}")
    lines.append(f"names that a person decided to be one agency: {', '.join(found.same) or 'none'}")
    lines.append(f"cells that nobody could read (in no rate): {_counted(illegible)}")
    lines.append(
        f"documents that nobody could read (no error found): {', '.join(unread) or 'none'}"
    )
    return lines


def _counted(found: dict[str, int]) -> str:
    if not found:
        return "none"
    return f"{sum(found.values())} (in {', '.join(found)})"


COMMANDS: tuple[click.Command, ...] = (audit_group,)
