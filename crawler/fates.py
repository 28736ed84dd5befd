"""What becomes of an address that several portals list: it is asked for once, for all of them."""

from __future__ import annotations

from dataclasses import dataclass

from archive.store import Context


@dataclass(slots=True)
class Fate:
    """What became of an article or attachment; portals that list the same share it.

    Attributes:
        asked: Whether it was asked for in this process.
        url: Where its answer came from; "" while there is none.
        lost: Kind, detail and foreign host of its loss, or None.
        portals: Keys of the portals that have taken it up.
        waiting: Contexts of those that wait for the first one's answer.
    """

    asked: bool = False
    url: str = ""
    lost: tuple[str, str, str] | None = None
    portals: tuple[str, ...] = ()
    waiting: tuple[Context, ...] = ()
