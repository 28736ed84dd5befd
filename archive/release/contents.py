"""By what the parts of a release are known: what is the same need not be written again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contents:
    """Digests of the parts of a release, by their names (`contentparts.part_of`).

    A text or a report that came or went tells something of many others: that theirs stands there,
    too. So the files of a part may be what they were although its content is another.

    Attributes:
        said: As its content hash has them.
        files: By which it is known whether most files of a part are to be written again.
        counts: The same for files that tell how many findings a report has.
        findings: The same for its file of findings.
        upon: What the release was patched upon; None if all of it was written.
    """

    said: Mapping[str, str]
    files: Mapping[str, str]
    counts: Mapping[str, str]
    findings: Mapping[str, str]
    upon: Upon | None = None

    @classmethod
    def of_all(cls, said: Mapping[str, str]) -> Contents:
        """Those of a release of which all was written.

        Args:
            said: As its content hash has them.
        """
        return cls(said, said, said, said)

    def by(self, kind: str) -> Mapping[str, str]:
        """Those of a kind of files (`kind_of`)."""
        return {COUNTS: self.counts, FINDINGS: self.findings}.get(kind, self.files)


@dataclass(frozen=True, slots=True)
class Upon:
    """The release that another one is a patch of: what was not patched is a copy of its rows.

    Attributes:
        contents: By what its parts are known.
        reports: Reports that were written, or are no more. Of others only what the checks find
            may be otherwise.
        years: Their years.
    """

    contents: Contents
    reports: frozenset[str]
    years: frozenset[int]


#: Kinds of files: the one of findings, those that count them, all others.
FINDINGS, COUNTS, OTHERS = "current_findings", "counts", "others"
#: Columns that count a report's findings.
_COUNTS = ("failed", "uncertain", "not_assessable", "passed", "must_failed", "informative")
#: What is said in no file; in none but that of findings; in none that does not count them:
#: divided tables, and columns of them.
IN_NO_FILE = frozenset({"duplicates"})
IN_NO_OTHER = IN_NO_FILE | {"findings"}
NOT_COUNTED = IN_NO_OTHER | {f"reports.{column}" for column in _COUNTS}
#: Tables, beside the wide ones, whose files have such counts.
_COUNTING = frozenset({"reports", "agency_years"})


def kind_of(table: str) -> str:
    """By which of the contents it is known whether a table's files are to be written again."""
    if table == FINDINGS:
        return FINDINGS
    return COUNTS if table in _COUNTING or table.startswith("wide_") else OTHERS
