"""Whether archived originals are public at all: `archived_pages` in the root's operator.toml.

`public`, as without the file, or `off`. What cannot be read, or says something else, closes
them: who wrote that line wanted something of them, and too little shown can be mended.
"""

from __future__ import annotations

import logging
import tomllib
from functools import lru_cache
from pathlib import Path

log = logging.getLogger(__name__)

FILE, KEY = "operator.toml", "archived_pages"
PUBLIC, OFF = "public", "off"
CLOSED = (
    "本站不公开存档原件（由运行者设定）；数值与正文仍可查看，"
    "来源一节列有原网页的地址、取得时间与校验值（SHA-256），可据以核对"
)


def are_public(root: Path) -> bool:
    """Whether a site shows archived originals; the file is read anew when it changes."""
    path = root / FILE
    try:
        state = path.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return _said(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=20)
def _said(path: Path, _changed: int, _size: int) -> bool:
    try:
        said = tomllib.loads(path.read_text("utf-8")).get(KEY, PUBLIC)
    except (OSError, ValueError) as error:
        log.warning("%s cannot be read, archived pages stay closed: %s", path, error)
        return False
    if said not in (PUBLIC, OFF):
        log.warning('%s: archived_pages is neither "public" nor "off"; they stay closed', path)
    return bool(said == PUBLIC)
