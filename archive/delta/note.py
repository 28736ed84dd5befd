"""The note of what the last build of a large ledger came to: whether it is to be believed.

By it `derived/` is known: SHA-256 of the files there, the release that they are of, the program
and the decisions that made it.
"""

from __future__ import annotations

import hashlib
import json
import stat
from pathlib import Path
from typing import Any

from ..register import FILE as REGISTER
from ..release.sums import SUMS, digests_of, sha256_of
from ..root import DataRoot
from .part import NotCertain

#: Its files in `derived/` of the data root: what is kept, and what is noted of it.
PARTS, NOTE = "parts.db", "parts.json"
#: By what texts were compared (`duplicates.renewing`), and the same while a release is written.
INDEX, NEW_INDEX = "shingles.db", "shingles.new"
FORMAT = 4
#: So many releases are patched one after the other before all is built: what nothing leads to
#: any more stays in their databases, and so do pages that are half empty.
PATCHES = 50
#: What comes of a note that is not there, cannot be read, or is no such note.
_UNREADABLE = (OSError, ValueError, KeyError, TypeError, RecursionError)
_WORDS = {
    "format": "kind",
    "by": "program, reader or decision by hand",
    "release": "release",
}


def is_behind(root: DataRoot, by: str, last: int) -> bool:
    """Whether something was kept of the current release, and the ledger has more by now.

    Whether it is to be believed is not asked yet: that takes longer.

    Args:
        root: The data root; hold its `build` lock.
        by: Tells the program and the decisions that are at work now.
        last: Row of the ledger's last capture.
    """
    try:
        return bool(_note(root, by)["last"] < last)
    except (NotCertain, *_UNREADABLE):
        return False


def _note(root: DataRoot, by: str) -> dict[str, Any]:
    """The note, if it is of the current release and of what is at work now."""
    _require_plain(root.derived / NOTE)
    note: dict[str, Any] = json.loads((root.derived / NOTE).read_text("utf-8"))
    wanted = {"format": FORMAT, "by": by, "release": root.current.resolve().name}
    for name, value in wanted.items():
        if note[name] != value:
            raise NotCertain(f"what was kept is of another {_WORDS[name]}")
    if note["patches"] >= PATCHES:
        raise NotCertain(f"{PATCHES} releases were patched one after the other")
    return note


def _require_plain(path: Path) -> None:
    """Refuse what is linked from elsewhere, and what is read without end."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise NotCertain(f"{path} is no plain file")


def believed(root: DataRoot, by: str) -> dict[str, Any]:
    """The note, if the files are those it speaks of.

    Args:
        root: The data root; hold its `build` lock.
        by: Tells the program and the decisions that are at work now.

    Raises:
        NotCertain: They are not, or the note is of something else.
    """
    try:
        note = _note(root, by)
        sums = root.current.resolve() / SUMS
        for path in (root.derived / PARTS, root.derived / INDEX, sums):
            _require_plain(path)
        if digests_of(root.derived, (PARTS, INDEX)) != note["sha256"]:
            raise NotCertain("what was kept is damaged")
        if sha256_of(sums) != note["sums"]:
            raise NotCertain("SHA256SUMS of the release before is another than it was")
        if register_digest(root.path / REGISTER, note["register"]["size"]) != note["register"]:
            raise NotCertain("ids.jsonl is another than it was")
    except _UNREADABLE as error:
        raise NotCertain("nothing was kept of the release before") from error
    return note


def register_digest(path: Path, size: int | None = None) -> dict[str, Any]:
    """Size and digest of the register, or of its beginning: lines are only ever added."""
    digest, left = hashlib.sha256(), path.stat().st_size if size is None else size
    done = 0
    with path.open("rb") as stream:
        while left > done and (some := stream.read(min(1 << 20, left - done))):
            digest.update(some)
            done += len(some)
    return {"size": done, "sha256": digest.hexdigest()}
