"""A document as people read it, against the same document as the release holds it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from .compare import Truth
from .entries import BLANK, ILLEGIBLE, REPORT, UNIT, Entry, all_cells, keys_of
from .machine import CLASSES, NOTHING, Cell, Held
from .measures import Counts
from .printed_words import NUMBER, TEXT, Said, bare, said, unit_of

#: Kinds of errors that measures count; the others are only listed.
WRONG, INVENTED, MISSING = "wrong", "invented", "missing"
AGENCY = "agency"
#: The release says another class of a cell without a number: no figure is touched.
CLASS = "class"
#: A report of a whole county says its name with it or without.
_GOVERNMENT = "人民政府"
#: Entries of the scope that say one.
_SCOPES = {"own": "own", "aggregate": "aggregate"}


@dataclass(frozen=True, slots=True)
class Error:
    """One error, for the list.

    Attributes:
        number: The document.
        kind: `wrong`, `invented`, `missing`, `class`, `agency`, `year`, `scope` or `missed`.
        key: The cell, or what about the document.
        people: What people read.
        machine: What the release says.
    """

    number: str
    kind: str
    key: str
    people: str
    machine: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found in a document.

    Attributes:
        counts: For the estimate.
        errors: For people.
        illegible: Cells that nobody could read; they count nowhere.
        unread: Whether nobody could read the document at all.
    """

    counts: Counts
    errors: tuple[Error, ...]
    illegible: tuple[str, ...] = ()
    unread: bool = False


def judge(truth: Truth, held: Held | None, *, same_agency: bool = False) -> Judged:
    """Compare a document with the release.

    Args:
        truth: What people read.
        held: What the release holds; None of a document that is no read report there.
        same_agency: Whether a person decided that two names are one agency.
    """
    if truth.document == ILLEGIBLE:
        return Judged(Counts(), (), unread=True)
    if held is None:
        missed = int(truth.document == REPORT)
        agency = truth.entries["agency"].shown() if missed else ""
        error = Error(truth.number, "missed", "document", f"a report of {agency}", "no read report")
        return Judged(Counts(missed=missed), (error,) * missed)
    return _of_report(truth, held, same_agency=same_agency)


def _of_report(truth: Truth, held: Held, *, same_agency: bool) -> Judged:
    counts, errors, illegible = Counts(), [], []
    for key in all_cells():
        if key.endswith(UNIT):
            continue
        entry = truth.entries.get(key, Entry(mark="absent"))
        read = said(entry)
        if read.kind == ILLEGIBLE:
            illegible.append(key)
            continue
        if read.kind == NUMBER:
            nonzero = counts.nonzero + (read.value != 0)
            counts = replace(counts, printed=counts.printed + 1, nonzero=nonzero)
        cell = held.cells.get(key, NOTHING)
        kind = _error(read, cell, _unit(truth, key, read))
        if kind:
            errors.append(Error(truth.number, kind, key, _people(truth, key), cell.shown()))
    about = _about(truth, held)
    errors += [error for error in about if not (error.kind == AGENCY and same_agency)]
    kinds = [error.kind for error in errors]
    counted = replace(
        counts,
        wrong=kinds.count(WRONG),
        invented=kinds.count(INVENTED),
        missing=kinds.count(MISSING),
        agency_wrong=kinds.count(AGENCY),
        year_wrong=kinds.count("year"),
        scope_wrong=kinds.count("scope"),
    )
    return Judged(counted, tuple(errors), tuple(illegible))


def _error(read: Said, cell: Cell, unit: str | None) -> str:
    """The kind of error in a cell, or "".

    Args:
        read: What people read.
        cell: What the release says.
        unit: The unit that people read of an amount; None where none matters.
    """
    if read.kind == NUMBER:
        if cell.value is None:
            return MISSING
        same = cell.value == read.value and (unit is None or unit == cell.unit)
        return "" if same else WRONG
    if cell.value is not None:
        return INVENTED
    if read.kind == TEXT or not cell.status:  # a text that is no number has no class
        return CLASS if read.kind in CLASSES and not cell.status else ""
    return CLASS if cell.status in CLASSES and cell.status != read.kind else ""


def _unit(truth: Truth, key: str, read: Said) -> str | None:
    """The unit of an amount other than 0, as printed in its cell, else in its heading."""
    if key + UNIT not in keys_of("t2", "both") or not read.value:
        return None
    if read.unit:
        return read.unit
    heading = truth.entries.get(key + UNIT, Entry(mark=BLANK))
    return None if heading.mark == ILLEGIBLE else unit_of(heading.text)


def _people(truth: Truth, key: str) -> str:
    entry = truth.entries.get(key, Entry(mark="absent"))
    heading = truth.entries.get(key + UNIT)
    return entry.shown() + (f" [{heading.shown()}]" if heading else "")


def _about(truth: Truth, held: Held) -> Iterator[Error]:
    """Errors of agency, year and scope; of a document that is no report, all three."""
    found = (
        (AGENCY, _fits(truth, held), "、".join(filter(None, (held.region, *held.names)))),
        ("year", _reads(truth, "year", str(held.year)), str(held.year)),
        ("scope", _reads(truth, "scope", held.scope), held.scope),
    )
    for kind, right, machine in found:
        if not right:
            entry = truth.entries.get(kind, Entry("no report"))
            people = entry.shown()
            if kind == AGENCY and "region" in truth.entries:
                people = f"{people} ({truth.entries['region'].shown()})"
            yield Error(truth.number, kind, kind, people, machine)


def _reads(truth: Truth, key: str, value: str) -> bool:
    """Whether people read the same; where the page does not say it, nothing is wrong."""
    if truth.document != REPORT:
        return False
    entry = truth.entries[key]
    if entry.mark or (key == "scope" and entry.text not in _SCOPES):
        return True
    return bare(entry.text) == value or (key == "scope" and value == "unknown")


def _fits(truth: Truth, held: Held) -> bool:
    """Whether the agency that people read is the one under which the release holds the report.

    One name is the other one, or is it with places of its region before it; and the region that
    people read ends as the release's does, or the other way. A place is its government.
    """
    if truth.document != REPORT:
        return False
    agency, region = truth.entries["agency"], truth.entries["region"]
    ours = bare(held.region)
    if not region.mark and ours:
        theirs = bare(region.text)
        if not (ours.endswith(theirs) or theirs.endswith(ours)):
            return False
    return bool(agency.mark) or any(_one(bare(agency.text), bare(n), ours) for n in held.names)


def _one(first: str, second: str, region: str) -> bool:
    short, long = sorted(map(_place, (first, second)), key=len)
    return bool(short) and long.endswith(short) and long.removesuffix(short) in region


def _place(name: str) -> str:
    """The name without 人民政府 at its end: reports of a whole county say either."""
    return name.removesuffix(_GOVERNMENT) or name
