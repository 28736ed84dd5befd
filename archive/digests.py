"""What a reading says, as digests: by these versions of a report are told apart."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from extract.labels import flat
from extract.types import Report

from .figures import Figures
from .masking import masked_words


@dataclass(frozen=True, slots=True)
class Digests:
    """What versions are told apart by.

    Attributes:
        text: Of title, agency and chapters.
        figures: Of figures and raw tables.
        filled: How many figures are printed.
        masked: Both digests as they are published; None where nothing is masked.
    """

    text: str
    figures: str
    filled: int
    masked: tuple[str, str] | None

    @classmethod
    def of(cls, report: Report) -> Digests:
        """Those of a whole reading."""
        return cls(
            text_sha256(report),
            figures_sha256(report),
            Figures.of(report.figures).filled,
            masked_digests(report),
        )


def text_sha256(report: Report) -> str:
    """Digest of title, agency and chapters, without white space: what is said."""
    parts = [report.title or "", report.agency or ""]
    parts += [f"{number}{text}" for number, text in sorted(report.chapters.items())]
    return hashlib.sha256("\n".join(flat(part) for part in parts).encode()).hexdigest()


def figures_sha256(report: Report) -> str:
    """Digest of the printed texts and units of all figures, and of a legacy report's tables."""
    # As `json.dumps` writes [[key, printed, unit], …].
    rows = [Figures.of(report.figures).said()] if report.figures else []
    rows += [json.dumps([list(row) for row in grid], ensure_ascii=False) for grid in report.grids]
    return hashlib.sha256(f"[{', '.join(rows)}]".encode()).hexdigest()


def masked_digests(report: Report) -> tuple[str, str] | None:
    """Digests of text and figures without what is masked; None if nothing is."""
    shown = masked_words(report)
    return None if shown is report else (text_sha256(shown), figures_sha256(shown))
