"""A release made from the one before: only what concerns the reports that changed is written.

It says what a build of everything would say, row by row; where that is not certain it is not
made, and everything is built (`NotCertain`).
"""

from __future__ import annotations

from .part import NotCertain, Part
from .renewing import Renewed, renew

__all__ = ["NotCertain", "Part", "Renewed", "renew"]
