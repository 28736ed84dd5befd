"""The two files of a part: a Parquet file of its own, and its member of the table's CSV."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..sums import sha256_of
from .fields import Table
from .partlist import Part
from .writing import ParquetFile, csv_file

#: Where members of CSV files lie until all of a table are there.
MEMBERS = ".members"


class PartFiles:
    """The files of a part while it is written: a member of the table's CSV, and a Parquet file.

    Args:
        folder: The folder of the release's files.
        part: The part, before it is written.
        table: Its table.
    """

    def __init__(self, folder: Path, part: Part, table: Table) -> None:
        self._part, self._table, self._rows = part, table, 0
        self._member, self._path = member_of(folder, part), folder / part.path
        self._open = contextlib.ExitStack()

    def __enter__(self) -> PartFiles:
        self._path.unlink(missing_ok=True)  # linked to a part that was not what it should be
        with contextlib.ExitStack() as stack:
            self._text = stack.enter_context(csv_file(self._member))
            self._parquet = stack.enter_context(ParquetFile(self._path, self._table))
            self._open = stack.pop_all()
        return self

    def __exit__(self, *exception: Any) -> None:
        self._open.__exit__(*exception)

    def write(self, typed: Sequence[Any], text: Any) -> None:
        """Write rows, as columns of Arrow and as CSV."""
        self._text.write(text)
        self._parquet.write(typed)
        self._rows += len(typed[0])

    def part(self) -> Part:
        """The part as it lies there; what holds nothing is taken away."""
        if not self._rows:
            self._path.unlink()
        if not self._rows or not self._table.has_sheet:
            self._member.unlink()
        if not self._rows:
            return self._part
        part = replace(self._part, rows=self._rows, parquet=sha256_of(self._path))
        if not self._table.has_sheet:
            return part
        return replace(part, size=self._member.stat().st_size, sha256=sha256_of(self._member))


def member_of(folder: Path, part: Part) -> Path:
    """Where a part's rows lie as CSV until they are joined to the others."""
    return folder / MEMBERS / f"{part.table}.{part.name}.gz"


def member_bytes(release: Path, part: Part) -> bytes:
    """A part's rows as CSV: a gzip file of its own within its table's; b"" if that is not there."""
    try:
        with (release / f"csv/{part.table}.csv.gz").open("rb") as handle:
            handle.seek(part.offset)
            return handle.read(part.size)
    except FileNotFoundError:
        return b""


def link(source: Path, to: Path) -> None:
    """A second name for a file that never changes; a copy where the disk knows no such."""
    try:
        os.link(source, to)
    except OSError:
        shutil.copyfile(source, to)
