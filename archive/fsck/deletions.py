"""Tombstones in WARC files beside the log of deletions, both ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..deletion.log import FILE, Deletion, entries
from ..deletion.tombstone import URI, id_of
from ..errors import RecordDamaged
from .kinds import Finding
from .record import Checked


@dataclass(frozen=True, slots=True)
class Stone:
    """A tombstone as it stands in a file: where, how long, its id, and what it refers to."""

    offset: int
    length: int
    record_id: str
    refers_to: str


def is_stone(record: Checked) -> bool:
    """Whether a record stands in a deleted one's place."""
    return record.kind == "metadata" and record["WARC-Target-URI"] == URI


def stone_of(record: Checked) -> Stone:
    """A tombstone in few words."""
    return Stone(record.offset, record.length, record.record_id, record["WARC-Refers-To"])


class Deletions:
    """What the log says, while the files are read.

    Attributes:
        log: The deletions; none where the log cannot be read.
        gone: Captures that were deleted, by record.
        files: Names of the files that they stood in.
    """

    def __init__(self, folder: Path) -> None:
        """Read the log of a data root."""
        self._findings: list[Finding] = []
        self.log: Sequence[Deletion] = ()
        try:
            self.log = entries(folder)
        except RecordDamaged as error:
            self._findings.append(Finding("deletions_wrong", FILE, str(error)))
        done = [each for each in self.log if each.done]
        self.gone = frozenset(capture.record_id for each in done for capture in each.captures)
        self.files = {changed.file for each in self.log for changed in each.files}
        self._stones: dict[str, dict[int, Stone]] = {}
        self._digests: dict[str, str] = {}

    def add(self, file: str, sha256: str, stones: Sequence[Stone]) -> None:
        """Take in a file that was read to its end: its digest and its tombstones."""
        self._digests[file] = sha256
        self._stones[file] = {stone.offset: stone for stone in stones}

    def findings(self, sources: Mapping[str, Mapping[int, Sequence[object]]]) -> Iterator[Finding]:
        """What is wrong, and what was deleted.

        Args:
            sources: What the current release says of places in files.
        """
        yield from self._findings
        after: dict[str, str] = {}
        for deletion in self.log:
            yield from self._of(deletion, sources)
            if deletion.done:
                after |= {changed.file: changed.after for changed in deletion.files}
        for name, digest in after.items():
            found = self._digests.get(name, digest)
            if found != digest:
                what = f"its SHA-256 is {found}, and since a deletion it is to be {digest}"
                yield Finding("file_changed", f"warc/{name}", what)
        for name, stones in self._stones.items():
            for stone in stones.values():  # what no deletion took off
                what = f"{stone.record_id} stands in a deleted record's place, and {FILE} has none"
                yield Finding("deletion_unlogged", f"warc/{name}", what, f"byte {stone.offset}")

    def _of(
        self, deletion: Deletion, sources: Mapping[str, Mapping[int, Sequence[object]]]
    ) -> Iterator[Finding]:
        """One deletion beside the files."""
        place, led = f"deletion {deletion.number}", 0
        for changed in deletion.files:
            stones = self._stones.get(changed.file)
            for member in changed.members:
                led += len(sources.get(changed.file, {}).get(member.offset, ()))
                stone = stones.pop(member.offset, None) if stones is not None else None
                expected = id_of(member.record_id), member.length
                if stones is None or not deletion.done:
                    continue
                if stone is None or (stone.record_id, stone.length) != expected:
                    what = f"{member.record_id} was deleted, and no tombstone is in its place"
                    at = f"byte {member.offset}"
                    yield Finding("deletion_undone", f"warc/{changed.file}", what, at)
        if not deletion.done:
            what = f"it was begun at {deletion.at} and has not ended"
            yield Finding("deletion_unfinished", FILE, what, place)
            return
        count = len(deletion.captures)
        captures = "1 capture" if count == 1 else f"{count} captures"
        who = f"by decision of {deletion.decided_by} ({deletion.reason})"
        yield Finding("deleted", FILE, f"{captures} deleted on {deletion.date} {who}", place)
        if led:
            what = f"the current release has {led} sources that were deleted"
            yield Finding("deleted_published", FILE, what, place)
