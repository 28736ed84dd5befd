"""What a release says of its past: numbers for ever, ids that lead on, changes and causes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from extract.version import reader_version

from ..briefs import brief, lead
from ..builder import builder_version
from ..changes import Change, compare
from ..changes.change import CURATION, READER
from ..corrections.correction import Corrections
from ..corrections.entered import is_entered
from ..histories import Gathered, Version
from ..kept import Reading
from ..masking.likeness import alike, is_masking
from ..register import Moved, Register, register_of
from ..root import DataRoot
from ..withholding.decision import SPAN
from ..withholding.tombstones import tombstones
from .before import Before, Told, release_before
from .by_hand import hand_rows, read_again
from .page_changes import id_of, page_changes, row_of, whole

Row = Mapping[str, Any]
Read = Callable[[str], Reading]
#: Statuses that tell of this machine, not of the reader: a converter was not there.
_CONVERTER = "needs_converter"


@dataclass(frozen=True, slots=True)
class Some:
    """The part of the past that concerns some reports.

    Attributes:
        ids: Whether ids that were given to a report are asked for, by its id.
        told: The reports of which changes are told, once all versions have their numbers.
    """

    ids: Callable[[str], bool]
    told: Callable[[Gathered], Gathered]


@dataclass(slots=True)
class Past:
    """The rows of `changes`, `id_history` and `withheld`, and the register to enter the ids in."""

    register: Register
    changes: list[Row] = field(default_factory=list)
    id_history: list[Row] = field(default_factory=list)
    withheld: list[Row] = field(default_factory=list)


def past(
    root: DataRoot,
    gathered: Gathered,
    read: Read,
    built: datetime,
    corrections: Corrections | None = None,
    opened: Callable[[DataRoot], AbstractContextManager[Before | None]] = release_before,
    some: Some | None = None,
    processes: int = 1,
) -> Past:
    """Number the versions, and tell what changed in each report.

    Args:
        root: The data root; its current release is the one before.
        gathered: The reports; their versions get their numbers here.
        read: Gives what the body of a digest says.
        built: When the new release is built.
        corrections: What people read by hand; none if None.
        opened: Opens the release before, or as much of it as concerns the reports.
        some: The ids that concern the reports, and of which of them changes are told; all if
            None.
        processes: How many tell changes, if many reports changed.
    """
    corrections = corrections or Corrections()
    with opened(root) as before:
        register = register_of(root, only=some.ids if some else None)
        register.fill(before.given(register.knows) if before else ())
        made = Past(register)
        moved = register.number(gathered)
        _lead(gathered, moved)
        if gathered.withheld:
            made.withheld = tombstones(gathered.withheld, gathered, lambda: register.given)
        spans = _spans(made.withheld) ^ (_spans(before.withheld()) if before else set())
        made.id_history = list(_id_rows(moved, before, f"{built:%Y%m%d-%H%M%S}"))
        rows: dict[str, list[dict[str, Any]]] = {}
        if some:
            gathered = some.told(gathered)
        for report_id, told in page_changes(gathered, read, corrections, processes):
            if told:
                rows[report_id] = told
        if before:
            at = built.strftime("%Y-%m-%dT%H:%M:%SZ")
            found = [*_reread(before, gathered, read, at, spans)]
            found += hand_rows(before, gathered, read, corrections, at)
            for row in (*_kept(before, gathered, moved), *found):
                rows.setdefault(str(row["report_id"]), []).append(row)
    for report_id in sorted(rows):
        for number, row in enumerate(rows[report_id], 1):
            made.changes.append({"change_id": f"{report_id}.c{number}", **row, "number": number})
    return made


def _lead(gathered: Gathered, moved: list[Moved]) -> None:
    """Tell each report the ids that lead to it: decisions may name it by one of them."""
    old_ids: dict[str, list[str]] = {}
    for each in moved:
        if each.what == "report" and each.new_id in gathered.reports:
            old_ids.setdefault(each.new_id, []).append(each.old_id)
    for report_id, some in old_ids.items():
        lead(gathered.reports, report_id, tuple(some))


def _id_rows(moved: list[Moved], before: Before | None, name: str) -> Iterator[Row]:
    since = {}
    if before:
        for row in before.rows("SELECT old_id, new_id, since FROM id_history"):
            since[row["old_id"], row["new_id"]] = row["since"]
    for each in sorted(moved, key=lambda each: each.old_id):
        yield {
            "old_id": each.old_id,
            "new_id": each.new_id,
            "what": each.what,
            "reason": each.reason,
            "since": since.get((each.old_id, each.new_id), name),
        }


# -- what was read otherwise than in the release before ------------------------------------


def _kept(before: Before, gathered: Gathered, moved: list[Moved]) -> Iterator[dict[str, Any]]:
    """Rows of earlier releases, under the ids of today; without those of lost versions."""
    led = {each.old_id: each.new_id for each in moved}

    def has(version_id: str) -> bool:
        report_id, _, number = version_id.rpartition(".v")
        if report_id not in gathered.reports or not number.isdigit():
            return False
        return int(number) in brief(gathered.reports, report_id).numbers

    sql = (
        "SELECT report_id, kind, cause, from_version, to_version, url, seen_before, seen_after, "
        f"cells, detail FROM changes WHERE cause IN ('{READER}', '{CURATION}') "
        "ORDER BY report_id, number"
    )
    for row in before.rows(sql):
        for name in ("report_id", "from_version", "to_version"):
            row[name] = led.get(str(row[name]), row[name])
        # The cells of a version that is withheld now stand in the row, too.
        one, other = row["to_version"], row["from_version"]
        if one is not None and has(one) and (other is None or has(other)):
            yield row


def _reread(
    before: Before, gathered: Gathered, read: Read, at: str, spans: set[tuple[str, ...]]
) -> Iterator[dict[str, Any]]:
    """Versions whose very bytes are read otherwise now: by another reader, or as decided.

    `spans` are withheld in one of the two releases alone: that a text is hidden, or shown again,
    is told by its tombstone, and no row may say what differs.
    """
    hidden = {version_id for version_id, *_ in spans}
    code = reader_version(), builder_version()
    for history, version, same in read_again(before, gathered):
        entered = is_entered(version.report)
        if same is None:
            # Pages that only link to a scan: the scan was not among their sources.
            same = before.version(str(id_of(history, version)))
            if same is None or same.is_entered == entered:
                continue
        if _is_equal(version, same) or hidden & {same.version_id, id_of(history, version)}:
            continue
        # What was published is masked, perhaps by other rules: that is no other reading.
        old, new = alike(before.report(same), whole(version, read))
        if is_masking(old, new):
            continue
        difference = compare(old, new)
        by_reader = code != (before.reader, before.builder)
        by_reader |= _CONVERTER in (same.status, version.report.status)
        told = difference.detail or f"read otherwise than in release {before.release}"
        if entered or (same.is_entered and version.report.status != "read"):
            by_reader, told = False, "entered by hand" if entered else "entry withdrawn"
        change = Change(
            READER if by_reader else CURATION,
            None,
            version,
            min(version.bodies, key=lambda body: body.order).url,
            before.built_at,
            at,
            "",
            difference.kind,
            difference.cells,
            told,
        )
        yield {**row_of(history, change), "from_version": same.version_id}


def _spans(rows: Iterable[Row]) -> set[tuple[str, ...]]:
    """The spans of text among tombstones, those of one version first."""
    return {
        tuple(str(row[name]) for name in ("version_id", "chapter", "sha256", "reason", "date"))
        for row in rows
        if row["what"] == SPAN
    }


def _is_equal(version: Version, told: Told) -> bool:
    """Whether a release said the same: masked, or whole as before there was masking."""
    theirs = told.text_sha256, told.figures_sha256
    mine = version.public, (version.text_sha256, version.figures_sha256)
    return theirs in mine and version.report.status == told.status
