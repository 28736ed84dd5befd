"""What tells one release from another: the hash of its content, and of its tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..contenthash import VERSION, Digests, digests, hash_like
from ..manifest import FILES
from .checks import schema_digest
from .steps import step


class Identity:
    """Content and tables of a release that was written, compared with what others were.

    Attributes:
        digests: What its content hash is made of.
        said: What its manifest says of them.
    """

    def __init__(self, folder: Path, made_of: Digests | None = None) -> None:
        """Digest the databases in a folder.

        Args:
            folder: Where they are.
            made_of: Digests that are known already.
        """
        self._files = [folder / name for name in FILES]
        self._before: str | None = None
        with step("hash"):
            self.digests = made_of or digests(*self._files)
        self.said = {
            "content_hash": self.digests.hash,
            "content_hash_version": VERSION,
            "schema": schema_digest(folder),
        }

    def is_of(self, other: Mapping[str, Any]) -> bool:
        """Whether a manifest, or a note of a release, tells of the same content and tables.

        One of before says another hash of the same content: it is made as it was then.
        """
        if other.get("schema") != self.said["schema"]:
            return False
        if other.get("content_hash_version", 1) == VERSION:
            return other.get("content_hash") == self.digests.hash
        self._before = self._before or hash_like(other, *self._files)
        return other.get("content_hash") == self._before
