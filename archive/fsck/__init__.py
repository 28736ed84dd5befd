"""`fsck`: whether every byte of an archive is what it was, and leads where it should."""

from __future__ import annotations

from .check import Verdict, fsck
from .kinds import NOTED, WRONG, Finding, shortened

__all__ = ["NOTED", "WRONG", "Finding", "Verdict", "fsck", "shortened"]
