"""Two names that are one agency, as a person decided after the score: `agencies.toml`.

The rule that compares names knows places and aliases, no more. Who sees in `errors.csv` that two
wordings are one agency says so here, with a reason; the file is published with the audit.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..curation.strict import StrictFile, tables_of
from .kit import Kit

FILE = "agencies.toml"


@dataclass(frozen=True, slots=True)
class Same:
    """A decision that the release holds a document under the right agency.

    Attributes:
        number: The document.
        reason: Why the two names are one agency.
        by: Who decided it.
        date: When.
    """

    number: str
    reason: str
    by: str
    date: str


def same_agencies(kit: Kit) -> dict[str, Same]:
    """The decisions of an audit, by document.

    Raises:
        CurationRefused: The file cannot be read, or an entry is not as it must be.
    """
    path = kit.folder / FILE
    tables, file = tables_of(path) or {}, StrictFile(path)
    file.must_know(tables, ("same",))
    found: dict[str, Same] = {}
    for where, entry in file.entries(tables, "same", "number"):
        made = Same(**file.strings(where, entry, Same.__dataclass_fields__))
        known = made.number in kit.documents and made.number not in found
        file.must(where, "number", known, "each document of this audit at most once")
        found[made.number] = made
    return found
