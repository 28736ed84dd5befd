"""What the current release says of itself, and what it was made from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .errors import ReleaseMissing
from .root import DataRoot

#: The SQLite files of a release, in the order in which they are hashed.
FILES = ("nianbao.db", "text.db")
_INPUTS = "inputs.json"


def current_manifest(root: DataRoot) -> dict[str, Any]:
    """The manifest of the current release; empty if there is none."""
    try:
        manifest: dict[str, Any] = json.loads((root.current / "manifest.json").read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return manifest


def current_hash(root: DataRoot) -> str | None:
    """Content hash of the current release, or None."""
    return current_manifest(root).get("content_hash")


def require_release(root: DataRoot) -> Path:
    """Folder of the current release.

    Raises:
        ReleaseMissing: There is none, or its files are gone.
    """
    if not is_whole(root):
        raise ReleaseMissing(
            f"{root.path} has no release yet; run `make build DATA={root.path}` first"
        )
    return root.current.resolve()


def is_whole(root: DataRoot) -> bool:
    """Whether every file of the current release is there."""
    return all((root.current / name).is_file() for name in (*FILES, "manifest.json"))


def known_inputs(root: DataRoot) -> str | None:
    """Digest of the inputs that the current release says all of, or None."""
    try:
        note = json.loads((root.releases / _INPUTS).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return note["inputs"] if note.get("release") == root.current.resolve().name else None


def note_inputs(root: DataRoot, inputs: str | None) -> None:
    """Keep which inputs the current release says all of; the release itself never changes."""
    note = {"release": root.current.resolve().name, "inputs": inputs}
    write_json(root.releases / _INPUTS, note)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a file in one step."""
    partial = path.with_suffix(".tmp")
    partial.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
    partial.replace(path)
