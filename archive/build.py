"""The build: read what has not been read, gather, write a release, switch to it."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extract.convert import installed
from extract.reading import Find

from .bodies import Captured, captured
from .cluster.connecting import require
from .corrections.overlay import with_entered
from .curation import folder_of, load_all
from .delta.building import Building, likely_copies
from .division import Part, Terms, gathered_of
from .errors import RootBusy, WriteFailed
from .inputs import Holders
from .ledger import Ledger
from .manifest import current_manifest, is_whole, known_inputs, note_inputs
from .parallel import processes_for
from .parts.merging import merge_parts
from .public import Public
from .readings import Readings
from .recovery import recover
from .register import Given, given_ids
from .release import sweep, write_release
from .root import DataRoot
from .unread import told_and_unread
from .warc import load_body
from .withholding.decision import DELETED, Withheld
from .withholding.deleted import deletions

log = logging.getLogger(__name__)
#: From so many captures on the portals are gathered apart, by several processes.
LARGE = 10_000


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did: the release that is current now, whether it is new, its counts."""

    folder: Path | None
    is_new: bool
    counts: Mapping[str, int]


def build(
    root: DataRoot,
    processes: int | None = None,
    find: Find = installed,
    accept: str = "",
    curation: Path | None = None,
    cluster: str | None = None,
) -> Built:
    """Publish a release of everything in a data root.

    Derived from WARCs, ledger, registry entries and decisions by hand alone; the network is
    not used.

    Args:
        root: The data root.
        processes: How many processes read; all cores if None.
        find: Finds the LibreOffice that converts DOC, RTF and WPS.
        accept: Why a release that lost something is right all the same; "" refuses it.
        curation: The folder of decisions by hand; the root's or the project's own if None.
        cluster: Address of the Dask scheduler under which is read, or `local`; processes if None.

    Raises:
        ExtraMissing: `cluster` is given, and Dask is not installed.
        CurationRefused: A decision by hand is not as it must be.
        RootRefused: Nothing was ever crawled or imported into the root.
        RootBusy: Another build is at work.
        ReleaseRefused: The new release did not pass its checks.
        WriteFailed: The disk does not take what was read, or the release.
    """
    if cluster is not None:
        require(cluster)
    registry = root.require()
    decided = load_all(folder_of(root.path, curation), fiction=registry.fiction)
    with root.lock("build"), contextlib.ExitStack() as until_built:
        _make_ready(root)
        ledger = Ledger(root.ledger)
        readings = Readings(root.readings, find)
        try:
            _mend(root, ledger)
            withheld = decided.withheld.with_more(deletions(root)).resolved(ledger.digest_of)
            by = f"{readings.reader} {decided.digest()} {withheld.digest()}"
            few = captured(ledger) if _is_small(ledger) else None
            workers = processes_for(processes)
            copies = until_built.enter_context(
                likely_copies(root, registry, ledger, by, decided, withheld)
            )
            # Known inputs may hold what could not be converted then, and can be now.
            said, unread = told_and_unread(root, ledger, readings, few, workers)
            inputs = said.digest(by)
            deleted = {each.sha256 for each in withheld.entries if each.what == DELETED}
            todo = [sha256 for sha256 in unread if sha256 not in deleted]
            if not todo and is_whole(root) and known_inputs(root) == inputs:
                return _built(root, is_new=False)
            captures = _held(few, todo) if few is not None else Holders(ledger, todo, said.last)

            def load(sha256: str) -> bytes:
                return load_body(root.warcs, captures[sha256])

            asked = frozenset(todo)
            if todo and cluster is not None:
                from .cluster.reading import read as read_there  # Dask may not be installed

                rows = [_lying(captures[sha256]) for sha256 in todo]
                read_there(cluster, readings, rows, root.warcs, find, processes)
                # What counts is what is kept: a worker may be silent of what it was given.
                todo = readings.missing(todo)
            passing = readings.read(todo, load, processes) if todo else {}

            read_all = with_entered(readings.kept(passing), decided.corrections)
            terms = Terms(
                root.ledger,
                said.last,
                read_all,
                registry.fiction,
                decided.agencies,
                withheld,
                _named_ids(root, withheld),
            )
            public = Public(decided)
            large = None
            # What passes may be read next time, so nothing is made of it that is kept.
            if few is None and not passing:
                large = Building(root, registry, ledger, said, terms, by, public, workers, copies)
            is_new = None
            if large is not None and is_whole(root):
                is_new = large.patch(read_all, asked, accept)
            if is_new is None:
                until_built.close()  # the copies, if there are any, only take room
                parts: list[Part] = []
                with gathered_of(root, ledger, few, said, terms, workers, kept=parts) as gathered:
                    if not said.captures and not is_whole(root):
                        return Built(None, False, {})
                    shown = gathered.withheld.hiding(read_all) if gathered.withheld else read_all
                    index = large.index() if large else None
                    contents = write_release(
                        root, registry, gathered, shown, accept, public, workers, index=index
                    )
                    is_new = contents is not None
                    if large is not None and index is not None and contents is not None:
                        large.keep(parts, gathered, contents)
            # What passes may be read next time, so these inputs are not done with.
            note_inputs(root, None if passing else inputs)
            return _built(root, is_new=is_new)
        finally:
            readings.close()
            ledger.close()


def _make_ready(root: DataRoot) -> None:
    """Make the folder of releases: it is derived, so somebody may have removed it; sweep it."""
    try:
        root.releases.mkdir(exist_ok=True)
        sweep(root)
    except OSError as error:
        raise WriteFailed(
            f"{root.releases} cannot be made ready ({error.strerror}); move away what stands in "
            f"its place, or let this user write into {root.path} and all in it"
        ) from error


def _built(root: DataRoot, *, is_new: bool) -> Built:
    return Built(root.current.resolve(), is_new, current_manifest(root)["counts"])


def _is_small(ledger: Ledger) -> bool:
    """Whether all of it is gathered at once, by this process."""
    return ledger.one("SELECT 1 FROM captures LIMIT 1 OFFSET ?", LARGE - 1) is None


def _held(few: Captured, todo: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """Digest → a capture that holds this body, for those that are to be read."""
    rows = sorted(few.captures, key=lambda row: row["revisit_of"] is None)
    every = {row["sha256"]: row for row in rows}
    return {sha256: every[sha256] for sha256 in todo}


def _lying(capture: Mapping[str, Any]) -> Mapping[str, Any]:
    """Where a capture lies: of a country's captures, all of each would fill the memory."""
    return {name: capture[name] for name in ("warc_file", "warc_offset", "warc_length", "sha256")}


def _named_ids(root: DataRoot, withheld: Withheld) -> tuple[Given, ...]:
    """Ids that releases gave to the reports that decisions name: they may bear others by now."""
    named = {each.report for each in withheld.wholes if each.report}
    return tuple(each for each in given_ids(root) if each.report in named) if named else ()


def _mend(root: DataRoot, ledger: Ledger) -> None:
    """Mend what a killed crawl left, merge what shards did, unless a crawl is at work right now."""
    try:
        with root.lock("crawl"):
            recover(root.warc, ledger)
            merge_parts(root, ledger, alone=True)
    except RootBusy as error:
        log.info("building beside a crawl: %s", error)
