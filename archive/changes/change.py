"""One change of a report."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..histories import Version

#: Kinds of change (docs/versions.md).
FIRST, COSMETIC, TEXT, FIGURES = "first", "cosmetic", "text", "figures"
GONE, BACK = "gone", "back"
#: Causes of a change.
PAGE, MIGRATION, READER, CURATION = "page", "migration", "reader", "curation"


@dataclass(slots=True)
class Change:
    """A change of a report between two versions of it.

    Attributes:
        cause: `page`, `migration`, `reader` or `curation`.
        old: The version before; None where there was none, or the same came back.
        new: The version after; None where the addresses give nothing any more.
        url: The address concerned.
        seen_before: When the old state was seen last, UTC; None if never.
        seen_after: When the new state was seen first, UTC.
        round: Round in which the new state was seen first: sorts the changes.
        kind: `first`, `cosmetic`, `text`, `figures`, `gone` or `back`; "" until the two
            readings were compared.
        cells: Figure → (printed before, printed after), those that differ.
        detail: What else is to be said, in English.
    """

    cause: str
    old: Version | None
    new: Version | None
    url: str
    seen_before: str | None
    seen_after: str
    round: str
    kind: str = ""
    cells: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    detail: str = ""

    @property
    def place(self) -> tuple[object, ...]:
        """Sorts the changes of a report, whatever the speed of a host or a process was."""
        ends = [version.first if version else ("", "", "") for version in (self.old, self.new)]
        return self.round, self.kind != FIRST, *ends, self.kind, self.url
