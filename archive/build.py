"""The build: read what has not been read, gather, write a release, switch to it."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from pathlib import Path

from extract.convert import installed
from extract.reading import Find

from .absence import Absences
from .agencies import Resolver
from .bodies import Body, bodies
from .builder import builder_version
from .cluster.connecting import require
from .corrections.overlay import with_entered
from .curation import folder_of, load_all
from .errors import RootBusy, WriteFailed
from .evidence import entries
from .gather import gather
from .histories import Gathered
from .ledger import Ledger
from .manifest import current_manifest, is_whole, known_inputs, note_inputs
from .parallel import processes_for
from .parts.merging import merge_parts
from .places import regions
from .public import Public
from .readings import Readings
from .recovery import recover
from .register import given_ids
from .release import write_release
from .root import DataRoot
from .runs import last_outcomes
from .warc import load_body
from .withholding.applying import apply
from .withholding.decision import DELETED
from .withholding.deleted import deletions

log = logging.getLogger(__name__)


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
    resolver = Resolver(regions(fiction=registry.fiction), decided.agencies)
    with root.lock("build"):
        _make_releases(root)
        ledger = Ledger(root.ledger)
        readings = Readings(root.readings, find)
        try:
            _mend(root, ledger)
            found, absences = bodies(ledger), Absences(ledger)
            withheld = decided.withheld.with_more(deletions(root)).resolved(ledger.digest_of)
            by = f"{readings.reader} {decided.digest()} {withheld.digest()}"
            inputs = _inputs(ledger, found, absences, by)
            deleted = {each.sha256 for each in withheld.entries if each.what == DELETED}
            captures = {body.capture["sha256"]: body.capture for body in found}
            # Known inputs may hold what could not be converted then, and can be now.
            todo = readings.missing(sha256 for sha256 in captures if sha256 not in deleted)
            if not todo and is_whole(root) and known_inputs(root) == inputs:
                return _built(root, is_new=False)

            def load(sha256: str) -> bytes:
                return load_body(root.warcs, captures[sha256])

            if todo and cluster is not None:
                from .cluster.reading import read as read_there  # Dask may not be installed

                rows = [captures[sha256] for sha256 in todo]
                todo = read_there(cluster, readings, rows, root.warcs, find, processes)
            passing = readings.read(todo, load, processes) if todo else {}

            read_all = with_entered(readings.kept(passing), decided.corrections)

            def gather_some(some: list[Body]) -> Gathered:
                return gather(ledger, some, read_all, absences, resolver)

            gathered = apply(withheld, found, gather_some, read_all, lambda: given_ids(root))
            if not found and not is_whole(root):
                return Built(None, False, {})
            shown = gathered.withheld.hiding(read_all) if gathered.withheld else read_all
            is_new = write_release(
                root, registry, gathered, shown, accept, Public(decided), processes_for(processes)
            )
            # What passes may be read next time, so these inputs are not done with.
            note_inputs(root, None if passing else inputs)
            return _built(root, is_new=is_new)
        finally:
            readings.close()
            ledger.close()


def _make_releases(root: DataRoot) -> None:
    """Make the folder of releases: it is derived, so somebody may have removed it."""
    try:
        root.releases.mkdir(exist_ok=True)
    except OSError as error:
        raise WriteFailed(
            f"{root.releases} cannot be made ({error.strerror}); move away what stands in its "
            f"place, or let this user write into {root.path}"
        ) from error


def _built(root: DataRoot, *, is_new: bool) -> Built:
    return Built(root.current.resolve(), is_new, current_manifest(root)["counts"])


def _inputs(ledger: Ledger, found: list[Body], absences: Absences, by: str) -> str:
    """Digest of all that a release is made from: with the same one there is nothing new.

    `by` tells the reader and the decisions by hand; the builder is added.
    """
    digest = hashlib.sha256(f"{by} {builder_version()}".encode())
    names = ("url", "sha256", "role", "portal", "listing", "list_title", "list_date", "parent")
    for body in found:
        # When it was seen again tells whether others have taken its place, or stood beside it.
        rounds = sorted({seen.round for seen in body.seen})
        row = [*(body.capture[name] for name in names), body.recency, rounds]
        digest.update(json.dumps(row).encode())
    for url, absence in absences.told(found):
        digest.update(json.dumps([url, *astuple(absence)]).encode())
    for spell in absences.spells(found):
        digest.update(json.dumps(spell).encode())
    for told_of in (entries(ledger), last_outcomes(ledger)):
        for portal, said in sorted(told_of.items()):
            digest.update(json.dumps([portal, said], sort_keys=True).encode())
    return digest.hexdigest()


def _mend(root: DataRoot, ledger: Ledger) -> None:
    """Mend what a killed crawl left, merge what shards did, unless a crawl is at work right now."""
    try:
        with root.lock("crawl"):
            recover(root.warc, ledger)
            merge_parts(root, ledger, alone=True)
    except RootBusy as error:
        log.info("building beside a crawl: %s", error)
