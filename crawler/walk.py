"""The way through one portal: what was taken up, what has been read, what waits for the end."""

from __future__ import annotations

from dataclasses import dataclass, field

from .families import Row
from .pagers import Promise


@dataclass(slots=True)
class Walk:
    """State of a portal's lists and articles while they are read.

    A chain is a column or sub-column with the pages that follow it, named by its address:
    what repeats within one is its end, what repeats in another is another's.

    Attributes:
        pages: List pages asked for, those of sub-columns included.
        taken: Keys of the pages and articles that were taken up.
        mobile: Rows that are mobile copies, with the page that lists them; they wait
            until all lists were read, for one may have the page that they copy.
        listed: Addresses of the rows of each chain.
        totals: How many rows each chain says it has, where it says so.
        reached: Number of the last page of each chain that was read, or that the list
            itself named, so that its loss has a name.
        promises: What the last page of each chain shows of further pages.
        capped: Kinds of caps that were hit and named.
        is_settled: Whether what the lists no longer have was looked for.
    """

    pages: int = 0
    taken: set[str] = field(default_factory=set)
    mobile: dict[str, tuple[Row, str]] = field(default_factory=dict)
    listed: dict[str, set[str]] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)
    reached: dict[str, int] = field(default_factory=dict)
    promises: dict[str, Promise] = field(default_factory=dict)
    capped: set[str] = field(default_factory=set)
    is_settled: bool = False

    def take(self, key: str) -> bool:
        """Whether something is new; from now on it is not."""
        if key in self.taken:
            return False
        self.taken.add(key)
        return True

    def add(self, chain: str, addresses: set[str], total: int | None) -> bool:
        """Enter the rows of a page.

        Returns:
            False if the page has rows and its chain had all of them: it repeats others.
        """
        listed = self.listed.setdefault(chain, set())
        self.totals[chain] = max(self.totals.get(chain, 0), total or 0)
        # One new row suffices: a pinned row stands on every page.
        new = not addresses or not addresses <= listed
        listed |= addresses
        return new

    def reach(self, chain: str, number: int) -> None:
        """Enter that a page of a chain was read or is known."""
        self.reached[chain] = max(self.reached.get(chain, 0), number)

    @property
    def missing(self) -> int:
        """How many rows the chains lack of what they say they have."""
        return sum(max(0, total - len(self.listed[chain])) for chain, total in self.totals.items())
