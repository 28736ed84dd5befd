"""Verdicts as they come, in a file that only grows: what is in it is not probed again."""

from __future__ import annotations

import fcntl
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .journal import append, whole_lines


@dataclass(frozen=True, slots=True)
class Done:
    """What an address came to.

    Attributes:
        url: The address.
        verdict: `accept`, `check` or `reject`.
        reason: Why.
        tables: Registry tables, as data.
        reports: Reports listed on the columns' first pages.
        families: Their CMS families.
        notes: Trails of clicks, doubts, failures.
    """

    url: str
    verdict: str
    reason: str
    tables: list[dict[str, Any]] = field(default_factory=list)
    reports: int = 0
    families: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Progress:
    """The verdicts so far, by address; one process at a time has them.

    Args:
        path: The file.

    Raises:
        BlockingIOError: Another process has it.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("a+b")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise
        self._done: dict[str, Done] = {}
        for line, _ in whole_lines(self._file):
            done = Done(**json.loads(line))
            self._done[done.url] = done

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __contains__(self, url: str) -> bool:
        return url in self._done

    def get(self, url: str) -> Done | None:
        """The verdict on an address, or None."""
        return self._done.get(url)

    def add(self, done: Done) -> None:
        """Keep a verdict."""
        self._done[done.url] = done
        append(self._file, asdict(done))
