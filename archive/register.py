"""The register of ids: a version keeps its number for ever.

`ids.jsonl` in the data root, append-only, one line a version id that a release gave:
report, number, SHA-256 and address of its first body, release. A better reader may merge
or split versions, an older document may be brought later, an agency may be identified:
whatever held an id's first body then holds the id, or is where the id leads to.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from pathlib import Path

from . import disk
from .briefs import firsts
from .errors import RootRefused, WriteFailed
from .histories import Gathered
from .ids import Given, Ids, Moved, agency_of
from .numbering import IDENTIFIED, MERGED, REASSIGNED, numbered
from .root import DataRoot

log = logging.getLogger(__name__)
FILE = "ids.jsonl"
__all__ = [
    "FILE", "IDENTIFIED", "MERGED", "REASSIGNED", "Given", "Moved", "Register", "agency_of",
    "given_ids", "register_of",
]  # fmt: skip
#: How a line begins that `enter` wrote; behind it the report's id, which needs no escapes.
_BEGINS = b'{"report": "'
#: Lines that are written at once.
_TOGETHER = 10_000
_encoded = json.JSONEncoder(ensure_ascii=False).encode


class Register:
    """The ids that were given, and the versions that hold them now."""

    def __init__(
        self, path: Path, given: Iterable[Given] = (), only: Callable[[str], bool] | None = None
    ) -> None:
        """Hold what a file says, and more ids that it lacks.

        Args:
            path: `ids.jsonl`; it need not be there.
            given: Ids of the current release: they fill in for a file that was lost.
            only: Whether ids of a report are held at all; all are if None.
        """
        self._path = path
        self._ids = Ids()
        for each in _read(path, only):
            self._ids.add(each, kept=True)
        self.fill(given)

    def fill(self, given: Iterable[Given]) -> None:
        """Hold more ids, which the file lacks."""
        for each in given:
            if not self.knows(each.report, each.number):
                self._ids.add(each, kept=False)

    def knows(self, report: str, number: int) -> bool:
        """Whether an id was given."""
        return self._ids.knows(report, number)

    def number(self, gathered: Gathered) -> list[Moved]:
        """Give each version its number for ever; returns ids that lead to others now.

        Versions that hold a registered first body keep its number; the others get the
        next ones in the order in which they were first seen.
        """
        instead = gathered.withheld.instead if gathered.withheld else {}
        return numbered(self._ids, gathered.reports, instead)

    @property
    def given(self) -> tuple[Given, ...]:
        """All ids that were given."""
        return tuple(self._ids)

    def enter(self, gathered: Gathered, release: str) -> int:
        """Append the ids that a release gives and the file lacks; returns how many.

        Call it before the release is made current: a number that was given away and never
        published does no harm, one that was published and forgotten would.

        Raises:
            WriteFailed: The disk does not take them.
        """
        count, lines = 0, []
        for report_id, numbers, bodies in firsts(gathered.reports):
            kept = self._ids.kept(report_id)
            for number, first in sorted(zip(numbers, bodies, strict=True), key=itemgetter(0)):
                if number not in kept:
                    given = Given(report_id, number, *first, release)
                    self._ids.add(given, kept=True)
                    lines.append(_line(given))
            if len(lines) >= _TOGETHER:
                count += self._put(lines)
        return count + self._put(lines)

    def _put(self, lines: list[str]) -> int:
        """Append lines; how many there were."""
        count = len(lines)
        if lines:
            self._append("".join(lines))
            lines.clear()
        return count

    def _append(self, lines: str) -> None:
        try:
            with self._path.open("ab") as stream:
                is_new = not stream.tell()
                torn = not is_new and not _ends_a_line(self._path)
                stream.write((b"\n" if torn else b"") + lines.encode())
                stream.flush()
                os.fsync(stream.fileno())
            if is_new:
                disk.sync(self._path.parent)
        except OSError as error:
            raise WriteFailed(
                f"{self._path} takes no more ids ({error.strerror}); make room, then build "
                "again: the current release stays as it is"
            ) from error


def register_of(
    root: DataRoot, given: Iterable[Given] = (), only: Callable[[str], bool] | None = None
) -> Register:
    """The register of a data root, or what it says of some reports.

    Args:
        root: The data root.
        given: The ids of its current release.
        only: Whether ids of a report are asked for; all are if None.
    """
    return Register(root.path / FILE, given, only)


def given_ids(root: DataRoot) -> tuple[Given, ...]:
    """The ids that a data root's register says were given."""
    return tuple(_read(root.path / FILE))


def _read(path: Path, only: Callable[[str], bool] | None = None) -> Iterator[Given]:
    """The lines of a register; what a crash tore is given again, for nobody saw it."""
    try:
        with path.open("rb") as stream:
            # An address may hold what `splitlines` takes for the end of a line.
            for number, line in enumerate(stream, 1):
                # Of a country nearly all lines are of reports that nobody asks for.
                if only is not None and line.startswith(_BEGINS):
                    end = line.find(b'"', len(_BEGINS))
                    if not only(line[len(_BEGINS) : end].decode("utf-8", "replace")):
                        continue
                given = _given(path, number, line.removesuffix(b"\n").decode("utf-8", "replace"))
                if given is not None:
                    yield given
    except FileNotFoundError:
        return
    except OSError as error:
        raise RootRefused(
            f"{path} cannot be read ({error.strerror}); without it ids would be given twice: "
            "restore it from a backup, or move away what stands in its place"
        ) from error


def _given(path: Path, number: int, line: str) -> Given | None:
    try:
        given = Given(**json.loads(line))
        texts = (given.report, given.sha256, given.url, given.release)
        if type(given.number) is not int or not all(isinstance(t, str) for t in texts):
            raise TypeError("its fields are not what a release writes")
    except (ValueError, TypeError) as error:
        log.warning("%s:%s: left out a torn line: %s", path, number, error)
        return None
    return given


def _line(given: Given) -> str:
    """An id as the file has it; `dataclasses.asdict` would take most of the time."""
    said = {
        "report": given.report,
        "number": given.number,
        "sha256": given.sha256,
        "url": given.url,
        "release": given.release,
    }
    return f"{_encoded(said)}\n"


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        return stream.read(1) == b"\n"
