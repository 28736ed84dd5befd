"""`python -m tests.same_files ONE OTHER`: do two folders of a release's files say the same?

For whoever changes how they are written: export a release with the program of before and with
the present one, and compare. CSV must have the same bytes (unpacked), Parquet the same tables,
schemas and headings; a table may lie in one file or in parts.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import pyarrow.parquet as pq


def differences(one: Path, other: Path) -> list[str]:
    """Tables that are not the same, or that only one of them has."""
    found = []
    for kind, same in (("csv", _same_csv), ("parquet", _same_parquet)):
        first, second = ({_table(path): path for path in (each / kind).iterdir()}
                         for each in (one, other))  # fmt: skip
        for name in sorted({*first, *second}):
            if name not in first or name not in second:
                found.append(f"{kind}/{name}: only one has it")
            elif not same(first[name], second[name]):
                found.append(f"{kind}/{name}: differs")
    return found


def _table(path: Path) -> str:
    return path.name.partition(".")[0]


def _same_csv(one: Path, other: Path) -> bool:
    first, second = (
        gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for path in (one, other)
    )
    return first == second


def _same_parquet(one: Path, other: Path) -> bool:
    first, second = pq.read_table(one), pq.read_table(other)
    return bool(first.schema.equals(second.schema, check_metadata=True) and first.equals(second))


if __name__ == "__main__":
    told = differences(*map(Path, sys.argv[1:3]))
    print("\n".join(told) or "the same")
    sys.exit(bool(told))
