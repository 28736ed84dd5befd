"""Regions of the country and their codes, each valid for some years (forms-and-rules §4)."""

from __future__ import annotations

from .regions import Region, Regions, regions

__all__ = ["Region", "Regions", "regions"]
