"""What the site's bench measures, and the goals: of the bench and of docs/performance.md."""

from __future__ import annotations

from dataclasses import dataclass

from tests.bench import Figure


@dataclass(frozen=True, slots=True)
class Result(Figure):
    """A figure with what it was made of.

    Attributes:
        beside: The measurements behind it, in words.
    """

    beside: str = ""


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound of the site.

    Attributes:
        name: What is measured.
        bound: The bound.
        unit: What the figure counts, or "" for a ratio.
        at_least: Whether it is a lower bound.
    """

    name: str
    bound: float
    unit: str = ""
    at_least: bool = False

    def result(self, value: float, beside: str = "") -> Result:
        """The figure that was measured for it."""
        return Result(self.name, value, self.bound, self.at_least, self.unit, beside)

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.bound:,g}{self.unit}"


@dataclass(frozen=True, slots=True)
class Page:
    """A page whose CPU is held against that of its SQL.

    Attributes:
        name: Which page.
        path: Its address; `{report}`, `{agency}` … stand for examples (`pages.paths`).
        above: Milliseconds that the page may cost above its SQL, or None.
        times: How many times its SQL the page may cost, or None.
        raw: Milliseconds that its SQL may cost itself, or None.
    """

    name: str
    path: str
    above: float | None = None
    times: float | None = None
    raw: float | None = None

    def goals(self) -> tuple[Goal, ...]:
        """Its goals."""
        found = []
        if self.raw is not None:
            found.append(Goal(f"{self.name}: its raw SQL", self.raw, " ms"))
        if self.above is not None:
            found.append(Goal(f"{self.name}: CPU above its raw SQL", self.above, " ms"))
        if self.times is not None:
            found.append(Goal(f"{self.name}: CPU ÷ its raw SQL", self.times))
        return tuple(found)


PAGES = (
    Page("report page", "/bg/{report}", above=8),
    Page("agency page", "/jg/{agency}", above=8),
    Page("row page", "/nianbao/agencies/{agency}", above=15),
    Page("table page with five facets", "/nianbao/reports", times=2),
    Page("home page", "/", above=12),
    Page("charts", "/tubiao", above=12),
    Page("a chart", "/tubiao/{chart}", above=12),
    Page("search, first 20 hits", "/sousuo?q={words}", above=10, raw=5),
    # The issue sets no goal for these.
    Page("two agencies beside each other", "/bijiao?jg={agency}&jg=990001-government", above=25),
    Page("a region", "/diqu/{region}", above=25),
    Page("findings", "/yidian", above=25),
    Page("coverage", "/fugai", above=25),
    Page("downloads", "/xiazai", above=25),
)

REQUESTS = Goal("nginx, warm, 50 connections: requests a second", 5000, at_least=True)
SLOWEST = Goal("nginx, warm, 50 connections: 99 of 100 answered within", 20, " ms")
DOWNLOAD = Goal("nianbao.db through nginx ÷ a plain file of nginx", 0.8, at_least=True)
CUT = Goal("a hostile statement alone: the slowest answer", 2.5, " s")
MEMORY = Goal("100 hostile statements at once: memory of the site", 300, " MB")
OTHERS = Goal("100 hostile statements at once: the slowest other page", 1, " s")
WEIGHT = Goal("first page: HTML, CSS and JavaScript", 150, " KB")
SHIFT = Goal("layout shift of home, agency and report page, the largest", 0.05)

GOALS = (
    *(goal for page in PAGES for goal in page.goals()),
    REQUESTS,
    SLOWEST,
    DOWNLOAD,
    CUT,
    MEMORY,
    OTHERS,
    WEIGHT,
    SHIFT,
)
