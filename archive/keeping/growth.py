"""Files that change: when a new state may take the place of the one that a backup holds.

`ids.jsonl` is only ever appended to, and tags are JSON: a file that a crash or a hand has
cut would otherwise replace the last good one.
"""

from __future__ import annotations

from pathlib import Path

from ..errors import RecordDamaged, ReleaseRefused
from ..release.shelf import tags_of
from ..root import DataRoot
from .names import is_release


def require_grown(source: Path, kept: Path | None) -> None:
    """Make sure that a file begins with what the backup holds of it.

    A last line that is not ended does not count: a crash tore it, and nobody saw its id.

    Args:
        source: The data root's `ids.jsonl`.
        kept: The backup's, which need not be there; None where it is damaged itself.

    Raises:
        RecordDamaged: It was cut or changed, it holds NULs, or one of the two cannot be read.
    """
    new, old = _bytes(source), _bytes(kept) if kept and kept.is_file() else b""
    old = old[: old.rfind(b"\n") + 1]
    if not new.startswith(old):
        raise RecordDamaged(
            f"{source} is damaged: from line {_first_other(new, old)} on it is not what {kept} "
            "holds, and ids are only ever appended; the backup's stays as it is: compare the "
            "two, and copy it back"
        )
    if b"\0" in new[len(old) :]:
        line = new[: new.index(b"\0", len(old))].count(b"\n") + 1
        raise RecordDamaged(
            f"{source} is damaged: line {line} holds NULs, as a power cut leaves them; the "
            "backup's stays as it is: take that line out"
        )


def sound_tags(root: DataRoot) -> dict[str, str]:
    """Tag → release.

    Raises:
        RecordDamaged: The file is not what says that; the backup's is to stay.
    """
    path = root.releases / "tags.json"
    try:
        tags = tags_of(root)
    except (ReleaseRefused, OSError) as error:
        raise RecordDamaged(f"{error}; the backup's stays as it is") from error
    if not isinstance(tags, dict) or not all(is_release(name) for name in tags.values()):
        raise RecordDamaged(
            f"{path} is damaged: it is no list of tags and releases; the backup's stays as it "
            "is: copy it back"
        )
    return tags


def _first_other(new: bytes, old: bytes) -> int:
    """Number of the first line in which two contents differ."""
    pairs = zip(new.split(b"\n"), old.split(b"\n"), strict=False)
    same = [one == other for one, other in pairs]
    return same.index(False) + 1 if False in same else len(same)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RecordDamaged(f"{path} cannot be read: {error.strerror}") from error
