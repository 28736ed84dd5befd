"""What people read by hand: `curation/corrections/*.toml`."""

from __future__ import annotations

from pathlib import Path

from ..corrections.correction import Corrections


def read_corrections(folder: Path) -> Corrections:
    """The corrections and the documents entered by hand of a folder; none where it holds none.

    Raises:
        CurationRefused: A file cannot be read, or an entry is not as it must be.
    """
    return Corrections()
