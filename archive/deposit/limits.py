"""What data repositories take (`limits.toml`), and whether a deposit fits."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .parts import Part


@dataclass(frozen=True, slots=True)
class Repository:
    """A data repository.

    Attributes:
        name: What it is called.
        looked: The day on which its limits were looked up.
        verified: Whether a page or program of its own says them.
        source: Which one.
        note: What else must be known, in Chinese.
        note_en: The same in English.
        total: Bytes of a record; None if no limit is known, as below.
        file: Bytes of a file.
        files: How many files.
        only_others: Those limits that only others say.
    """

    name: str
    looked: str
    verified: bool
    source: str
    note: str
    note_en: str
    total: int | None = None
    file: int | None = None
    files: int | None = None
    only_others: Sequence[str] = ()

    def exceeded(self, parts: Sequence[Part]) -> Iterator[str]:
        """Which limits a deposit is beyond, each with what it is and what it may be."""
        largest = max(parts, key=lambda each: each.size)
        given = (
            ("total", sum(each.size for each in parts), "together"),
            ("file", largest.size, largest.name),
        )
        for name, size, what in given:
            limit = getattr(self, name)
            if limit is not None and size > limit:
                yield f"{what}: {readable(size)} of {readable(limit)}"
        if self.files is not None and len(parts) > self.files:
            yield f"{len(parts)} files of {self.files}"

    def told(self, name: str) -> str:
        """A limit in words."""
        limit = getattr(self, name)
        if limit is None:
            return "—"
        words = str(limit) if name == "files" else readable(limit)
        return words + (" (?)" if name in self.only_others or not self.verified else "")


@cache
def repositories() -> tuple[Repository, ...]:
    """Those that are known."""
    with Path(__file__).with_name("limits.toml").open("rb") as handle:
        return tuple(Repository(**row) for row in tomllib.load(handle)["repository"])


def readable(size: int) -> str:
    """Bytes in words.

    >>> readable(950), readable(1_670_000), readable(50_000_000_000)
    ('950 B', '1.7 MB', '50.0 GB')
    """
    for unit, of in (("GB", 10**9), ("MB", 10**6), ("KB", 10**3)):
        if size >= of:
            return f"{size / of:,.1f} {unit}"
    return f"{size} B"
