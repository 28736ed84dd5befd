"""`codebook.csv`: a row a column of the panel."""

from __future__ import annotations

import csv
from pathlib import Path

from .formats import type_of
from .layout import columns
from .spool import Spool

_HEAD = (
    "name", "type", "label", "label_en", "unit", "definition", "definition_en", "forms",
    "figures", "made",
)  # fmt: skip


def write_codebook(path: Path, spool: Spool) -> None:
    """Write the codebook of a panel, as CSV with a byte-order mark."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("\ufeff")
        out = csv.writer(file)
        out.writerow(_HEAD)
        for place, column in enumerate(columns()):
            told = {"type": type_of(place, column, spool)}
            out.writerow([told.get(name) or getattr(column, name) for name in _HEAD])
