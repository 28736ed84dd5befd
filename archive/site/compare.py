"""Several agencies or years side by side: `/bijiao`."""

from __future__ import annotations

from archive.site.answers import View

ROUTES: list[tuple[str, View]] = []
