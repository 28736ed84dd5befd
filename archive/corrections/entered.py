"""A document that people entered, as the reading of its body."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from extract.checks import run_checks
from extract.forms import TABLES, forms
from extract.legacy import LEGACY
from extract.types import Evidence, Figure, Report

from ..codebook import ENTERED
from ..kept import Reading
from .cells import hand_figure, says_the_same
from .correction import HandDocument

Read = Callable[[str], Reading]
#: What two people read, and compared, goes before every other sign of year and agency.
_WEIGHT = 100
#: Evidence of such a reading: why the machine has none.
MACHINE = "machine"
#: What the first bytes tell of a format by themselves; a package may hold anything.
_FORMATS = frozenset({"html", "pdf", "text", "picture"})


def is_entered(report: Report) -> bool:
    """Whether a reading is people's."""
    return ENTERED in report.flags


def by_machine(reading: Reading) -> bool:
    """Whether the machine reads a document's tables itself: then its reading counts."""
    report = reading.report
    if report is None or report.status != "read":
        return False
    return bool(report.figures) or report.form == LEGACY


def entered(reading: Reading, document: HandDocument) -> Reading:
    """The reading of a document that the machine cannot read, as people entered it.

    What the machine did read of it (a page around a picture of its tables) stays.

    Args:
        reading: The machine's.
        document: What people entered.
    """
    base = reading.report or Report(reading.status, kind=_format(reading))
    figures = figures_of(document)
    have = {figure.table for figure in figures}
    own = tuple(flag for flag in base.flags if flag not in {f"no_{table}" for table in TABLES})
    told = {
        "year": (Evidence("hand", str(document.year), _WEIGHT),),
        "agency": (Evidence("hand", document.agency, _WEIGHT),),
        "scope": (Evidence("hand", document.scope, _WEIGHT),),
    }
    if document.scope == "unknown":
        told.pop("scope")
    known = {about: (*said, *base.evidence.get(about, ())) for about, said in told.items()}
    report = replace(
        base,
        status="read",
        title=document.title or base.title,
        agency=document.agency,
        year=document.year,
        published=document.published or base.published,
        scope=document.scope,
        form=document.form,
        forms={table: document.form for table in ("t2", "t3") if table in have},
        figures=figures,
        flags=(*own, ENTERED, *(f"no_{table}" for table in TABLES if table not in have)),
        evidence={**base.evidence, **known, MACHINE: (Evidence("status", reading.status, 0),)},
    )
    findings, passes = run_checks(report)
    return replace(reading, status="read", report=replace(report, findings=findings, passes=passes))


def figures_of(document: HandDocument) -> tuple[Figure, ...]:
    """The figures of a document, in statutory order."""
    return tuple(
        hand_figure(slot, document.printed[slot.key], document.units.get(slot.key), None)
        for slot in forms()[document.form].slots()
        if slot.key in document.printed
    )


def agrees(report: Report, document: HandDocument) -> bool:
    """Whether the machine by now reads every cell that people entered, and reads it alike."""
    machine = {figure.key: figure for figure in report.figures}
    return all(
        figure.key in machine and says_the_same(machine[figure.key], figure)
        for figure in figures_of(document)
    )


def _format(reading: Reading) -> str:
    return reading.kind if reading.kind in _FORMATS else ""
