"""What this archive is and how it reads: `/guanyu`."""

from __future__ import annotations

from archive.site.answers import View

ROUTES: list[tuple[str, View]] = []
