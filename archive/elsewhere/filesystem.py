"""A folder at an address that fsspec understands: `s3://bucket/nianbao/warc`.

Every request ends within a time, and what fails is told apart: a file that is not there
(`FileNotFoundError`), a place that does not answer or does not allow it (`StoreUnreachable`).
Filesystem objects are kept by process: what one has opened must not pass a fork.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import sys
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, cast

from ..errors import ExtraMissing, RecordDamaged, StoreUnreachable
from .place import PATIENCE, has_folders, on_this_machine
from .ranged import Ranged

#: Of S3: a server that is away is known to be so after seconds. s3fs itself would try each
#: request five times, each of them five times by botocore, a minute each.
_S3: dict[str, Any] = {
    "use_listings_cache": False,
    "config_kwargs": {"connect_timeout": 4, "read_timeout": 20, "retries": {"max_attempts": 1}},
}
_S3_PROTOCOLS = frozenset({"s3", "s3a"})
_TRIES = 2
#: Parts of a file that is sent, and how many at once: 64 MB of memory.
_PARTS: dict[str, Any] = {"chunksize": 16 << 20, "max_concurrency": 4}
#: Seconds for which nobody who is in a hurry asks a store again that did not answer: visitors of
#: a site would fill its threads with waiting.
_REST = 10.0
_resting: dict[str, float] = {}
#: What a store says of a range that begins behind the end.
_BEHIND = errno.EINVAL
_NO_BUCKET = "NoSuchBucket"
_CREDENTIALS = (
    "credentials come from the environment (AWS_ACCESS_KEY_ID …, AWS_PROFILE) or ~/.aws, and "
    "must be allowed to read, list and write there"
)


class AddressPlace:
    """A folder at an address. See `place.Place`."""

    def __init__(self, address: str, patience: float = PATIENCE) -> None:
        """Name an address; nothing is asked yet.

        Args:
            address: The folder's address.
            patience: Seconds that one request may take.

        Raises:
            ExtraMissing: fsspec, or what it needs for this address, is not installed.
            StoreUnreachable: fsspec does not know such addresses.
        """
        self.address = address.rstrip("/")
        self._fs, self._folder = _filesystem(os.getpid(), self.address)
        self._limit = {"timeout": patience} if getattr(self._fs, "async_impl", False) else {}
        self._patience = patience

    def files(self) -> dict[str, int]:
        """Names of all files, and their sizes: a request for each thousand."""
        with self._errors_named(""):
            self._fs.invalidate_cache()
            try:
                entries = self._fs.ls(self._folder, detail=True, **self._limit)
            except FileNotFoundError as error:
                if _code(error) == _NO_BUCKET:
                    raise
                if has_folders(self.address):
                    raise self._no_folder(self.address) from error
                return {}  # an empty folder of a store is none
        found = [each for each in entries if each["type"] == "file"]
        return {str(each["name"]).rpartition("/")[2]: int(each["size"]) for each in found}

    def open(self, name: str, at: int = 0, length: int = 0, *, ahead: bool = False) -> BinaryIO:
        """A file for reading: one request for the range that is asked for, further ones later."""
        found = False

        def fetch(begin: int, end: int) -> bytes:
            nonlocal found
            try:
                data = self._range(name, begin, end)
            except FileNotFoundError as error:
                if not found:
                    raise
                raise RecordDamaged(
                    f"{self.address}/{name} was removed while it was read"
                ) from error
            found = True
            return data

        return cast("BinaryIO", Ranged(fetch, lambda: self._size(name), at, length, ahead=ahead))

    def small(self, name: str) -> bytes:
        """All bytes of a small file."""
        return self._range(name, 0, 1 << 16)

    def send(self, source: Path, name: str) -> None:
        """Write a file of this machine there, in parts."""
        parts = _PARTS if self._is_s3() else {}
        if not source.is_file():
            raise FileNotFoundError(source)
        with self._writing(name):
            self._fs.put_file(str(source), f"{self._folder}/{name}", **parts)

    def put(self, name: str, data: bytes) -> None:
        """Write a small file there."""
        with self._writing(name):
            self._fs.pipe_file(f"{self._folder}/{name}", data, **self._limit)

    def remove(self, name: str) -> None:
        """Remove a file there."""
        with self._errors_named(name):
            self._fs.rm_file(f"{self._folder}/{name}", **self._limit)

    def _is_s3(self) -> bool:
        return self.address.partition("://")[0] in _S3_PROTOCOLS

    @contextlib.contextmanager
    def _writing(self, name: str) -> Iterator[None]:
        """See that the folder is there, and that a write which fails is told.

        A missing folder is not made where a disk may be missing: what is sent would come to lie
        on another one. S3 has no folders, and would be asked to make a bucket.
        """
        with self._errors_named(name):
            try:
                if has_folders(self.address):
                    if not self._fs.isdir(self._folder):
                        raise self._no_folder(f"{self.address}/{name}")
                elif not self._is_s3():
                    self._fs.makedirs(self._folder, exist_ok=True)
                yield
            except FileNotFoundError as error:
                if _code(error) == _NO_BUCKET:
                    raise
                raise StoreUnreachable(
                    f"{self.address}/{name} cannot be written ({error}); see that this is a folder "
                    "in which files can be made"
                ) from error

    def _no_folder(self, where: str) -> StoreUnreachable:
        what = "mount its disk, or make it" if on_this_machine(self.address) else "make it"
        return StoreUnreachable(f"{where}: the folder is not there; {what}, then call this again")

    def _range(self, name: str, begin: int, end: int) -> bytes:
        with self._errors_named(name):
            try:
                path = f"{self._folder}/{name}"
                return bytes(self._fs.cat_file(path, start=begin, end=end, **self._limit))
            except OSError as error:
                if error.errno != _BEHIND or begin < self._size(name):
                    raise
                return b""

    def _size(self, name: str) -> int:
        with self._errors_named(name):
            info = self._fs.info(f"{self._folder}/{name}", **self._limit)
        return int(info["size"])

    @contextlib.contextmanager
    def _errors_named(self, name: str) -> Iterator[None]:
        where = f"{self.address}/{name}".rstrip("/")
        if self._patience < PATIENCE and time.monotonic() < _resting.get(self.address, 0.0):
            raise StoreUnreachable(f"{where}: the store did not answer a moment ago")
        try:
            yield
        except StoreUnreachable:
            raise
        except FileNotFoundError as error:
            if _code(error) == _NO_BUCKET:
                raise StoreUnreachable(
                    f"{where}: there is no such bucket; make it, or see that the address is right"
                ) from error
            raise
        except PermissionError as error:
            raise StoreUnreachable(f"{where} does not let us: {error}; {_CREDENTIALS}") from error
        except TimeoutError as error:
            self._rest()
            raise StoreUnreachable(
                f"{where} has not answered within {self._patience:g} s; call this again when "
                "the store answers"
            ) from error
        except ImportError as error:
            raise ExtraMissing(f"WARC files lie at {where}", str(error.name)) from error
        except _failures() as error:
            self._rest()
            said = " ".join(str(error).split())
            raise StoreUnreachable(
                f"{where} cannot be reached: {said}; see that the store is up, and that its "
                f"address is right (AWS_ENDPOINT_URL); {_CREDENTIALS}"
            ) from error

    def _rest(self) -> None:
        _resting[self.address] = time.monotonic() + _REST


@lru_cache(maxsize=16)
def _filesystem(process: int, address: str) -> tuple[Any, str]:
    """The filesystem of an address in this process, and the folder's path in it."""
    del process  # its key: the sockets and the loop of another one are of no use
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise ExtraMissing(f"WARC files lie at {address}", "fsspec") from error
    is_s3 = address.partition("://")[0] in _S3_PROTOCOLS
    try:
        filesystem, folder = url_to_fs(address, **(_S3 if is_s3 else {}))
    except ImportError as error:
        needed = "s3fs" if is_s3 else str(error)
        raise ExtraMissing(f"WARC files lie at {address}", needed) from error
    except ValueError as error:
        raise StoreUnreachable(f"{address} is no address that fsspec knows: {error}") from error
    if is_s3:
        filesystem.retries = _TRIES
        # It warns of each checksum that a store does not send; ours is SHA-256.
        logging.getLogger("aiobotocore").setLevel(logging.ERROR)
    return filesystem, str(folder).rstrip("/")


def _code(error: BaseException) -> str:
    """The word by which S3 names an error, or ""."""
    said = getattr(error.__cause__, "response", None) or {}
    return str(said.get("Error", {}).get("Code", ""))


def _failures() -> tuple[type[Exception], ...]:
    """What a request may fail with: errors of the libraries beneath fsspec are no OSError."""
    named = (("botocore.exceptions", "BotoCoreError"), ("aiohttp", "ClientError"))
    loaded = [(sys.modules.get(module), name) for module, name in named]
    return (OSError, *(getattr(module, name) for module, name in loaded if module is not None))
