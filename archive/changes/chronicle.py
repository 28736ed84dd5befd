"""A report's changes from what its addresses gave, round by round.

`page`: an address gives another text than before, nothing any more, or something again.
`migration`: new words come from a new address, and the old words are not seen any more.
What stands side by side at several addresses is no change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..absence import Absence
from ..histories import ReportHistory, Version
from ..twins import place
from .change import BACK, FIRST, GONE, MIGRATION, PAGE, Change
from .trail import Step, Trail, trails

_Steps = dict[str, Step]


def changes_of(history: ReportHistory, imports: Collection[str] = frozenset()) -> list[Change]:
    """All changes of a report that the runs saw, in order; `first` where it has several versions.

    Args:
        history: The report.
        imports: Runs that took in documents saved by hand: they say nothing of the page.

    Returns:
        The changes; those between two versions have no kind yet, but `back`.
    """
    if len(history.versions) == 1 and not any(history.versions[0].missed.values()):
        return []  # nearly all reports
    chronicle = _Chronicle(history, trails(history, imports))
    for round_ in chronicle.rounds:
        chronicle.pass_round(round_)
    changes = chronicle.changes
    if len(history.versions) > 1:
        changes.append(_first(history))
    return sorted(changes, key=lambda change: change.place)


def _first(history: ReportHistory) -> Change:
    version = min(history.versions, key=lambda each: each.first)
    (began, *_), body = min(version.sights, key=lambda sight: sight[0])
    at = min(seen.at for seen in body.seen if seen.round >= began)
    return Change(PAGE, None, version, body.url, None, at, began, FIRST)


class _Chronicle:
    """A report's addresses, followed through the rounds."""

    def __init__(self, history: ReportHistory, found: dict[str, Trail]) -> None:
        self.changes: list[Change] = []
        self._versions = sorted(history.versions, key=lambda version: version.first)
        self._trails = found
        self._steps: dict[str, _Steps] = {key: trail.steps() for key, trail in found.items()}
        self.rounds = sorted({round_ for steps in self._steps.values() for round_ in steps})
        #: What each address gave last, and those that give it no more.
        self._held: dict[str, Version] = {}
        self._silent: set[str] = set()
        #: Pages that gave what was replaced elsewhere, and were not asked since.
        self._unheard: set[str] = set()
        self._places: set[str] = set()
        self._known: set[Version] = set()
        #: Versions before and after, and how often one address has changed so.
        self._told: set[tuple[Version, Version, int]] = set()
        self._turns: dict[tuple[str, Version, Version], int] = {}
        self._gone: Change | None = None

    def pass_round(self, round_: str) -> None:
        """Take what the addresses gave in a round, and tell what changed by it."""
        steps = {key: self._steps[key][round_] for key in sorted(self._steps)
                 if round_ in self._steps[key]}  # fmt: skip
        alive = self._alive()
        known_places = set(self._places)
        new = {step.given for step in steps.values() if step.given} - self._known
        for key, step in steps.items():
            self._take(key, step)
        told = self._tell_turns(round_, steps)
        if self._gone is None:
            self._tell_moves(round_, steps, alive, new - told, known_places)
        self._tell_absence(round_, steps, known_places)

    def _take(self, key: str, step: Step) -> None:
        self._unheard.discard(key)
        if step.given is not None:
            self._held[key] = step.given
            self._places.add(key)
            self._known.add(step.given)
            self._silent.discard(key)
        if step.gone_at is not None and key in self._held:
            self._silent.add(key)

    # -- another text -------------------------------------------------------------------

    def _tell_turns(self, round_: str, steps: _Steps) -> set[Version]:
        """Tell of addresses that give another text; one change, however many they are."""
        told = set()
        for key, step in steps.items():
            old, new = step.turned, step.given
            if old is None or new is None:
                continue
            told.add(new)
            count = self._turns[key, old, new] = self._turns.get((key, old, new), 0) + 1
            if (old, new, count) in self._told:
                continue
            self._told.add((old, new, count))
            self._retire(old, round_)
            kind = BACK if step.is_back else ""
            if self._gone is None:
                self._add(PAGE, old, new, step.url, step.before, step.after, round_, kind)
        return told

    def _tell_moves(
        self,
        round_: str,
        steps: _Steps,
        alive: list[Version],
        new: set[Version],
        known_places: set[str],
    ) -> None:
        """Tell of new words at new addresses, where the old ones are not seen any more."""
        for version in sorted(new, key=lambda each: each.first):
            places = [key for key in steps if steps[key].given is version]
            if any(key in known_places for key in places):
                continue
            left = [each for each in alive if self._is_left(each, version, round_)]
            if left:
                old = max(left, key=lambda each: (self._last_round(each), each.first))
                before, after = self._last_time(old), self._trails[places[0]].times(version)[0]
                url = steps[places[0]].url
                self._add(MIGRATION, old, version, url, before, after, round_)
                self._retire(old, round_)

    def _is_left(self, old: Version, new: Version, round_: str) -> bool:
        """Whether a version is not seen any more, and another took its place.

        Another portal's copy takes it only where the old addresses are known to be silent.
        """
        if self._last_round(old) >= round_:
            return False
        if not _portals(old).isdisjoint(_portals(new)):
            return True
        return all(old.absences.get(body.url, Absence()) != Absence() for body in old.telling)

    def _retire(self, version: Version, round_: str) -> None:
        """Take addresses of a replaced version, not asked since, for its place no more.

        A page may still give it: the report is not gone before the page was asked for.
        """
        for key, held in list(self._held.items()):
            last = self._trails[key].last(version)
            if held is version and last is not None and last < round_:
                del self._held[key]
                if self._trails[key].is_page and key not in self._silent:
                    self._unheard.add(key)
                self._silent.discard(key)

    # -- nothing any more, and something again ----------------------------------------------

    def _tell_absence(self, round_: str, steps: _Steps, known_places: set[str]) -> None:
        alive = self._alive()
        gone = sorted((key for key in steps if steps[key].gone_at), key=self._rank)
        left = alive or self._unheard
        if self._gone is None and gone and self._held and not left:
            old = max(self._held.values(), key=lambda version: version.first)
            step = steps[gone[0]]
            before, after = self._last_time(old, step.gone_at), step.gone_at or ""
            self._gone = self._add(PAGE, old, None, step.url, before, after, round_, GONE)
        elif self._gone is not None and alive:
            keys = [key for key in sorted(steps, key=self._rank) if steps[key].given]
            new = steps[keys[0]].given
            before_it = None if new is self._gone.old else self._gone.old
            at = min(s.at for s in self._trails[keys[0]].rounds[round_] if s.version is new)
            missed = [each for trail in self._trails.values() for each in trail.times(None)]
            before = max((each for each in missed if each < at), default=self._gone.seen_after)
            cause = PAGE if known_places.intersection(keys) else MIGRATION
            self._gone = None
            self._add(cause, before_it, new, steps[keys[0]].url, before, at, round_, BACK)

    def _alive(self) -> list[Version]:
        """Versions that an address gives, as far as is known."""
        return [version for version in self._versions if self._is_given(version)]

    def _is_given(self, version: Version) -> bool:
        held = [key for key, each in self._held.items() if each is version]
        speaking = {place(body.url) for body in version.speaking}
        pages = [key for key in held if self._trails[key].is_page]
        own = [key for key in held if key in speaking]
        groups = [group for group in (pages, own) if group]
        return bool(held) and not any(self._silent.issuperset(group) for group in groups)

    # -- help -----------------------------------------------------------------------------

    def _rank(self, key: str) -> tuple[bool, str]:
        return not self._trails[key].is_page, key

    def _last_round(self, version: Version) -> str:
        return max((trail.last(version) or "" for trail in self._trails.values()), default="")

    def _last_time(self, version: Version, until: str | None = None) -> str | None:
        every: Iterable[str] = (
            at
            for trail in self._trails.values()
            for at in trail.times(version)
            if until is None or at < until
        )
        return max(every, default=None)

    def _add(
        self,
        cause: str,
        old: Version | None,
        new: Version | None,
        url: str,
        before: str | None,
        after: str,
        round_: str,
        kind: str = "",
    ) -> Change:
        change = Change(cause, old, new, url, before, after, round_, kind)
        self.changes.append(change)
        return change


def _portals(version: Version) -> set[str]:
    return {str(body.capture["portal"]) for body in version.telling}
