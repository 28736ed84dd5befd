"""A report's findings as its page tells them: by kind, then by check, the strong ones first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from archive.site import words
from extract.checks.rules import STRENGTHS
from extract.checks.wording import say
from extract.forms import columns

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
    """All findings of one kind.

    Attributes:
        kind: Code of the kind (`words.finding_kind`).
        concerns: The checks concerned.
    """

    kind: str
    concerns: tuple[Concern, ...]

    @property
    def count(self) -> int:
        """How many findings there are."""
        return sum(len(concern.findings) for concern in self.concerns)


def sections(findings: Iterable[Row]) -> tuple[Section, ...]:
    """Findings by kind, in the order of the words; kinds that have no word come last.

    Args:
        findings: Rows of `findings`, each with its check's title, strength and reasons.
    """
    found: dict[str, dict[str, list[Row]]] = {kind: {} for kind in words.FINDING}
    for row in findings:
        kind = words.finding_kind(row["status"], row["strength"])
        found.setdefault(kind, {}).setdefault(str(row["check"]), []).append(row)
    return tuple(
        Section(kind, tuple(sorted((_concern(rows) for rows in checks.values()), key=_order)))
        for kind, checks in found.items()
        if checks
    )


def keys_of(row: Row) -> list[str]:
    """The figures that a finding concerns."""
    return [str(key) for key in json.loads(str(row["figures"]))]


def sides(row: Row) -> str:
    """Both sides of a comparison; "" if there are none, or a unit is in play.

    The sides are bare numbers: those of amounts may be in different units, or in none that is
    printed. The sentence says them with what is printed.
    """
    left, right = row["left"], row["right"]
    slots = [columns()[key] for key in keys_of(row) if key in columns()]
    is_money = any(slot.measure.kind == "money" for each in slots for slot in each)
    if is_money or (left is None and right is None):
        return ""
    return f"左边 {said(left)}，右边 {said(right)}。"


def said(side: object) -> str:
    """One side as sentences say numbers; 缺 where it has none."""
    return say(side, "缺") if side is None or isinstance(side, int | float) else str(side)


def _concern(rows: list[Row]) -> Concern:
    title, strength, innocent = (
        str(rows[0].get(name) or "") for name in ("title", "strength", "innocent")
    )
    return Concern(str(rows[0]["check"]), title, strength, innocent, tuple(rows))


def _order(concern: Concern) -> tuple[int, str]:
    known = concern.strength in STRENGTHS
    return (STRENGTHS.index(concern.strength) if known else len(STRENGTHS)), concern.check
