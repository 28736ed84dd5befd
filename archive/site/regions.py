"""Regions: a tile map of provinces and what lies below them, `/diqu` and `/diqu/<code>`."""

from __future__ import annotations

from archive.site.answers import View

ROUTES: list[tuple[str, View]] = []
