"""Figures that a release shows otherwise than the one before, for people corrected them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from typing import Any

from extract.types import Figure

from ..briefs import Brief, InBrief, brief, briefs
from ..changes.change import CURATION, FIGURES
from ..changes.kinds import Cells, cells_json, shown
from ..corrections.correction import Corrections
from ..corrections.overlay import laid_over
from ..histories import Gathered, ReportHistory, Version
from ..kept import Reading
from .before import Before, Told

#: What the rows say of themselves (archive/release/files/details.py has it in Chinese).
CORRECTED, WITHDRAWN = "corrected by hand", "correction withdrawn"


def read_again(
    before: Before, gathered: Gathered, corrections: Corrections | None = None
) -> Iterator[tuple[ReportHistory, Version, Told | None]]:
    """Versions, with that of the release before which was read from the same body.

    Args:
        before: The release before.
        gathered: The reports, numbered.
        corrections: What people read by hand: all versions are told if there is any. Else those
            are left out which say what the same version said, read from the same body: nearly
            all.
    """
    whole = corrections is not None and bool(corrections.figures or before.corrected())
    asked = [
        told.report_id
        for told, is_same in alike_before(before, gathered.reports)
        if whole or not is_same
    ]
    ids = {report_id: brief(gathered.reports, report_id).versions for report_id in asked}
    wanted = {version.sha256 for versions in ids.values() for version in versions}
    by_body: dict[str, list[Told]] = {}
    for told in before.versions() if wanted else ():
        for sha256 in dict.fromkeys(sha256 for sha256, _, _ in told.sources):
            if sha256 in wanted:
                by_body.setdefault(sha256, []).append(told)
    for report_id in asked:
        history = gathered.reports[report_id]
        for version in history.versions:
            yield history, version, _same_bytes(version, by_body.get(version.sha256, []))


def alike_before(
    before: Before, reports: Mapping[str, ReportHistory]
) -> Iterator[tuple[InBrief, bool]]:
    """Every report in brief, and whether its versions say what they said in the release before.

    Each under its own id, and read from the same bytes.
    """
    said = {_digest(told.version_id): _digest(*_said_before(told)) for told in before.versions()}
    for told in briefs(reports):
        pairs = zip(told.numbers, told.versions, strict=True)
        yield (
            told,
            all(
                said.get(_digest(f"{told.report_id}.v{number}")) in set(_ways(version))
                for number, version in pairs
            ),
        )


def _said_before(told: Told) -> tuple[str, ...]:
    shas = sorted({sha256 for sha256, _, _ in told.sources})
    read_from = [told.read_from] if told.read_from is not None else ["", *shas]
    return told.status, told.text_sha256, told.figures_sha256, *read_from


def _ways(version: Brief) -> Iterator[int]:
    """In which ways a release may have told a version that says the same."""
    shas = sorted({sha256 for sha256, _ in version.sources})
    for digests in {version.own, version.public}:
        for read_from in ([version.sha256], ["", *shas]):
            yield _digest(version.status, *digests, *read_from)


def _digest(*texts: str) -> int:
    return int.from_bytes(blake2b("\x1f".join(texts).encode(), digest_size=8).digest())


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
    for history, version, same in read_again(before, gathered, corrections):
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
