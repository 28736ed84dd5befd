"""CMS families: strategies that know how a kind of site lists its articles.

To add one: a file here with `start` and `parse_list`, a line in `FAMILIES`, and its
pages in the test portal.
"""

from __future__ import annotations

from collections.abc import Mapping

from .base import Family, ListError, ListPage, ListRequest, Row
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

__all__ = ["FAMILIES", "Family", "ListError", "ListPage", "ListRequest", "Row"]
