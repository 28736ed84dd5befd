"""Licence, sources, personal data, the crawler, take-down: `/falv`."""

from __future__ import annotations

from archive.site.answers import View

ROUTES: list[tuple[str, View]] = []
