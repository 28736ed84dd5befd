"""Which other places a root has: `warcs.json`, the addresses of folders, and never a password."""

from __future__ import annotations

import json
import re
from pathlib import Path

from .. import disk
from ..errors import RootRefused
from .place import is_address, on_this_machine

FILE = "warcs.json"
_KEY = "elsewhere"
#: A name with a password before the host, as `s3://KEY:SECRET@bucket`; S3's secrets have slashes.
_PASSWORD = re.compile(r"//[^/@]*:(?!\d+/).*@|https?://[^/]*@")
#: What follows the path of an address, as `?token=SECRET`.
_BEHIND_PATH = re.compile(r"[?#]")


def remembered(root: Path) -> tuple[str, ...]:
    """The places of a root's WARC files beside its own folder, in the order of asking.

    Args:
        root: The data root.

    Raises:
        RootRefused: The file cannot be read.
    """
    path = root / FILE
    try:
        text = path.read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise RootRefused(f"{path} cannot be read: {error}") from error
    try:
        found = json.loads(text)[_KEY]
        return tuple(checked(str(address)) for address in found)
    except (ValueError, KeyError, TypeError) as error:
        raise RootRefused(
            f"{path} is damaged ({error}); restore it from a backup, or write it anew: "
            f'{{"{_KEY}": ["ADDRESS"]}}'
        ) from error


def remember(root: Path, address: str) -> None:
    """Add a place to those of a root.

    Raises:
        RootRefused: The root cannot be written, or the address holds a password.
    """
    known = remembered(root)
    if checked(address) not in known:
        _write(root, (*known, address))


def forget(root: Path, address: str) -> None:
    """Take a place off a root's.

    Raises:
        RootRefused: The root cannot be written.
    """
    _write(root, tuple(known for known in remembered(root) if known != address))


def _write(root: Path, addresses: tuple[str, ...]) -> None:
    path = root / FILE
    try:
        if addresses:
            text = json.dumps({_KEY: list(addresses)}, ensure_ascii=False, indent=1)
            disk.write(path, text + "\n", path.with_suffix(".tmp"))
        else:
            path.unlink(missing_ok=True)
            disk.sync(root)
    except OSError as error:
        raise RootRefused(f"{path} cannot be written: {error.strerror}") from error


def checked(address: str) -> str:
    """An address that may stand in the root.

    Raises:
        RootRefused: It holds a password, or what may hold one, or what belongs into no address.
            The message does not repeat it.
    """
    if _PASSWORD.search(address):
        raise RootRefused(
            "the address holds a password, which would lie in the data root and its backups; "
            "leave it out: credentials come from the environment or ~/.aws"
        )
    if is_address(address) and not on_this_machine(address) and _BEHIND_PATH.search(address):
        raise RootRefused(
            "the address holds a ? or a #, behind which tokens stand and signatures, and it would "
            "lie in the data root and its backups; leave that out: credentials come from the "
            "environment or ~/.aws"
        )
    if not address.strip() or not address.isprintable():
        raise RootRefused(f"{address!r} is no address of a folder")
    return address
