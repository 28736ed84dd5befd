"""Numbers of versions for ever: who holds the body of an id now holds the id.

Most ids stand where they stood. Those are passed over one report at a time; only what moved
is looked for everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from .briefs import InBrief, Source, amend, brief, briefs
from .histories import ReportHistory
from .ids import Given, Ids, Moved, agency_of

#: Why an id leads to another.
IDENTIFIED, MERGED, REASSIGNED = "identified", "merged", "reassigned"
Reports = Mapping[str, ReportHistory]
#: A report and the place of a version among those that it has, first seen first.
Holder = tuple[str, int]


@dataclass(slots=True)
class _Held:
    """Ids that the versions of one report hold, by the versions' places.

    Attributes:
        own: Ids of the report itself.
        brought: Ids of others.
    """

    own: dict[int, list[Given]] = field(default_factory=dict)
    brought: dict[int, list[Given]] = field(default_factory=dict)

    def put(self, place: int, given: Given, *, is_own: bool) -> None:
        """Note that a version holds an id."""
        kept = self.own if is_own else self.brought
        kept.setdefault(place, []).append(given)


def numbered(
    ids: Ids, reports: Reports, instead: Mapping[tuple[str, str], tuple[str, str]]
) -> list[Moved]:
    """Number all versions; returns ids that lead to others now.

    Args:
        ids: The ids that were given.
        reports: The reports.
        instead: Address and digest of a body that is withheld → of one in the same words.
    """
    unusual, left = _where_they_stood(ids, reports)
    for given, (report_id, place) in _found(left, reports, instead):
        if report_id not in unusual:
            unusual[report_id] = _standing(ids, brief(reports, report_id))[0]
        unusual[report_id].put(place, given, is_own=report_id == given.report)
    moved: list[tuple[Given, str, str]] = []
    for report_id, held in sorted(unusual.items()):
        told = brief(reports, report_id)
        numbers = _numbers(len(told.versions), held, {each.number for each in ids.of(report_id)})
        if numbers != told.numbers:
            amend(reports, report_id, numbers)
        for kept in (held.own, held.brought):
            for place, some in kept.items():
                new_id = f"{report_id}.v{numbers[place]}"
                moved += [(each, report_id, new_id) for each in some]
    moved.sort(key=lambda each: (each[0].report, each[0].number))
    return _moved(moved, reports)


def _where_they_stood(ids: Ids, reports: Reports) -> tuple[dict[str, _Held], list[Given]]:
    """Reports whose versions are not simply counted, and ids whose body left its report."""
    unusual: dict[str, _Held] = {}
    left: list[Given] = []
    known = iter(ids.reports)
    waiting = next(known, None)
    # Of a first release's reports none has an id: a country's need not be looked through.
    for told in briefs(reports) if waiting is not None else ():
        while waiting is not None and waiting < told.report_id:
            left += ids.of(waiting)
            waiting = next(known, None)
        if waiting != told.report_id:
            continue
        waiting = next(known, None)
        held, gone = _standing(ids, told)
        left += gone
        usual = {place: [place + 1] for place in range(len(told.versions))}
        if {place: [each.number for each in some] for place, some in held.own.items()} != usual:
            unusual[told.report_id] = held
    while waiting is not None:
        left += ids.of(waiting)
        waiting = next(known, None)
    return unusual, left


def _standing(ids: Ids, told: InBrief) -> tuple[_Held, list[Given]]:
    """Ids of a report that its versions hold, and those whose body it has no more."""
    places: dict[Source, int] = {}
    for place, version in enumerate(told.versions):
        for source in version.sources:
            places.setdefault(source, place)
    held, gone = _Held(), []
    for given in ids.of(told.report_id):
        at = places.get((given.sha256, given.url))
        if at is None:
            gone.append(given)
        else:
            held.put(at, given, is_own=True)
    return held, gone


def _found(
    left: Iterable[Given], reports: Reports, instead: Mapping[tuple[str, str], tuple[str, str]]
) -> Iterator[tuple[Given, Holder]]:
    """Who holds the bodies of ids that left their reports."""
    wanted = sorted(left, key=lambda each: (each.report, each.number))
    asked: dict[Source, list[Holder]] = {(each.sha256, each.url): [] for each in wanted}
    other = {
        (sha256, url): (digest, address) for (url, sha256), (address, digest) in instead.items()
    }
    asked |= {other[source]: [] for source in list(asked) if source in other}
    for told in briefs(reports) if wanted else ():
        for place, version in enumerate(told.versions):
            for source in version.sources:
                if source in asked:
                    asked[source].append((told.report_id, place))
    for given in wanted:
        source = (given.sha256, given.url)
        # Of a version that lost its first body, another in the same words holds the id.
        found = asked[source] or asked.get(other.get(source, source), [])
        own = [each for each in found if each[0] == given.report]
        for holder in (own or found)[:1]:
            yield given, holder


def _numbers(count: int, held: _Held, taken: set[int]) -> tuple[int, ...]:
    """Numbers of a report's versions; those of the report that it was before, where free."""
    made = [min((each.number for each in held.own.get(n, ())), default=0) for n in range(count)]
    for place, number in enumerate(made):
        if not number:
            brought = [each.number for each in held.brought.get(place, ())]
            free = [each for each in brought if each not in taken]
            made[place] = min(free, default=max(taken, default=0) + 1)
            taken.add(made[place])
    return tuple(made)


def _moved(held: list[tuple[Given, str, str]], reports: Reports) -> list[Moved]:
    """Ids of agencies, reports and versions that lead to others."""
    led: dict[str, str] = {}
    versions = []
    for given, report_id, new_id in held:
        if new_id != given.version_id:
            reason = MERGED if report_id == given.report else _reason(given.report, reports)
            versions.append(Moved(given.version_id, new_id, "version", reason))
        if report_id != given.report and given.report not in reports:
            led.setdefault(given.report, report_id)
    by_agency: dict[str, set[str]] = {}
    for old, new in led.items():
        by_agency.setdefault(agency_of(old), set()).add(agency_of(new))
    one = {old: new.pop() for old, new in by_agency.items() if len(new) == 1}
    agencies = {agency_of(report_id) for report_id in reports} if one else set()
    return [
        *(Moved(o, n, "agency", IDENTIFIED) for o, n in one.items() if o not in agencies),
        *(Moved(o, n, "report", _reason(o, reports)) for o, n in led.items()),
        *versions,
    ]


def _reason(report_id: str, reports: Reports) -> str:
    """Why an id of a report leads elsewhere: its agency became known, or it is another's."""
    unresolved = report_id.startswith("u-") and report_id not in reports
    return IDENTIFIED if unresolved else REASSIGNED
