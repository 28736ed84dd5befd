"""`deletions.jsonl`: every deletion, decided by whom and why, begun and ended.

A deletion is a line when it begins, on the disk before a byte is overwritten, and a second line
when all of it is done. What stands between the two is taken up again: the first line says
all that is to be done, and which digests each file had and is to have. It says nothing of what
was deleted but ids, places and digests.

It is the only reason for which a closed WARC file may change, so it is kept like the files.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from .. import disk
from ..errors import RecordDamaged, RootRefused, WriteFailed
from ..withholding.decision import REASONS

FILE = "deletions.jsonl"
#: A name becomes a path that is written to: nobody leads it out of `warc/`.
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.warc\.gz")
_BEGUN, _DONE = "begun", "done"


@dataclass(frozen=True, slots=True)
class Overwritten:
    """A gzip member whose place a tombstone takes.

    Attributes:
        record_id: The record that stood there.
        kind: Its WARC-Type.
        of: The capture that it was of: itself, or the one that it told of.
        offset: Where the member begins.
        length: Its bytes, and the tombstone's.
        before: SHA-256 of its bytes.
    """

    record_id: str
    kind: str
    of: str
    offset: int
    length: int
    before: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A WARC file that a deletion changes.

    Attributes:
        file: Its name.
        before: Its SHA-256 until then.
        after: Its SHA-256 from then on.
        members: What is overwritten.
    """

    file: str
    before: str
    after: str
    members: tuple[Overwritten, ...]


@dataclass(frozen=True, slots=True)
class Capture:
    """A capture that a deletion takes out.

    Attributes:
        record_id: Its record.
        sha256: Of its decoded body; of an answer of "unchanged", of the body that it confirmed.
        payload: Of the same as it was transferred.
        revisit_of: The record that held that body, or None where it held it itself.
        is_last: Whether no other capture held or confirmed the same bytes then.
        reports: Ids of the reports of which the release said that they were read from it.
    """

    record_id: str
    sha256: str
    payload: str
    revisit_of: str | None
    is_last: bool
    reports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deletion:
    """One decision to delete, carried out or begun.

    Attributes:
        number: Its number in the log, from 1 on.
        at: When it began, UTC.
        reason: Class of the reason, one of `REASONS`.
        decided_by: Who decided.
        because: Why, in words.
        captures: What the ledger has no more.
        files: What changed in `warc/`.
        done: Whether it has ended.
    """

    number: int
    at: str
    reason: str
    decided_by: str
    because: str
    captures: tuple[Capture, ...]
    files: tuple[Changed, ...]
    done: bool = False

    @property
    def date(self) -> str:
        """Its day."""
        return self.at[:10]


def deleted(folder: Path) -> dict[str, Deletion]:
    """Ids of all captures that were deleted, each with the decision; also of what is begun.

    Raises:
        RecordDamaged: The log cannot be read.
    """
    return {capture.record_id: each for each in entries(folder) for capture in each.captures}


def entries(folder: Path) -> list[Deletion]:
    """All deletions in the order in which they began.

    Args:
        folder: The data root's folder.

    Raises:
        RecordDamaged: The log cannot be read.
    """
    path = folder / FILE
    found: dict[int, Deletion] = {}
    for number, line in enumerate(_lines(path), 1):
        try:
            said = json.loads(line)
            if said["state"] == _BEGUN and said["deletion"] == len(found) + 1:
                found[said["deletion"]] = _deletion(said)
            elif said["state"] == _DONE:
                found[said["deletion"]] = replace(found[said["deletion"]], done=True)
            else:
                raise ValueError(f"deletion {said['deletion']} {said['state']}")
        except (ValueError, KeyError, TypeError) as error:
            raise RecordDamaged(
                f"{path} is damaged: line {number} is none of it ({error!r:.80}); restore it "
                "from a backup"
            ) from error
    return list(found.values())


def require_ended(folder: Path) -> None:
    """Refuse to work in a root in which a deletion was begun and has not ended.

    Raises:
        RootRefused: There is one.
        RecordDamaged: The log cannot be read.
    """
    for each in entries(folder):
        if not each.done:
            raise RootRefused(
                f"{folder}: deletion {each.number} of {each.date} was begun and has not ended; "
                f"wait for it, or, if it was broken off, end it: `python -m archive delete "
                f"--data {folder}`"
            )


def leads(log: Iterable[Deletion], file: str, known: str, found: str) -> bool:
    """Whether deletions alone made of a file what it is.

    Args:
        log: The deletions.
        file: The WARC file's name.
        known: Its SHA-256 as somebody knows it.
        found: Its SHA-256 as it is.
    """
    at = known
    for each in log:
        for changed in each.files if each.done else ():
            if changed.file == file and changed.before == at:
                at = changed.after
                if at == found:
                    return True
    return False


def begin(folder: Path, deletion: Deletion) -> None:
    """Write that a deletion begins, and bring that to the disk.

    Raises:
        WriteFailed: The disk does not take it; nothing was deleted.
    """
    said = {"deletion": deletion.number, "state": _BEGUN, **asdict(deletion)}
    del said["number"], said["done"]
    _append(folder / FILE, said)


def end(folder: Path, deletion: Deletion, at: str) -> None:
    """Write that all of a deletion is done.

    Raises:
        WriteFailed: The disk does not take it.
    """
    _append(folder / FILE, {"deletion": deletion.number, "state": _DONE, "at": at})


def _append(path: Path, said: Mapping[str, Any]) -> None:
    """Append a line; what a crash left of one before is cut off first."""
    line = json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "\n"
    try:
        with path.open("a+b") as out:
            out.seek(0)
            out.truncate(out.read().rfind(b"\n") + 1)
            out.write(line.encode())
            out.flush()
            os.fsync(out.fileno())
        disk.sync(path.parent)
    except OSError as error:
        raise WriteFailed(f"{path} cannot be written ({error.strerror}); make room") from error


def _lines(path: Path) -> Iterator[str]:
    """Whole lines: one that a crash tore says nothing yet, for nothing followed it."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        raise RecordDamaged(f"{path} cannot be read: {error.strerror}") from error
    yield from data.decode("utf-8", "replace").split("\n")[:-1]


def _deletion(said: Mapping[str, Any]) -> Deletion:
    texts = (said["at"], said["reason"], said["decided_by"], said["because"])
    if not all(isinstance(text, str) for text in texts) or said["reason"] not in REASONS:
        raise ValueError("its reason or its day is none")
    for each in said["files"]:
        if not _FILE.fullmatch(each["file"]):
            raise ValueError("it names no file of warc/")
    captures = tuple(
        Capture(**{**each, "reports": tuple(each["reports"])}) for each in said["captures"]
    )
    files = tuple(
        Changed(
            each["file"],
            each["before"],
            each["after"],
            tuple(Overwritten(**member) for member in each["members"]),
        )
        for each in said["files"]
    )
    return Deletion(said["deletion"], *texts, captures, files)
