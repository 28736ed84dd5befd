"""Comparing what was read with what was rendered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from extract.types import Report
from tests.portal.reports import FictionalReport


@dataclass(frozen=True, slots=True)
class Difference:
    """Keys of figures that are wrong, invented or missing."""

    wrong: tuple[str, ...]
    invented: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def none(self) -> bool:
        """Whether every cell is as it was rendered."""
        return not (self.wrong or self.invented or self.missing)


def compare(read: Report, rendered: FictionalReport) -> Difference:
    """Compare cell by cell; a blank that was read as a number is invented."""
    return difference(read, rendered.values())


def difference(read: Report, want: Mapping[str, int | float | None]) -> Difference:
    """Compare cell by cell with the numbers by key; None where none is printed."""
    have = {figure.key: figure.value for figure in read.figures}
    return Difference(
        wrong=tuple(
            key
            for key, value in want.items()
            if value is not None and have.get(key) is not None and have[key] != value
        ),
        invented=tuple(
            key for key, value in have.items() if value is not None and want.get(key) is None
        ),
        missing=tuple(
            key for key, value in want.items() if value is not None and have.get(key) is None
        ),
    )
