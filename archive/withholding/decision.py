"""A decision to withhold a capture, a page or a span of text."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from ..bodies import Body


@dataclass(frozen=True, slots=True)
class Withholding:
    """What is withheld, since when, and for which class of reason.

    Attributes:
        what: `capture`, `page` (all that an address gave) or `span`.
        reason: Class of the reason.
        date: The day, ISO.
    """

    what: str
    reason: str
    date: str
    sha256: str = ""
    url: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Withheld:
    """All that is withheld."""

    entries: tuple[Withholding, ...] = ()

    def digest(self) -> str:
        """What tells these decisions from others."""
        return hashlib.sha256(repr(self.entries).encode()).hexdigest()

    def shown(self, found: Sequence[Body]) -> list[Body]:
        """The bodies that are not withheld."""
        return list(found)
