"""`delete`: records taken out of their WARC files by decision, so that a kill undoes nothing.

1. The log says what is to be done: files, places, digests before and after.
2. Tombstones take the members' places in each file, which is brought to the disk and compared
   with its digest; its manifest is renewed.
3. Ledger and readings lose their rows, and the bytes of these.
4. The log says that it is done.

Steps 2 and 3 change nothing where they were done. Until step 4 nobody but this gets the root's
locks, so no crawl refers to a record that is half gone.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ..errors import DatabaseDamaged
from ..ledger import Ledger
from ..parts.merging import merge_parts
from ..recovery import recover
from ..release import sweep
from ..root import DELETION, DataRoot
from . import log
from .choosing import Chosen, choose
from .elsewhere import reports_of, require_home
from .erasing import erase
from .overwriting import astray, overwrite
from .planning import plan, with_digest


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided to delete, and why.

    Attributes:
        reason: Class of the reason, one of `log.REASONS`.
        decided_by: Who decided; it stands in the file for ever.
        because: Why, in words; it stands in the log alone.
    """

    reason: str
    decided_by: str
    because: str


@dataclass(slots=True)
class Deleted:
    """What came of it.

    Attributes:
        ended: Deletions that had been broken off and were ended now, or of which a file had
            come back from an old backup.
        chosen: What was asked for; None where nothing was.
        deletion: The deletion of it; None where all of it was deleted before.
    """

    ended: list[log.Deletion]
    chosen: Chosen | None = None
    deletion: log.Deletion | None = None


def delete(
    root: DataRoot,
    decision: Decision,
    record_ids: Iterable[str] = (),
    digests: Iterable[str] = (),
    *,
    with_request: bool = True,
    dry_run: bool = False,
) -> Deleted:
    """Delete captures; what was begun before is ended first.

    Args:
        root: The data root; neither a crawl nor a build may be at work in it.
        decision: Who decided, and why.
        record_ids: Records of captures.
        digests: SHA-256 of bodies, of which every capture is deleted.
        with_request: Delete request and metadata of each capture, too.
        dry_run: Only tell what would be deleted.

    Raises:
        RootRefused: The folder is no data root, something begun is to be ended first, or a
            file that is concerned lies in another place, too.
        StoreUnreachable: Another place does not answer: nobody can say what lies there.
        RootBusy: A crawl or build is at work in it.
        SelectionRefused: Something that is asked for is not in the archive.
        RecordDamaged: A file is damaged; nothing was deleted in it.
        WriteFailed: The disk does not take it; call it again.
    """
    root.require()
    with _held(root):
        if dry_run:
            log.require_ended(root.path)
        ended = [] if dry_run else _resumed(root)
        known = log.deleted(root.path)
        asked = [digest for digest in digests if not _is_gone(digest, root, known.values())]
        with _ledger(root, mend=not dry_run) as ledger:
            chosen = choose(ledger, record_ids, asked, known)
        if not chosen.captures:
            return Deleted(ended, chosen)
        deletion = _planned(root, decision, chosen, with_request=with_request)
        if not dry_run:
            log.begin(root.path, deletion)
            deletion = _carried_out(root, deletion)
        return Deleted(ended, chosen, deletion)


def resume(root: DataRoot) -> list[log.Deletion]:
    """End what was begun, and delete again what came back with an old file.

    Returns:
        The deletions of which something was still to be done.

    Raises:
        RootRefused, RootBusy, RecordDamaged, WriteFailed: As for `delete`.
    """
    root.require()
    with _held(root):
        return _resumed(root)


@contextlib.contextmanager
def _held(root: DataRoot) -> Iterator[None]:
    with (
        root.lock("crawl", holder=DELETION),
        root.lock("build", holder=DELETION),
        root.lock("offload", holder=DELETION),
    ):
        yield


@contextlib.contextmanager
def _ledger(root: DataRoot, *, mend: bool) -> Iterator[Ledger]:
    """The ledger of all files: those that a killed crawl left open, or in parts, come in before.

    A body in a part would come back with its merging; and of a file whose merging was broken off
    the part holds a second name, whose bytes no tombstone reaches.
    """
    if not root.ledger.exists():
        raise DatabaseDamaged(f"{root.ledger} is not there; `python -m archive reindex` first")
    with contextlib.closing(Ledger(root.ledger, read_only=not mend)) as ledger:
        if mend:
            recover(root.warc, ledger)
            merge_parts(root, ledger, alone=True)
        yield ledger


def _resumed(root: DataRoot) -> list[log.Deletion]:
    """Bring all files to what the log says; end what was begun."""
    entries = log.entries(root.path)
    back, files = astray(root.warc, entries)
    todo = [each for each in entries if each in back or not each.done or _rows_left(root, each)]
    begun = {changed.file for each in todo if not each.done for changed in each.files}
    for name in sorted({*files, *begun}):
        if (root.warc / name).exists():  # what is lost is gone; `fsck` says so
            overwrite(root.warc, entries, name)
    for each in todo:
        _forget(root, each)
        if not each.done:
            log.end(root.path, each, _now())
    return todo


def _forget(root: DataRoot, deletion: log.Deletion) -> None:
    """Take out what was derived from deleted captures."""
    erase(root, deletion)
    sweep(root)  # what a killed build left of a release


def _rows_left(root: DataRoot, deletion: log.Deletion) -> bool:
    """Whether the ledger, an old one perhaps, knows what was deleted."""
    if not root.ledger.exists():
        return False
    with _ledger(root, mend=False) as ledger:
        return any(ledger.capture(capture.record_id) for capture in deletion.captures)


def _is_gone(digest: str, root: DataRoot, known: Iterable[log.Deletion]) -> bool:
    """Whether all captures of a body were deleted before, and none came since."""
    captures = [capture for each in known for capture in each.captures]
    if not any(digest in (capture.sha256, capture.payload) for capture in captures):
        return False
    with _ledger(root, mend=False) as ledger:
        sql = "SELECT 1 FROM captures WHERE sha256 = ? OR payload = ? LIMIT 1"
        return ledger.one(sql, digest, digest) is None


def _planned(
    root: DataRoot, decision: Decision, chosen: Chosen, *, with_request: bool
) -> log.Deletion:
    """All that is to be done, before any of it is."""
    ids = {row["record_id"] for row in chosen.captures}
    reports = reports_of(root, ids)
    captures = tuple(
        log.Capture(
            row["record_id"],
            row["sha256"],
            row["payload"],
            row["revisit_of"],
            row["sha256"] not in chosen.shared,
            tuple(sorted(reports.get(row["record_id"], ()))),
        )
        for row in chosen.captures
    )
    deletion = log.Deletion(
        len(log.entries(root.path)) + 1,
        _now(),
        decision.reason,
        decision.decided_by,
        decision.because,
        captures,
        (),
    )
    files = []
    for name, rows in itertools.groupby(chosen.captures, lambda row: str(row["warc_file"])):
        records = {row["record_id"] for row in rows}
        require_home(root, name)
        found = plan(root.warc / name, records, with_request=with_request)
        files.append(with_digest(root.warc / name, deletion, found))
    return replace(deletion, files=tuple(files))


def _carried_out(root: DataRoot, deletion: log.Deletion) -> log.Deletion:
    entries = log.entries(root.path)
    for changed in deletion.files:
        overwrite(root.warc, entries, changed.file)
    _forget(root, deletion)
    log.end(root.path, deletion, _now())
    return replace(deletion, done=True)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
