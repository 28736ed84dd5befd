"""Releases: what was read, as files that are checked, switched to, and never changed."""

from __future__ import annotations

from .databases import CORRECTIONS_PREFIX, UNREAD_PREFIX
from .exporting import export, files_of
from .pruning import prune, sweep
from .publish import write_release
from .rollback import roll_back, rolled_back
from .shelf import Shelved, releases, tag

__all__ = [
    "CORRECTIONS_PREFIX",
    "UNREAD_PREFIX",
    "Shelved",
    "export",
    "files_of",
    "prune",
    "releases",
    "roll_back",
    "rolled_back",
    "sweep",
    "tag",
    "write_release",
]
