"""`audit compare`: the sheets of what two people read differently."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from ..errors import WriteFailed
from ..ledger import Ledger
from ..root import DataRoot
from .agreement import Agreement, agreement_of
from .audited import audited
from .kit import DIFFERENCES, FILES, numbered, read_kit
from .making import write_text
from .originals import Originals
from .settle import as_json, sheet_of
from .sheet import index

_INSTRUCTIONS = Path(__file__).with_name("pages") / "settling.txt"


def write_differences(root: DataRoot, folder: Path) -> Agreement:
    """Compare what is transcribed so far, and write a sheet for each document with differences.

    Args:
        root: The data root.
        folder: The audit's folder.

    Returns:
        How far the audit is.

    Raises:
        AuditRefused: A file of the audit is not as it must be, or the release is not there.
        RecordDamaged: The archive does not give an original.
        WriteFailed: The disk does not take the sheets.
    """
    kit = read_kit(folder)
    found = agreement_of(kit)
    target = folder / DIFFERENCES
    try:
        shutil.rmtree(target, ignore_errors=True)  # of transcripts that were changed since
        target.mkdir()
    except OSError as error:
        raise WriteFailed(f"{target} cannot be written ({error.strerror})") from error
    differing = [each for each in found.compared.values() if each.differences]
    with audited(root, kit) as (sample, nianbao):
        drawn, ledger = dict(numbered(sample)), Ledger(root.ledger, read_only=True)
        try:
            originals = Originals(root, nianbao, ledger)
            for each in differing:
                shown = originals.of(drawn[each.number], each.number, folder / FILES)
                write_text(target / f"{each.number}.html", sheet_of(each, kit, shown))
        finally:
            ledger.close()
    told = [as_json(each, kit) for each in differing]
    write_text(target / "differences.json", json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    rows = [
        {
            "number": each.number,
            "address": f"{each.number}.html",
            "who": f"{len(each.differences)} 处"
            + ("，已裁定" if each.number in found.settled else ""),
        }
        for each in differing
    ]
    said = {"release": kit.release, "seed": kit.seed, "sample": kit.sample}
    lines = _INSTRUCTIONS.read_text("utf-8").splitlines()
    page = index("抽样核验：两人不同之处", rows, instructions=lines, who="不同之处", **said)
    write_text(target / "index.html", page)
    return found
