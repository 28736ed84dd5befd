"""A part of what is gathered: the reports of some portals, and the keys that they touch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from ..agencies.names import Key, Use
from ..histories import Unread
from ..withholding.applying import Applied
from .keys import Keys


class Held(NamedTuple):  # of a country's there are a million, and to send these costs a third
    """Where a report waits: in which file of the spill, from which byte, how many; in brief.

    `digest` is that of all that was gathered of it: equal histories have equal ones.
    """

    report_id: str
    file: str
    offset: int
    length: int
    brief: bytes
    digest: bytes


@dataclass(slots=True)
class Part:
    """What some portals, gathered together, came to.

    Attributes:
        portals: Their keys.
        keys: What the part touches: it stands as long as no other part touches the same.
        held: Its reports, on the disk.
        captures: How many captures it is made of.
        unread: What could not become a report.
        left_out: Portal → addresses of documents that nobody called reports.
        printed: Names under which agencies' reports were found.
        registered: Names in the registry entries of its portals.
        applied: What the decisions to withhold came to among its bodies.
        number: Its own in the index of the reports that wait.
    """

    portals: tuple[str, ...]
    keys: Keys
    held: list[Held]
    captures: int = 0
    unread: list[Unread] = field(default_factory=list)
    left_out: dict[str, set[str]] = field(default_factory=dict)
    printed: dict[Key, Use] = field(default_factory=dict)
    registered: dict[tuple[str, str], str] = field(default_factory=dict)
    applied: Applied = field(default_factory=Applied)
    number: int = -1
