"""A teaching subset: some tens of reports of a release, small enough to hand to a class."""

from __future__ import annotations

from .bundle import Made, write_subset

__all__ = ["Made", "write_subset"]
