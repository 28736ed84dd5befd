"""What runs on a worker of a cluster: one batch read, under the limits of `extract.worker`.

It decides nothing that another machine might decide otherwise: what a limit stopped, what could
not be loaded, what needs another LibreOffice is left to the one process that builds.

The scheduler imports this module, too, and needs nothing of the reader: the functions do.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import ArchiveError, ClusterFailed, RecordDamaged
from ..warcs import Warcs
from .batches import Batch, Capture, digest_of

if TYPE_CHECKING:
    from extract.convert import Office

    from ..readings import Row


@dataclass(frozen=True, slots=True)
class Job:
    """What all batches of a build have in common.

    Attributes:
        warcs: Where the WARC files lie, for the builder and for all workers.
        reader: The builder's reader version.
        office: The version of the builder's LibreOffice, or None if it has none.
        run: A name that no other run has.
    """

    warcs: Warcs
    reader: str
    office: str | None
    run: str


@dataclass(slots=True)
class Answer:
    """What a worker says of a batch.

    Attributes:
        machine: Which machine, and which worker there.
        rows: What is kept, as `readings.db` has it.
        left: Digests of what the builder must read itself, and why.
        unseen: Names of WARC files that cannot be opened there, and why; the captures that
            were looked for in them are in `left`.
    """

    machine: str
    rows: list[Row] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)
    unseen: dict[str, str] = field(default_factory=dict)


def read_batch(job: Job, batch: Batch) -> Answer:
    """Read the captures of a batch.

    Raises:
        ClusterFailed: This machine reads otherwise than the builder, or lacks what it needs.
    """
    answer = Answer(machine())
    try:
        _require_same_reader(job, answer.machine)
        _read(job, batch, answer)
    except ClusterFailed:
        raise
    except ArchiveError as error:
        raise ClusterFailed(f"{answer.machine}: {error}") from None
    return answer


def machine() -> str:
    """This machine's name, and the address of the worker."""
    from distributed import get_worker

    return f"{socket.gethostname()} (worker {get_worker().address})"


def _require_same_reader(job: Job, here: str) -> None:
    from extract.version import reader_version

    if reader_version() != job.reader:
        raise ClusterFailed(
            f"{here} reads with version {reader_version()}, this machine with {job.reader}: "
            "install the same nianbao and the same requirements.lock there, restart the worker, "
            "and build again"
        )


def _read(job: Job, batch: Batch, answer: Answer) -> None:
    from extract.errors import NeedsConverter
    from extract.reading import read_documents

    from ..readings import row_of
    from .crews import borrowed

    kinds: dict[str, str] = {}
    places = {digest_of(capture): capture for capture in batch}
    with borrowed(job.run) as crew:
        load = _load(job.warcs, places, kinds, answer)
        for outcome in read_documents(list(places), load, find=_finder(job.office), crew=crew):
            row = row_of(outcome, job.reader, kinds[outcome.key])
            if row is None or isinstance(outcome.error, NeedsConverter):
                answer.left[outcome.key] = str(outcome.error)
            else:
                answer.rows.append(row)


def _load(
    warcs: Warcs, places: dict[str, Capture], kinds: dict[str, str], answer: Answer
) -> Callable[[str], bytes | None]:
    from extract.formats import sniff

    from ..warc import load_body

    def load(digest: str) -> bytes | None:
        name, offset, length, _ = places[digest]
        capture: dict[str, Any] = {
            "warc_file": name, "warc_offset": offset, "warc_length": length, "sha256": digest,
            "url": "a capture",
        }  # fmt: skip
        try:
            body = load_body(warcs, capture)
        except RecordDamaged as error:
            answer.left[digest] = str(error)
            _look(warcs, name, answer)
            return None
        kinds[digest] = sniff(body)
        return body

    return load


def _look(warcs: Warcs, name: str, answer: Answer) -> None:
    """Note whether a file cannot be opened here: that is no damage of a record."""
    if name not in answer.unseen:
        try:
            warcs.open(name).close()
        except RecordDamaged as error:
            answer.unseen[name] = str(error)


def _finder(version: str | None) -> Callable[[], Office | None]:
    """Finds the LibreOffice of this machine, if it is the same as the builder's."""
    from extract.convert import installed

    def find() -> Office | None:
        office = installed() if version else None
        return office if office and office.version == version else None

    return find
