"""A version or a figure as of a release: whether the one that is shown still says the same."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from archive.release.departed import Departed
from archive.site import queries
from archive.site.answers import ask
from archive.site.figure import Seen
from archive.site.release import RELEASES
from archive.site.shelf import OnShelf, Then, Unreadable, figure_then, named

log = logging.getLogger(__name__)
_LED_HERE = "SELECT old_id FROM id_history WHERE new_id = ? ORDER BY since DESC, old_id LIMIT 20"


@dataclass(frozen=True, slots=True)
class AsOf:
    """What a release that somebody named says.

    Attributes:
        name: The release.
        is_kept: Whether it is on the shelf.
        is_shown: Whether it is the one that is shown.
        is_readable: Whether it could be asked.
        manifest: What it says of itself.
        then: The figure there; None if it has no such version, or was not asked.
        said: What it says that the report prints, in words; "" of a version.
        is_same: Whether the release that is shown says the same.
    """

    name: str
    is_kept: bool
    is_shown: bool
    is_readable: bool
    manifest: Mapping[str, Any]
    then: Then | None = None
    said: str = ""
    is_same: bool = False


async def as_of(datasette: Any, seen: Seen, key: str, name: str) -> AsOf | None:
    """What a release says of a figure (of a version, if `key` is ""); None if it never was.

    Args:
        datasette: The site.
        seen: The version as it is shown.
        key: The figure.
        name: The release's name or tag, as an address has it.
    """
    found = await asyncio.to_thread(named, RELEASES[datasette], name)
    if found is None:
        return None
    if isinstance(found, Departed):
        return AsOf(found.name, False, False, False, {})
    led: list[str] = await ask(datasette, lambda conn: _ids(conn, seen.version_id))
    try:
        then = await asyncio.to_thread(figure_then, found.folder, led, key)
    except Unreadable as error:
        log.warning("a figure as of release %s cannot be told: %s", found.name, error)
        return AsOf(found.name, True, found.is_shown, False, found.manifest)
    return _told(found, then, seen, key)


def _told(found: OnShelf, then: Then | None, seen: Seen, key: str) -> AsOf:
    manifest = {**found.manifest, "release": found.name}
    made = AsOf(found.name, True, found.is_shown, True, manifest, then)
    if then is None or not key:
        return replace(made, is_same=then is not None)
    return replace(made, said=then.printed.said, is_same=then.printed == seen.printed(key))


def _ids(conn: Any, version_id: str) -> list[str]:
    """The version's id, and those of before that lead to it."""
    led = queries.rows(conn, _LED_HERE, version_id)
    return [version_id, *(str(row["old_id"]) for row in led)]
