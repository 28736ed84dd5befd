"""All corrections, with what the machine read and who read what is printed: `/gengzheng`."""

from __future__ import annotations

from archive.site.answers import View

ROUTES: list[tuple[str, View]] = []
