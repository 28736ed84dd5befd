"""A correction: what is printed in a cell, or in a whole document, as people read it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Correction:
    """A figure as people read it in the archived page.

    Attributes:
        report: Id of the report.
        figure: Name of the column.
        sha256: Digest of the body in which it was read: void where the figure comes of another.
        printed: What is printed there; "" if the cell is blank.
        reason: Why the machine's reading is not what is printed.
        evidence: Where it can be seen: a page, a picture, an address.
        contributor: Who read it: a name, or `anonymous`.
        checked_by: The second one, who read it again.
        date: The day, ISO.
        source: File and entry in which it stands, for messages.
    """

    report: str
    figure: str
    sha256: str
    printed: str
    reason: str
    evidence: str
    contributor: str
    checked_by: str
    date: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class HandDocument:
    """A scan or another document that no machine read, entered twice and compared."""

    sha256: str
    agency: str
    year: int
    contributor: str
    checked_by: str
    date: str
    printed: Mapping[str, str] = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True, slots=True)
class Corrections:
    """All corrections, and all documents that were entered by hand."""

    figures: tuple[Correction, ...] = ()
    documents: tuple[HandDocument, ...] = ()

    def digest(self) -> str:
        """What tells these from others."""
        return hashlib.sha256(repr((self.figures, self.documents)).encode()).hexdigest()
