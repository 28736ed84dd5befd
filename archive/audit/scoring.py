"""`audit score`: what people read against what the release says, and the result of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ..errors import AuditRefused
from ..root import DataRoot
from .agreement import Agreement, agreement_of
from .audited import audited
from .entries import label_of
from .estimate import estimate
from .judge import Judged, judge
from .kit import numbered, read_kit
from .machine import held
from .making import write_text
from .naming import Same, same_agencies
from .published import Audit, as_toml

#: What a spreadsheet would take for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_HEAD = ("number", "report_id", "version_id", "kind", "cell", "label", "people", "machine")


@dataclass(frozen=True, slots=True)
class Scored:
    """The result of an audit, and what it rests on.

    Attributes:
        audit: The result.
        judged: By number of the document.
        agreement: What people did.
        same: Names that a person decided to be one agency, by document.
    """

    audit: Audit
    judged: Mapping[str, Judged]
    agreement: Agreement
    same: Mapping[str, Same]


def score(root: DataRoot, folder: Path, name: str = "") -> Scored:
    """Score an audit, and write `score.toml` and `errors.csv` into its folder.

    Args:
        root: The data root that holds the audited release.
        folder: The audit's folder.
        name: What the audit is called; by its release and seed if "".

    Returns:
        The result.

    Raises:
        AuditRefused: A document is not transcribed twice, a difference is not settled, a file is
            not as it must be, or the audited release is not there.
        CurationRefused: What was decided of names is not as it must be.
        WriteFailed: The disk does not take the result.
    """
    kit = read_kit(folder)
    done = agreement_of(kit)
    _must_be_complete(done)
    truths = {each.number: each for each in done.truths()}
    judged: dict[str, Judged] = {}
    rows: list[tuple[str, ...]] = []
    same = same_agencies(kit)
    with audited(root, kit) as (sample, nianbao):
        drawn = dict(numbered(sample))
        for number, document in drawn.items():
            found = judge(truths[number], held(nianbao, document), same_agency=number in same)
            judged[number] = found
            rows += [
                (number, document.report_id, document.version_id, each.kind, each.key,
                 label_of(each.key), each.people, each.machine)
                for each in found.errors
            ]  # fmt: skip
    counts = {document.key: judged[number].counts for number, document in drawn.items()}
    audit = Audit(
        name=name or f"{sample.release}-{kit.seed}",
        registry=sample.registry,
        release=sample.release,
        content_hash=sample.content_hash,
        reader=sample.reader,
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        seed=kit.seed,
        size=kit.size,
        reports=len(drawn),
        rates=estimate(sample, counts),
    )
    write_text(folder / "score.toml", as_toml(audit))
    write_text(folder / "errors.csv", _csv(rows))
    return Scored(audit, judged, done, same)


def _must_be_complete(done: Agreement) -> None:
    """Refuse to score a part: who leaves out what is hard to read finds too few errors."""
    if done.missing:
        lacking = ", ".join(f"{number} ({count})" for number, count in done.missing)
        raise AuditRefused(
            f"{len(done.missing)} documents lack transcripts: {lacking}; each needs two people, "
            "and none is left out"
        )
    if done.unsettled:
        raise AuditRefused(
            f"differences are not settled in {len(done.unsettled)} documents: "
            f"{', '.join(done.unsettled)}; `audit compare` writes their sheets, and a third "
            "person settles them"
        )


def _csv(rows: list[tuple[str, ...]]) -> str:
    """The errors as a spreadsheet opens them; what people entered is no formula there."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEAD)
    for row in rows:
        writer.writerow([f"'{each}" if each.startswith(_FORMULA) else each for each in row])
    return "\ufeff" + out.getvalue()
