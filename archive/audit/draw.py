"""Which documents an audit looks at: a stratified sample of a release, the same again from a seed."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


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
        drawn: The documents, by stratum and key.
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
    raise NotImplementedError
