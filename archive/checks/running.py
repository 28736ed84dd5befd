"""What a check over the archive is, and how all of them are run over a new release."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from extract.checks import rules
from extract.types import Finding

from ..packing import Packed
from ..rows import finding_row
from .current import prepared


@dataclass(frozen=True, slots=True)
class Found:
    """A finding of a version.

    Attributes:
        version_id: The version that it is about.
        finding: What did not pass; its `related` names the other version, if there is one.
    """

    version_id: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Passed:
    """How many comparisons of a version a check passed."""

    version_id: str
    count: int = 1


#: How many findings each version has from its own reading.
_NUMBERS = """SELECT v.version_id, max(f.number) FROM _findings f
JOIN _versions v ON v.n = f.version GROUP BY f.version"""
#: Checks that ask text.db. They do so before their first result: then others may write there.
ASK_TEXT = frozenset({"C24"})
#: Takes nianbao.db with text.db attached as `text`; asks the views and tables of the release.
Check = Callable[[sqlite3.Connection], Iterator[Found | Passed]]
CHECKS: dict[str, Check] = {}


def check(code: str) -> Callable[[Check], Check]:
    """Register a check under its code."""

    def register(function: Check) -> Check:
        CHECKS[code] = function
        return function

    return register


def run_checks(
    tables: Packed, db: sqlite3.Connection, text_is_read: Callable[[], None] = lambda: None
) -> None:
    """Run every check that is on, over the current versions; write findings and counts.

    Args:
        tables: Takes the findings.
        db: The same database, all reports in it; text.db attached as `text`.
        text_is_read: Called when no check asks text.db any more.
    """
    numbers: dict[str, int] = dict(db.execute(_NUMBERS).fetchall())
    passed: dict[str, int] = {}
    with prepared(db):
        asked = {code: CHECKS[code](db) for code in sorted(CHECKS) if rules()[code].is_on}
        for code in ASK_TEXT & asked.keys():
            asked[code] = _begun(asked[code])
        text_is_read()
        for results in asked.values():
            for result in results:
                identity = result.version_id
                if isinstance(result, Passed):
                    passed[identity] = passed.get(identity, 0) + result.count
                    continue
                numbers[identity] = numbers.get(identity, 0) + 1
                tables.add("findings", [finding_row(identity, numbers[identity], result.finding)])
        tables.flush()
    tables.count_findings(passed)


def _begun(results: Iterator[Found | Passed]) -> Iterator[Found | Passed]:
    """The same results, the first of them found already."""
    first = list(islice(results, 1))
    return chain(first, results)
