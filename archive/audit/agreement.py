"""How far an audit is: what is transcribed, where two people differ, what a third settled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .compare import Compared, Truth, compare, truth
from .entries import Entry
from .kit import Kit
from .settle import read_settled
from .transcript import PEOPLE, missing, read_transcripts


@dataclass(frozen=True, slots=True)
class Agreement:
    """What people have done so far.

    Attributes:
        compared: Documents with two transcripts, by number.
        missing: Documents that lack transcripts, and how many each lacks.
        settled: What third persons read, by document.
    """

    compared: Mapping[str, Compared]
    missing: tuple[tuple[str, int], ...]
    settled: Mapping[str, Mapping[str, Entry]]

    @property
    def unsettled(self) -> tuple[str, ...]:
        """Documents with differences that nobody settled."""
        return tuple(
            number
            for number, each in self.compared.items()
            if each.differences and number not in self.settled
        )

    @property
    def cells(self) -> int:
        """Cells of the forms that at least one of two people chose."""
        return sum(each.cells for each in self.compared.values())

    @property
    def alike(self) -> int:
        """Of these, cells that both read the same."""
        return sum(each.alike for each in self.compared.values())

    def truths(self) -> Iterator[Truth]:
        """What is printed in each document, once all is transcribed and settled."""
        for number, each in self.compared.items():
            yield truth(each, self.settled.get(number, {}))


def agreement_of(kit: Kit) -> Agreement:
    """What people have done so far.

    Raises:
        AuditRefused: A file of theirs is not as a sheet saves it.
    """
    transcripts = read_transcripts(kit)
    compared = {
        number: compare(pair, kit.sample)
        for number, pair in sorted(transcripts.items())
        if len(pair) == PEOPLE
    }
    lacking = tuple(missing(kit, transcripts))
    return Agreement(compared, lacking, read_settled(kit, compared))
