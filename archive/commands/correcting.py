"""Documents entered by hand: `enter blank`, `enter compare`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from extract.forms import forms

from ..corrections.entering import document_of
from ..corrections.sheets import (
    blank_sheet,
    differences,
    doubtful,
    joint_entry,
    left_open,
    read_sheet,
)
from ..curation.corrections import require_sound
from ..curation.strict import is_digest
from ..errors import CurationRefused, WriteFailed
from ..root import DataRoot
from . import data_option, errors_in_one_line

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group("enter")
def enter() -> None:
    """Enter a scan, or another document that no machine reads: twice, and compared."""


@enter.command("blank")
@data_option
@click.option("--sha256", default="", help="Digest of the archived document.")
@click.option("--report", default="", help="Or the id of its report.")
@click.option(
    "--form",
    type=click.Choice(list(forms())),
    default=list(forms())[-1],
    show_default=True,
    help="The form of its tables.",
)
@click.option("--out", type=_FILE, required=True, help="The work sheet that is written.")
@errors_in_one_line
def blank_command(data: Path, sha256: str, report: str, form: str, out: Path) -> None:
    """Write an empty work sheet for one document; two people fill one each."""
    if bool(sha256) == bool(report):
        raise CurationRefused("which document? Give either --sha256 or --report")
    if sha256 and not is_digest(sha256):
        raise CurationRefused("--sha256 is no digest; write its 64 digits and small letters")
    body = document_of(DataRoot(data), sha256, report)
    _write(out, blank_sheet(body.capture["sha256"], body.url, form))
    click.echo(f"{out}: {body.url}; fill it in, and let a second person fill in another one")


@enter.command("compare")
@click.argument("one", type=_FILE)
@click.argument("other", type=_FILE)
@click.option("--out", type=_FILE, help="Where the joint entry goes: curation/corrections/….toml")
@errors_in_one_line
def compare_command(one: Path, other: Path, out: Path | None) -> None:
    """List what two people read otherwise; write their joint entry if there is nothing.

    They look at the document again where they differ, each mends the own sheet, and the two
    are compared again. Exit status 1 while anything differs or is left open.
    """
    sheets = read_sheet(one), read_sheet(other)
    found = [*differences(*sheets), *(line for sheet in sheets for line in left_open(sheet))]
    for line in found:
        click.echo(line)
    if found:
        click.echo(f"{len(found)} to settle: look at the document again, and mend the sheets")
        sys.exit(1)
    for line in doubtful(sheets[0]):
        click.echo(line)
    entry = joint_entry(*sheets, datetime.now(UTC).date().isoformat())
    require_sound(out or Path("the joint entry"), entry)
    if out is None:
        click.echo("nothing differs; --out writes the joint entry")
        return
    _write(out, entry)
    click.echo(f"{out}: nothing differs; `python -m archive build` takes it up")


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as handle:
            handle.write(text)
    except FileExistsError as error:
        raise WriteFailed(f"{path} is there already; give another name, or move it away") from error
    except OSError as error:
        raise WriteFailed(
            f"{path} cannot be written ({error.strerror}); give a folder that is there"
        ) from error


COMMANDS: tuple[click.Command, ...] = (enter,)
