"""What a release says beyond its single reports: places, coverage, checks, duplicates.

Runs when all reports are in the two databases; each step asks them, and adds its rows.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from extract.checks import rules
from extract.facts import kinds

from ..checks import run_checks
from ..deadlines import deadline_rows
from ..duplicates import duplicate_rows
from ..frame import count_frame, expected_rows
from ..histories import Gathered
from ..inserting import Tables
from ..packing import Packed
from ..places import region_rows, regions
from ..rows import Row
from ..schema import indicators
from ..schema.pooled import add_up
from .steps import step


def complete(
    tables: Packed,
    texts: Tables,
    gathered: Gathered,
    *,
    fiction: bool,
    processes: int = 1,
    text_is_read: Callable[[], None] = lambda: None,
    index: Path | None = None,
) -> None:
    """Add what several reports, or what is known of regions and agencies, tell.

    Args:
        tables: Takes rows of nianbao.db, all reports flushed.
        texts: Takes rows of text.db, likewise.
        gathered: The reports, the registry entries and outcomes behind them.
        fiction: Whether the places are the invented ones.
        processes: How many work where much is compared.
        text_is_read: Called when text.db is neither asked nor written here any more.
        index: A new file that keeps by what texts were compared; None for none.
    """
    tables.add("checks", check_rows())
    agencies = tables.connection.execute("SELECT region_code FROM agencies")
    codes = {code for (code,) in agencies if code}
    codes |= {str(entry["region"]) for entry in gathered.entries.values() if entry.get("region")}
    tables.add("regions", region_rows(regions(fiction=fiction), codes))
    tables.add("indicators", indicators.rows())
    tables.add("fact_kinds", kind_rows())
    tables.add("deadlines", deadline_rows())
    tables.add("expected", expected_rows())  # a check asks it, too
    tables.flush()
    indicators.note_blanks(tables.connection)
    with step("duplicates"):
        # One by one: text.db is read in between.
        for row in duplicate_rows(tables.connection, processes, index):
            texts.add("duplicates", [row])
        texts.flush()  # a check asks it
    with step("checks"):
        run_checks(tables, tables.connection, text_is_read)
        tables.flush()
    with step("coverage"):
        count_frame(tables, gathered)
        add_up(tables.connection)


def check_rows() -> list[Row]:
    """Rows of the table `checks`."""
    names = ("title", "title_en", "strength", "needs", "is_on", "formula")
    more = ("innocent", "innocent_en", "source")
    return [
        {"check": code, **{name: getattr(rule, name) for name in (*names, *more)}}
        for code, rule in rules().items()
    ]


def kind_rows() -> list[Row]:
    """Rows of the table `fact_kinds`."""
    names = ("fact", "label", "label_en", "meaning")
    return [
        {**{name: getattr(kind, name) for name in names}, "compares": " ".join(kind.compares)}
        for kind in kinds().values()
    ]
