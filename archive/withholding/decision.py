"""A decision to withhold a capture, a page or a span of text."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

CAPTURE, PAGE, SPAN, DELETED = "capture", "page", "span", "deleted"
#: Classes of reasons; nothing else of a reason is published.
REASONS = ("privacy", "court", "rights", "agency", "mistake")


@dataclass(frozen=True, slots=True)
class Withholding:
    """What is withheld, since when, and for which class of reason.

    Attributes:
        what: `capture` (a body, wherever it was obtained), `page` (all that an address gave,
            or all of a report), `span`, or `deleted` (taken out of its WARC file).
        reason: Class of the reason, one of `REASONS`.
        date: The day, ISO.
        sha256: Digest of the body; of a capture that is named by its record "" until
            `Withheld.resolved`.
        url: The address of a page.
        source: File and entry in which it stands, for messages.
        record: Id of the record by which a capture is named, or which was deleted.
        report: Id of the report all of which is withheld, or that was read from what was deleted.
        chapter: Chapter of a span.
        after: Words of the text behind which the span begins; "" for the chapter's beginning.
        before: Words before which it ends; "" for the chapter's end.
    """

    what: str
    reason: str
    date: str
    sha256: str = ""
    url: str = ""
    source: str = ""
    record: str = ""
    report: str = ""
    chapter: str = ""
    after: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Withheld:
    """All that is withheld."""

    entries: tuple[Withholding, ...] = ()

    def digest(self) -> str:
        """What tells these decisions from others."""
        return hashlib.sha256(repr(self.entries).encode()).hexdigest()

    @property
    def spans(self) -> tuple[Withholding, ...]:
        """The spans of text."""
        return tuple(each for each in self.entries if each.what == SPAN)

    @property
    def wholes(self) -> tuple[Withholding, ...]:
        """Whatever takes away whole bodies."""
        return tuple(each for each in self.entries if each.what != SPAN)

    def with_more(self, more: tuple[Withholding, ...]) -> Withheld:
        """These and others: deletions are no decisions of the file, and are withheld too."""
        return Withheld((*self.entries, *more))

    def resolved(self, digest_of: Callable[[str], str | None]) -> Withheld:
        """The same, each record with the digest of its body.

        Args:
            digest_of: Gives the SHA-256 of the body of a record; None if there is none.
        """
        return Withheld(
            tuple(
                replace(each, sha256=digest_of(each.record) or "")
                if each.record and not each.sha256
                else each
                for each in self.entries
            )
        )
