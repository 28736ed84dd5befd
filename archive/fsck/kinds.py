"""What can be wrong with an archive, and what to do then: the words of `fsck`.

`docs/fsck.md` explains each kind; a test compares.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_RESTORE = "restore the file from a backup (make restore)"
_REINDEX = "make the ledger again from the WARCs (python -m archive reindex)"
_REBUILD = "restore its folder from a backup, or move it away and build again (make build)"
_SIGN = "if nothing else is wrong with the file, write it (sha256sum FILE > FILE.sha256)"
_NOTHING = "nothing to do"
_DELETE = "python -m archive delete, without --record and --sha256"

#: What to do about each kind of thing that is wrong.
WRONG = {
    "file_lost": _RESTORE,
    "file_changed": _RESTORE,
    "file_unreadable": f"look at the disk, then {_RESTORE}",
    "file_doubled": "remove the copy whose name was not given by a crawl",
    "manifest_missing": _SIGN,
    "manifest_wrong": _SIGN,
    "record_damaged": _RESTORE,
    "record_wrong": _RESTORE,
    "record_doubled": "restore both files from a backup",
    "record_unknown": _REINDEX,
    "holder_lost": _RESTORE,
    "ledger_lost": _REINDEX,
    "ledger_damaged": f"move it away and {_REINDEX}",
    "row_wrong": _REINDEX,
    "row_lost": f"{_RESTORE}; if none was lost, {_REINDEX}",
    "run_unknown": _REINDEX,
    "release_incomplete": _REBUILD,
    "release_changed": _REBUILD,
    "source_lost": f"{_RESTORE}; if none was lost, {_REBUILD}",
    "mark_wrong": "restore root.json from a backup",
    "register_wrong": "restore ids.jsonl from a backup",
    "deletion_unfinished": f"end it ({_DELETE})",
    "deletion_undone": f"delete it again ({_DELETE}): the file came back from an old backup",
    "deletion_unlogged": "restore deletions.jsonl from a backup; if none has it, restore the file",
    "deletions_wrong": "restore deletions.jsonl from a backup",
}  # fmt: skip
#: What is named and is no damage.
NOTED = {
    "file_unfinished": "the next crawl, import or reindex mends and closes it",
    "file_foreign": "move it out of warc/ if it is not yours to keep there",
    "file_torn": "remove it once the file beside it was restored or is known to be whole",
    "record_skipped": "look at the file with the program that wrote it",
    "no_digests": _NOTHING,
    "register_torn": _NOTHING,
    "deleted": _NOTHING,
    "deleted_published": "build a release without them (make build)",
}
#: So many lines of one kind about one file are printed unless all are asked for.
MOST = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or worth naming.

    Attributes:
        kind: A key of `WRONG` or `NOTED`.
        file: The file concerned, as it is called in the data root.
        what: What is wrong, in words.
        place: Where in the file, e.g. `byte 123`, or "".
        record_id: The record that is missed, where one is.
    """

    kind: str
    file: str
    what: str
    place: str = ""
    record_id: str = ""

    @property
    def is_wrong(self) -> bool:
        """Whether it is damage."""
        return self.kind in WRONG

    def __str__(self) -> str:
        where = f"{self.file} {self.place}".rstrip()
        # What is printed may be a site's own words: one finding is one line.
        return f"{self.kind} {printable(where)}: {printable(self.what)}; {advice(self.kind)}"


def advice(kind: str) -> str:
    """What to do about a kind."""
    return WRONG.get(kind) or NOTED[kind]


def printable(text: str) -> str:
    """A text on one line, nothing in it that a terminal would obey."""
    return "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in text)


def shortened(findings: Iterable[Finding], most: int = MOST) -> Iterator[str]:
    """Lines of findings, of each kind and file no more than `most` and how many more there are."""
    counts: dict[tuple[str, str], int] = {}
    for each in findings:
        key = each.kind, each.file
        counts[key] = counts.get(key, 0) + 1
        if counts[key] <= most:
            yield str(each)
    for (kind, file), count in counts.items():
        if count > most:
            more = f"{count - most} more of this kind (--all lists them)"
            yield str(Finding(kind, file, more))
