"""Reports in the making: which history a reading belongs to, and which version it gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from extract.labels import flat
from extract.types import Report

from .agencies import Agency, Resolver
from .bodies import Body
from .digests import Digests
from .histories import Gathered, ReportHistory, Unread, Version
from .twins import is_mobile


class Reports:
    """Histories by their ids, made as readings come."""

    def __init__(
        self, known: Mapping[str, Mapping[str, Any]], made: Gathered, resolver: Resolver
    ) -> None:
        """Place into `made`, by the newest registry entries by portal."""
        self._known = known
        self._made = made
        self._histories: dict[str, ReportHistory] = {}
        made.reports = self._histories
        self._resolver = resolver
        #: What names were resolved to: most agencies print theirs alike every year.
        self._agencies: dict[tuple[str, str, str | None, int], Agency] = {}
        made.names.decisions = resolver.decisions
        for portal, entry in known.items():
            if entry.get("agency"):
                agency = resolver.resolve(str(entry["agency"]), portal, entry)
                made.names.registered[agency.agency_id, portal] = flat(str(entry["agency"]))

    def report_id(self, report: Report, body: Body) -> str | None:
        """The id of the report that a body tells of; None without agency or year."""
        if report.year is None or report.agency is None:
            return None
        agency = self._agency(report.agency, report.year, report.scope, body)
        return agency.report_id(report.year)

    def history(self, report: Report, body: Body) -> ReportHistory | None:
        """The history that a report belongs to; None, and listed, without agency or year."""
        if report.year is None or report.agency is None:
            what = "year" if report.year is None else "agency"
            detail = f"no evidence for its {what} in the page, the list or the registry"
            self._made.unread.append(Unread(body, f"no_{what}", detail))
            return None
        agency = self._agency(report.agency, report.year, report.scope, body)
        self._made.names.add(agency, flat(report.agency), body.capture["portal"], report.year)
        report_id = agency.report_id(report.year)
        made = ReportHistory(report_id, agency, report.year)
        return self._histories.setdefault(report_id, made)

    def _agency(self, printed: str, year: int, scope: str | None, body: Body) -> Agency:
        portal = body.capture["portal"]
        key = (printed, portal, scope, year)
        if key not in self._agencies:
            entry = self._known.get(portal, {})
            self._agencies[key] = self._resolver.resolve(printed, portal, entry, scope, year)
        return self._agencies[key]

    def place(
        self, history: ReportHistory, report: Report, body: Body, digests: Digests | None = None
    ) -> Version:
        """The version that says what a page says, new if there is none.

        Args:
            history: The report that it is of.
            report: What the page says: whole, or without what is long.
            body: The page.
            digests: Those of the whole; None if it is given whole.
        """
        made = Version.of(report, body, digests)
        for version in history.versions:
            if version.equals(made):
                version.bodies.append(body)
                return version
        for version in history.versions:
            if version.has_twin_words(made):
                version.stand_beside(made)
                return version
        twins = [
            (round_, number)
            for number, version in enumerate(history.versions)
            if (round_ := version.twin_round(made))
        ]
        if twins:
            return _with_twin(history.versions[min(twins)[1]], made)
        history.versions.append(made)
        return made


def _with_twin(version: Version, twin: Version) -> Version:
    """A version that has a page's twin beside it; a copy for phones never leads."""
    phones = all(is_mobile(body.url) for body in version.speaking)
    if phones and not is_mobile(twin.bodies[0].url):
        version.lead(twin)
    else:
        version.stand_beside(twin)
    return version
