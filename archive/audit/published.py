"""Results of audits that stand in releases: `curation/audits/*.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = "audits"


@dataclass(frozen=True, slots=True)
class Rate:
    """An estimated rate with its 95 % interval, as fractions of 1.

    Attributes:
        measure: What is counted: a name of `archive.audit.measures`.
        errors: How many were found in the sample.
        of: Among how many.
        estimate: Weighted estimate for the release.
        low: Lower end of the interval.
        high: Upper end.
    """

    measure: str
    errors: int
    of: int
    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Audit:
    """The result of one audit.

    Attributes:
        name: Of its file.
        registry: Name of the registry of the audited root: an audit of another one says nothing.
        release: The audited release.
        content_hash: Its content.
        reader: Version of the reader that read it.
        date: The day on which it was scored, ISO.
        seed: Of the draw.
        reports: How many reports were drawn and transcribed.
        rates: What was found.
    """

    name: str
    registry: str
    release: str
    content_hash: str
    reader: str
    date: str
    seed: int
    reports: int
    rates: tuple[Rate, ...]


def read_audits(folder: Path) -> tuple[Audit, ...]:
    """The audits of a folder of decisions, oldest first.

    Raises:
        CurationRefused: A file cannot be read, or is not as `audit score` writes it.
    """
    return ()
