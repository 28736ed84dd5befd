"""Which kinds of agency a region of a level has in a year, and how sure that is."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..agencies import kinds


@cache
def _file() -> Mapping[str, Any]:
    with Path(__file__).with_name("expected.toml").open("rb") as handle:
        return tomllib.load(handle)


def first_year() -> int:
    """The first report year of the frame: the first of the regulations of 2007."""
    return int(_file()["first_year"])


def expected_rows() -> list[dict[str, object]]:
    """Rows of the table `expected`.

    Raises:
        ValueError: A kind stands twice for one year of a level, or is not in kinds.toml.
    """
    rows = sorted(_rows(), key=lambda row: (row["level"], row["kind"], row["first_year"]))
    for before, row in pairwise(rows):
        same = (before["level"], before["kind"]) == (row["level"], row["kind"])
        if same and (before["last_year"] is None or before["last_year"] >= row["first_year"]):
            raise ValueError(f"{row['kind']} of a {row['level']} stands twice in expected.toml")
    return rows


def _rows() -> Iterator[dict[str, Any]]:
    names, sources = kinds(), _file()["sources"]
    for rule in _file()["expected"]:
        first, *last = rule["years"]
        source = sources[rule["source"]]
        for level in rule["levels"]:
            for kind in rule["kinds"]:
                if kind not in names:
                    raise ValueError(f"{kind} in expected.toml is not in kinds.toml")
                yield {
                    "level": level,
                    "kind": kind,
                    "first_year": first,
                    "last_year": last[0] if last else None,
                    "kind_name": names[kind],
                    "part": rule.get("part", "local"),
                    "existence": rule["existence"],
                    "source": source["text"],
                    "is_verified": int(source.get("is_verified", False)),
                }
