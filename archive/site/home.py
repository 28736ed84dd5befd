"""The home page: what the archive holds, drawn once for a release."""

from __future__ import annotations

from typing import Any

from archive.site import queries, words
from archive.site.answers import ask
from archive.site.release import Release


async def context(datasette: Any, release: Release) -> dict[str, Any]:
    """Variables of the home page, read once: a release never changes."""
    if release.home is None:
        release.home = await ask(datasette, lambda conn: queries.home(conn, release.figures))
    files = [(path.name, path.stem, path.stat().st_size) for path in release.files()]
    return {"home": release.home, "files": files, "words": words}
