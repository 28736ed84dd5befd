"""Regions of the country and their codes, each valid for some years (forms-and-rules §4).

The data and how it was made: NOTICE.md.
"""

from __future__ import annotations

from .regions import Region, Regions, regions
from .rows import region_rows

__all__ = ["Region", "Regions", "region_rows", "regions"]
