"""A report in the exchange form of the corpus README."""

from __future__ import annotations

from typing import Any

from .chapters import NUMBERS
from .forms import Slot, columns, forms, union
from .legacy_outline import chapter_place
from .types import Figure, Report

#: Statuses of which the exchange form keeps the printed mark, though there is no number.
_MARKS = frozenset({"dash", "slash", "none_word", "unparsed"})


def exchange(report: Report) -> dict[str, Any]:
    """The report as a JSON-ready dictionary; blanks are None, absent rows absent."""
    return {
        "title": report.title,
        "agency": report.agency,
        "year": report.year,
        "published": report.published,
        "form": report.form,
        "proactive": [
            _proactive(figure, report.forms.get("t2"))
            for figure in report.figures
            if figure.table == "t2"
        ],
        "requests": {"rows": _rows(report, "t3")},
        "disputes": _rows(report, "t4"),
        "sections": {
            number: report.chapters.get(number) for number in (*NUMBERS, *_others(report))
        },
        "findings": [
            {
                "check": finding.check,
                "status": finding.status,
                "left": finding.left,
                "right": finding.right,
                "figures": list(finding.figures),
            }
            for finding in report.findings
        ],
    }


def _others(report: Report) -> list[str]:
    """Chapters of a legacy report beyond the sixth, or with a number printed twice."""
    return sorted((n for n in report.chapters if n not in NUMBERS), key=chapter_place)


def slot_of(figure: Figure, form: str | None) -> Slot:
    """The printed cell of a figure, in the form `form` where that form has it."""
    slots = columns()[figure.key]
    if form:
        for slot in slots:
            if slot in forms()[form].slots(figure.table):
                return slot
    return slots[-1]


def _proactive(figure: Figure, form: str | None) -> dict[str, Any]:
    slot = slot_of(figure, form)
    printed = figure.printed if figure.value is not None or figure.status in _MARKS else None
    return {
        "clause": slot.line.clause,
        "item": slot.line.label,
        "measure": slot.measure.label,
        "raw": printed,
        "value": figure.value,
        "unit": figure.unit,
    }


def _rows(report: Report, table: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for line in union(table):
        values = [f.value for f in report.figures if (f.table, f.line) == (table, line.code)]
        if values:
            found[line.name] = values
    return found
