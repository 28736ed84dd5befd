"""Going back to an earlier release, and not forgetting that somebody did."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from ..errors import ReleaseDamaged, ReleaseMissing, ReleaseRefused
from ..manifest import known_inputs, note_inputs, write_json
from ..root import DataRoot
from ..withholding.kept import require_none
from .identity import Identity
from .shelf import before, current_name, find, manifest_of, switch
from .sums import verify

#: What the note has of a manifest.
_SAID = ("content_hash", "content_hash_version", "schema")
_NOTE = "rolled_back.json"


def roll_back(root: DataRoot, release: str | None = None) -> tuple[str, str]:
    """Make an earlier release current again, or a later one that was left.

    What was left is noted: a build of the same content does not publish it again. A
    build that finds anything new does publish, and ends the note. A release that is
    damaged is not noted: nobody objected to what it says, and the next build makes it anew.

    Args:
        root: The data root.
        release: Name or tag; the one before the current one if None.

    Returns:
        The release that was left, and the one that is current now.

    Raises:
        ReleaseMissing: There is no such release, or none before the current one.
        ReleaseDamaged: It is not whole; `current` stays.
        ReleaseRefused: It is the current one already, or holds what is withheld since.
        CurationRefused: A decision to withhold is not as it must be.
    """
    root.require()
    with root.lock("build"):
        left = current_name(root)
        if left is None:
            raise ReleaseMissing(f"{root.path} has no current release; run `make build` first")
        target = _before(root, left) if release is None else find(root, release).name
        if target == left:
            raise ReleaseRefused(f"{target} is the current release already")
        verify(root.releases / target)
        require_none(root, root.releases / target)
        whole = _is_undamaged(root, left)
        inputs = known_inputs(root)
        _keep_note(root, left, target, objected=whole and target < left)
        switch(root, target)
        # With the same inputs the next build has nothing to do.
        note_inputs(root, inputs if whole else None)
        return left, target


def rolled_back(root: DataRoot) -> list[dict[str, Any]]:
    """The releases that were left: release, content_hash, schema, at.

    Raises:
        ReleaseRefused: The note is damaged.
    """
    try:
        note: list[dict[str, Any]] = json.loads((root.releases / _NOTE).read_text("utf-8"))["left"]
        if not isinstance(note, list) or not all(isinstance(left["release"], str) for left in note):
            raise ValueError("it is no list of releases")
    except (FileNotFoundError, NotADirectoryError):
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReleaseRefused(
            f"{root.releases / _NOTE} is damaged ({error}); remove it if nobody rolled back"
        ) from error
    return note


def was_left(root: DataRoot, identity: Identity) -> str | None:
    """The release of this content that somebody rolled back from, or None."""
    for left in rolled_back(root):
        if identity.is_of(left):
            return str(left["release"])
    return None


def forget(root: DataRoot) -> None:
    """End the note: something new is current."""
    (root.releases / _NOTE).unlink(missing_ok=True)


def _is_undamaged(root: DataRoot, name: str) -> bool:
    try:
        verify(root.releases / name)
    except ReleaseDamaged:
        return False
    return True


def _keep_note(root: DataRoot, left: str, target: str, *, objected: bool) -> None:
    """Note the release that is left; the one that is taken is no longer a left one."""
    manifest = manifest_of(root.releases / left)
    here = {
        "release": left,
        "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        **{name: manifest.get(name) for name in _SAID if name in manifest},
    }
    # Going forward again leaves the earlier one, which nobody objected to.
    later = [here] if objected else []
    others = [each for each in rolled_back(root) if each["release"] not in (target, left)]
    write_json(root.releases / _NOTE, {"left": [*others, *later]})


def _before(root: DataRoot, name: str) -> str:
    earlier = before(root, name)
    if earlier is None:
        raise ReleaseMissing(
            f"{root.releases} holds no release before {name}; there is nothing to go back to"
        )
    return earlier
