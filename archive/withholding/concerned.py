"""Which bodies a decision concerns: the body itself, all of an address, all of a report."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from ..bodies import Body
from ..histories import Gathered, ReportHistory, Version
from ..register import Given
from ..twins import plain
from .decision import PAGE, Withholding

#: What tells a body from others: its address and its digest.
Key = tuple[str, str]


def key_of(body: Body) -> Key:
    """Address and digest of a body."""
    return body.url, str(body.capture["sha256"])


@dataclass(frozen=True, slots=True)
class Place:
    """Where a body stands in a report."""

    history: ReportHistory
    version: Version


def places(gathered: Gathered) -> dict[Key, list[Place]]:
    """The reports and versions that each body stands in."""
    made: dict[Key, list[Place]] = {}
    for report_id in sorted(gathered.reports):
        history = gathered.reports[report_id]
        for version in history.versions:
            for body in (*version.sources, *version.led):
                at = made.setdefault(key_of(body), [])
                if not any(each.version is version for each in at):
                    at.append(Place(history, version))
    return made


def possible(
    entries: Iterable[Withholding],
    found: Iterable[Body],
    reports: Collection[str],
    given: Collection[Given],
) -> list[Withholding]:
    """Those of many decisions that may concern some of the bodies at all: a first, quick look.

    Args:
        entries: Decisions that take away whole bodies.
        found: The bodies.
        reports: Ids of the reports in which they stand.
        given: The ids that were ever given.
    """
    every, wanted = list(found), list(entries)
    digests = {str(body.capture["sha256"]) for body in every}
    named = any(entry.what == PAGE for entry in wanted)
    addresses = {each for body in every for each in _addresses(body)} if named else set()

    def is_possible(entry: Withholding) -> bool:
        if entry.what != PAGE:
            return entry.sha256 in digests
        if entry.url:
            return plain(entry.url) in addresses
        ours = (each.url for each in given if each.report == entry.report)
        return entry.report in reports or any(plain(url) in addresses for url in ours)

    return [entry for entry in wanted if is_possible(entry)]


def concerned(
    entry: Withholding,
    found: Iterable[Body],
    standing: Mapping[Key, list[Place]],
    given: Collection[Given],
) -> dict[Key, Body]:
    """The bodies that a decision on a capture or a page concerns, attachments included.

    Args:
        entry: The decision.
        found: All bodies.
        standing: Where they stand, as if nothing were withheld.
        given: The ids that were ever given: a report may bear another id by now.
    """
    every = list(found)
    if entry.what != PAGE:
        return {key_of(body): body for body in every if key_of(body)[1] == entry.sha256}
    if entry.url:
        wanted = plain(entry.url)
        chosen = {key_of(body): body for body in every if wanted in _addresses(body)}
    else:
        chosen = _of_report(entry.report, every, standing, given)
    pages = {plain(body.url) for body in chosen.values()}
    files = (b for b in every if b.is_attachment and plain(str(b.capture["parent"])) in pages)
    return chosen | {key_of(body): body for body in files}


def _addresses(body: Body) -> set[str]:
    return {plain(body.url), *(plain(url) for url, _ in body.origins)}


def _of_report(
    report_id: str,
    every: list[Body],
    standing: Mapping[Key, list[Place]],
    given: Collection[Given],
) -> dict[Key, Body]:
    """All bodies of a report, also under a later id, and what its addresses gave besides.

    An address that gives one report after the other (a column) is left to the others.
    """
    names = {report_id}
    for each in given:
        if each.report == report_id:
            at = standing.get((each.url, each.sha256), ())
            names |= {place.history.report_id for place in at}
    own = {
        key for key, at in standing.items() if any(place.history.report_id in names for place in at)
    }
    own |= {(each.url, each.sha256) for each in given if each.report == report_id}
    addresses = {plain(url) for url, _ in own}
    return {
        key_of(body): body
        for body in every
        if key_of(body) in own or (plain(body.url) in addresses and key_of(body) not in standing)
    }
