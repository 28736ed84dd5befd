"""By what the parts of a release are known: what is the same need not be written again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contents:
    """Digests of the parts of a release, by their names (`contenthash.part_of`).

    A text or a report that came or went tells something of many others: that theirs stands there,
    too. So the files of a part may be what they were although its content is another.

    Attributes:
        said: As its content hash has them.
        files: By which it is known whether the files of a part are to be written again.
        findings: The same for its file of findings.
    """

    said: Mapping[str, str]
    files: Mapping[str, str]
    findings: Mapping[str, str]

    @classmethod
    def of_all(cls, said: Mapping[str, str]) -> Contents:
        """Those of a release of which all was written.

        Args:
            said: As its content hash has them.
        """
        return cls(said, said, said)


#: Divided tables of which no file but that of findings says anything, and of which none does.
IN_NO_FILE = frozenset({"duplicates"})
IN_NO_OTHER = IN_NO_FILE | {"findings"}
#: The file of findings.
FINDINGS = "current_findings"
