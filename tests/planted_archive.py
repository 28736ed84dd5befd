"""One error at a time that only other reports, or the agency, tell of; and a country for them.

Counties of offices whose reports all agree with each other, over six years, and their
governments' aggregates, which are the sums. Into each office of most counties one error is
planted: of a report by itself (`tests.planted`), or of these.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from archive.agencies import kinds
from extract.checks import run_checks
from extract.types import Evidence, Report, Value
from tests.following import added
from tests.planted import PLANTS, plant, put, takes
from tests.small_release import Office, Printed, figures_of
from tests.synthetic import GOVERNMENT, YEARS, years_of

Values = dict[str, Value]
_FIRST, _LAST = YEARS[0], YEARS[-1]
_MONEY = ("t2_procurement_amount", "t2_fee_charged")


@dataclass(frozen=True)
class Planted:
    """An error, and the finding that must come of it."""

    report_id: str
    check: str
    status: str = "fail"


@dataclass
class Country:
    """Reports with errors in some of them.

    Attributes:
        reports: All reports; each is read when it is written.
        planted: The errors.
        regions: Rows of `regions`: each county has one town.
        duplicates: Rows of `duplicates` in text.db.
        touched: Reports that were changed, that follow a changed one, or whose original was
            copied, and aggregates of which a part was changed: they need not agree with others.
    """

    reports: list[Printed] = field(default_factory=list)
    planted: list[Planted] = field(default_factory=list)
    regions: list[dict[str, Any]] = field(default_factory=list)
    duplicates: list[dict[str, Any]] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Desk:
    """An office with its six reports, and its government's."""

    office: Office
    years: dict[int, Values]
    whole: Mapping[int, Values]

    def report(self, year: int) -> Report:
        """The report of a year as read, without an error."""
        return _report(self.office, year, self.years[year])


#: What a plant gives: the reports that are not as they were, and what must be found.
Spoilt = tuple[dict[int, Report], int, str]


def country(counties: int) -> Country:
    """Counties with an error in each office; in the first of ten only the aggregate has one."""
    made = Country()
    for county in range(counties):
        rng = random.Random(f"county {county}")
        desks = list(_desks(county))
        spoils_whole = county % 10 == 0
        whole = next(desk for desk in desks if desk.office.kind == GOVERNMENT)
        made.regions += _regions(whole.office)
        offices = [desk for desk in desks if desk is not whole]
        _add(made, whole, "C18" if spoils_whole else "", rng)
        for number, desk in enumerate(offices):
            code = "" if spoils_whole else _CODES[(county * 7 + number) % len(_CODES)]
            _add(made, desk, code, rng)
        if not spoils_whole:
            made.touched |= {f"{whole.office.agency_id}-{year}-agg" for year in YEARS}
    return made


def _add(made: Country, desk: _Desk, code: str, rng: random.Random) -> None:
    """Add an office's reports, an error in one of them."""
    spoilt: dict[int, Report] = {}
    scope = "aggregate" if desk.office.kind == GOVERNMENT else "own"
    if code in PLANTS:
        year = rng.choice([y for y in YEARS if takes(desk.report(y), code)])
        spoilt, status = {year: plant(desk.report(year), code, rng)}, "fail"
    elif code:
        spoilt, year, status = ARCHIVE_PLANTS[code](desk, rng)
    suffix = "-agg" if scope == "aggregate" else ""
    made.touched |= {f"{desk.office.agency_id}-{y + n}{suffix}" for y in spoilt for n in (0, 1)}
    for of_year in YEARS:
        reading = partial(_checked, spoilt.get(of_year) or desk.report(of_year))
        published = (spoilt.get(of_year) or desk.report(of_year)).published
        made.reports.append(
            Printed(desk.office, of_year, scope=scope, form=None, reading=reading,
                    published=published)
        )  # fmt: skip
    if code:
        report_id = f"{desk.office.agency_id}-{year}{suffix}"
        made.planted.append(Planted(report_id, code[:3], status))
        if code.startswith("C24"):
            made.touched.add(f"{desk.office.agency_id}-{year - 1}")
        if code == "C24 near":
            other = f"{desk.office.agency_id}-{year - 1}.v1"
            made.duplicates.append({
                "version_id": f"{report_id}.v1", "other": other, "kind": "own_year",
                "share": 0.97, "passages": "[]",
            })  # fmt: skip


def _checked(report: Report) -> Report:
    """The report with the findings of its own checks, unless a plant has run them."""
    if report.findings or report.passes:
        return report
    findings, passes = run_checks(report)
    return replace(report, findings=findings, passes=passes)


# -- who and what ---------------------------------------------------------------------


def _desks(county: int) -> Iterator[_Desk]:
    """The offices of a county; each report has one number that no other has."""
    slugs = sorted(kinds())
    found: dict[str, dict[int, Values]] = {}
    for at, kind in enumerate(slugs):
        which = county * len(slugs) + at
        if kind == GOVERNMENT:
            continue
        found[kind] = {year: dict(v) for year, v in zip(YEARS, years_of(which), strict=True)}
        for year, values in found[kind].items():
            values["t2_license_decisions"] = 1000 + which * len(YEARS) + year - _FIRST
            # Three numbers at least, so that C24 takes two such tables for one.
            values |= {"t2_penalty_decisions": 2, "t2_coercion_decisions": 3}
            values.update(_rounded(values))
    whole = {year: added([each[year] for each in found.values()]) for year in YEARS}
    found[GOVERNMENT] = whole
    for kind in slugs:
        yield _Desk(_office(county, kind), found[kind], whole)


def _rounded(values: Values) -> Values:
    """Amounts whose sums are exact."""
    return {
        k: round((v or 0) * 4) / 4 for k, v in values.items() if "amount" in k or "charged" in k
    }


def _office(county: int, kind: str) -> Office:
    code, name = f"99{county:04d}", f"示例省示例市第{county}县"
    government = f"{code}-{GOVERNMENT}"
    if kind == GOVERNMENT:
        return Office(government, name, kind, "county", None, code, name, form="government")
    if kind == "town":
        town = f"{code}001"
        return Office(f"{town}-{kind}", f"第{county}镇", kind, "township", government, town, name)
    return Office(f"{code}-{kind}", f"第{county}县{kind}局", kind, "county", government, code, name)


def _regions(government: Office) -> list[dict[str, Any]]:
    row = {
        "valid_from": 0, "valid_to": None, "name": "x", "short_name": "x", "kind": "x",
        "province_code": "990000", "successor_code": None, "code_2020": None, "source": "x",
    }  # fmt: skip
    own, town = government.region, f"{government.region}001"
    return [
        {"region_code": own, "level": "county", "parent_code": "999900", **row},
        {"region_code": town, "level": "township", "parent_code": own, **row},
    ]


def _report(office: Office, year: int, values: Values) -> Report:
    form = "2019" if year <= 2020 else "2021"
    given: dict[str, Any] = {k: (v, "万元") if k in _MONEY else v for k, v in values.items()}
    scope = "aggregate" if office.kind == GOVERNMENT else "own"
    period = f"{year}年1月1日至{year}年12月31日"
    return Report(
        status="read", title=f"{office.name}{year}年政府信息公开工作年度报告", agency=office.name,
        year=year, published=f"{year + 1}-01-{10 + year % 20}", form=form,
        forms={"t2": form, "t3": form}, scope=scope,
        chapters={"一": f"{office.name}{year}年的情况。"},
        headings={"一": "一、总体情况"}, figures=figures_of(form, given),
        evidence={"period": (Evidence("preface", period, 0),)},
    )  # fmt: skip


# -- errors ---------------------------------------------------------------------------


def _more(values: Values, number: int, *keys: str) -> Values:
    return {key: (values[key] or 0) + number for key in keys}


def _requests(*lines: str) -> list[str]:
    return [f"t3_{line}_{who}" for line in lines for who in ("natural", "total")]


def _rules(desk: _Desk, rng: random.Random) -> Spoilt:
    """C10: a county's office makes 规章; in its last year, so that no later one goes on from it."""
    n = rng.randint(1, 9)
    figures: Values = {"t2_rules_issued": n, "t2_rules_in_force": n}
    return {_LAST: put(desk.report(_LAST), figures)}, _LAST, "fail"


def _carried(desk: _Desk, rng: random.Random) -> Spoilt:
    """C11: more is carried in than was carried over; all of it is handled."""
    year = rng.choice(YEARS[1:])
    keys = _requests("carried_in", "granted", "processed_total")
    more = _more(desk.years[year], rng.randint(1, 9), *keys)
    return {year: put(desk.report(year), more)}, year, "fail"


def _in_force(desk: _Desk, rng: random.Random) -> Spoilt:
    more = _more(desk.years[_LAST], rng.randint(1, 9), "t2_normative_in_force")
    return {_LAST: put(desk.report(_LAST), more)}, _LAST, "fail"


def _items(desk: _Desk, rng: random.Random) -> Spoilt:
    line = rng.choice(("license", "other_service", "penalty", "coercion", "fee"))
    more = _more(desk.years[2020], rng.randint(1, 9), f"t2_{line}_prev_items")
    return {2020: put(desk.report(2020), more)}, 2020, "fail"


def _published(desk: _Desk, rng: random.Random) -> Spoilt:
    """C14: fewer are published in total than a year before."""
    keys = "t2_normative_newly_public", "t2_normative_total_public"
    stock = rng.randint(20, 90)
    before = dict(zip(keys, (0, stock), strict=True))
    now = dict(zip(keys, (0, stock - rng.randint(1, 20)), strict=True))
    spoilt = {2019: put(desk.report(2019), before), 2020: put(desk.report(2020), now)}
    return spoilt, 2020, "fail"


def _pending(desk: _Desk, rng: random.Random) -> Spoilt:
    """C15: more cases were pending than there are a year later."""
    block, year = rng.choice(("review", "suit_direct", "suit_after_review")), rng.choice(YEARS[1:])
    after = int(desk.years[year][f"t4_{block}_total"] or 0)
    pending = after + rng.randint(1, 9)
    figures: Values = {f"t4_{block}_{each}": 0 for each in ("upheld", "corrected", "other")}
    figures |= {f"t4_{block}_pending": pending, f"t4_{block}_total": pending}
    return {year - 1: put(desk.report(year - 1), figures)}, year, "fail"


def _reviews(desk: _Desk, rng: random.Random) -> Spoilt:
    """C16: more reviews than requests handled in two years."""
    year = rng.choice(YEARS[1:])
    handled = sum(int(desk.years[y]["t3_processed_total_total"] or 0) for y in (year - 1, year))
    reviews = handled + rng.randint(1, 9)
    figures: Values = {f"t4_review_{each}": 0 for each in ("corrected", "other", "pending")}
    figures |= {"t4_review_upheld": reviews, "t4_review_total": reviews}
    return {year: put(desk.report(year), figures)}, year, "fail"


def _larger(desk: _Desk, rng: random.Random) -> Spoilt:
    """C17: an office takes more decisions than its whole county."""
    year, line = rng.choice(YEARS), rng.choice(("penalty", "coercion"))
    key = f"t2_{line}_decisions"
    more = {key: (desk.whole[year][key] or 0) + rng.randint(1, 9)}
    return {year: put(desk.report(year), more)}, year, "fail"


def _bare(desk: _Desk, rng: random.Random) -> Spoilt:
    """C17: an amount in 元 without its unit."""
    year = rng.choice((2019, 2020))
    whole = float(desk.whole[year]["t2_procurement_amount"] or 0)
    report = desk.report(year)
    value = round(whole * rng.uniform(2, 5000), 2)  # at most half of it, if 元
    figures = tuple(
        replace(f, value=value, printed=str(value), unit=None, flags=("unit_missing",))
        if f.key == "t2_procurement_amount"
        else f
        for f in put(report, {"t2_procurement_projects": 1}).figures
    )
    return {year: replace(report, figures=figures)}, year, "uncertain"


def _unequal(desk: _Desk, rng: random.Random) -> Spoilt:
    """C18: an aggregate counts requests that none of its members has."""
    year = rng.choice(YEARS)
    keys = _requests("received_new", "granted", "processed_total")
    more = _more(desk.years[year], rng.randint(1, 9), *keys)
    return {year: put(desk.report(year), more)}, year, "fail"


def _late(desk: _Desk, rng: random.Random) -> Spoilt:
    year = rng.choice(YEARS)
    published = f"{year + 1}-{rng.randint(2, 9):02d}-{rng.randint(1, 28):02d}"
    return {year: replace(desk.report(year), published=published)}, year, "fail"


def _copied(desk: _Desk, rng: random.Random) -> Spoilt:
    """C24: last year's figures once more; in the last year, as no later one goes on from them."""
    return (
        {_LAST: replace(desk.report(_LAST), figures=desk.report(_LAST - 1).figures)},
        _LAST,
        "fail",
    )


def _retold(desk: _Desk, rng: random.Random) -> Spoilt:
    """C24: last year's words once more, and its title."""
    year = rng.choice(YEARS[1:])
    before = desk.report(year - 1)
    spoilt = replace(desk.report(year), title=before.title, chapters=before.chapters)
    return {year: spoilt}, year, "fail"


def _nearly(desk: _Desk, rng: random.Random) -> Spoilt:
    """C24: nearly last year's words, as the table of duplicates knows them."""
    year = rng.choice(YEARS[1:])
    return {}, year, "fail"


#: What plants each error; the check's code begins the name.
ARCHIVE_PLANTS: dict[str, Callable[[_Desk, random.Random], Spoilt]] = {
    "C10": _rules,
    "C11": _carried,
    "C12": _in_force,
    "C13": _items,
    "C14": _published,
    "C15": _pending,
    "C16": _reviews,
    "C17": _larger,
    "C17 bare": _bare,
    "C18": _unequal,
    "C23": _late,
    "C24": _copied,
    "C24 text": _retold,
    "C24 near": _nearly,
}
#: What is planted in offices, in turn.
_CODES = [*PLANTS, *(code for code in ARCHIVE_PLANTS if code != "C18")]
