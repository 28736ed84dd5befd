"""A report's history: versions, where each was obtained, and which one counts now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from extract.labels import flat
from extract.legacy import LEGACY
from extract.types import BLANK_STATUSES, Figure, Report

from .absence import Absence
from .agencies import Agency, Names, resolve
from .bodies import Body, Seen
from .digests import Digests
from .heads import light
from .twins import place, plain

if TYPE_CHECKING:
    from .withholding.applying import Applied


@dataclass(slots=True, eq=False)
class Version:
    """A report's text and figures as they stood for a while.

    Attributes:
        report: The reading without its figures, chapters, tables and findings, read
            again from `sha256` when they are written: a country does not fit into memory.
        sha256: Body that holds the whole reading.
        filled: How many figures it prints.
        bodies: Where and when it was obtained, in these words.
        beside: The same report in other words: pages that only link to this file, files
            of a page that print its figures.
        stands_for: Files in its words, and pages that only link to them.
        led: Bodies whose words counted until those of a twin or a file took the lead.
        twin_words: SHA-256 of pages in `beside` that are twins → that of their words.
        number: Its place in the report for ever (`register.py`); until that is asked, the
            versions are counted as they were first seen, from 1.
        standing: Whether an address gave it when it was asked last for a report.
        flags: What the build alone knows of it.
        pictures: How many picture files were obtained with its page.
        absences: Addresses of its sources that give it no more.
        missed: When an address of its sources was asked for and gave nothing.
        masked: Digests of text and figures as they are published; None where nothing is masked.
    """

    report: Report
    sha256: str
    text_sha256: str
    figures_sha256: str
    filled: int
    bodies: list[Body]
    beside: list[Body] = field(default_factory=list)
    stands_for: list[tuple[Body, Body]] = field(default_factory=list)
    led: list[Body] = field(default_factory=list)
    twin_words: dict[str, str] = field(default_factory=dict)
    number: int = 0
    standing: bool = False
    flags: tuple[str, ...] = ()
    pictures: int = 0
    absences: dict[str, Absence] = field(default_factory=dict)
    missed: dict[str, tuple[Seen, ...]] = field(default_factory=dict)
    masked: tuple[str, str] | None = None

    @classmethod
    def of(cls, report: Report, body: Body, digests: Digests | None = None) -> Version:
        """The version that one body gives.

        Args:
            report: What is read in it: whole, or without what is long.
            body: The body.
            digests: Those of the whole; None if it is given whole.
        """
        said = digests or Digests.of(report)
        return cls(
            report if digests else light(report),
            body.capture["sha256"],
            said.text,
            said.figures,
            said.filled,
            [body],
            masked=said.masked,
        )

    @property
    def sources(self) -> list[Body]:
        """All bodies that it was obtained from, in the order in which they were first seen."""
        return sorted((*self.bodies, *self.beside), key=lambda body: body.order)

    @property
    def public(self) -> tuple[str, str]:
        """Digests of text and figures as they are published."""
        return self.masked or (self.text_sha256, self.figures_sha256)

    @property
    def of_page(self) -> bool:
        """Whether an address of its own gave it, and not only a page's attachment."""
        return not all(body.is_attachment for body in self.bodies)

    @property
    def speaking(self) -> list[Body]:
        """The bodies that say whether it stands: of a page's version the page's own."""
        return [body for body in self.bodies if not (self.of_page and body.is_attachment)]

    @property
    def telling(self) -> list[Body]:
        """The bodies that say what an address gave: a page's files say nothing of the page."""
        return [body for body in self.sources if not (self.of_page and body.is_attachment)]

    @property
    def first(self) -> tuple[str, str, str]:
        """Sorts versions by when they were first seen."""
        return min(order for order, _ in self.sights)

    @property
    def sights(self) -> list[tuple[tuple[str, str, str], Body]]:
        """When each body that speaks for it did so first, sorted as bodies are.

        A file speaks from the round in which a page linked to it and printed nothing itself; of
        one whose address gives something else by then, from the last one in which it was there.
        """
        made = []
        for file, page in self.stands_for:
            last = max(seen.round for seen in file.seen)
            began = min(max(file.order[0], page.order[0]), last)
            made.append(((began, *file.order[1:]), file))
        files = {id(file) for file, _ in self.stands_for}
        made += [
            (body.order, body) for body in (*self.led, *self.speaking) if id(body) not in files
        ]
        return made

    def equals(self, other: Version) -> bool:
        """Whether another version says the same in the same words."""
        mine = (self.text_sha256, self.figures_sha256, self.report.status)
        return mine == (other.text_sha256, other.figures_sha256, other.report.status)

    def has_twin_in(self, file: Version) -> bool:
        """Whether an attachment may be the same report in another format.

        A page's version must print the very same figures. Another file must have been
        seen in the same run: over time, lost cells and other words are a change.
        """
        if self.report.status != "read":
            return False
        if self.of_page:
            return bool(file.filled) and self.figures_sha256 == file.figures_sha256
        seen = file.bodies[0]
        addresses = {body.url for body in self.sources}
        return self.sources[0].order[0] == seen.order[0] and seen.url not in addresses

    def has_twin_words(self, other: Version) -> bool:
        """Whether one of its twins says at the same address what another page says."""
        if (self.figures_sha256, self.report.status) != (other.figures_sha256, other.report.status):
            return False
        theirs = other.bodies[0]
        return any(
            self.twin_words.get(body.capture["sha256"]) == other.text_sha256
            and place(body.url) == place(theirs.url)
            for body in self.beside
        )

    def twin_round(self, other: Version) -> str | None:
        """The first round in which another page gave the same report at a twin address.

        Templates word their titles and notes differently; the figures must be the same.
        What an address gives later in other words is a change, whatever its twin says.
        """
        if self.report.status != "read" or self.figures_sha256 != other.figures_sha256:
            return None
        theirs = other.bodies[0]
        pages = [body for body in self.sources if not body.is_attachment]
        if any(self._changes_into(other, body) for body in pages):
            return None
        rounds = {seen.round for seen in theirs.seen}
        shared = (
            seen.round
            for body in pages
            if body.url != theirs.url and plain(body.url) == plain(theirs.url)
            for seen in body.seen
            if seen.round in rounds
        )
        return min(shared, default=None)

    def _changes_into(self, other: Version, body: Body) -> bool:
        """Whether an address gave this version in its own words before the other one's."""
        theirs = other.bodies[0]
        if self._words(body) in (None, other.text_sha256) or place(body.url) != place(theirs.url):
            return False
        return body.url == theirs.url or body.order[0] < theirs.order[0]

    def _words(self, body: Body) -> str | None:
        """Digest of the words in which a body gave it; None where it only links to a file."""
        own = any(each is body for each in self.bodies)
        return self.text_sha256 if own else self.twin_words.get(body.capture["sha256"])

    def stand_beside(self, twin: Version) -> None:
        """Take the bodies of a twin as more sources, in words of their own."""
        self.beside += twin.bodies
        self.twin_words |= {body.capture["sha256"]: twin.text_sha256 for body in twin.bodies}

    def lead(self, other: Version) -> None:
        """Take another version's words for the report, and keep the present ones beside."""
        self.led += self.speaking
        self.stand_beside(self)
        self.bodies = other.bodies
        self.report, self.sha256, self.filled = other.report, other.sha256, other.filled
        self.text_sha256, self.figures_sha256 = other.text_sha256, other.figures_sha256
        self.masked = other.masked


@dataclass(slots=True)
class ReportHistory:
    """One report of one agency for one year, with all its versions.

    Attributes:
        former_ids: Ids that lead to it now, once the register was asked.
    """

    report_id: str
    agency: Agency
    year: int
    versions: list[Version] = field(default_factory=list)
    former_ids: list[str] = field(default_factory=list)

    @property
    def current(self) -> Version:
        """The version that counts.

        A read one first, then one that stands now (an agency may put an earlier text
        back), then one with figures (another copy of it may be laid out so that none can
        be told), then a page's before an attachment's, then the newest.
        """

        def rank(version: Version) -> tuple[bool, bool, bool, bool, tuple[str, str, str]]:
            read = version.report.status == "read"
            told = bool(version.filled) or version.report.form == LEGACY
            return read, version.standing, told, version.of_page, version.first

        # Of most reports there is one, and to rank it takes longer than the rest of its row.
        return self.versions[0] if len(self.versions) == 1 else max(self.versions, key=rank)

    def settle(self) -> None:
        """Number the versions by when they were first seen."""
        self.versions.sort(key=lambda version: version.first)
        for number, version in enumerate(self.versions, 1):
            version.number = number


@dataclass(frozen=True, slots=True)
class Unread:
    """A captured candidate that is no report here, and why."""

    body: Body
    reason: str
    detail: str


@dataclass(slots=True)
class Gathered:
    """All reports, and what could not become one."""

    #: By their ids; of a country they wait on the disk, and each is made anew when asked for.
    reports: Mapping[str, ReportHistory] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    #: Portal → addresses of documents that nobody called reports, and that are none.
    left_out: dict[str, set[str]] = field(default_factory=dict)
    #: Runs that took in documents saved by hand: their time is not an agency's.
    imports: frozenset[str] = frozenset()
    #: Portal → its newest registry entry, and how its latest crawl ended (outcome, detail …).
    entries: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    outcomes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    #: Under which names the agencies' reports were found.
    names: Names = field(default_factory=Names)
    #: Portal → end of the first crawl that saw its column.
    first_looks: Mapping[str, str] = field(default_factory=dict)
    #: Whose a name is: the build's resolver, which knows what was decided by hand.
    resolve: Callable[..., Agency] = resolve
    #: What is withheld, and what of it these reports would have held; None for nothing.
    withheld: Applied | None = None


def differences(one: Report, other: Report) -> list[str]:
    """Where two readings print different figures: `key: first, second`.

    A cell that only one of them has says nothing: a page may show its table as a
    picture. Words for an empty cell are equal, for a blank and a dash both give no
    number; a blank and a 0 are not.
    """
    says = {figure.key: figure for figure in other.figures if figure.printed is not None}
    return [
        f"{figure.key}: {figure.printed}, {says[figure.key].printed}"
        for figure in one.figures
        if figure.printed is not None
        and figure.key in says
        and _said(figure) != _said(says[figure.key])
    ]


def _said(figure: Figure) -> tuple[object, object]:
    if figure.value is not None:
        return figure.value, figure.unit
    return None, None if figure.status in BLANK_STATUSES else flat(figure.printed or "")
