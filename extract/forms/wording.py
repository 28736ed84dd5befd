"""What a form's file says of its lines, its columns and the form before it, as read from TOML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Text:
    """What a line or a measure counts; a cell's definition is composed of both.

    Attributes:
        definition: What is counted, in Chinese.
        definition_en: The same in English.
        unsaid: What the form leaves unsaid, in Chinese, or "".
        verified: Whether the definition says no more than the printed form; otherwise it is
            general understanding, for the notices' bodies could not be read in full.
    """

    definition: str = ""
    definition_en: str = ""
    unsaid: str = ""
    verified: bool = False

    @classmethod
    def taken(cls, entry: dict[str, Any], older: Text) -> Self:
        """Take the text's keys out of an entry of a file.

        Args:
            entry: The entry; loses the keys.
            older: What the form before says of the same code. A code stands for the same
                thing in every form, so what the entry leaves out holds on.
        """
        unsaid = entry.pop("unsaid", older.unsaid)
        verified = entry.pop("verified", False)
        if "definition" not in entry:
            return cls(older.definition, older.definition_en, unsaid, older.verified)
        return cls(entry.pop("definition"), entry.pop("definition_en"), unsaid, verified)


@dataclass(frozen=True, slots=True)
class Side:
    """Cells of one form that a relation is about: by lines, by measures, or all of a table."""

    lines: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()

    def has(self, line: str, measure: str) -> bool:
        """Whether a cell is among them."""
        return (not self.lines or line in self.lines) and (
            not self.measures or measure in self.measures
        )


@dataclass(frozen=True, slots=True)
class Relation:
    """How cells of a form stand to cells of the form before: one entry of its crosswalk.

    Attributes:
        table: `t2`, `t3` or `t4`.
        kind: `same` (one column in both), `sum` (a cell of the form before is the sum of
            cells of this one), `unlike` (looks alike, counts something else) or `none`.
        before: Cells of the form before, or None.
        after: Cells of this form, or None.
        reason: Why, in Chinese; "" if the relation says it all.
        reason_en: The same in English.
    """

    table: str
    kind: str
    before: Side | None
    after: Side | None
    reason: str = ""
    reason_en: str = ""

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Self:
        """The relation that an entry of a file states."""
        return cls(
            table=entry["table"],
            kind=entry["relation"],
            before=_side(entry.get("before")),
            after=_side(entry.get("after")),
            reason=entry.get("reason", ""),
            reason_en=entry.get("reason_en", ""),
        )


def _side(entry: Mapping[str, Any] | None) -> Side | None:
    if entry is None:
        return None
    return Side(tuple(entry.get("lines", ())), tuple(entry.get("measures", ())))
