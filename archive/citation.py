"""How to cite a release, a version of a report and a figure: GB/T 7714—2015 and BibTeX."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Citation:
    """One citation in two forms.

    Attributes:
        gbt: A line after GB/T 7714—2015 (`[DS/OL]`, `[R/OL]`).
        bibtex: An entry for BibTeX and biblatex.
    """

    gbt: str
    bibtex: str
