"""Who runs a site, and where errors are to be told: `operator.toml` of the data root."""

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
#: What it may say: who, how to be reached, where, a remark, where errors are told; within how
#: many days he answers who wants something withheld, and by which law of his he keeps personal
#: data (`/falv`). Whatever stands there besides is nobody's business.
KEYS = ("name", "contact", "url", "note", "errors", "takedown_days", "basis")

_LARGEST = 10**9

Said = Mapping[str, str]
_NOTHING: Said = MappingProxyType({})


def operator(root: Path) -> Said:
    """What the file of the data root says; {} where it says nothing.

    `errors` is there only if it can be used (`channels.channel`).
    """
    path = root / OPERATOR
    try:
        state = path.stat()
    except OSError:
        return _NOTHING
    return _said(path, state.st_mtime_ns, state.st_size)


def errors_to(root: Path) -> Channel | None:
    """Where an error is told; None where the operator names nothing that can be used."""
    written = operator(root).get("errors")
    return channel(written) if written else None


@lru_cache(maxsize=20)  # asked for every figure; a file that is wrong is logged once
def _said(path: Path, _changed: int, _size: int) -> Said:
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return _NOTHING
    except (OSError, ValueError) as error:
        log.warning("%s cannot be read, /guanyu names no operator: %s", path, error)
        return _NOTHING
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
    return MappingProxyType(said)
