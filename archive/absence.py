"""Addresses that gave a report once and do so no more: since when, as the runs noted it.

What the archive has is kept; that an address is silent is a fact about the address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .bodies import Body, Seen, key_of
from .ledger import Ledger
from .rounds import rounds

GONE, UNLISTED = "gone", "unlisted"


@dataclass(frozen=True, slots=True)
class Absence:
    """Since which day an address is gone, and since which its column does not list it."""

    gone_since: str | None = None
    unlisted_since: str | None = None


@dataclass(frozen=True, slots=True)
class Noted:
    """What one run noted of an address: `kind` is `GONE` or `UNLISTED`."""

    portal: str
    url: str
    kind: str
    seen: Seen


def noted(ledger: Ledger) -> Iterator[Noted]:
    """What the runs noted of addresses that had given something, in order of time."""
    began = rounds(ledger)
    for row in ledger.rows(
        "SELECT * FROM issues WHERE kind IN (?, ?) ORDER BY at, run_id", GONE, UNLISTED
    ):
        seen = Seen(row["at"], row["run_id"], began.get(row["run_id"], row["at"]))
        yield Noted(row["portal"], row["url"], row["kind"], seen)


class Absences:
    """What the runs noted of addresses that they had obtained before."""

    def __init__(self, ledger: Ledger) -> None:
        """Read the ledger's issues."""
        self._noted: dict[tuple[str, str], list[Seen]] = {}
        for each in noted(ledger):
            self._note(each)

    @classmethod
    def told_by(cls, notes: Iterable[Noted]) -> Absences:
        """Of some notes only, in the order in which they were made."""
        made = cls.__new__(cls)
        made._noted = {}
        for each in notes:
            made._note(each)
        return made

    def _note(self, each: Noted) -> None:
        self._noted.setdefault((key_of(each.url), each.kind), []).append(each.seen)

    def of(self, url: str, given: Iterable[Seen], refused: Sequence[Seen] = ()) -> Absence:
        """The absence of an address, as far as it lasts until today.

        A run that did not ask for it says nothing: old articles are asked for rarely. One
        that obtained it ends its being gone; and one that did so without missing it in the
        column, its being unlisted.

        Args:
            url: The address.
            given: When it gave what it should.
            refused: When it answered with a page that says that there is none.
        """
        gone = [*self._noted.get((key_of(url), GONE), ()), *refused]
        unlisted = self._noted.get((key_of(url), UNLISTED), [])
        if not gone and not unlisted:
            return Absence()
        given = list(given)
        runs = {noted.run for noted in unlisted}
        listed = [each for each in given if each.run not in runs]
        return Absence(_since(gone, given), _since(unlisted, listed))

    def missed(self, url: str, refused: Sequence[Seen] = ()) -> tuple[Seen, ...]:
        """When an address was asked for in vain, whatever it gave later.

        Args:
            url: The address.
            refused: When it answered with a page that says that there is none.
        """
        noted = self._noted.get((key_of(url), GONE), ())
        return tuple(sorted((*noted, *refused), key=lambda seen: (seen.round, seen.at)))

    def spells(self, found: Sequence[Body]) -> Iterator[tuple[str, list[list[str]]]]:
        """What each address gave, round by round, where it was not always the same.

        A text that was put back, or an address that was gone for a while, is a change in a
        release, and leaves no other trace in which body was given last.

        Yields:
            An address, and the SHA-256 of the bodies of one round after the other, `gone`
            for a round that missed it; rounds that repeat the one before are left out.
        """
        rounds: dict[str, dict[str, set[str]]] = {}
        for body in found:
            for seen in body.seen:
                given = rounds.setdefault(key_of(body.url), {})
                given.setdefault(seen.round, set()).add(body.capture["sha256"])
        for (key, kind), noted in self._noted.items():
            for seen in noted if kind == GONE and key in rounds else ():
                rounds[key].setdefault(seen.round, set()).add(GONE)
        for key in sorted(rounds):
            every = [sorted(rounds[key][round_]) for round_ in sorted(rounds[key])]
            spells = [now for before, now in pairwise([[], *every]) if now != before]
            if len(spells) > 1:
                yield key, spells

    def told(self, found: Sequence[Body]) -> Iterator[tuple[str, Absence]]:
        """Absences as the ledger alone knows them, in order of the addresses."""
        seen: dict[str, list[Seen]] = {}
        for body in found:
            seen.setdefault(key_of(body.url), []).extend(body.seen)
        for key in sorted({key for key, _ in self._noted}):
            yield key, self.of(key, seen.get(key, ()))


def _since(missed: Iterable[Seen], had: Iterable[Seen]) -> str | None:
    """The day of the first round that missed it since it was there last."""
    last = max((each.at for each in had), default="")
    return min((each.round[:10] for each in missed if each.at > last), default=None)
