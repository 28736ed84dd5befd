"""Corrections that change nothing in a release, and what to do with each."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from .told import AGREES, DIGEST, MACHINE_READS_IT, NO_FIGURE, NO_REPORT, REPLACED

_ROWS = """
SELECT c.correction_id, c.kind, c.state, c.void_because, c.version_id,
  (SELECT r.version_id FROM reports r WHERE r.report_id =
   (SELECT v.report_id FROM versions v WHERE v.version_id = c.version_id)) AS now
FROM corrections c ORDER BY 1"""
_SEE = "read the archived page again, and give its sha256, or remove the entry"
#: By the reason, and by kind where that matters.
_SAID = {
    (DIGEST, "figure"): f"no version of its report is read from this body now; {_SEE}",
    (DIGEST, "document"): f"no such body is archived or shown here; {_SEE}",
    (NO_REPORT, "figure"): "there is no such report here; correct its id, or remove the entry",
    (NO_REPORT, "document"): (
        "the file is archived, but its page's report is read from another one; "
        "see `unread` for the reason, or remove the entry"
    ),
    (NO_FIGURE, "figure"): (
        "the report has no such figure, for it is not read, legacy or of another form; "
        "a document that is not read can be entered whole (`python -m archive enter blank`)"
    ),
    (REPLACED, "figure"): "a later correction of the same figure counts; remove one of the two",
    (MACHINE_READS_IT, "document"): (
        "the machine reads its tables by now, otherwise than people did, and its reading is "
        "shown; compare the two, and correct single figures, or remove the entry"
    ),
}
_AGREES = "the machine reads the same by itself now; the entry may be removed, or stay"


def unused(db: sqlite3.Connection) -> Iterator[str]:
    """Lines on corrections that are void, no longer needed, or of an earlier version.

    Args:
        db: nianbao.db of the release.
    """
    for name, kind, state, because, version, now in db.execute(_ROWS):
        if because:
            yield f"  {name}: void: {_SAID[because, kind]}"
        elif state == AGREES:
            yield f"  {name}: {_AGREES}"
        elif version != now:
            yield (
                f"  {name}: it holds for {version}; the current version is {now}, as the "
                "machine reads it: look whether it is right there, and add an entry if not"
            )
