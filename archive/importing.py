"""Documents that people saved by hand, taken in as evidence like any other."""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from pathlib import Path

from .errors import ArchiveError
from .root import DataRoot, Registry
from .store import Store

#: A new root that documents are imported into belongs to the real registry.
REAL_REGISTRY = Path(__file__).resolve().parent.parent / "crawler" / "portals.toml"
_ADDRESS = re.compile(r"https?://[!-~]+")
_TYPES = (
    (b"%PDF", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
)


def import_files(root: DataRoot, files: list[Path], url: str | None) -> tuple[int, int]:
    """Store files as WARC resource records.

    Args:
        root: The data root; a new one takes the name of the real registry.
        files: The documents. No path of this machine is kept, only the file's name.
        url: Where the one file was published, or None for `urn:sha256:…`.

    Returns:
        (stored, known already).

    Raises:
        ArchiveError: An address was given for several files, or a file cannot be read.
        RootRefused: The root belongs to another registry.
        RootBusy: A crawl is at work in it.
    """
    if url is not None and len(files) != 1:
        raise ArchiveError("--url names the address of one document; give one FILE with it")
    if url is not None and not _ADDRESS.fullmatch(url):
        raise ArchiveError(
            f"--url {url!r}: give the http(s) address that the document was saved from, "
            "without blanks (%20 for one)"
        )
    contents = [(path, _content(path)) for path in files]
    registry = root.registry() or real_registry()
    root.claim(registry)
    with root.lock("crawl"):
        store = Store(root, registry, kind="import")
        try:
            stored = [
                store.import_document(
                    body,
                    url or f"urn:sha256:{hashlib.sha256(body).hexdigest()}",
                    os.fsencode(path.name).decode("utf-8", "replace"),
                    content_type(body),
                )
                for path, body in contents
            ]
            store.finish("complete")
        finally:
            store.close()
    return sum(stored), len(stored) - sum(stored)


def real_registry() -> Registry:
    """Name of the registry of real portals, from its file."""
    data = tomllib.loads(REAL_REGISTRY.read_text("utf-8"))
    return Registry(data["name"], bool(data["fiction"]))


def _content(path: Path) -> bytes:
    try:
        body = path.read_bytes()
    except OSError as error:
        raise ArchiveError(
            f"{path}: cannot be read: {error.strerror}; nothing was imported"
        ) from error
    if not body:
        raise ArchiveError(f"{path}: the file is empty; nothing was imported")
    return body


def content_type(body: bytes) -> str:
    """Type of a document by its first bytes."""
    for magic, name in _TYPES:
        if body.startswith(magic):
            return name
    head = body[:2048].lower()
    return "text/html" if b"<html" in head or b"<!doctype html" in head else "text/plain"
