"""What machines look for: `/robots.txt`, `/sitemap.xml`, `/-/health`."""

from __future__ import annotations

from archive.site.answers import View

ROUTES: list[tuple[str, View]] = []
