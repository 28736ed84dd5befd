"""Regions as rows of a release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from .regions import Region, Regions

if TYPE_CHECKING:  # rows are of agencies, and agencies of places
    from ..rows import Row

#: Of invented places that only tests of crawls have: in a release, those that it is about.
_ONLY_IF_ASKED = "fiction+crawl"


def region_rows(places: Regions, codes: Iterable[str]) -> Iterator[Row]:
    """Rows of the table `regions`, in order of code and first year.

    Args:
        places: All regions.
        codes: Codes of agencies and portals; the towns among them are added to counties and
            above.
    """
    asked = set(codes)
    for region in places:
        begins = region.code[:4] if region.level == "prefecture" else region.code
        if region.source != _ONLY_IF_ASKED or any(code.startswith(begins) for code in asked):
            yield _row(region)
    for code in sorted(code for code in asked if len(code) > 6):
        yield from map(_row, places.spans(code))


def _row(region: Region) -> Row:
    return {
        "region_code": region.code,
        "valid_from": region.valid_from or 0,
        "valid_to": region.valid_to,
        "name": region.name,
        "short_name": region.short_name,
        "level": region.level,
        "kind": region.kind,
        "parent_code": region.parent or None,
        "province_code": region.code[:2] + "0000",
        "successor_code": region.successor or None,
        "code_2020": region.code_2020 or None,
        "source": region.source,
    }
