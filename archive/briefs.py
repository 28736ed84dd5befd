"""What the register and the changes ask of every version, without loading its history.

Of a country's reports nearly all say what they said before: that must be told from little.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from .codebook import ENTERED
from .histories import ReportHistory, Version

#: SHA-256 and address of a body.
Source = tuple[str, str]
#: A report's id, the numbers of its versions, and the body that spoke first for each.
First = tuple[str, tuple[int, ...], list[Source]]


@dataclass(frozen=True, slots=True)
class Brief:
    """A version in brief.

    Attributes:
        sha256: Body that holds the whole reading.
        status: The reading's.
        own: Digests of text and figures as they were read.
        public: The same as they are published.
        is_entered: Whether people entered it by hand.
        missed: Whether an address of its sources was asked for and gave nothing.
        sources: Its sources, in order.
        first: Of the bodies that speak for it the one that did so first.
    """

    sha256: str
    status: str
    own: tuple[str, str]
    public: tuple[str, str]
    is_entered: bool
    missed: bool
    sources: tuple[Source, ...]
    first: Source


@dataclass(frozen=True, slots=True)
class InBrief:
    """A report in brief.

    Attributes:
        numbers: Of its versions, as the register has them.
        versions: In the order in which they were first seen.
    """

    report_id: str
    numbers: tuple[int, ...]
    versions: tuple[Brief, ...]

    @property
    def has_changes(self) -> bool:
        """Whether the runs may have seen it change."""
        return len(self.versions) > 1 or any(version.missed for version in self.versions)


@runtime_checkable
class Briefly(Protocol):
    """Reports that are not held: they tell in brief what they are."""

    def briefs(self) -> Iterator[InBrief]:
        """All of them, in the order of their ids."""

    def brief(self, report_id: str) -> InBrief:
        """One of them."""

    def amend(self, report_id: str, numbers: tuple[int, ...], former_ids: tuple[str, ...]) -> None:
        """Number the versions of one, first seen first, and say which ids lead to it."""


@runtime_checkable
class Quickly(Protocol):
    """Reports that tell what is asked of all of them without a brief of each."""

    def changing(self) -> Iterator[str]:
        """Ids of those that the runs may have seen change, in order."""

    def firsts(self) -> Iterator[First]:
        """All of them, in the order of their ids."""


def briefs(reports: Mapping[str, ReportHistory]) -> Iterator[InBrief]:
    """All reports in brief, in the order of their ids."""
    if isinstance(reports, Briefly):
        yield from reports.briefs()
    else:
        for report_id in sorted(reports):
            yield _of(reports[report_id])


def changing(reports: Mapping[str, ReportHistory]) -> Iterator[str]:
    """Ids of the reports that the runs may have seen change, in order: few of a country's."""
    if isinstance(reports, Quickly):
        yield from reports.changing()
    else:
        yield from (told.report_id for told in briefs(reports) if told.has_changes)


def firsts(reports: Mapping[str, ReportHistory]) -> Iterator[First]:
    """The body that spoke first for each version of all reports, in the order of their ids."""
    if isinstance(reports, Quickly):
        yield from reports.firsts()
    else:
        for told in briefs(reports):
            yield told.report_id, told.numbers, [version.first for version in told.versions]


def brief(reports: Mapping[str, ReportHistory], report_id: str) -> InBrief:
    """One report in brief."""
    if isinstance(reports, Briefly):
        return reports.brief(report_id)
    return _of(reports[report_id])


def amend(reports: Mapping[str, ReportHistory], report_id: str, numbers: tuple[int, ...]) -> None:
    """Number a report's versions, first seen first."""
    if isinstance(reports, Briefly):
        reports.amend(report_id, numbers, ())
        return
    history = reports[report_id]
    for version, number in zip(_by_first(history), numbers, strict=True):
        version.number = number
    history.versions.sort(key=lambda version: version.number)


def lead(reports: Mapping[str, ReportHistory], report_id: str, old_ids: tuple[str, ...]) -> None:
    """Tell a report which ids lead to it."""
    if isinstance(reports, Briefly):
        reports.amend(report_id, reports.brief(report_id).numbers, old_ids)
    else:
        reports[report_id].former_ids += old_ids


def brief_of(version: Version) -> Brief:
    """A version in brief."""
    _, body = min(version.sights, key=lambda sight: sight[0])
    return Brief(
        version.sha256,
        version.report.status,
        (version.text_sha256, version.figures_sha256),
        version.public,
        ENTERED in version.report.flags,
        any(version.missed.values()),
        tuple((str(each.capture["sha256"]), each.url) for each in version.sources),
        (str(body.capture["sha256"]), body.url),
    )


def _of(history: ReportHistory) -> InBrief:
    versions = _by_first(history)
    numbers = tuple(version.number for version in versions)
    return InBrief(history.report_id, numbers, tuple(map(brief_of, versions)))


def _by_first(history: ReportHistory) -> list[Version]:
    return sorted(history.versions, key=lambda version: version.first)
