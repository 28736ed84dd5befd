"""The reader's version: what a reading depends on, as one short hash."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

#: Libraries whose behaviour is part of a reading.
PARSERS = ("lxml", "olefile", "pdfminer.six", "pdfplumber", "pypdfium2")


@cache
def reader_version() -> str:
    """Twelve hex digits of SHA-256 over this package's files and the parsers' versions."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".py", ".toml")):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    for name in PARSERS:
        digest.update(f"{name}=={version(name)}".encode())
    return digest.hexdigest()[:12]
