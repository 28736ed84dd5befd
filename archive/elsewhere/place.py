"""What a place of WARC files can do, and which kind an address names."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Protocol

#: Seconds that a place may take to give one range of a file (8 MB at most).
PATIENCE = 60.0
#: Addresses of places that know folders, as a disk does: one that is missing is no empty one.
_DISKS = frozenset({"file", "local"})
_FOLDERS = _DISKS | {"sftp", "ssh", "smb", "ftp", "hdfs", "webhdfs", "arrow_hdfs", "webdav"}


class Place(Protocol):
    """A folder of WARC files and manifests, on a disk or at an address.

    All methods raise `FileNotFoundError` for a file that is not there, and `StoreUnreachable`
    where the place does not answer, or does not allow it.
    """

    address: str

    def files(self) -> dict[str, int]:
        """Names of all files, and their sizes."""

    def open(self, name: str, at: int = 0, length: int = 0, *, ahead: bool = False) -> BinaryIO:
        """A file for reading; what is read may be less than was asked for, as of a socket.

        Args:
            name: The file.
            at: Where reading will begin.
            length: How many bytes are wanted there, as far as that is known.
            ahead: Whether all of the file will be read, in order.
        """

    def small(self, name: str) -> bytes:
        """All bytes of a small file."""

    def send(self, source: Path, name: str) -> None:
        """Write a file of this machine there."""

    def put(self, name: str, data: bytes) -> None:
        """Write a small file there."""

    def remove(self, name: str) -> None:
        """Remove a file there."""


def is_address(place: str) -> bool:
    """Whether a place is an address of fsspec, not a folder."""
    return "://" in place


def on_this_machine(address: str) -> bool:
    """Whether an address of fsspec names a folder of this machine."""
    return address.partition("://")[0] in _DISKS


def has_folders(address: str) -> bool:
    """Whether what lies at an address of fsspec knows folders; S3 knows names alone."""
    return address.partition("://")[0] in _FOLDERS


def place_of(address: str, patience: float = PATIENCE) -> Place:
    """The place that an address or a folder's path names.

    Raises:
        ExtraMissing: It is an address, and fsspec is not installed.
        StoreUnreachable: fsspec cannot make anything of it.
    """
    if is_address(address):
        from .filesystem import AddressPlace

        return AddressPlace(address, patience)
    from .folder import FolderPlace

    return FolderPlace(address)
