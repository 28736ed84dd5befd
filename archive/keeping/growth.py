"""What changes: when a new state may take the place of the one that a backup holds.

`ids.jsonl` is only ever appended to, and tags are JSON: a file that a crash or a hand has
cut would otherwise replace the last good one. And a whole root may be another one than the
backup was made from, or an older copy of it: merged, the two would be one archive that has
two histories.
"""

from __future__ import annotations

from pathlib import Path

from ..errors import RecordDamaged, ReleaseRefused, RootRefused
from ..register import FILE as IDS
from ..release.dois import dois_of
from ..release.shelf import tags_of
from ..root import DataRoot
from .names import is_release
from .place import Place
from .sums import MANIFEST, sha256_of


def require_same(root: DataRoot, place: Place) -> None:
    """Make sure that a backup was made from this root, and not from a later state of it.

    It takes two signs to say otherwise: a lost WARC file alone, or a cut `ids.jsonl` alone,
    is damage of a root that has much else to be kept, and is named by `backup`. An
    `ids.jsonl` that cannot be read, here or there, is no sign: nothing can be told from it.

    Args:
        root: The data root.
        place: The backup's folder.

    Raises:
        RootRefused: The root lacks WARC files of the backup, and its ids go on from others.
    """
    here = {path.name for path in root.warc.glob("*.warc.gz")}
    if root.warcs.elsewhere:  # a file that lies in another place has left its manifest
        here |= {path.name.removesuffix(MANIFEST) for path in root.warc.glob(f"*{MANIFEST}")}
    lacking = [name for name in warcs_of(place) if name.removesuffix(MANIFEST) not in here]
    why = _other_ids(root, place) if lacking else None
    if why:
        count = len({name.removesuffix(MANIFEST) for name in lacking})
        raise RootRefused(
            f"{root.path} is another root, or an older one, than {place.path} was made from: it "
            f"lacks {count} WARC files of that backup ({lacking[0]} first), and {why}. Nothing "
            "was written; back it up into another folder, or restore this backup first"
        )


def warcs_of(place: Place) -> list[str]:
    """Names of the WARC files and manifests that a backup holds, without their folder."""
    listed = (name.partition("/") for name in sorted(place.sums))
    return [name for folder, _, name in listed if folder == "warc"]


def _other_ids(root: DataRoot, place: Place) -> str | None:
    """What tells that the ids of a root did not grow from the backup's, or None."""
    path, known = root.path / IDS, place.sums.get(IDS)
    if known is None:
        return None
    if not path.exists():
        return f"its {IDS} is missing"
    try:
        kept = place.find(IDS)
        grown = sha256_of(kept) != known or _bytes(path).startswith(_whole_lines(_bytes(kept)))
    except RecordDamaged:
        return None  # `backup` and its --verify name it
    return None if grown else f"its {IDS} does not begin with the backup's"


def require_grown(source: Path, kept: Path | None) -> None:
    """Make sure that a file begins with what the backup holds of it.

    A last line that is not ended does not count: a crash tore it, and nobody saw its id.

    Args:
        source: The data root's `ids.jsonl`, or `deletions.jsonl`.
        kept: The backup's, which need not be there; None where it is damaged itself.

    Raises:
        RecordDamaged: It was cut or changed, it holds NULs, or one of the two cannot be read.
    """
    new, old = _bytes(source), _whole_lines(_bytes(kept) if kept and kept.is_file() else b"")
    if not new.startswith(old):
        raise RecordDamaged(
            f"{source} is damaged: from line {_first_other(new, old)} on it is not what {kept} "
            "holds, and it is only ever appended to; the backup's stays as it is: compare the "
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


def sound_dois(root: DataRoot) -> None:
    """Refuse to take DOIs that cannot be read.

    Raises:
        RecordDamaged: The file is not what says them; the backup's is to stay.
    """
    try:
        dois_of(root)
    except ReleaseRefused as error:
        raise RecordDamaged(f"{error}; the backup's stays as it is") from error


def _whole_lines(data: bytes) -> bytes:
    """Without a last line that a crash tore."""
    return data[: data.rfind(b"\n") + 1]


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
