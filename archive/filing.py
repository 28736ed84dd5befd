"""Which version of a report a file gives, or belongs to.

A file is the page's report in other words where both print the same figures, and the report
itself where the page prints none.
"""

from __future__ import annotations

from extract.errors import Challenge, SoftNotFound
from extract.types import Report

from .bodies import Body
from .histories import ReportHistory, Unread, Version, differences
from .kept import Read
from .links import Links
from .pages import Page
from .reports import Reports

#: A file that prints other figures than the page that links to it: both are kept, the page
#: counts, and the file is listed with the figures. It is no version: those tell of changes.
DIFFERS = "differs_from_page"
_MOST_NAMED = 20
#: Pages that speak for themselves, or say nothing of what is behind them.
_NO_TEXT = frozenset({"read", SoftNotFound.status, Challenge.status})


class Filing:
    """Places files among the versions of reports.

    Args:
        links: Which pages link to them.
        reports: Which reports these pages tell of.
        read: Gives what the body of a digest says, whole.
        unread: Takes files that are listed instead.
    """

    def __init__(self, links: Links, reports: Reports, read: Read, unread: list[Unread]) -> None:
        self._links, self._reports, self._read, self._unread = links, reports, read, unread

    def join(
        self, history: ReportHistory, report: Report, body: Body, page: Page | None
    ) -> Version | None:
        """The version that a file gives or belongs to; None if it is listed instead."""
        made = Version.of(report, body)
        for version in history.versions:
            if version.equals(made):
                version.bodies.append(body)
                return version
        silent = self._silent_texts(history, body)
        theirs = self._versions_of(page, history, body)
        beside = theirs or [each for each in history.versions if each.has_twin_in(made)]
        beside = [version for version in beside if not _spoke_before(silent, version)]
        for version in beside:
            if not self._differences(version, report):
                # A page that prints figures stands for itself; one without has a file for them.
                if made.filled > version.filled and not (version.of_page and version.filled):
                    version.lead(made)
                else:
                    version.beside.append(body)
                return version
        replaced = self._replaced(theirs, body)
        if replaced is not None:
            self._hand_over(replaced, made)
        elif theirs and not silent:
            differing = self._differences(theirs[0], report)
            more = f" and {len(differing) - _MOST_NAMED} more" if differing[_MOST_NAMED:] else ""
            named = "; ".join(differing[:_MOST_NAMED])
            detail = f"figures on {theirs[0].speaking[0].url} and in this file: {named}{more}"
            self._unread.append(Unread(body, DIFFERS, detail))
            return None
        history.versions.append(made)
        return made

    def _replaced(self, theirs: list[Version], body: Body) -> Version | None:
        """The page's version that an earlier file led, whose place a file has taken.

        The page prints no figures that the file could differ from. It has the same address,
        or the page links to it and to the earlier one no more.
        """
        linking = self._links.to(body.url)
        for version in theirs:
            files = [each for each in version.bodies if each.order[0] < body.order[0]]
            if version.of_page or len(files) < len(version.bodies):
                continue
            if all(file.url == body.url or self._is_left(file, linking) for file in files):
                return version
        return None

    def _is_left(self, file: Body, linking: list[Page]) -> bool:
        """Whether pages link to another file, and not to this one."""
        before = self._links.to(file.url)
        return bool(linking) and not any(page in before for page in linking)

    def _hand_over(self, old: Version, new: Version) -> None:
        """Make the texts of an earlier file's page those of the file that took its place."""
        addresses = {file.url for file in old.bodies}
        for page in self._links.to(new.bodies[0].url):
            if page.version is not old:
                continue
            new.beside.append(page.body)
            if not any(page in self._links.to(url) for url in addresses):
                old.beside.remove(page.body)
                page.version = new

    def _silent_texts(self, history: ReportHistory, body: Body) -> list[Page]:
        """The texts that only link to a file, where it is the report of which they tell."""
        return [
            page
            for page in self._links.texts_of(body)
            if page.report is not None
            and page.report.status not in _NO_TEXT
            and self._reports.report_id(page.report, page.body) in (None, history.report_id)
        ]

    def _versions_of(self, page: Page | None, history: ReportHistory, body: Body) -> list[Version]:
        """Versions of a report that a page gave as it linked to a file, what it gives now first."""
        if page is None:
            return []
        texts = [each for each in self._links.texts_of(body) if each.body.url == page.body.url]
        texts.sort(key=lambda each: each.body.recency)
        given = [each.version for each in texts if each.version is not None]
        return [version for version in given if version in history.versions]

    def _differences(self, version: Version, report: Report) -> list[str]:
        whole = self._read(version.sha256).report
        return differences(whole, report) if whole else []


def _spoke_before(silent: list[Page], version: Version) -> bool:
    """Whether a file was the report of an address before that gave a version's own words.

    Then the file was a version, and stays one.
    """
    given: dict[str, str] = {}
    for body in version.bodies:
        if not body.is_attachment:
            given[body.url] = min(body.order[0], given.get(body.url, body.order[0]))
    return any(page.body.order[0] < given.get(page.body.url, "") for page in silent)
