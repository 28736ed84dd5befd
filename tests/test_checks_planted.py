"""Each error put into a report is found, and no must-check fails for it elsewhere."""

from __future__ import annotations

import random
from functools import cache

import pytest

from extract.checks import rules
from extract.types import Report
from tests import planted, synthetic

_REPORTS = range(1, 260)
_EACH = 20


@cache
def clean() -> tuple[Report, ...]:
    """Synthetic reports that add up."""
    kept = (synthetic.report_of(i) for i in _REPORTS if i % 30 and i % 25)
    return tuple(report for report in kept if report.status == "read")


@pytest.mark.parametrize("check", sorted(planted.PLANTS))
def test_a_planted_error_is_found_and_no_must_check_fails_elsewhere(check: str) -> None:
    rng = random.Random(check)
    bases = [report for report in clean() if planted.takes(report, check)]
    assert len(bases) >= _EACH
    for base in rng.sample(bases, _EACH):
        spoilt = planted.plant(base, check, rng)
        failed = {f.check for f in spoilt.findings if f.status == "fail"}
        assert check in failed
        must = {code for code in failed if rules()[code].strength == "must"}
        assert must == ({check} if rules()[check].strength == "must" else set())
        assert failed - must <= {check}, "one error, one check"
        assert {f.reading for f in spoilt.findings} == {"certain"}, "it is not the reader's"


def test_without_an_error_nothing_fails() -> None:
    assert not [f for report in clean() for f in report.findings if f.status == "fail"]


def test_each_check_of_a_report_can_be_planted() -> None:
    assert set(planted.PLANTS) == {c for c, rule in rules().items() if rule.needs == "report"}
