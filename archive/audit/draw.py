"""Which documents an audit looks at: a stratified sample, the same again from the same seed.

Each document has a place in the order of its stratum: the SHA-256 of seed and key. The first ones
are drawn. That order needs no random generator, so any version of any language gives it.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any

from ..errors import SelectionRefused
from .frame import Document, read_reports, unread_documents
from .strata import plan

#: Documents that are no read reports are drawn on top: one to so many read reports.
READ_TO_UNREAD = 3


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn document.

    Attributes:
        report_id: The report; "" of a document that is held, but is no read report here.
        version_id: Its current version; "" of a document that is no report at all here.
        sha256: Digest of the body in which it is printed.
        stratum: Of the draw; begins with `unread/` where `report_id` is "".
        weight: For how many documents of the release it stands.
    """

    report_id: str
    version_id: str
    sha256: str
    stratum: str
    weight: float

    @property
    def key(self) -> str:
        """Tells it from the sample's others, and names its `Counts`."""
        return self.version_id or self.sha256


@dataclass(frozen=True, slots=True)
class Sample:
    """What was drawn of a release.

    Attributes:
        release: Id of the release.
        content_hash: Its content.
        reader: Version of the reader that read it.
        registry: Name of the registry of its root.
        seed: Of the draw.
        strata: How many documents each stratum has in the release, and how many were drawn.
        drawn: The documents, by stratum and place in the draw.
    """

    release: str
    content_hash: str
    reader: str
    registry: str
    seed: int
    strata: Mapping[str, tuple[int, int]]
    drawn: tuple[Drawn, ...]


def draw(nianbao: sqlite3.Connection, manifest: Mapping[str, Any], seed: int, size: int) -> Sample:
    """Draw from a release; the same release content, seed and size give the same documents.

    Args:
        nianbao: `nianbao.db` of the release.
        manifest: Its manifest.
        seed: Any whole number; it is published with the result.
        size: How many read reports; documents that are no read reports come on top of it.

    Raises:
        SelectionRefused: The release has no read report, or `size` is less than two.
    """
    if size < 2:
        raise SelectionRefused(f"a sample of {size} reports tells nothing; draw two at least")
    reports = read_reports(nianbao)
    if not reports:
        raise SelectionRefused(
            f"release {manifest.get('release')} has no read report to draw from; build one first"
        )
    unread = unread_documents(nianbao)
    strata, drawn = pick(reports, seed, size)
    more, others = pick(unread, seed, max(2, size // READ_TO_UNREAD))
    return Sample(
        release=str(manifest["release"]),
        content_hash=str(manifest["content_hash"]),
        reader=str(manifest["reader"]),
        registry=str(manifest["registry"]),
        seed=seed,
        strata={**strata, **more},
        drawn=(*drawn, *others),
    )


def pick(
    documents: Sequence[Document], seed: int, size: int
) -> tuple[Mapping[str, tuple[int, int]], tuple[Drawn, ...]]:
    """Draw from documents: all of them if they are no more than `size`.

    Returns:
        Population and number drawn of each stratum, and what was drawn.
    """
    planned = plan(Counter(each.traits for each in documents), size)
    members: dict[str, list[Document]] = defaultdict(list)
    for each in documents:
        members[planned.strata[each.traits]].append(each)
    drawn = []
    for stratum, (population, number) in planned.sizes.items():
        weight = population / number
        for each in _first(members[stratum], seed, number):
            drawn.append(Drawn(each.report_id, each.version_id, each.sha256, stratum, weight))
    return planned.sizes, tuple(drawn)


def _first(documents: Iterable[Document], seed: int, number: int) -> list[Document]:
    """The first of a stratum in the order that the seed gives."""
    seeded = hashlib.sha256(f"{seed} ".encode())

    def place(document: Document) -> bytes:
        digest = seeded.copy()
        digest.update(document.key.encode())
        return digest.digest()

    return nsmallest(number, documents, key=place)
