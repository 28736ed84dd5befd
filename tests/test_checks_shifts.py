"""A reader that is one column off is told from an agency's own number."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import pytest

from extract.checks import run_checks
from extract.types import Figure, Report
from tests import planted, synthetic
from tests.planted import COLUMNS, put
from tests.portal.reports import make_report

_REPORTS = range(1, 300)


@cache
def clean() -> tuple[Report, ...]:
    """Synthetic reports that add up, and in which somebody asked for something."""
    kept = (synthetic.report_of(i) for i in _REPORTS if i % 30 and i % 25)
    return tuple(report for report in kept if planted.lines_with_numbers(report))


def suspected(report: Report) -> set[str]:
    """Checks whose findings are said to be a shift."""
    return {f.check for f in run_checks(report)[0] if f.reading == "shift_suspected"}


def mutants(how: Callable[[Report, random.Random], Report]) -> Iterator[Report]:
    rng = random.Random(6)
    for number, report in enumerate(clean()):
        yield how(planted.filled(report) if number % 2 else report, rng)


@cache
def busy() -> Report:
    """A report in which no cell is 0 and no number occurs twice."""
    rendered, found = make_report("示例市示例局", "990107", "justice", 2022, busy=True)
    figures = [
        Figure(s.line.table, s.line.code, s.measure.code, str(found[s.key]), int(found[s.key]),
               "reported")
        for s in rendered.statutory.slots()
    ]  # fmt: skip
    forms = {"t2": rendered.form, "t3": rendered.form}
    return Report("read", year=2022, form=rendered.form, forms=forms, figures=tuple(figures))


def rows(report: Report) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for figure in report.figures:
        if figure.table == "t3":
            found.setdefault(figure.line, []).append(figure.value or 0)
    return found


def with_rows(report: Report, changed: dict[str, list[float]]) -> Report:
    return put(report, {f"t3_{line}_{column}": value for line, row in changed.items()
                        for column, value in zip(COLUMNS, row, strict=True)})  # fmt: skip


def test_clean_reports_have_no_suspicion() -> None:
    assert len(clean()) > 80
    assert not [report for report in clean() if suspected(report)]
    assert not suspected(busy())


def test_a_line_that_is_one_column_off_is_found() -> None:
    found = [bool(suspected(report)) for report in mutants(planted.shift_line)]
    assert sum(found) >= 0.99 * len(found)


def test_one_wrong_number_is_never_called_a_shift() -> None:
    wrong = list(mutants(planted.wrong_cell))
    assert not [report for report in wrong if suspected(report)]
    named = [f for report in wrong for f in run_checks(report)[0] if f.status == "fail"]
    assert len(named) > len(wrong)


@pytest.mark.parametrize("line", rows(busy()))
def test_every_line_of_table_three_and_its_neighbours_numbers_at_the_edge(line: str) -> None:
    have = rows(busy())
    for moved in ([*have[line][1:], 77], [77, *have[line][:-1]]):
        found = [f for f in run_checks(with_rows(busy(), {line: moved}))[0] if f.check < "C04"]
        assert found
        assert {f.reading for f in found} == {"shift_suspected"}


def test_two_cells_that_are_exchanged_are_the_agencys() -> None:
    row = rows(busy())["granted"]
    row[2], row[3] = row[3], row[2]
    exchanged = with_rows(busy(), {"granted": row})
    assert [f.check for f in run_checks(exchanged)[0] if f.status == "fail"] == ["C02", "C02"]
    assert not suspected(exchanged)
    row[2], row[5] = row[5], row[2]  # not neighbours either
    assert not suspected(with_rows(busy(), {"granted": row}))


def test_a_request_counted_under_the_next_applicant_is_the_agencys() -> None:
    """The table that a reader must not be blamed for: each line adds up, two columns do not."""
    found = [run_checks(report)[0] for report in mutants(planted.reclassed)]
    assert all(any(f.check in ("C01", "C02") for f in each) for each in found)
    marked = [any(f.reading == "shift_suspected" for f in each) for each in found]
    assert sum(marked) <= 0.01 * len(found)


@pytest.mark.parametrize("step", [2, -2])
def test_a_line_that_is_two_columns_off(step: int) -> None:
    for line, row in rows(busy()).items():
        moved = [*row[step:], *(0, 0)] if step > 0 else [*(0, 0), *row[:step]]
        assert suspected(with_rows(busy(), {line: moved})) >= {"C03"}, line


@pytest.mark.parametrize("pair", [("received_new", "carried_in"), ("carried_out", "granted")])
def test_two_lines_that_moved_by_one(pair: tuple[str, str]) -> None:
    have = rows(busy())
    right, left = ({line: [0, *have[line][:-1]] for line in pair},
                   {line: [*have[line][1:], 0] for line in pair})  # fmt: skip
    either = right | {pair[1]: left[pair[1]]}
    for moved in (right, left, either):
        findings = [f for f in run_checks(with_rows(busy(), moved))[0] if f.check == "C03"]
        assert [f.reading for f in findings] == ["shift_suspected"] * 2
    wrong = {pair[0]: [*have[pair[0]][:-1], 1], pair[1]: [*have[pair[1]][:-1], 2]}
    assert not suspected(with_rows(busy(), wrong)), "two totals that are wrong"
    totals = with_rows(busy(), {line: [0] * 6 + row[6:] for line, row in have.items()})
    assert not suspected(totals), "totals alone"


def test_an_empty_cell_that_left_no_trace() -> None:
    granted, received = rows(busy())["granted"], rows(busy())["received_new"]
    total, gone = rows(busy())["processed_total"], granted[2]
    less = {"granted": granted, "received_new": received, "processed_total": total}
    for row in less.values():
        row[2] -= gone
        row[6] -= gone
    whole = with_rows(busy(), less)
    assert not suspected(whole)
    keys = [f"t3_granted_{column}" for column in COLUMNS]
    for moved in ([*granted[:2], *granted[3:], None], [None, *granted[:2], *granted[3:]]):
        assert suspected(put(whole, dict(zip(keys, moved, strict=True)))) >= {"C02"}


def test_what_only_looks_like_a_moved_line() -> None:
    zeros = planted.put(busy(), {figure.key: 0 for figure in busy().figures})
    odd = {"t3_granted_enterprise": 3, "t3_processed_total_natural": 3}
    assert not suspected(put(zeros, odd)), "moved, the line would not add up either"
    negative = {"t3_granted_natural": 1, "t3_partial_natural": 1, "t3_partial_total": 1,
                "t3_processed_total_enterprise": 1, "t3_processed_total_total": 1}  # fmt: skip
    assert run_checks(put(zeros, negative))[0]
    assert not suspected(put(zeros, negative)), "moved, the line would hold a number below zero"


def test_one_number_that_moved_is_told_by_the_empty_edge_alone() -> None:
    zeros = planted.put(busy(), {figure.key: 0 for figure in busy().figures})
    lines = ("received_new", "granted", "processed_total")
    one = put(zeros, {f"t3_{line}_{c}": 2 for line in lines for c in ("other_org", "total")})
    assert not run_checks(one)[0]
    lost = {"t3_granted_other_org": 0, "t3_granted_natural": None}
    assert suspected(put(one, lost)) == {"C02", "C03"}
    assert not suspected(put(one, {"t3_granted_other_org": 0}))


def test_a_whole_table_that_is_one_cell_off() -> None:
    have = rows(busy())
    cells = [value for row in have.values() for value in row]
    ways = {
        "turned": {line: [row[6], *row[:6]] for line, row in have.items()},
        "turned back": {line: [*row[1:], row[0]] for line, row in have.items()},
        "late": dict(zip(have, _cut([1, *cells[:-1]]), strict=True)),
        "early": dict(zip(have, _cut([*cells[1:], 1]), strict=True)),
        "late by two": dict(zip(have, _cut([1, 1, *cells[:-2]]), strict=True)),
        "early by two": dict(zip(have, _cut([*cells[2:], 1, 1]), strict=True)),
        "turned by two": {line: [*row[5:], *row[:5]] for line, row in have.items()},
        "last two": {line: [*row[:5], row[6], row[5]] for line, row in have.items()},
    }
    for way, changed in ways.items():
        assert "C03" in suspected(with_rows(busy(), changed)), way


def test_nothing_is_changed_and_other_findings_keep_their_reading() -> None:
    both = put(planted.shift_line(busy(), random.Random(3)), {"t4_review_total": 1})
    findings, passes = run_checks(both)
    assert {f.reading for f in findings if f.check == "C04"} == {"certain"}
    assert passes > 20
    plain = [replace(f, reading="certain") for f in findings]
    assert [f.sentence for f in plain] == [f.sentence for f in findings]


def _cut(cells: list[float]) -> list[list[float]]:
    return [cells[at : at + 7] for at in range(0, len(cells), 7)]
