"""The page of downloads, `/xiazai`: panels made to order, and the release's own files."""

from __future__ import annotations

from archive.site.answers import View

ROUTES: list[tuple[str, View]] = []
