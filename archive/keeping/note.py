"""`BACKUP.json`: what a backup is of, and which list of digests is its own.

The list names the note with its SHA-256; the note holds number and digest of the list's
other lines. So neither can be cut or changed without the other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import RootRefused
from ..root import Registry
from .names import is_release
from .sums import listed

NOTE = "BACKUP.json"
_FORMAT = 1
_LISTED = "listed"


def first(registry: Registry) -> str:
    """The note of a backup that has not ended yet."""
    return _text({"registry": registry.name, "fiction": registry.fiction})


def ended(note: Mapping[str, Any], sums: Mapping[str, str]) -> str:
    """The note of a backup that ends with this list."""
    return _text({**note, _LISTED: _told(sums)})


def read(path: Path) -> dict[str, Any] | None:
    """A note, or None where there is none.

    Raises:
        RootRefused: It is of a later version of this program, or damaged.
    """
    try:
        note: dict[str, Any] = json.loads(path.read_bytes().decode("utf-8"))
        if note["format"] != _FORMAT:
            raise RootRefused(
                f"{path} is of format {note['format']!r}, which this version does not know"
            )
        _require(isinstance(note["registry"], str) and isinstance(note["fiction"], bool))
        if _LISTED in note:
            current = note["current"]
            _require(current is None or is_release(current))
            _require(all(is_release(name) for name in _names(note["tagged"])))
            _names(note["state"])
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise RootRefused(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise RootRefused(f"{path} is damaged ({error!r}); take another backup") from error
    return note


def differs(note: Mapping[str, Any], sums: Mapping[str, str]) -> str | None:
    """What a list is not as its note says, or None if it is."""
    told, found = note.get(_LISTED), _told(sums)
    if told == found or (told is None and not sums):
        return None
    if not isinstance(told, dict):
        return f"it is not the list of {NOTE}, which is of a backup that has not ended"
    if told.get("lines") != found["lines"]:
        return f"it names {found['lines']} files, and {NOTE} says {told.get('lines')!r}"
    return f"it is not the list whose SHA-256 {NOTE} says"


def _told(sums: Mapping[str, str]) -> dict[str, Any]:
    others = {name: digest for name, digest in sums.items() if name != NOTE}
    return {
        "lines": len(others),
        "sha256": hashlib.sha256(listed(others).encode()).hexdigest(),
    }


def _text(note: Mapping[str, Any]) -> str:
    return json.dumps({"format": _FORMAT, **note}, ensure_ascii=False, indent=1) + "\n"


def _names(found: object) -> list[str]:
    _require(isinstance(found, list) and all(isinstance(name, str) for name in found))
    return list(found) if isinstance(found, list) else []


def _require(holds: bool) -> None:
    if not holds:
        raise ValueError("an entry is not of its kind")
