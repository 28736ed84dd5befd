"""The removal of a kept release that holds what is withheld now; its name stays reserved."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from .. import disk
from ..errors import ReleaseRefused, WriteFailed
from ..root import DataRoot
from ..withholding.kept import held
from .departed import note as note_departed
from .pruning import remove

#: What was removed: one line a release, in `releases/`.
REMOVED = "removed.jsonl"


def take_away(root: DataRoot, folder: Path, names: list[str]) -> None:
    """Remove a kept release for what it holds, tagged or not, and note that.

    The note comes first: a release that is gone without one would look lost. Its tags stay in
    `tags.json`, so that no other release gets a name by which this one was cited.

    Args:
        root: The data root; hold its `build` lock.
        folder: The release.
        names: Its tags.

    Raises:
        ReleaseRefused: It is the current one, or holds nothing that is withheld.
        WriteFailed: The disk does not take the note.
    """
    if folder == root.current.resolve():
        raise ReleaseRefused(f"{folder.name} is the current release; build a new one first")
    found = held(root, folder)
    if not found:
        raise ReleaseRefused(f"{folder.name} holds nothing that is withheld; it stays")
    note = {
        "release": folder.name,
        "tags": names,
        "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "reasons": sorted({each.entry.reason for each in found}),
    }
    try:
        with (root.releases / REMOVED).open("ab") as stream:
            stream.write((json.dumps(note, ensure_ascii=False) + "\n").encode())
            stream.flush()
            disk.sync(root.releases)
        note_departed(root, [folder.name])  # its address says that it was
    except OSError as error:
        raise WriteFailed(
            f"{root.releases / REMOVED} takes no note ({error.strerror}); {folder.name} stays"
        ) from error
    remove(folder)
