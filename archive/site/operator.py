"""Who runs a site, and how he wants it: `operator.toml` of the data root.

It is read anew when it changes, and a site goes on without it. A file that cannot be read closes
the archived originals: whoever wrote it may have wanted that, and too little shown can be mended.
"""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from archive.site.channels import Channel, Unusable, channel

log = logging.getLogger(__name__)

#: Who runs a site says so in this file of the data root.
OPERATOR = "operator.toml"
#: What it may say in words: who, how to be reached, where, a remark, where errors are told; within
#: how many days he answers who wants something withheld, and by which law of his he keeps personal
#: data (`/falv`). Whatever stands there besides is nobody's business.
KEYS = ("name", "contact", "url", "note", "errors", "takedown_days", "basis")
#: Whether archived originals are shown, and the two answers to it.
ORIGINALS, PUBLIC, OFF = "archived_pages", "public", "off"

_LARGEST = 10**9

Said = Mapping[str, str]
_NOTHING: Said = MappingProxyType({})


def operator(root: Path) -> Said:
    """What the file of the data root says; {} where it says nothing.

    `errors` is there only if it can be used (`channels.channel`).
    """
    return _asked(root)[0]


def errors_to(root: Path) -> Channel | None:
    """Where an error is told; None where the operator names nothing that can be used."""
    written = operator(root).get("errors")
    return channel(written) if written else None


def are_originals_public(root: Path) -> bool:
    """Whether a site shows archived originals: it does, unless the operator says otherwise."""
    return _asked(root)[1]


def _asked(root: Path) -> tuple[Said, bool]:
    path = root / OPERATOR
    try:
        state = path.stat()
    except FileNotFoundError:
        return _NOTHING, True
    except OSError:
        return _NOTHING, False
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=20)  # asked for every figure; a file that is wrong is logged once
def _read(path: Path, _changed: int, _size: int) -> tuple[Said, bool]:
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        log.warning(
            "%s cannot be read, so it names no operator and archived pages stay closed: %s",
            path,
            error,
        )
        return _NOTHING, False
    # A number of thousands of digits has no text, and is nobody's name.
    texts = {name: found.get(name) for name in KEYS}
    said = {
        name: str(value)
        for name, value in texts.items()
        if value and not (isinstance(value, int) and abs(value) > _LARGEST)
    }
    if "errors" in said:
        try:
            channel(said["errors"])
        except Unusable as error:
            log.warning("%s: errors is left out, visitors copy their message: %s", path, error)
            del said["errors"]
    originals = found.get(ORIGINALS, PUBLIC)
    if originals not in (PUBLIC, OFF):
        log.warning('%s: archived_pages is neither "public" nor "off"; they stay closed', path)
    return MappingProxyType(said), bool(originals == PUBLIC)
