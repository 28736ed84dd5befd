"""Legal deletion: `delete`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import click

from ..deletion.choosing import Chosen
from ..deletion.deleting import Decision, Deleted, delete, resume
from ..deletion.elsewhere import Holding, holding, torn
from ..deletion.log import FILE, Deletion
from ..fsck.kinds import printable
from ..root import DataRoot
from ..withholding.decision import REASONS
from . import data_option, errors_in_one_line

_LONGEST = 300


def _words(_: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """A text on one line: it is kept for ever, in a record's block or in the log."""
    if value is None:
        return None
    if not value.strip() or len(value) > _LONGEST or not value.isprintable():
        raise click.BadParameter(f"one line of 1 to {_LONGEST} characters", param=param)
    return value.strip()


@click.command("delete")
@data_option
@click.option("--record", "records", multiple=True, help="WARC-Record-ID of a capture.")
@click.option(
    "--sha256",
    "digests",
    multiple=True,
    help="Every capture of the body with this SHA-256, as transferred or decoded.",
)
@click.option("--reason-class", "reason", type=click.Choice(REASONS), help="Class of the reason.")
@click.option("--decided-by", callback=_words, help="Who decided; it stands in the file for ever.")
@click.option("--because", callback=_words, help="Why; say nothing of what is deleted.")
@click.option(
    "--with-request/--without-request",
    default=True,
    show_default=True,
    help="Delete what was asked, too: address, list title, headers.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted.")
@errors_in_one_line
def delete_command(
    data: Path,
    records: tuple[str, ...],
    digests: tuple[str, ...],
    reason: str | None,
    decided_by: str | None,
    because: str | None,
    with_request: bool,
    dry_run: bool,
) -> None:
    """Delete captures from their WARC files, by decision; it is logged, and fsck accepts it.

    Without --record and --sha256 it ends a deletion that was broken off, and deletes again what
    came back with a file of an old backup. docs/deletion.md says what is left to do by hand.
    """
    root = DataRoot(data)
    if not records and not digests:
        _say_ended(resume(root))
        return
    if reason is None or decided_by is None or because is None:
        raise click.UsageError("give --reason-class, --decided-by and --because")
    decision = Decision(reason, decided_by, because)
    made = delete(root, decision, records, digests, with_request=with_request, dry_run=dry_run)
    _say(root, made, dry_run=dry_run)


def _say_ended(ended: Iterable[Deletion]) -> None:
    numbers = [f"deletion {each.number} of {each.date}" for each in ended]
    click.echo(f"ended now: {', '.join(numbers)}" if numbers else "nothing was left to be done")


def _say(root: DataRoot, made: Deleted, *, dry_run: bool) -> None:
    if made.ended:
        _say_ended(made.ended)
    deletion, chosen = made.deletion, made.chosen
    if deletion is None or chosen is None:
        click.echo(f"all of it was deleted before; {root.path / FILE} says when and by whom")
        return
    _say_records(deletion, chosen, dry_run=dry_run)
    _say_left(chosen)
    for each in holding(root, {capture.record_id for capture in deletion.captures}):
        click.echo(_held(each))
    for path in torn(root):
        click.echo(f"not looked into: {path}, cut off a damaged file; look, or remove it")
    click.echo(
        "then: `archive build`, `archive backup`, `archive fsck`; older backups, snapshots and "
        "exports are to be cleared by hand"
    )
    digests = sorted({capture.sha256 for capture in deletion.captures if capture.is_last})
    if digests:
        click.echo(
            "if the same bytes come again, they stay hidden here; for curation/withheld.toml, "
            "so that they do wherever that file holds:"
        )
    for digest in digests:
        click.echo(_entry(deletion, digest))


def _say_records(deletion: Deletion, chosen: Chosen, *, dry_run: bool) -> None:
    kinds = Counter(member.kind for file in deletion.files for member in file.members)
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    word = "would delete" if dry_run else f"deletion {deletion.number}: deleted"
    click.echo(f"{word} {counts} in {len(deletion.files)} files")
    reports = {capture.record_id: capture.reports for capture in deletion.captures}
    for row in chosen.captures:
        led = " ".join(reports[row["record_id"]])
        line = f"  {row['record_id']} {row['url']} warc/{row['warc_file']} byte "
        click.echo(printable(f"{line}{row['warc_offset']} {led}".rstrip()))


def _say_left(chosen: Chosen) -> None:
    """What stays, and one may have meant."""
    for record_id in chosen.confirmed:
        click.echo(f"stays: {record_id} holds the body that a deleted answer only confirmed")
    if chosen.same_body:
        click.echo(f"stays: {chosen.same_body} other captures of the same bytes (--sha256)")
    if chosen.same_address:
        click.echo(f"stays: {chosen.same_address} other captures of the same addresses")


def _held(held: Holding) -> str:
    called = f"release {held.name}" + (" (current)" if held.is_current else "")
    if held.versions is None:
        return f"cannot be read, so it may hold it: {called}"
    line = f"still holds it: {called}: {', '.join(held.versions)}"
    if held.tags:
        line += f"; tagged {', '.join(held.tags)}, so no pruning removes it"
    return line


def _entry(deletion: Deletion, digest: str) -> str:
    said = {
        "sha256": digest,
        "reason": deletion.reason,
        "date": deletion.date,
        "decided_by": deletion.decided_by,
    }
    lines = [f"{name} = {json.dumps(text, ensure_ascii=False)}" for name, text in said.items()]
    return "\n".join(("", "[[capture]]", *lines))


COMMANDS: tuple[click.Command, ...] = (delete_command,)
