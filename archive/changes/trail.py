"""What one address gave of a report, round by round."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import combinations

from ..histories import ReportHistory, Version
from ..twins import place


@dataclass(frozen=True, slots=True)
class Sight:
    """An address gave a version at a time, or nothing (None)."""

    at: str
    url: str
    version: Version | None


@dataclass(frozen=True, slots=True)
class Step:
    """What became of an address in one round in which it was asked for.

    Attributes:
        url: The address as it was asked for.
        given: The version that it gave; None if it gave nothing.
        turned: The other version that it gave until then, where that is a change.
        is_back: Whether it had given `given` before `turned`.
        before: When it gave the old version last.
        after: When it gave the new one first after that.
        gone_at: When it gave nothing, if that was later than what it gave.
    """

    url: str
    given: Version | None
    turned: Version | None = None
    is_back: bool = False
    before: str | None = None
    after: str = ""
    gone_at: str | None = None


@dataclass(slots=True)
class Trail:
    """All that the runs saw of a report at one address.

    Attributes:
        is_page: Whether it gave more than files that a page links to.
        rounds: Round → what was seen in it.
    """

    is_page: bool = False
    rounds: dict[str, list[Sight]] = field(default_factory=dict)

    def last(self, version: Version) -> str | None:
        """The last round in which it gave a version."""
        rounds = (
            round_
            for round_, sights in self.rounds.items()
            if any(sight.version is version for sight in sights)
        )
        return max(rounds, default=None)

    def times(self, version: Version | None) -> list[str]:
        """When it gave a version, or nothing (None)."""
        return sorted(s.at for each in self.rounds.values() for s in each if s.version is version)

    def steps(self) -> dict[str, Step]:
        """What became of it, by round.

        An address may give two texts in one round: two servers behind it, or a page that
        changed between two requests. While one of them is the one that it gave before,
        nothing has changed; and two texts that stood side by side change places once at
        most, or a machine that alternates would be a flood.
        """
        made: dict[str, Step] = {}
        held: Version | None = None
        settled: list[Version] = []
        beside: set[frozenset[Version]] = set()
        turned: set[frozenset[Version]] = set()
        for round_ in sorted(self.rounds):
            sights = sorted(self.rounds[round_], key=lambda sight: (sight.at, sight.url))
            given = {sight.version for sight in sights if sight.version is not None}
            beside |= {frozenset(pair) for pair in combinations(given, 2)}
            new = held if held in given else min(given, key=lambda v: v.first, default=None)
            gone_at = _gone_at(sights)
            if new is None or held is None or new is held:
                made[round_] = Step(_url(sights, new), new, gone_at=gone_at)
            else:
                pair = frozenset((held, new))
                if pair in beside and pair in turned:
                    made[round_] = Step(_url(sights, new), new, gone_at=gone_at)
                else:
                    made[round_] = self._turn(sights, held, new, new in settled, gone_at)
                turned.add(pair)
            if new is not None:
                held = new
                settled.append(new)
        return made

    def _turn(
        self, sights: list[Sight], old: Version, new: Version, is_back: bool, gone_at: str | None
    ) -> Step:
        """The step of an address that gives another version than before."""
        now = max(sight.at for sight in sights)
        before = max((at for at in self.times(old) if at < now), default=None)
        first = min(sight.at for sight in sights if sight.version is new)
        after = min((at for at in self.times(new) if at > (before or "")), default=first)
        return Step(_url(sights, new), new, old, is_back, before, min(after, first), gone_at)


def trails(history: ReportHistory, imports: Collection[str]) -> dict[str, Trail]:
    """The trails of a report's addresses, without what people saved by hand."""
    made: dict[str, Trail] = {}
    for version in history.versions:
        for body in version.telling:
            for seen in body.seen:
                if seen.run not in imports:
                    trail = made.setdefault(place(body.url), Trail())
                    trail.is_page |= not body.is_attachment
                    sight = Sight(seen.at, body.url, version)
                    trail.rounds.setdefault(seen.round, []).append(sight)
    missed = {
        (place(url), seen.round, seen.at): url
        for version in history.versions
        for url, every in version.missed.items()
        for seen in every
    }
    for (key, round_, at), url in sorted(missed.items()):
        if key in made:
            made[key].rounds.setdefault(round_, []).append(Sight(at, url, None))
    return made


def _gone_at(sights: list[Sight]) -> str | None:
    given = max((sight.at for sight in sights if sight.version is not None), default="")
    return min((s.at for s in sights if s.version is None and s.at > given), default=None)


def _url(sights: list[Sight], version: Version | None) -> str:
    return min(sight.url for sight in sights if sight.version is version)
