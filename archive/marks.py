"""What the build marks a version with, once all is gathered: flags, pictures, absences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from extract.errors import Challenge, NeedsOcr, SoftNotFound
from extract.stand_ins import shows_nothing

from .absence import Absence, Absences
from .bodies import Body, Seen, key_of
from .codebook import BODY_ELSEWHERE, GONE, OFF_HOST, UNLISTED
from .histories import Version
from .pages import Page

_ELSEWHERE = ("attachment_unread", NeedsOcr.status)


class Marks:
    """Notes what each address gave, then marks the versions."""

    def __init__(self, known: Mapping[str, Mapping[str, Any]], absences: Absences) -> None:
        """Mark by the newest registry entries by portal, and by what the runs noted."""
        self._known = known
        self._absences = absences
        self._given: dict[str, list[Seen]] = {}
        self._refused: dict[str, list[Seen]] = {}

    def note(self, body: Body, statuses: set[str], detail: str = "") -> None:
        """Note that an address gave a body; one that says “no such page” is a refusal.

        A wall says nothing of the page behind it, nor does a blank page.
        """
        if shows_nothing(detail):
            return
        if SoftNotFound.status in statuses:
            for url, seen in (*((body.url, each) for each in body.seen), *body.origins):
                self._refused.setdefault(key_of(url), []).append(seen)
        elif Challenge.status not in statuses:
            self._given.setdefault(key_of(body.url), []).extend(body.seen)

    def put(self, versions: Iterable[Version], pages: Iterable[Page]) -> None:
        """Mark all versions."""
        pictures: dict[int, set[str]] = {}
        unread: dict[int, list[Body]] = {}
        for page in pages:
            if page.version is not None:
                unread.setdefault(id(page.version), []).extend(page.unread_files)
            for version in (page.version, *(file.version for file in page.files)):
                if version is not None:
                    pictures.setdefault(id(version), set()).update(page.pictures)
        for version in versions:
            version.pictures = len(pictures.get(id(version), ()))
            version.absences = {body.url: self._absence(body.url) for body in version.sources}
            version.missed = {body.url: self._missed(body.url) for body in version.telling}
            version.flags = tuple(self._flags(version, unread.get(id(version), [])))

    def _absence(self, url: str) -> Absence:
        key = key_of(url)
        return self._absences.of(url, self._given.get(key, ()), self._refused.get(key, ()))

    def _missed(self, url: str) -> tuple[Seen, ...]:
        return self._absences.missed(url, self._refused.get(key_of(url), ()))

    def _flags(self, version: Version, unread: Sequence[Body]) -> Iterable[str]:
        is_elsewhere = version.report.status in _ELSEWHERE and version.report.kind == "html"
        if self._is_off_host(version, unread if is_elsewhere else ()):
            yield OFF_HOST
        if is_elsewhere:
            yield BODY_ELSEWHERE
        pages = {body.url for body in version.sources if not body.is_attachment}
        speaking = {body.url for body in version.speaking}
        absent = version.absences
        if any(urls and all(absent[url].gone_since for url in urls) for urls in (pages, speaking)):
            yield GONE
        elif pages and all(absent[url] != Absence() for url in pages):
            yield UNLISTED

    def _is_off_host(self, version: Version, unread: Sequence[Body]) -> bool:
        """Whether its text is in files, read or not, all of them on hosts that nobody registered.

        Args:
            version: A version.
            unread: Files in which the text is that its page lacks, and that cannot be read.
        """
        files = version.bodies if not version.of_page else unread
        return bool(files) and all(map(self._is_foreign, files))

    def _is_foreign(self, body: Body) -> bool:
        hosts = self._known.get(body.capture["portal"], {}).get("hosts", ())
        return bool(hosts) and urlsplit(body.url).hostname not in hosts
