"""`audit draw`: a sample of the current release, and the folder that people work in."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, cycle
from pathlib import Path

from ..errors import AuditRefused, WriteFailed
from ..ledger import Ledger
from ..manifest import FILES, current_manifest, reading, require_release, require_schema
from ..root import DataRoot
from .draw import Sample, draw
from .kit import FILES as BESIDE
from .kit import SHEETS, Kit, kit_of, numbered, write_kit
from .originals import Originals
from .sheet import index, sheet
from .transcript import INITIALS, PEOPLE

_INSTRUCTIONS = Path(__file__).with_name("pages") / "instructions.txt"


def make_kit(
    root: DataRoot, seed: int, size: int, folder: Path, people: Sequence[str] = ()
) -> tuple[Kit, Sample]:
    """Draw from the current release, and write the work sheets.

    Args:
        root: The data root.
        seed: Of the draw.
        size: How many reports.
        folder: Where; it must not be there, or be empty.
        people: Initials of those who transcribe, if the documents are to be shared out.

    Returns:
        What was written, and what was drawn.

    Raises:
        AuditRefused: The folder is in use, or the people cannot share the documents.
        ReleaseMissing: There is no release.
        SelectionRefused: It has nothing to draw from.
        RecordDamaged: The archive does not give an original.
        WriteFailed: The disk does not take the sheets.
    """
    shared = _pairs(people)
    release = require_release(root)
    require_schema(release)
    _must_be_new(folder)
    with reading(release / FILES[0]) as nianbao:
        sample = draw(nianbao, current_manifest(root), seed, size)
        kit = kit_of(sample, size, folder)
        write_kit(kit)
        ledger = Ledger(root.ledger, read_only=True)
        try:
            _write_sheets(kit, sample, Originals(root, nianbao, ledger))
        finally:
            ledger.close()
    rows = [
        {"number": number, "address": f"{SHEETS}/{number}.html", "who": "、".join(next(shared))}
        for number in kit.documents
    ]
    said = {"release": kit.release, "seed": kit.seed, "sample": kit.sample}
    text = index(
        "抽样核验：核验表",
        rows,
        instructions=_INSTRUCTIONS.read_text("utf-8").splitlines(),
        who="由谁抄录",
        **said,
    )
    write_text(folder / "index.html", text)
    return kit, sample


def _write_sheets(kit: Kit, sample: Sample, originals: Originals) -> None:
    for number, drawn in numbered(sample):
        shown = originals.of(drawn, number, kit.folder / BESIDE)
        path = kit.folder / SHEETS / f"{number}.html"
        write_text(path, sheet(number, kit.sample, shown))


def _pairs(people: Sequence[str]) -> cycle[tuple[str, ...]]:
    """Who has which document: all pairs in turn."""
    for each in people:
        if not INITIALS.fullmatch(each):
            raise AuditRefused(f"{each!r} cannot be somebody's initials: a-z, 2 to 12 letters")
    if people and len(set(people)) < max(PEOPLE, len(people)):
        raise AuditRefused(f"give {PEOPLE} people or more, each once, or none")
    return cycle(combinations(people, PEOPLE) if people else [("任意两人",)])


def _must_be_new(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AuditRefused(
            f"{folder} is in use; give a new folder: what people transcribed is not overwritten"
        )


def write_text(path: Path, text: str) -> None:
    """Write a page.

    Raises:
        WriteFailed: The disk does not take it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", errors="replace")
    except OSError as error:
        raise WriteFailed(f"{path} cannot be written ({error.strerror})") from error
