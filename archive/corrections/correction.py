"""A correction: what is printed in a cell, or in a whole document, as people read it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..histories import ReportHistory, Version

#: A contributor who is not named; nobody checks namelessly.
ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Correction:
    """A figure as people read it in the archived page.

    Attributes:
        report: Id of the report; one that led on to another holds, too.
        figure: Name of the column.
        sha256: Digest of the body in which it was read: void where the figure comes of another.
        printed: What is printed there; "" if the cell is blank, None if there is no such cell.
        unit: Unit printed in the heading; "" if none is; None to leave the machine's.
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
    printed: str | None
    reason: str
    evidence: str
    contributor: str
    checked_by: str
    date: str
    unit: str | None = None
    source: str = ""

    @property
    def correction_id(self) -> str:
        """What names it among all: one figure may be corrected in several captures."""
        return f"{self.report}.{self.figure}.{self.sha256[:12]}"


@dataclass(frozen=True, slots=True)
class HandDocument:
    """A scan or another document that no machine read, entered twice and compared.

    Attributes:
        sha256: Digest of the body.
        agency: Name of the agency as printed.
        form: Code of the statutory form in which its tables are printed.
        scope: `own`, `aggregate` or `unknown`.
        title: The printed title, or "".
        published: Date printed by the document, ISO, or "".
        printed: Figure → text as printed, "" for a blank cell; a cell that is not printed
            has no entry.
        units: Figure → unit printed in its heading, of amounts.
    """

    sha256: str
    agency: str
    year: int
    form: str
    reason: str
    evidence: str
    contributor: str
    checked_by: str
    date: str
    scope: str = "unknown"
    title: str = ""
    published: str = ""
    printed: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    source: str = ""

    @property
    def correction_id(self) -> str:
        """What names it among all corrections."""
        return f"entered.{self.sha256[:12]}"


@dataclass(frozen=True, slots=True)
class Corrections:
    """All corrections, and all documents that were entered by hand."""

    figures: tuple[Correction, ...] = ()
    documents: tuple[HandDocument, ...] = ()
    _of: dict[str, list[Correction]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        """Index the figures by report: every version of a country asks for its own."""
        for each in self.figures:
            self._of.setdefault(each.report, []).append(each)

    def digest(self) -> str:
        """What tells these from others."""
        return hashlib.sha256(repr((self.figures, self.documents)).encode()).hexdigest()

    def named(self, history: ReportHistory) -> Iterator[Correction]:
        """The corrections that name a report, by its id or by one that leads to it."""
        for report_id in (history.report_id, *history.former_ids):
            yield from self._of.get(report_id, ())

    def of(self, history: ReportHistory, version: Version) -> dict[str, Correction]:
        """Figure → its correction in a version: read in its body, or in one in its words.

        Where several are left for one figure, the latest decision counts.
        """
        if not self._of:
            return {}
        digests = {version.sha256, *(body.capture["sha256"] for body in version.bodies)}
        found = [each for each in self.named(history) if each.sha256 in digests]
        return {each.figure: each for each in sorted(found, key=lambda each: each.date)}
