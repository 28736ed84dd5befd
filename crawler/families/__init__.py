"""CMS families: strategies that know how a kind of site lists its articles.

To add one: a file here with `params`, `start`, `parse_list` and `detect`, a line in `FAMILIES`, and
its pages in the test portal (`tests/portal/counties/families/`).
"""

from __future__ import annotations

from collections.abc import Mapping

from .base import Family, Fingerprint, ListError, ListPage, ListRequest, Param, Row
from .epoint import Epoint
from .generic import Generic
from .gkmlpt import Gkmlpt
from .hanweb import Hanweb
from .hanweb_xxgk import HanwebXxgk
from .hebei import Hebei
from .henan import Henan
from .jiangxi import Jiangxi
from .jpaas import Jpaas
from .lonsun import Lonsun
from .look import uncommented
from .national import National
from .nfcms import Nfcms
from .query_list import QueryList
from .trs import Trs
from .ucap import Ucap
from .vsb import Vsb

FAMILIES: Mapping[str, Family] = {
    "trs": Trs(),
    "hanweb": Hanweb(),
    "hanweb_xxgk": HanwebXxgk(),
    "jpaas": Jpaas(),
    "vsb": Vsb(),
    "gkmlpt": Gkmlpt(),
    "nfcms": Nfcms(),
    "ucap": Ucap(),
    "jiangxi": Jiangxi(),
    "lonsun": Lonsun(),
    "henan": Henan(),
    "epoint": Epoint(),
    "hebei": Hebei(),
    "national": National(),
    "query_list": QueryList(),
    "generic": Generic(),
}

__all__ = [
    "FAMILIES",
    "Family",
    "Fingerprint",
    "ListError",
    "ListPage",
    "ListRequest",
    "Param",
    "Row",
    "fingerprints",
]


def fingerprints(text: str, url: str) -> list[Fingerprint]:
    """Every family that a column's page shows marks of, the surest first.

    Args:
        text: The page, decoded.
        url: Where it came from.
    """
    shown = uncommented(text)
    found = (family.detect(shown, url) for family in FAMILIES.values())
    return sorted((each for each in found if each), key=lambda each: -each.score)
