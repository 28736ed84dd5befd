"""What the portal serves, as data: the truth that crawls and readings are compared with."""

from __future__ import annotations

from typing import Any

from tests.portal.families import attached
from tests.portal.layouts import halved
from tests.portal.reports import FictionalReport
from tests.portal.world import Column, Row, World, world

_ROW_ODD = {
    "other": ("a row that is no report", "not_a_report"),
    "dead": ("a row whose article is gone (404)", "not_found"),
    "soft404": ("a row whose article says with status 200 that it is gone", "soft_404"),
}
_HOW_ODD = {
    "gb18030": ("GB18030 bytes that header and meta call UTF-8; 镕 and 㵲 in chapter five", "read"),
    "text": ("a text/plain report (tabbed dump)", "read"),
    "dump_p": ("a text dump, one cell a paragraph", "read"),
    "dump_br": ("a text dump, one cell a broken line of one paragraph", "read"),
    "dump_pre": ("a text dump, rows of tab-separated cells in pre", "read"),
    "attachment": ("the report is an attachment alone, and it says nothing", "attachment_unread"),
    "pdf": ("the report is a PDF attachment alone", "read"),
}


def manifest(port: int) -> dict[str, Any]:
    """Everything that is served on a port.

    Returns:
        `reports` (one object a report: identity, address, printed cells, values,
        units, planted errors), `odd` (what is unusual, where, and what is expected
        of it) and `columns` (rows and expected outcome of each registry entry).
    """
    found = world()
    return {
        "port": port,
        "reports": [_report(port, *place) for place in found.reports()],
        "odd": _odd(found, port),
        "columns": [_column(column, port) for column in found.columns],
    }


def address(column: Column, path: str, port: int) -> str:
    """The full address of a path on a column's host."""
    return f"http://{column.host}:{port}{path}"


def _report(port: int, column: Column, row: Row, report: FictionalReport) -> dict[str, Any]:
    attached = row.how == "attachment"
    planted = [
        {
            "check": broken.check,
            "figures": list(broken.keys),
            "left": float(broken.left),
            "right": float(broken.right),
        }
        for broken in report.planted
    ]
    return {
        "portal": column.key,
        "agency": report.agency,
        "region_code": report.region_code,
        "kind": report.kind,
        "scope": report.scope,
        "year": report.year,
        "form": None if attached else report.form,
        "url": address(column, attached_or_own(row), port),
        "article": address(column, row.path, port),
        "title": report.title,
        "published": row.date,
        "signed": None if attached else report.signed.isoformat(),
        "status": "attachment_unread" if attached else "read",
        "how": row.how,
        "cells": {} if attached else dict(report.cells),
        "values": {} if attached else report.values(),
        "units": {} if attached else report.units(),
        "chapters": {} if attached else _chapters(row, report),
        "planted": planted,
    }


def attached_or_own(row: Row) -> str:
    """Path at which the report itself stands."""
    return attached(row) if row.how == "pdf" else row.path


def _chapters(row: Row, report: FictionalReport) -> dict[str, list[str]]:
    # A dump of one cell a line is printed with half-width punctuation throughout.
    printed = halved if row.how in ("dump_p", "dump_br") else str
    return {number: [printed(text) for text in texts] for number, texts in report.chapters.items()}


def _column(column: Column, port: int) -> dict[str, Any]:
    return {
        "portal": column.key,
        "url": address(column, column.path, port),
        "family": column.family,
        "outcome": column.entry["outcome"],
        "rows": len(column.rows),
        "reports": sum(row.kind == "report" for row in column.rows),
    }


def _odd(found: World, port: int) -> list[dict[str, str]]:
    odd: list[dict[str, str]] = []

    def note(column: Column, path: str, what: str, expected: str) -> None:
        url = address(column, path, port)
        odd.append({"portal": column.key, "url": url, "what": what, "expected": expected})

    for column in found.columns:
        if column.entry["outcome"] != "complete":
            note(column, column.path, str(column.entry["why"]), str(column.entry["outcome"]))
        if column.family == "trs" and column.rows:
            stale = f"{column.path}201901/t20190101_1.html"
            note(column, stale, "a row inside an HTML comment", "never_requested")
        for row in column.rows:
            if row.kind in _ROW_ODD:
                note(column, row.path, *_ROW_ODD[row.kind])
            if row.how in _HOW_ODD:
                note(column, row.path, *_HOW_ODD[row.how])
            if row.cut:
                note(column, row.path, "the list cuts the title; no @title", "read")
            if row.report is not None:
                _note_report(note, column, row, row.report)
    return odd


def _note_report(note: Any, column: Column, row: Row, report: FictionalReport) -> None:
    if report.planted:
        checks = ", ".join(sorted({broken.check for broken in report.planted}))
        note(column, row.path, f"planted errors: {checks}", "read")
    if report.form == "2019" and report.year > 2020:
        note(column, row.path, "a report of a later year in the form of 2019", "read")
    for mark in ("/", "—", ""):
        if mark in report.cells.values() and row.how != "attachment":
            note(column, row.path, f"zeros are printed as {mark!r}", "read")
