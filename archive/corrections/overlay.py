"""Corrections laid over what the machine read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from extract.checks import run_checks
from extract.forms import Slot, columns, forms
from extract.legacy import LEGACY
from extract.types import Figure, Report

from ..histories import ReportHistory, Version
from ..kept import Reading, headed
from .cells import hand_figure, says_the_same
from .correction import Correction, Corrections, HandDocument
from .entered import by_machine, entered

Read = Callable[[str], Reading]


@dataclass(frozen=True, slots=True)
class Laid:
    """A correction beside what the machine read in its cell.

    Attributes:
        machine: The machine's figure; None if it found no such cell.
        hand: What people read.
    """

    correction: Correction
    machine: Figure | None
    hand: Figure

    @property
    def agrees(self) -> bool:
        """Whether the machine reads the same by itself: then its figure stays."""
        return self.machine is not None and says_the_same(self.machine, self.hand)


def with_entered(read: Read, corrections: Corrections) -> Read:
    """Readings, with those of documents that people entered by hand.

    A document whose tables the machine reads by itself keeps the machine's reading, whether
    or not it is the same: a better reader must not stay hidden, and where the two differ
    the table `corrections` says so.
    """
    by_hand = {each.sha256: each for each in corrections.documents}
    return _WithEntered(read, by_hand) if by_hand else read


@dataclass(frozen=True, slots=True)
class _WithEntered:
    """Readings as `with_entered` gives them; no closure, for it goes to other processes."""

    read: Read
    by_hand: Mapping[str, HandDocument]

    def __call__(self, sha256: str) -> Reading:
        reading = self.read(sha256)
        document = self.by_hand.get(sha256)
        if document is None or by_machine(reading):
            return reading
        return entered(reading, document)

    def headed(self, sha256: str) -> Reading:
        """The same, of a report only its head; whole where people entered anything."""
        return self(sha256) if sha256 in self.by_hand else headed(self.read)(sha256)


def corrected(
    report: Report, history: ReportHistory, version: Version, corrections: Corrections
) -> Report:
    """A version's whole reading with its corrections, and what the checks say of it then.

    Args:
        report: The machine's reading.
        history: Its report.
        version: The version.
        corrections: All corrections.
    """
    found = corrections.of(history, version)
    return laid_over(report, found) if found else report


def laid_over(report: Report, found: Mapping[str, Correction]) -> Report:
    """A reading with the corrections of its figures.

    Args:
        report: The machine's reading.
        found: Figure → its correction.
    """
    hand = {
        key: laid.hand
        for key, each in found.items()
        if (laid := beside(report, each)) is not None and not laid.agrees
    }
    if not hand:
        return report
    made = replace(report, figures=_with(report.figures, hand))
    findings, passes = run_checks(made)
    return replace(made, findings=findings, passes=passes)


def beside(report: Report, correction: Correction) -> Laid | None:
    """A correction beside the machine's figure; None if the report has no such figure."""
    if report.status != "read" or report.form == LEGACY:
        return None
    machine = next((each for each in report.figures if each.key == correction.figure), None)
    slot = _slot(report, correction.figure, machine)
    if slot is None:
        return None
    unit = correction.unit
    if unit is None and machine is not None:
        unit = machine.unit
    place = machine.place if machine else None
    return Laid(correction, machine, hand_figure(slot, correction.printed, unit, place))


def _slot(report: Report, figure: str, machine: Figure | None) -> Slot | None:
    """The cell of the form in which a report is written; of any if the machine found it."""
    slots = columns()[figure]
    if machine is not None:
        return slots[-1]
    form = forms().get(report.forms.get(slots[-1].line.table) or report.form or "")
    return next((slot for slot in form.slots() if slot.key == figure), None) if form else None


def _with(figures: tuple[Figure, ...], hand: Mapping[str, Figure]) -> tuple[Figure, ...]:
    """The figures with those of `hand` in their places; new ones where the form has them."""
    made = [hand.get(figure.key, figure) for figure in figures]
    positions = {key: position for position, key in enumerate(columns())}
    have = {figure.key for figure in figures}
    for key in (key for key in hand if key not in have):
        at = next(
            (i for i, each in enumerate(made) if positions[each.key] > positions[key]), len(made)
        )
        made.insert(at, hand[key])
    return tuple(made)
