"""What is not shown: `curation/withheld.toml`."""

from __future__ import annotations

from pathlib import Path

from ..withholding.decision import Withheld


def read_withheld(folder: Path) -> Withheld:
    """What is withheld by a folder; nothing where it holds no file of it.

    Raises:
        CurationRefused: The file cannot be read, or an entry is not as it must be.
    """
    return Withheld()
