"""Skeletons: what each CMS family's sites look like, as `portals.md` §1 and §2 tell."""

from __future__ import annotations

from collections.abc import Mapping

from tests.portal.counties.families.base import Skeleton
from tests.portal.counties.families.epoint import SKELETONS as _EPOINT
from tests.portal.counties.families.generic import SKELETONS as _GENERIC
from tests.portal.counties.families.gkmlpt import SKELETONS as _GKMLPT
from tests.portal.counties.families.hanweb import SKELETONS as _HANWEB
from tests.portal.counties.families.hanweb_xxgk import SKELETONS as _HANWEB_XXGK
from tests.portal.counties.families.jiangxi import SKELETONS as _JIANGXI
from tests.portal.counties.families.jpaas import SKELETONS as _JPAAS
from tests.portal.counties.families.lonsun import SKELETONS as _LONSUN
from tests.portal.counties.families.national import SKELETONS as _NATIONAL
from tests.portal.counties.families.query_list import SKELETONS as _QUERY_LIST
from tests.portal.counties.families.trs import SKELETONS as _TRS
from tests.portal.counties.families.ucap import SKELETONS as _UCAP
from tests.portal.counties.families.vsb import SKELETONS as _VSB

#: Kind of site (a family, or a variant of it) → its skeleton.
SKELETONS: Mapping[str, Skeleton] = {
    **_TRS,
    **_HANWEB,
    **_HANWEB_XXGK,
    **_JPAAS,
    **_VSB,
    **_GKMLPT,
    **_UCAP,
    **_JIANGXI,
    **_LONSUN,
    **_NATIONAL,
    **_QUERY_LIST,
    **_EPOINT,
    **_GENERIC,
}


def kinds() -> tuple[str, ...]:
    """Every kind of site, in the order in which counties get them."""
    return tuple(SKELETONS)
