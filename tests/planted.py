"""One error at a time, put into a report as read: what each check of one report must find.

`plant(report, check, rng)` gives the report with exactly that error. What must be found of it
is a finding of that check with status `fail`, and no other must-check's. The report that is
given must add up; its empty cells become 0, as an error between blanks would be uncertain.
`shift_line` on the one hand, `wrong_cell` and `reclassed` on the other, are what the detector of
shifts must tell apart.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise

from extract.checks import rules, run_checks
from extract.forms import forms
from extract.types import Evidence, Fact, Figure, Report, Value

APPLICANTS = ("natural", "enterprise", "research", "ngo", "legal", "other_org")
COLUMNS = (*APPLICANTS, "total")
_ENDS = ("received_new", "carried_in", "processed_total", "carried_out")
#: Form that a check needs; the others take either.
FORM = {"C06": "2019", "C07": "2019", "C08": "2021", "C09": "2019", "C21": "2021"}


def plant(report: Report, check: str, rng: random.Random) -> Report:
    """Put one error into a report.

    Args:
        report: A report that adds up, of the form that the check needs (`FORM`).
        check: Code of a check of one report.
        rng: Which line, which applicant, by how much.

    Returns:
        The report with the error, its findings and passes found anew; this check is on.
    """
    spoilt = PLANTS[check](filled(report), rng)
    on = {code for code in PLANTS if rules()[code].is_on}
    findings, passes = run_checks(spoilt, sorted(on | {check}))
    return replace(spoilt, findings=findings, passes=passes)


def takes(report: Report, check: str) -> bool:
    """Whether a report can be given this error: it is read, in the form that prints the cells."""
    return report.status == "read" and FORM.get(check, report.form) == report.form


def filled(report: Report) -> Report:
    """The report with 0 in every cell without a number."""
    empty = {figure.key: 0 for figure in report.figures if figure.value is None}
    return put(report, empty)


def put(report: Report, values: Mapping[str, Value]) -> Report:
    """The report with other numbers, as if it printed them; None is a cell that was not found."""
    return replace(report, figures=tuple(_put(f, values) for f in report.figures))


def _put(figure: Figure, values: Mapping[str, Value]) -> Figure:
    if figure.key not in values:
        return figure
    value = values[figure.key]
    if value is None:
        return replace(figure, value=None, printed=None, status="missing_cell")
    return replace(figure, value=value, printed=f"{value}", status="reported")


def _add(report: Report, number: int, *keys: str) -> Report:
    """The report with a number added to some figures."""
    now = {figure.key: figure.value or 0 for figure in report.figures}
    return put(report, {key: now[key] + number for key in keys})


def _results(report: Report) -> list[str]:
    lines = forms()[str(report.form)].table("t3")
    return [line.code for line in lines if line.code not in _ENDS]


def _cells(lines: tuple[str, ...], *measures: str) -> list[str]:
    return [f"t3_{line}_{measure}" for line in lines for measure in measures]


def _balance(report: Report, rng: random.Random) -> Report:
    who, line = rng.choice(APPLICANTS), rng.choice(("received_new", "carried_in", "carried_out"))
    return _add(report, rng.randint(1, 9), *_cells((line,), who, "total"))


def _results_sum(report: Report, rng: random.Random) -> Report:
    lines = "received_new", "processed_total"  # C01 still holds
    return _add(report, rng.randint(1, 9), *_cells(lines, rng.choice(APPLICANTS), "total"))


def _rows(report: Report, rng: random.Random) -> Report:
    lines = "received_new", "processed_total", rng.choice(_results(report))  # columns still add up
    return _add(report, rng.randint(1, 9), *_cells(lines, "total"))


def _disputes(report: Report, rng: random.Random) -> Report:
    line = rng.choice(("review", "suit_direct", "suit_after_review"))
    return _add(report, rng.randint(1, 9), f"t4_{line}_total")


def _no_count(report: Report, rng: random.Random) -> Report:
    line = rng.choice(("license", "penalty", "coercion"))
    return put(report, {f"t2_{line}_decisions": rng.choice((1.5, -4, 7.25, -1))})


def _items(report: Report, rng: random.Random) -> Report:
    line = rng.choice(("license", "other_service", "penalty", "coercion", "fee"))
    before = rng.randint(0, 40)
    delta = -before - rng.randint(1, 9)
    return put(report, {f"t2_{line}_prev_items": before, f"t2_{line}_delta": delta})


def _published(report: Report, rng: random.Random) -> Report:
    line, every = rng.choice(("rules", "normative")), rng.randint(0, 9)
    more = every + rng.randint(1, 9)
    return put(report, {f"t2_{line}_newly_public": more, f"t2_{line}_total_public": every})


def _in_force(report: Report, rng: random.Random) -> Report:
    line, repealed, stock = rng.choice(("rules", "normative")), rng.randint(0, 5), rng.randint(0, 9)
    issued = stock + repealed + rng.randint(1, 9)
    keys = f"t2_{line}_issued", f"t2_{line}_repealed", f"t2_{line}_in_force"
    return put(report, dict(zip(keys, (issued, repealed, stock), strict=True)))


def _purchases(report: Report, rng: random.Random) -> Report:
    projects, amount = rng.choice(((rng.randint(1, 9), 0), (0, rng.randint(1, 999) / 4)))
    return put(report, {"t2_procurement_projects": projects, "t2_procurement_amount": amount})


def state(report: Report, code: str, sentence: str, quote: str, value: Value) -> Report:
    """The report with one more sentence in chapter one, and the fact that it states."""
    text = report.chapters.get("一", "")
    start = len(text) + sentence.index(quote)
    fact = Fact(code, value, "件", quote, "一", start, start + len(quote))
    chapters = {**report.chapters, "一": text + sentence}
    return replace(report, chapters=chapters, facts=(*report.facts, fact))


def _stated(report: Report, rng: random.Random) -> Report:
    now = {f.key: f.value or 0 for f in report.figures}
    new, carried, done, left = (now[f"t3_{line}_total"] for line in _ENDS)
    taken = {new, new + carried, done, done + left}
    said = rng.choice([n for n in range(1, 40) if n not in taken])
    quote = f"收到政府信息公开申请{said}件"
    return state(report, "app_received", f"全年共{quote}。", quote, said)


def _stated_none(report: Report, rng: random.Random) -> Report:
    line, code, words = rng.choice(
        (
            ("review", "review_none", "未发生行政复议"),
            ("suit_direct", "suit_none", "未发生行政诉讼"),
        )
    )
    more = _add(report, rng.randint(1, 9), f"t4_{line}_upheld")
    now = {f.key: f.value or 0 for f in more.figures}
    verdicts = ("upheld", "corrected", "other", "pending")
    more = put(more, {f"t4_{line}_total": sum(now[f"t4_{line}_{each}"] for each in verdicts)})
    return state(more, code, f"本年度{words}。", words, None)


def _fees(report: Report, rng: random.Random) -> Report:
    lines = "received_new", "other_fee_unpaid", "processed_total"
    more = _add(report, rng.randint(1, 9), *_cells(lines, rng.choice(APPLICANTS), "total"))
    facts = tuple(f for f in more.facts if not f.code.startswith("fee_"))
    return replace(more, facts=facts, chapters={**more.chapters, "六": "没有其他需要报告的事项。"})


def _period(report: Report, rng: random.Random) -> Report:
    year = report.year or 0
    words = rng.choice(
        (
            f"{year - 1}年1月1日至{year - 1}年12月31日",
            f"{year}年1月1日起至20{year}年12月31日",
            f"{year}年1月1日至12月30日",
            f"{year}年3月1日至{year}年12月31日",
        )
    )
    evidence = {**report.evidence, "period": (Evidence("preface", words, 0),)}
    return replace(report, evidence=evidence)


def _line_lost(report: Report, rng: random.Random) -> Report:
    lost = rng.choice([line.code for line in forms()[str(report.form)].table("t2")])
    figures = tuple(f for f in report.figures if (f.table, f.line) != ("t2", lost))
    return replace(report, figures=figures)


def _other_year(report: Report, rng: random.Random) -> Report:
    year = rng.randint(2021, 2024) if report.form == "2019" else rng.randint(2019, 2020)
    evidence = {
        "year": (Evidence("title", str(year), 3),),
        "period": (Evidence("preface", f"{year}年1月1日至{year}年12月31日", 0),),
    }
    return replace(report, year=year, evidence={**report.evidence, **evidence})


#: What plants each check's error.
PLANTS: dict[str, Callable[[Report, random.Random], Report]] = {
    "C01": _balance,
    "C02": _results_sum,
    "C03": _rows,
    "C04": _disputes,
    "C05": _no_count,
    "C06": _items,
    "C07": _published,
    "C08": _in_force,
    "C09": _purchases,
    "C19": _stated,
    "C20": _stated_none,
    "C21": _fees,
    "C22": _period,
    "C25": _line_lost,
    "C26": _other_year,
}


# -- what our reader might do, and what an agency might ---------------------------------


def lines_with_numbers(report: Report) -> list[str]:
    """Lines of table three that hold another number than 0."""
    found = {f.line for f in report.figures if f.table == "t3" and f.value}
    return sorted(found)


def shift_line(report: Report, rng: random.Random) -> Report:
    """A line of table three as a reader that is one column off would give it.

    What stands at one edge is lost; at the other no cell is found, or an empty one, or a 0.
    """
    line = rng.choice(lines_with_numbers(report))
    now = {f.key: f.value for f in report.figures}
    row = [now[f"t3_{line}_{column}"] for column in COLUMNS]
    edge = rng.choice((None, 0))
    moved = [*row[1:], edge] if rng.random() < 0.5 else [edge, *row[:-1]]
    return put(report, dict(zip(_cells((line,), *COLUMNS), moved, strict=True)))


def wrong_cell(report: Report, rng: random.Random) -> Report:
    """One number of table three mistyped: another digit, one more, one less, left at 0."""
    figures = [f for f in report.figures if f.table == "t3" and f.value is not None]
    busy = [f for f in figures if f.value]
    figure = rng.choice(busy if busy and rng.random() < 0.7 else figures)
    value = int(figure.value or 0)
    others = {value + 1, value * 10 + rng.randint(0, 9), rng.randint(0, 99), 0, abs(value - 1)}
    return put(report, {figure.key: rng.choice(sorted(others - {value}))})


def reclassed(report: Report, rng: random.Random) -> Report:
    """One request of a line of table three counted under the next class of applicant."""
    now = {f.key: f.value or 0 for f in report.figures}
    lines = lines_with_numbers(report)
    pairs = [
        (f"t3_{line}_{one}", f"t3_{line}_{other}")
        for line in lines
        for one, other in pairwise(APPLICANTS)
    ]
    taken, given = rng.choice([keys for keys in pairs if any(now[key] for key in keys)])
    if not now[taken]:
        taken, given = given, taken
    return put(report, {taken: now[taken] - 1, given: now[given] + 1})
