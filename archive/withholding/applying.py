"""What is withheld, taken out of what was gathered before anything of it is published.

All bodies are gathered first, as if nothing were withheld: only so it is known which reports
and versions a decision concerns, however often their pages changed since. Then what may be
shown is gathered anew, and a version that lost one of its addresses keeps its number.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from extract.types import Report

from ..bodies import Body
from ..digests import Digests
from ..evidence import linked
from ..histories import Gathered, Version
from ..kept import Reading
from ..register import Given
from .concerned import Key, Place, concerned, key_of, places, possible
from .decision import DELETED, Withheld, Withholding
from .repeated import elsewhere, without
from .spans import Cut, hide, mark

Read = Callable[[str], Reading]
Gather = Callable[[list[Body]], Gathered]


@dataclass(frozen=True, slots=True)
class Gone:
    """A decision, and one place that it took a body from.

    Attributes:
        entry: The decision.
        sha256: The body.
        place: The report and version that it stood in; None if in none.
    """

    entry: Withholding
    sha256: str
    place: Place | None


@dataclass(slots=True)
class Applied:
    """What the decisions came to.

    Attributes:
        gone: What is here no more.
        idle: Decisions that concern nothing that was ever obtained.
        cuts: Digest of the body that a version is read from → what is hidden of its text.
        spans: The same → the decisions.
        instead: A body that is gone → another one in the same words of the same version.
    """

    gone: list[Gone] = field(default_factory=list)
    idle: list[Withholding] = field(default_factory=list)
    cuts: dict[str, tuple[Cut, ...]] = field(default_factory=dict)
    spans: dict[str, tuple[Withholding, ...]] = field(default_factory=dict)
    instead: dict[Key, Key] = field(default_factory=dict)

    def hiding(self, read: Read) -> Read:
        """Readings without the spans that are withheld."""
        return _Hiding(read, self.spans) if self.spans else read


@dataclass(frozen=True, slots=True)
class _Hiding:
    """Readings as `Applied.hiding` gives them; no closure, for it goes to other processes."""

    read: Read
    spans: Mapping[str, tuple[Withholding, ...]]

    def __call__(self, sha256: str) -> Reading:
        reading = self.read(sha256)
        spans = self.spans.get(sha256)
        if not spans or reading.report is None:
            return reading
        return replace(reading, report=hide(reading.report, spans)[0])


def apply(
    withheld: Withheld,
    found: list[Body],
    gather: Gather,
    read: Read,
    given: Callable[[], Collection[Given]],
) -> Gathered:
    """Gather what may be shown of all bodies, as `apply_some` does of some."""
    made = apply_some(withheld, found, gather, read, given)
    if made.withheld is not None:
        made.withheld = together(withheld, [made.withheld])
    return made


def apply_some(
    withheld: Withheld,
    found: list[Body],
    gather: Gather,
    read: Read,
    given: Callable[[], Collection[Given]],
) -> Gathered:
    """Gather what may be shown.

    Args:
        withheld: The decisions, records resolved to digests.
        found: All bodies.
        gather: Makes reports of bodies.
        read: Gives what the body of a digest says, whole.
        given: The ids that releases gave.

    Returns:
        The reports; `withheld` of them says what the decisions came to among these bodies:
        all those are idle that concern none of them.
    """
    applied, gathered = Applied(), gather(found)
    wholes, ids = withheld.wholes, given() if any(each.report for each in withheld.wholes) else ()
    met = possible(wholes, found, gathered.reports, ids) if wholes else []
    applied.idle = [entry for entry in wholes if entry not in met]
    hidden: dict[Key, Body] = {}
    standing = places(gathered) if met else {}
    for entry in met:
        taken = concerned(entry, found, standing, ids)
        hidden |= taken
        applied.gone += _gone(entry, taken, standing)
        if not taken:
            applied.idle.append(entry)
    if hidden:
        applied.instead = _instead(standing, hidden)
        gathered = gather([body for body in found if key_of(body) not in hidden])
        _without_links(gathered, hidden.values())
    _cut(applied, withheld.spans, gathered, read)
    gathered.withheld = applied
    return gathered


def together(withheld: Withheld, every: Iterable[Applied]) -> Applied:
    """What decisions came to, from what they came to among parts of the bodies.

    What was deleted may be known to the ledger no more: it is gone without having stood anywhere.
    """
    made, idle = Applied(), list(withheld.entries)
    for applied in every:
        made.gone += applied.gone
        made.cuts |= applied.cuts
        made.spans |= applied.spans
        made.instead |= applied.instead
        idle = [entry for entry in idle if entry in applied.idle]
    for entry in idle:
        if entry.what == DELETED:
            made.gone.append(Gone(entry, entry.sha256, None))
        else:
            made.idle.append(entry)
    return made


def _gone(
    entry: Withholding, taken: Mapping[Key, Body], standing: Mapping[Key, list[Place]]
) -> Iterable[Gone]:
    """The places that a decision took bodies from."""
    for key in taken:
        for place in standing.get(key, ()):
            yield Gone(entry, key[1], place)
        if key not in standing:
            yield Gone(entry, key[1], None)


def _instead(standing: Mapping[Key, list[Place]], hidden: Collection[Key]) -> dict[Key, Key]:
    """For each hidden body of a version one that says the same and is shown, if there is one."""
    made: dict[Key, Key] = {}
    for key in hidden:
        for place in standing.get(key, ()):
            same = (key_of(body) for body in place.version.bodies)
            left = next((each for each in same if each not in hidden), None)
            if left:
                made.setdefault(key, left)
    return made


def _without_links(gathered: Gathered, hidden: Iterable[Body]) -> None:
    """Take addresses and names of files that are withheld out of what the pages list."""
    gone = {body.url for body in hidden}
    for version in _versions(gathered):
        links = version.report.attachments
        page = version.bodies[0].url
        kept = tuple(each for each in links if linked(page, each[0]) not in gone)
        if kept != links:
            version.report = replace(version.report, attachments=kept)


def _cut(applied: Applied, spans: Sequence[Withholding], gathered: Gathered, read: Read) -> None:
    """Note which versions spans are in, and give those the digest of what is left."""
    by_body: dict[str, list[Withholding]] = {}
    for span in spans:
        by_body.setdefault(span.sha256, []).append(span)
    met: set[Withholding] = set()
    versions = _versions(gathered) if by_body else []
    for version in versions:
        # Another body of the same words may be the one that its text is read from.
        bodies = dict.fromkeys(str(body.capture["sha256"]) for body in version.sources)
        own = tuple(span for sha256 in bodies for span in by_body.get(sha256, ()))
        if own and read(version.sha256).report is not None:
            met.update(own)
            known = applied.spans.get(version.sha256, ())
            more = tuple(span for span in own if span not in known)
            applied.spans[version.sha256] = (*known, *more)
    for version in versions:
        # What is hidden of a body is hidden in all versions that are read from it.
        spans_of_it = applied.spans.get(version.sha256)
        report: Report | None = read(version.sha256).report if spans_of_it else None
        if report is None or not spans_of_it:
            continue
        report, applied.cuts[version.sha256] = hide(report, spans_of_it)
        # The digest of the whole text would tell whoever guesses the hidden words.
        said = Digests.of(report)
        version.text_sha256, version.figures_sha256 = said.text, said.figures
        version.masked = said.masked
        words = {c.words: mark(c.span) for c in applied.cuts[version.sha256] if c.words}
        version.report = elsewhere(version.report, words)
        if words:
            version.bodies = [_titled(body, words) for body in version.bodies]
            version.beside = [_titled(body, words) for body in version.beside]
    applied.idle += [span for span in spans if span not in met]


def _titled(body: Body, words: Mapping[str, str]) -> Body:
    """A body whose list title has no hidden words."""
    title = without(str(body.capture["list_title"]), words)
    return replace(body, capture={**body.capture, "list_title": title})


def _versions(gathered: Gathered) -> list[Version]:
    return [version for history in gathered.reports.values() for version in history.versions]
