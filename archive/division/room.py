"""Gathering for a build: at once where there is little, else apart, with room on the disk."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ..absence import Absences
from ..agencies import Resolver
from ..bodies import Body, Captured, bodies_of
from ..errors import RootBusy, WriteFailed
from ..gather import gather
from ..histories import Gathered
from ..inputs import Inputs
from ..ledger import Ledger
from ..places import regions
from ..root import DataRoot
from ..withholding.applying import apply
from .dividing import TASK, division_of, gather_divided
from .parts import Part
from .spilled import Spilled
from .worker import Terms

#: Where reports wait while a release is made of them, in the data root: on the disk of its own.
FOLDER = "gathered.partial"


@contextlib.contextmanager
def gathered_of(
    root: DataRoot,
    ledger: Ledger,
    few: Captured | None,
    said: Inputs,
    terms: Terms,
    processes: int,
    size: int = TASK,
    kept: list[Part] | None = None,
) -> Iterator[Gathered]:
    """What was gathered, for as long as the block lasts; hold the root's `build` lock.

    Args:
        root: The data root.
        ledger: Its ledger.
        few: All captures, if they are few; else the portals are gathered apart.
        said: What the ledger holds.
        terms: What gathering goes by.
        processes: How many gather.
        size: Captures of one task.
        kept: Takes the parts, if portals are gathered apart.

    Raises:
        RootBusy: A crawl wrote captures anew that were there before.
        WriteFailed: The disk does not take the reports that wait.
    """
    if few is not None:
        _clear(root.path / FOLDER)  # what a kill left
        yield gather_at_once(ledger, few, terms)
        return
    with waiting_room(root) as own:
        division = division_of(ledger, said.captures)
        gathered, parts = gather_divided(ledger, division, terms, own, processes, size)
        require_all(parts, said.captures)
        if kept is not None:
            kept += parts
        with closing_reports(gathered):
            yield gathered


@contextlib.contextmanager
def waiting_room(root: DataRoot) -> Iterator[Path]:
    """A new folder where reports wait, for as long as the block lasts.

    Raises:
        WriteFailed: The disk does not take it.
    """
    folder = root.path / FOLDER
    _clear(folder)  # what a kill left
    try:
        with _errors_named(folder):
            folder.mkdir()
            # A name that no build had: a process of one that was killed may be about to write.
            own = Path(tempfile.mkdtemp(dir=folder))
        yield own
    finally:
        _clear(folder)


@contextlib.contextmanager
def closing_reports(gathered: Gathered) -> Iterator[None]:
    """Close the files of reports that wait when the block ends."""
    try:
        yield
    finally:
        if isinstance(gathered.reports, Spilled):
            gathered.reports.close()


def gather_at_once(ledger: Ledger, few: Captured, terms: Terms) -> Gathered:
    """All bodies gathered together, in memory.

    Args:
        ledger: The ledger.
        few: Its captures.
        terms: What gathering goes by.
    """
    absences = Absences(ledger)
    resolver = Resolver(regions(fiction=terms.fiction), terms.decisions)

    def gather_some(some: list[Body]) -> Gathered:
        return gather(ledger, some, terms.read, absences, resolver)

    return apply(terms.withheld, bodies_of(few), gather_some, terms.read, lambda: terms.given)


def require_all(parts: Iterable[Part], sizes: Mapping[str, int]) -> None:
    """Refuse to go on with less than the ledger held: a capture entered anew has another row.

    Args:
        parts: What was gathered.
        sizes: How many captures each of their portals has.

    Raises:
        RootBusy: There were fewer, or more.
    """
    captures, held = sum(part.captures for part in parts), sum(sizes.values())
    if captures != held:
        raise RootBusy(
            f"{captures} of {held} captures were gathered: a crawl that began meanwhile is "
            "mending the ledger; build again when it has begun to crawl"
        )


def _clear(folder: Path) -> None:
    with _errors_named(folder):
        if folder.exists():
            shutil.rmtree(folder)


@contextlib.contextmanager
def _errors_named(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WriteFailed(
            f"{folder} cannot be made or removed ({error.strerror}); move away what stands in "
            "its place, or let this user write there, then build again"
        ) from error
