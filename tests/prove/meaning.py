"""Errors of every kind planted in many reports: each is found, and nothing is found elsewhere."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator

from archive.agencies import kinds
from archive.checks.current import prepared
from archive.checks.running import CHECKS, Found
from extract.checks import rules
from tests.planted_archive import Country, Planted, country
from tests.small_release import release
from tests.synthetic import YEARS

#: Counties of all kinds of office, six years each: 10,000 reports and a few more.
COUNTIES = -(-10_000 // (len(kinds()) * len(YEARS)))
Said = tuple[str, str, str]


def prove() -> bool:
    """Plant errors in 10,000 reports; print what was missed and what was found elsewhere."""
    return proved(COUNTIES)


def proved(counties: int) -> bool:
    """Whether each planted error is found, and no must-check fails in any other report."""
    made = country(counties)
    with release(made.reports, made.regions, duplicates=made.duplicates) as db:
        found = set(_findings(db))
    lacking, too_many = list(missed(made, found)), sorted(elsewhere(made, found))
    planted = Counter(each.check for each in made.planted)
    each_kind = dict(sorted(planted.items()))
    print(f"  {len(made.reports)} reports, {len(made.planted)} errors: {each_kind}")
    for each in lacking[:20]:
        print(f"  missed: {each}")
    for said in too_many[:20]:
        print(f"  found elsewhere: {said}")
    print(f"  missed {len(lacking)}, found elsewhere {len(too_many)}")
    return not lacking and not too_many and set(planted) == set(rules())


def _findings(db: sqlite3.Connection) -> Iterator[Said]:
    """Report, check and status of all findings; checks that are off are asked, too."""
    yield from db.execute('SELECT report_id, "check", status FROM current_findings').fetchall()
    with prepared(db):
        for code in CHECKS:
            if not rules()[code].is_on:
                for result in CHECKS[code](db):
                    if isinstance(result, Found):
                        report_id = result.version_id.rpartition(".")[0]
                        yield report_id, code, result.finding.status


def missed(made: Country, found: set[Said]) -> Iterator[Planted]:
    """Planted errors without their finding."""
    for each in made.planted:
        if (each.report_id, each.check, each.status) not in found:
            yield each


def elsewhere(made: Country, found: set[Said]) -> Iterator[Said]:
    """What fails that was not planted.

    Must-checks fail nowhere else, also not where another error is. Checks over the archive
    that are on fail only where something was changed.
    """
    planted = {(each.report_id, each.check) for each in made.planted}
    for report_id, code, status in found:
        rule = rules()[code]
        apart = rule.needs == "archive" and rule.is_on and report_id not in made.touched
        is_wrong = rule.strength == "must" or apart
        if status == "fail" and is_wrong and (report_id, code) not in planted:
            yield report_id, code, status
