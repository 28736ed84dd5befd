"""A country gathered portal by portal, by several processes, within little memory.

What the bodies of one portal come to depends on another portal's only where both have to do
with one address or one report. So portals are gathered each for itself (`worker.py`), which
tells the keys that each touches (`keys.py`); those that share a key are gathered anew,
together, until no two parts share one (`joining.py`): then all parts side by side are what
gathering everything at once would have given. Reports wait on the disk (`spilled.py`), and
are loaded when somebody asks for them.
"""

from __future__ import annotations

from .dividing import Division, division_of, gather_divided, gather_parts, gathered_parts
from .parts import Part
from .room import closing_reports, gathered_of, require_all, waiting_room
from .spilled import Amended, Spilled
from .worker import Terms

__all__ = [
    "Amended",
    "Division",
    "Part",
    "Spilled",
    "Terms",
    "closing_reports",
    "division_of",
    "gather_divided",
    "gather_parts",
    "gathered_of",
    "gathered_parts",
    "require_all",
    "waiting_room",
]
