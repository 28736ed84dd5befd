"""Releases: what was read, as files that are checked, switched to, and never changed."""

from __future__ import annotations

from .databases import UNREAD_PREFIX
from .publish import write_release

__all__ = ["UNREAD_PREFIX", "write_release"]
