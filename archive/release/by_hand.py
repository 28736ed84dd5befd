"""Figures that a release shows otherwise than the one before, for people corrected them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from extract.types import Figure

from ..changes.change import CURATION, FIGURES
from ..changes.kinds import Cells, cells_json, shown
from ..corrections.correction import Corrections
from ..corrections.overlay import laid_over
from ..histories import Gathered, ReportHistory, Version
from ..readings import Reading
from .before import Before, Told

#: What the rows say of themselves (archive/release/files/details.py has it in Chinese).
CORRECTED, WITHDRAWN = "corrected by hand", "correction withdrawn"


def read_again(
    before: Before, gathered: Gathered
) -> Iterator[tuple[ReportHistory, Version, Told | None]]:
    """Every version, with that of the release before which was read from the same body."""
    by_body: dict[str, list[Told]] = {}
    for told in before.versions():
        for sha256 in dict.fromkeys(sha256 for sha256, _, _ in told.sources):
            by_body.setdefault(sha256, []).append(told)
    for report_id in sorted(gathered.reports):
        history = gathered.reports[report_id]
        for version in history.versions:
            yield history, version, _same_bytes(version, by_body.get(version.sha256, []))


def hand_rows(
    before: Before,
    gathered: Gathered,
    read: Callable[[str], Reading],
    corrections: Corrections,
    at: str,
) -> Iterator[dict[str, Any]]:
    """Rows of `changes`: corrections that were added, altered or withdrawn since.

    What the machine read otherwise in the same cells meanwhile is told apart, by `reader`:
    here stand the cells as the two releases show them.

    Args:
        before: The release before.
        gathered: The reports, numbered.
        read: Gives what the body of a digest says.
        corrections: What people read by hand.
        at: When the new release is built.
    """
    was = before.corrected()
    if not was and not corrections.figures:
        return
    for history, version, same in read_again(before, gathered):
        found = corrections.of(history, version)
        known = was.get(same.version_id, {}) if same else {}
        if same is None or not (found or known):
            continue
        whole = read(version.sha256).report or version.report
        now = laid_over(whole, found).figures
        cells = _cells(before.figures(same), now, {*found, *known})
        if cells:
            told = [CORRECTED] * any(key in found for key in cells)
            told += [WITHDRAWN] * any(key not in found for key in cells)
            yield {
                "report_id": history.report_id,
                "kind": FIGURES,
                "cause": CURATION,
                "from_version": same.version_id,
                "to_version": f"{history.report_id}.v{version.number}",
                "url": min(version.bodies, key=lambda body: body.order).url,
                "seen_before": before.built_at,
                "seen_after": at,
                "cells": cells_json(cells),
                "detail": ", ".join(told),
            }


def _cells(old: tuple[Figure, ...], new: tuple[Figure, ...], keys: set[str]) -> Cells:
    """Of the named figures those that are shown otherwise, in the order of the form."""
    before, after = ({figure.key: figure for figure in figures} for figures in (old, new))
    return {
        key: shown(before.get(key), after.get(key))
        for key in dict.fromkeys((*before, *after))
        if key in keys and _said(before.get(key)) != _said(after.get(key))
    }


def _said(figure: Figure | None) -> tuple[object, ...]:
    return (figure.printed, figure.unit, figure.value) if figure else (None, None, None)


def _same_bytes(version: Version, found: list[Told]) -> Told | None:
    """The version of the release before that was read from the same body."""
    mine = {body.capture["sha256"] for body in version.sources}
    for told in found:
        if told.read_from == version.sha256:
            return told
        if told.read_from is None and mine == {sha256 for sha256, _, _ in told.sources}:
            return told
    return None
