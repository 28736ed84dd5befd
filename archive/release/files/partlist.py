"""parts.json: the parts that a release's large tables lie in, and what each was made from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

NAME = "parts.json"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a table, as it lies in a release.

    Attributes:
        table: The table's name.
        name: Name of its span of ids or years, and of its Parquet file.
        start: Where the span begins.
        end: Where it ends.
        rows: How many rows it has.
        state: Digest of what it was made from; "" if nobody knows that.
        volatile: Digest of what of that is no content, if there may be such.
        parquet: SHA-256 of its Parquet file; "" if it has no rows, and no file.
        offset: Where it begins in the table's CSV, as a gzip member of its own.
        size: Bytes of that member; 0 if there is none.
        sha256: SHA-256 of that member.
    """

    table: str
    name: str
    start: str | int
    end: str | int
    rows: int
    state: str = ""
    volatile: str = ""
    parquet: str = ""
    offset: int = 0
    size: int = 0
    sha256: str = ""

    @property
    def path(self) -> str:
        """Its Parquet file, within the release's folder."""
        return f"parquet/{self.table}/{self.name}.parquet"


def read_parts(release: Path) -> Mapping[tuple[str, str], Part]:
    """The parts of a release, by table and name; none if it has no list that can be read."""
    try:
        said = json.loads((release / NAME).read_text("utf-8"))
        parts = [Part(**each) for each in said["parts"]]
    except (OSError, ValueError, KeyError, TypeError):
        return {}  # then each part is written anew
    return {(part.table, part.name): part for part in parts}


def write_parts(folder: Path, parts: Iterable[Part]) -> None:
    """Write the list, a part a line."""
    lines = ",\n".join(json.dumps(asdict(part), ensure_ascii=False) for part in parts)
    (folder / NAME).write_text(f'{{"parts": [\n{lines}\n]}}\n', "utf-8")
