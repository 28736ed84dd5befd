"""The table `corrections`: what became of each decision, beside what the machine read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..histories import Gathered, ReportHistory, Version
from ..kept import Reading
from .correction import Correction, Corrections, HandDocument
from .entered import MACHINE, agrees, is_entered
from .overlay import beside

Read = Callable[[str], Reading]
Row = Mapping[str, Any]

APPLIED, AGREES, VOID = "applied", "agrees", "void"
#: Why a decision is void.
DIGEST, NO_REPORT, NO_FIGURE = "digest", "no_report", "no_figure"
REPLACED, MACHINE_READS_IT = "replaced", "machine_reads_it"
_FIELDS = ("printed", "value", "unit", "status")
_WORDS = ("reason", "evidence", "contributor", "checked_by", "date")
_OF_CELL = (
    "machine_printed", "machine_value", "machine_unit", "machine_status",
    *_FIELDS,
)  # fmt: skip


def correction_rows(gathered: Gathered, read: Read, corrections: Corrections) -> Iterator[Row]:
    """One row a correction, and one a document that was entered by hand.

    Args:
        gathered: The reports, with the ids that lead to them.
        read: Gives what the body of a digest says, by the machine or as it was entered.
        corrections: All of them.
    """
    yield from _of_figures(gathered, read, corrections)
    yield from _of_documents(gathered, read, corrections)


def _of_figures(gathered: Gathered, read: Read, corrections: Corrections) -> Iterator[Row]:
    homes = _homes(gathered, {each.report for each in corrections.figures})
    for correction in corrections.figures:
        yield _row_of_figure(correction, homes.get(correction.report), read, corrections)


def _of_documents(gathered: Gathered, read: Read, corrections: Corrections) -> Iterator[Row]:
    versions = _versions(gathered, {each.sha256 for each in corrections.documents})
    listed = {each.body.capture["sha256"] for each in gathered.unread}
    for document in corrections.documents:
        found = versions.get(document.sha256)
        if found is None:
            yield _row(document, VOID, NO_REPORT if document.sha256 in listed else DIGEST)
        else:
            yield _row_of_document(document, *found, read)


def _homes(gathered: Gathered, ids: set[str]) -> dict[str, ReportHistory]:
    """Reports by some ids; one that led on before is known by the old one, too."""
    own = {each: gathered.reports[each] for each in ids if each in gathered.reports}
    homes: dict[str, ReportHistory] = {}
    # A country's histories are loaded one by one, and only where they must be.
    for history in gathered.reports.values() if ids - own.keys() else ():
        for former in ids.intersection(history.former_ids):
            homes.setdefault(former, history)
    return {**homes, **own}


def _versions(gathered: Gathered, digests: set[str]) -> dict[str, tuple[ReportHistory, Version]]:
    """Versions by some bodies that they were obtained from; that which is read goes first."""
    found: dict[str, tuple[ReportHistory, Version]] = {}
    for history in gathered.reports.values() if digests else ():
        for version in history.versions:
            for sha256 in digests.intersection(body.capture["sha256"] for body in version.sources):
                found.setdefault(sha256, (history, version))
            if version.sha256 in digests:
                found[version.sha256] = history, version
    return found


def _row_of_figure(
    correction: Correction, history: ReportHistory | None, read: Read, corrections: Corrections
) -> Row:
    if history is None:
        return _row(correction, VOID, NO_REPORT)
    told: dict[str, Any] = {"report_id": history.report_id}
    named = {
        version: corrections.of(history, version).get(correction.figure)
        for version in history.versions
    }
    version = next((v for v, found in named.items() if found is correction), None)
    if version is None:
        others = (found for found in named.values() if found is not None)
        replaced = any(each.sha256 == correction.sha256 for each in others)
        return _row(correction, VOID, REPLACED if replaced else DIGEST, told)
    laid = beside(read(version.sha256).report or version.report, correction)
    told["version_id"] = f"{history.report_id}.v{version.number}"
    if laid is None:
        return _row(correction, VOID, NO_FIGURE, told)
    if laid.machine is not None:
        machine = laid.machine
        told |= {f"machine_{name}": getattr(machine, name) for name in _FIELDS}
    told |= {"value": laid.hand.value, "unit": laid.hand.unit}
    if laid.agrees:
        return _row(correction, AGREES, None, told)
    return _row(correction, APPLIED, None, {**told, "status": laid.hand.status})


def _row_of_document(
    document: HandDocument, history: ReportHistory, version: Version, read: Read
) -> Row:
    told = {
        "report_id": history.report_id,
        "version_id": f"{history.report_id}.v{version.number}",
    }
    report = read(document.sha256).report
    if report is None or version.sha256 != document.sha256:
        return _row(document, VOID, NO_REPORT, told)
    if is_entered(report):
        said = report.evidence[MACHINE][0].value
        return _row(document, APPLIED, None, {**told, "machine_status": said})
    told["machine_status"] = report.status
    if agrees(report, document):
        return _row(document, AGREES, None, told)
    return _row(document, VOID, MACHINE_READS_IT, told)


def _row(
    decided: Correction | HandDocument,
    state: str,
    because: str | None,
    told: Mapping[str, Any] | None = None,
) -> Row:
    figure = decided if isinstance(decided, Correction) else None
    row: dict[str, Any] = {
        "correction_id": decided.correction_id,
        "kind": "figure" if figure else "document",
        "state": state,
        "void_because": because,
        "report_id": figure.report if figure else None,
        "version_id": None,
        "figure": figure.figure if figure else None,
        "sha256": decided.sha256,
        **dict.fromkeys(_OF_CELL),
        "printed": figure.printed if figure else None,
        **{name: getattr(decided, name) for name in _WORDS},
    }
    return {**row, **(told or {})}
