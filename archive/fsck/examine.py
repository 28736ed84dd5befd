"""One WARC file in one pass: its digest, members, records, and their rows in the ledger."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import RecordDamaged
from ..ledger import TABLES
from ..walk import Damage, Member, members
from .deletions import Stone, is_stone, stone_of
from .files import Warc, against_manifest
from .kinds import Finding
from .places import Places
from .record import CAPTURES, Checked, NoRecord, parse
from .rows import Found, Rows, Source


@dataclass(frozen=True, slots=True)
class Task:
    """A file to examine, with what is to be compared.

    Attributes:
        warc: The file.
        ledger: The ledger's file, or None.
        sources: What the current release says of offsets in the file.
    """

    warc: Warc
    ledger: Path | None
    sources: Mapping[int, Sequence[Source]]


@dataclass(slots=True)
class Examined:
    """What a file is like.

    Attributes:
        warc: The file.
        findings: What is wrong in it.
        size: Its bytes.
        sha256: Of all its bytes.
        records: Whole records.
        captures: Those that the ledger has rows of.
        places: Every record.
        referred: Every record that a revisit refers to, with the revisit's offset and payload.
        notes: Rows of the other tables in its metadata records, by table.
        stones: Tombstones, in the places of records that were deleted.
    """

    warc: Warc
    findings: list[Finding] = field(default_factory=list)
    size: int = 0
    sha256: str = ""
    records: int = 0
    captures: int = 0
    places: Places = field(default_factory=Places)
    referred: Places = field(default_factory=Places)
    notes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    stones: list[Stone] = field(default_factory=list)


def examine(task: Task) -> Examined:
    """Read a file and compare it.

    Raises:
        DatabaseDamaged: The ledger cannot be read.
        WriteFailed: Likewise.
        StoreUnreachable: The file lies in another place, which does not answer.
    """
    examined = Examined(task.warc)
    with contextlib.closing(Rows(task.ledger, task.warc, task.sources)) as rows:
        reading = _Reading(examined, rows)
        try:
            with task.warc.opened() as handle:
                for member in members(handle, task.warc.name):
                    if isinstance(member, Damage):
                        reading.damage(member)
                    else:
                        reading.member(member)
                examined.sha256 = handle.sha256()
                examined.size = handle.size
        except (OSError, RecordDamaged) as error:
            why = getattr(error.__cause__ or error, "strerror", error)
            what = f"it cannot be read ({why}){task.warc.at}"
            examined.findings.append(Finding("file_unreadable", f"warc/{task.warc.name}", what))
            return examined
        reading.end()
    return examined


class _Reading:
    """The records of a file on their way past."""

    def __init__(self, examined: Examined, rows: Rows) -> None:
        self._examined, self._warc, self._rows = examined, examined.warc, rows
        #: What metadata records said of captures that are still to come.
        self._kept: dict[str, Mapping[str, Any]] = {}
        self._without = 0

    def damage(self, damage: Damage) -> None:
        """Note bytes that are no member."""
        if damage.is_torn and self._warc.is_open:
            return  # a record that is being written, or that a crash tore: no damage
        if damage.too_large and not self._warc.run:
            what = f"{damage.length} bytes are skipped: {damage.why}"
            self._say("record_skipped", damage.offset, what)
            return
        what = f"{damage.length} bytes are no whole record ({damage.why})"
        if not damage.at_end:
            what += f"; the next one begins at byte {damage.offset + damage.length}"
        self._say("record_damaged", damage.offset, what)

    def member(self, member: Member) -> None:
        """Check a member's record."""
        offset = member.offset
        try:
            record = parse(member.data, offset, member.length)
        except NoRecord as error:
            self._say("record_wrong", offset, str(error))
            return
        wrong = record.wrong()
        if wrong:
            self._say("record_wrong", offset, f"{record.kind} {record.record_id}: {wrong}")
        first = not self._examined.records
        self._examined.records += 1
        if is_stone(record):
            self._examined.stones.append(stone_of(record))
        else:
            self._without += not record["WARC-Block-Digest"]
        capture = record.kind in CAPTURES
        payload = record["WARC-Payload-Digest"] if capture else ""
        self._examined.places.add(record.record_id, offset, payload)
        if not self._warc.run:
            return
        if first or record.kind == "warcinfo":
            self._named(record)
        if record.kind == "metadata":
            self._note(record)
        elif capture:
            self._capture(record, payload)

    def _named(self, record: Checked) -> None:
        """Compare the file's name with the one under which it was written."""
        name = record["WARC-Filename"]
        if record.kind != "warcinfo" or name != self._warc.name:
            what = f"the file was written as {name}" if name else "no warcinfo record begins it"
            self._say("record_wrong", record.offset, what)

    def _note(self, record: Checked) -> None:
        try:
            note = json.loads(record.block)
            table, row = note["table"], dict(note["row"])
        except (ValueError, KeyError, TypeError):
            return  # another program's
        if table == "captures":
            self._kept[str(row.get("record_id"))] = row
        elif table in TABLES:
            self._examined.notes.append((table, row))

    def _capture(self, record: Checked, payload: str) -> None:
        self._examined.captures += 1
        if record["WARC-Refers-To"]:
            self._examined.referred.add(record["WARC-Refers-To"], record.offset, payload)
        kept = self._kept.pop(record.record_id, None)
        told = record["Nianbao-Row"]
        found = Found(record.offset, record.length, _facts(record), kept, told)
        self._examined.findings += self._rows.add(found)

    def end(self) -> None:
        """Say what can be said once all is read."""
        examined, name = self._examined, f"warc/{self._warc.name}"
        examined.findings += self._rows.end()
        if not self._warc.is_open and self._warc.run:
            if not examined.records:
                self._say("record_wrong", 0, "the file holds no record")
            examined.findings += against_manifest(self._warc, examined.sha256)
        if self._without:
            what = f"{self._without} of {examined.records} records bear no digest of their own"
            examined.findings.append(Finding("no_digests", name, what))

    def _say(self, kind: str, offset: int, what: str) -> None:
        place = f"byte {offset}"
        self._examined.findings.append(Finding(kind, f"warc/{self._warc.name}", what, place))


def _facts(record: Checked) -> dict[str, Any]:
    """What a record itself says of its row."""
    facts = {
        "record_id": record.record_id,
        "url": record["WARC-Target-URI"],
        "fetched_at": record["WARC-Date"],
        "status": record.status(),
        "tls": record["TLS-Certificate"],
        "revisit_of": record["WARC-Refers-To"] or None,
    }
    if record.kind != "revisit":
        body, decoded = record.payload, record.decoded()
        facts["payload"] = facts["sha256"] = hashlib.sha256(body).hexdigest()
        if decoded is not body:
            facts["sha256"] = hashlib.sha256(decoded).hexdigest()
        facts["bytes"] = len(decoded)
    return facts
