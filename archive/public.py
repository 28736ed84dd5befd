"""What of a reading the public sees: corrected by hand, without what is withheld, masked."""

from __future__ import annotations

from extract.types import Report

from .corrections.overlay import corrected
from .curation import Curation
from .histories import ReportHistory, Version
from .masking import masked_report
from .withholding.spans import without_spans


class Public:
    """The way from what was read to what is published."""

    def __init__(self, curation: Curation) -> None:
        """Publish by what people decided."""
        self.curation = curation

    def report(self, history: ReportHistory, version: Version, whole: Report) -> Report:
        """A version's whole reading as it is published.

        Args:
            history: Its report.
            version: The version.
            whole: What was read in `version.sha256`.
        """
        read = corrected(whole, history, version, self.curation.corrections)
        return masked_report(without_spans(read, version, self.curation.withheld))
