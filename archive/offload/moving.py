"""What sending and recalling share: proving, the mark of a place, places that lie within a root."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .. import manifests
from ..elsewhere.mark import MARK, away, parse
from ..elsewhere.place import Place, is_address, on_this_machine
from ..elsewhere.remembered import remembered
from ..errors import RecordDamaged, RootRefused
from ..root import DataRoot, Registry

#: The lock that offload, recall and delete hold: what one sends the other must not change.
LOCK = "offload"


def proven(place: Place, name: str, expected: str) -> bool:
    """Whether a place gives back a file as it was meant; all of it is read.

    Raises:
        StoreUnreachable: The place does not answer.
    """
    try:
        with place.open(name, ahead=True) as handle:
            return manifests.digest_of(handle) == expected
    except FileNotFoundError:
        return False


def manifest_at(place: Place, name: str) -> str | None:
    """The SHA-256 that the manifest beside a file there says, or None without a sound one.

    Raises:
        StoreUnreachable: The place does not answer.
    """
    called = f"{name}{manifests.SUFFIX}"
    try:
        return manifests.parse(place.small(called), name, called)
    except (FileNotFoundError, RecordDamaged):
        return None


def put_manifest(place: Place, name: str, sha256: str) -> None:
    """Say beside a file there that it was proven.

    Raises:
        StoreUnreachable: The place does not take it.
    """
    place.put(f"{name}{manifests.SUFFIX}", f"{sha256}  {name}\n".encode())


def require_own(root: DataRoot, place: Place, registry: Registry, files: dict[str, int]) -> None:
    """Mark a place as this registry's; fiction must not come to lie beside fact.

    Raises:
        RootRefused: It is another's, what marks it cannot be read, or another root's files lie
            there.
        StoreUnreachable: It does not answer, or is one that the root remembers and is away.
    """
    if MARK not in files:
        if place.address in remembered(root.path) and not any(map(_is_warc, files)):
            raise away(place, root.path)
        require_unshared(root, place, files)
        mark = {"registry": registry.name, "fiction": registry.fiction}
        place.put(MARK, (json.dumps(mark) + "\n").encode())
        return
    try:
        found = Registry(*parse(place.small(MARK)))
    except ValueError as error:
        raise RootRefused(
            f"{place.address}/{MARK} is no mark of an archive ({error}); give a folder of its own"
        ) from error
    if found != registry:
        raise RootRefused(
            f"{place.address} holds WARC files of registry “{found.name}”, not of "
            f"“{registry.name}”; give another folder, so that the two never mix"
        )


def _is_warc(name: str) -> bool:
    return name.endswith(".warc.gz")


def is_known(root: DataRoot, name: str) -> bool:
    """Whether a root knows a WARC file as its own: it has it, or its manifest, which stays."""
    path = root.warc / name
    return path.is_file() or manifests.told(path) is not None


def require_unshared(root: DataRoot, place: Place, files: dict[str, int]) -> None:
    """Refuse a place of another root: one that calls its files home would take the other's, too.

    Args:
        root: Whose files are to lie there.
        place: The place.
        files: What lies there, with sizes.

    Raises:
        RootRefused: A WARC file lies there that the root does not know.
    """
    strange = sorted(n for n in files if _is_warc(n) and not is_known(root, n))
    if strange:
        raise RootRefused(
            f"{place.address} holds {len(strange)} WARC files that {root.path} does not know "
            f"({strange[0]} …): give each root an address of its own. Where they are this root's "
            f"and only its manifests were lost, python -m archive reindex --data {root.path} "
            "--force writes these anew. Nothing was sent"
        )


def require_apart(root: DataRoot, address: str) -> None:
    """Refuse a folder within the root, or around it: what is moved there would not be moved.

    Raises:
        RootRefused: It is such a folder.
    """
    parts = urlsplit(address)
    if is_address(address) and not on_this_machine(address):
        return
    folder = Path(unquote(parts.path) if is_address(address) else address).resolve()
    own = root.path.resolve()
    if own == folder or own in folder.parents or folder in own.parents:
        raise RootRefused(
            f"{address} and {root.path} lie within one another; give a folder on another disk"
        )
