"""Records that were taken out of WARC files by law: withheld as well, under their own word."""

from __future__ import annotations

from collections.abc import Iterator

from ..deletion.log import Capture, Deletion, entries
from ..root import DataRoot
from .decision import DELETED, Withholding


def deletions(root: DataRoot) -> tuple[Withholding, ...]:
    """What was deleted from a data root's WARC files, as decisions that hold for ever.

    Should the same bytes be obtained again, they are not shown. That is so only where none was
    left when they were deleted: of a page that was imported twice, one copy may go by mistake
    and the other one stay.

    Raises:
        RecordDamaged: The log of deletions cannot be read.
    """
    log = [each for each in entries(root.path) if each.done]
    gone = {capture.record_id for each in log for capture in each.captures}
    return tuple(
        made
        for each in log
        for capture in each.captures
        if capture.revisit_of not in gone  # what only confirmed it goes without saying
        for made in _of(each, capture)
    )


def _of(deletion: Deletion, capture: Capture) -> Iterator[Withholding]:
    """One decision a report that was read from the record, or one if none was."""
    for report in capture.reports or ("",):
        yield Withholding(
            DELETED,
            deletion.reason,
            deletion.date,
            sha256=capture.sha256 if capture.is_last else "",
            source=f"deletion {deletion.number}",
            record=capture.record_id,
            report=report,
        )
