"""Charts over the whole release, each with its table and its SQL: `/tubiao`."""

from __future__ import annotations

from archive.site.answers import View

ROUTES: list[tuple[str, View]] = []
