"""What of a reading the public sees: corrected by hand, masked.

What is withheld is out of it already (`withholding.applying`): the build reads nothing else.
"""

from __future__ import annotations

from extract.types import Report

from .corrections.overlay import corrected
from .curation import Curation
from .histories import ReportHistory, Version
from .masking import masked_texts


class Public:
    """The way from what was read to what is published."""

    def __init__(self, curation: Curation) -> None:
        """Publish by what people decided."""
        self.curation = curation

    def report(self, history: ReportHistory, version: Version, whole: Report) -> Report:
        """A version's whole reading as it is published, but for what it rests on.

        Evidence, index block and files are published of the version's own report, which knows
        more of them (`rows.detail_row`).

        Args:
            history: Its report.
            version: The version.
            whole: What was read in `version.sha256`.
        """
        said = corrected(whole, history, version, self.curation.corrections)
        # Gathering looked through all words of what was read, for its digests: to look again for
        # what it did not find takes as long. What people wrote into a cell it did not see.
        is_clean = version.report.status == "read" and version.masked is None and said is whole
        return masked_texts(said, words_are_clean=is_clean)
