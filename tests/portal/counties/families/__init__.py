"""Skeletons: what each CMS family's sites look like, as `portals.md` §1 and §2 tell."""

from __future__ import annotations

from collections.abc import Mapping

from tests.portal.counties.families.base import Skeleton
from tests.portal.counties.families.vsb import SKELETONS as _VSB

#: Kind of site (a family, or a variant of it) → its skeleton.
SKELETONS: Mapping[str, Skeleton] = {
    **_VSB,
}


def kinds() -> tuple[str, ...]:
    """Every kind of site, in the order in which counties get them."""
    return tuple(SKELETONS)
