"""A report's findings as its page tells them: by status, then by check, the strong ones first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from archive.site import words
from extract.checks.rules import STRENGTHS

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Concern:
    """What one check says of a report, several times perhaps.

    Attributes:
        check: Its code.
        title: What it compares, or "" where the release does not say.
        strength: Its strength, or "".
        innocent: Why a report in order may not pass, or "".
        findings: The findings, in their order.
    """

    check: str
    title: str
    strength: str
    innocent: str
    findings: tuple[Row, ...]

    @property
    def word(self) -> words.Word | None:
        """The word for its strength, or None."""
        return words.STRENGTH.get(self.strength)


@dataclass(frozen=True, slots=True)
class Section:
    """All findings of one status.

    Attributes:
        status: Code of the status.
        concerns: The checks concerned.
    """

    status: str
    concerns: tuple[Concern, ...]

    @property
    def count(self) -> int:
        """How many findings there are."""
        return sum(len(concern.findings) for concern in self.concerns)


def sections(findings: Iterable[Row]) -> tuple[Section, ...]:
    """Findings by status, in the order of the words; statuses that have no word come last.

    Args:
        findings: Rows of `findings`, each with its check's title, strength and reasons.
    """
    found: dict[str, dict[str, list[Row]]] = {status: {} for status in words.FINDING}
    for row in findings:
        found.setdefault(str(row["status"]), {}).setdefault(str(row["check"]), []).append(row)
    return tuple(
        Section(status, tuple(sorted((_concern(rows) for rows in checks.values()), key=_order)))
        for status, checks in found.items()
        if checks
    )


def _concern(rows: list[Row]) -> Concern:
    title, strength, innocent = (
        str(rows[0].get(name) or "") for name in ("title", "strength", "innocent")
    )
    return Concern(str(rows[0]["check"]), title, strength, innocent, tuple(rows))


def _order(concern: Concern) -> tuple[int, str]:
    known = concern.strength in STRENGTHS
    return (STRENGTHS.index(concern.strength) if known else len(STRENGTHS)), concern.check
