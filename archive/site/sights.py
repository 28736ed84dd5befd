"""How an archived original is shown, and where a figure stands in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from archive.errors import ArchiveError
from archive.root import DataRoot
from archive.site import drawing, highlight, originals, places, queries
from archive.site.figure import Seen, slot_of
from archive.site.release import Release
from archive.warc import load_body
from extract import read
from extract.decode import decode
from extract.errors import ReadingError
from extract.formats import zipped
from extract.forms import Slot
from extract.locators import of_place
from extract.version import reader_version

#: Lines of a text that are shown around the one that prints a figure.
_LINES_AROUND = 6
#: Seconds that a reader of the site waits for bytes from another place.
PATIENCE = 8.0
_LONGEST_LINE = 400


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for.

    Attributes:
        seen: The version, and where its figures stand if that is known.
        number: Which of its sources, counted from 1.
        source: That source's row.
        figure: The figure that is looked for, or "".
    """

    seen: Seen
    number: int
    source: queries.Row
    figure: str = ""

    @property
    def report(self) -> queries.Report:
        """The version as its own page shows it."""
        return self.seen.report

    @property
    def version_id(self) -> str:
        """The version's id."""
        return self.seen.version_id

    @property
    def read_in(self) -> int | None:
        """Which source the figures were read from."""
        return self.seen.read_in

    @property
    def place(self) -> str:
        """The figure's place in this very source, or ""."""
        places = self.seen.places
        if places is None or places.sha256 != self.source["sha256"]:
            return ""
        return places.by_figure.get(self.figure, "")

    @property
    def slot(self) -> Slot:
        """The figure's line and measure, as its newest form words them."""
        return slot_of(self.figure)

    @property
    def by_hand(self) -> queries.Row | None:
        """The correction that is laid over the figure, or None."""
        return self.report.by_hand.get(self.figure)

    @property
    def sought(self) -> str:
        """What stands at the figure's place: where people read it, what the machine read there."""
        row = self.by_hand
        if row is None:
            return self.printed
        text = row["machine_value"] if row["machine_printed"] is None else row["machine_printed"]
        return "" if text is None else str(text)

    @property
    def printed(self) -> str:
        """What the release says that the report prints for the figure."""
        return self.seen.figures.cell(self.slot).text


@dataclass(frozen=True, slots=True)
class Sight:
    """How an original is shown, and how a figure in it.

    Attributes:
        kind: What the bytes are.
        framed: Whether they are shown in a frame.
        outcome: Word for what became of the figure: `outlined`, `in_line` (its line is
            marked), `paragraph` (only what holds it could be outlined), `drawn`, `line`,
            `told` (in words), `elsewhere` (in another source), `unknown` (no place is
            known), `differs` (other text stands there).
        where: Its place in words.
        shown: The page for the frame.
        lines: Lines of a text around it, with their numbers.
    """

    kind: originals.Kind
    framed: bool
    outcome: str = ""
    where: str = ""
    shown: highlight.Shown | None = None
    lines: tuple[tuple[int, str], ...] = ()


def loaded(release: Release, asked: Asked) -> bytes:
    """The bytes of an original.

    Raises:
        StoreUnreachable: They lie in another place, which does not answer in time.
        ArchiveError: They are lost or damaged.
    """
    warcs = replace(DataRoot(release.root).warcs, patience=PATIENCE)
    return load_body(warcs, asked.source)


def known(release: Release, asked: Asked, body: bytes) -> Asked:
    """The same; without the place where today's reader would number the page otherwise."""
    reader = release.manifest.get("reader")
    if not asked.place or reader in (None, reader_version()):
        return asked
    try:
        found = {figure.key: figure.place for figure in read(body).figures}
    except ReadingError:
        found = {}
    if found.get(asked.figure) == asked.place:
        return asked
    return replace(asked, seen=Seen(asked.report))


def sight_of(release: Release, asked: Asked) -> Sight:
    """How the original is shown on our page."""
    body = loaded(release, asked)
    kind = originals.kind_of(body)
    sight = Sight(kind, originals.is_shown(kind, asked.source))
    if sight.framed:
        asked = known(release, asked, body)
    if not asked.figure:
        shown = highlight.show(body) if sight.framed else None
        return replace(sight, shown=shown)
    if not asked.place:
        elsewhere = asked.read_in not in (None, asked.number)
        shown = highlight.show(body) if sight.framed else None
        return replace(sight, outcome="elsewhere" if elsewhere else "unknown", shown=shown)
    where = places.in_words(asked.place, str(asked.report.version["format"]))
    sight = replace(sight, where=where, outcome="told")
    if sight.framed:
        shown = highlight.show(body, asked.place, asked.sought)
        return replace(sight, shown=shown, outcome=_outcome(shown))
    if kind is originals.TEXT:
        return _with_lines(sight, body, asked)
    if of_place(asked.place).box and originals.kind_of(_member(body, asked)) is originals.PDF:
        return replace(sight, outcome="drawn")
    return sight


def _outcome(shown: highlight.Shown) -> str:
    if not shown.anchor:
        return "differs"
    if shown.line:
        return "in_line"
    return "outlined" if shown.whole else "paragraph"


def _with_lines(sight: Sight, body: bytes, asked: Asked) -> Sight:
    """The lines of a text around the figure."""
    at = of_place(asked.place).line
    content = decode(body)[0].replace("\f", "\n").replace("\r\n", "\n").replace("\r", "\n")
    lines = content.split("\n")
    if at is None or at > len(lines):
        return sight
    if "".join(asked.sought.split()) not in "".join(lines[at - 1].split()):
        return replace(sight, outcome="differs")
    first, last = max(1, at - _LINES_AROUND), min(len(lines), at + _LINES_AROUND)
    around = [(number, lines[number - 1][:_LONGEST_LINE]) for number in range(first, last + 1)]
    return replace(sight, outcome="line", lines=tuple(around))


def picture(release: Release, asked: Asked, whole: bool) -> bytes | None:
    """The drawn page of a PDF, or None where the figure has no place in one."""
    found = of_place(asked.place)
    if found.page is None or found.box is None:
        return None
    body = _member(loaded(release, asked), asked)
    if originals.kind_of(body) is not originals.PDF:
        return None
    around = drawing.WHOLE if whole else drawing.AROUND
    return drawing.draw(body, found.page, found.box, around)


def _member(body: bytes, asked: Asked) -> bytes:
    """The file of an archive in which a figure stands; the body itself if it is none."""
    member = of_place(asked.place).member
    if not member:
        return body
    try:
        return dict(zipped.members(body)).get(member, b"")
    except ReadingError as error:
        raise ArchiveError(f"the ZIP archive cannot be unpacked: {error}") from error
