"""Reading for a build under a scheduler: workers read, this one process keeps what they say."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Mapping, Sequence, Set
from typing import Any

from extract.reading import Find

from ..errors import ClusterFailed, RecordDamaged
from ..readings import COLUMNS, Readings, progress
from ..warcs import Warcs
from .batches import batches
from .connecting import Cluster, opened
from .driving import Patience, answers
from .task import Answer, Job


def read(
    address: str,
    readings: Readings,
    captures: Sequence[Mapping[str, Any]],
    warcs: Warcs,
    find: Find,
    processes: int | None = None,
    patience: Patience | None = None,
) -> list[str]:
    """Have captures read by the workers of a cluster, and keep what they say.

    Args:
        address: Of the scheduler, or `local` for one of our own.
        readings: Where what was read is kept.
        captures: The ledger's rows of what is to be read, each body once.
        warcs: Where the WARC files lie, for this machine and for the workers.
        find: Finds the LibreOffice of this machine: no worker converts with another one.
        processes: Workers of a cluster of our own; all cores if None.
        patience: How long to wait for what is gone.

    Returns:
        Digests of what is left to the builder: what another machine might decide otherwise.

    Raises:
        ExtraMissing: Dask is not installed.
        ClusterFailed: The scheduler cannot be reached, or a worker cannot do the work.
    """
    with opened(address, processes) as cluster:
        return read_under(cluster, readings, captures, warcs, find, patience)


def read_under(
    cluster: Cluster,
    readings: Readings,
    captures: Sequence[Mapping[str, Any]],
    warcs: Warcs,
    find: Find,
    patience: Patience | None = None,
) -> list[str]:
    """As `read`, under a scheduler that is there already."""
    office = find()
    version = office.version if office else None
    job = Job(warcs, readings.reader, version, uuid.uuid4().hex)
    left: list[str] = []
    look = _Look(warcs)
    asked = {str(capture["sha256"]) for capture in captures}
    with progress(len(captures)) as done:
        given = answers(cluster, job, batches(captures), patience)
        with contextlib.closing(given):  # type: ignore[type-var]
            for answer in given:
                look.at(answer)
                _require_asked(answer, asked, readings.reader)
                readings.keep(answer.rows)
                left += answer.left
                done(len(answer.rows) + len(answer.left))
    return left


def _require_asked(answer: Answer, asked: Set[str], reader: str) -> None:
    """Keep nothing that was not asked for: it would stand for a body that nobody read.

    Raises:
        ClusterFailed: A worker told of another body, or of another reader, or in rows of
            another version of nianbao.
    """
    for row in answer.rows:
        sha256, by, *_ = row
        if len(row) != len(COLUMNS):
            raise ClusterFailed(
                f"{answer.machine} gave a reading of {sha256} in {len(row)} columns, here they are "
                f"{len(COLUMNS)}: install the same nianbao there, restart the worker, and build "
                "again: what was read before is kept"
            )
        if sha256 not in asked or by != reader:
            raise ClusterFailed(
                f"{answer.machine} gave a reading of {sha256} by {by}, for which nobody asked; "
                "restart the worker with the same nianbao as here, and build again: what was "
                "read before is kept"
            )


class _Look:
    """Tells a file that is lost from one that a worker does not see."""

    def __init__(self, warcs: Warcs) -> None:
        self._warcs = warcs
        self._lost: set[str] = set()
        self._told: set[str] = set()

    def at(self, answer: Answer) -> None:
        """Look for the files that a worker could not open.

        Raises:
            ClusterFailed: They are there for this machine, so it is the worker's fault.
        """
        for name, why in answer.unseen.items():
            if name in self._lost:
                continue
            try:
                self._warcs.open(name).close()
            except RecordDamaged:
                self._lost.add(name)
                continue
            raise ClusterFailed(
                f"{answer.machine} does not see {name}, which this machine does: {why}; give "
                f"that machine {self._warcs.folder} at the same path (a shared folder), and "
                "build again: what was read is kept"
            )
