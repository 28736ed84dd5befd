"""CMS families: strategies that know how a kind of site lists its articles.

To add one: a file here with `start`, `parse_list` and `detect`, a line in `FAMILIES`, and
its pages in the test portal (`tests/portal/counties/families/`).
"""

from __future__ import annotations

from collections.abc import Mapping

from .base import Family, Fingerprint, ListError, ListPage, ListRequest, Row
from .generic import Generic
from .jiangxi import Jiangxi
from .national import National
from .trs import Trs

FAMILIES: Mapping[str, Family] = {
    "trs": Trs(),
    "jiangxi": Jiangxi(),
    "national": National(),
    "generic": Generic(),
}

__all__ = [
    "FAMILIES",
    "Family",
    "Fingerprint",
    "ListError",
    "ListPage",
    "ListRequest",
    "Row",
    "fingerprints",
]


def fingerprints(text: str, url: str) -> list[Fingerprint]:
    """Every family that a column's page shows marks of, the surest first.

    Args:
        text: The page, decoded.
        url: Where it came from.
    """
    found = (family.detect(text, url) for family in FAMILIES.values())
    return sorted((each for each in found if each), key=lambda each: -each.score)
