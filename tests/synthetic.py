"""A fictional country of reports, as the build has them gathered, without a page behind them.

For measures of size and speed at 100,000 reports: figures that satisfy the identities
(more than half of the offices had no request), names, addresses and titles as long as real
ones. Each report is made from its number when it is asked for, always the same.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from archive.absence import Absence
from archive.agencies import Agency, kinds
from archive.bodies import Body, Seen
from archive.heads import light
from archive.histories import Gathered, ReportHistory, Unread, Version
from archive.kept import Reading
from archive.release.databases import write_databases
from archive.root import Registry
from extract.checks import run_checks
from extract.forms import Form, forms
from extract.types import Evidence, Figure, Report, Value
from tests.following import added, follow

YEARS = range(2019, 2025)
GOVERNMENT = "government"
_APPLICANTS = ("natural", "enterprise", "research", "ngo", "legal", "other_org")
_VERDICTS = ("upheld", "corrected", "other", "pending")
_ENDS = ("received_new", "carried_in", "processed_total", "carried_out")
_USUAL = ("granted", "granted", "partial", "unavailable_not_held")
_NO_REQUEST = 0.55
_FIRST, _SECOND = "甲乙丙丁戊己庚辛", "东西南北中上下前后左右"
_SYLLABLES = ("jia", "yi", "bing", "ding", "wu", "geng", "xin", "ren", "gui", "zi", "chou", "yin")
_OWN_WORDS = ("公示", "（全文）", "（含附表）", "及附件")


class Country(Mapping[str, ReportHistory]):
    """Histories by report id, in the order of the ids; six years of each agency."""

    def __init__(self, reports: int) -> None:
        """A country of so many reports."""
        agencies = -(-reports // len(YEARS))
        self._numbers = {
            _agency(i // len(YEARS)).report_id(YEARS[i % len(YEARS)]): i
            for i in range(agencies * len(YEARS))
            if i < reports
        }

    def __getitem__(self, report_id: str) -> ReportHistory:
        """The history of a report."""
        return _history(self._numbers[report_id])

    def __iter__(self) -> Iterator[str]:
        """All ids."""
        return iter(self._numbers)

    def __len__(self) -> int:
        """How many reports there are."""
        return len(self._numbers)


def write(folder: Path, reports: int) -> dict[str, int]:
    """Write `nianbao.db` and `text.db` of a country of so many reports; returns counts."""
    country = Country(reports)
    unread = [_unread(i) for i in range(reports // 20)]
    left_out = {_portal(i): {"x"} for i in range(reports // 180)}
    gathered = Gathered(country, unread, left_out)  # type: ignore[arg-type]
    return write_databases(folder, Registry("synthetic", fiction=True), gathered, reading)


def reading(sha256: str) -> Reading:
    """The whole reading of a body: its digest is its number."""
    report = _report(int(sha256[:56], 16), int(sha256[56:], 16))
    return Reading(sha256, report.status, "", report, report.kind)


def report_of(number: int) -> Report:
    """The whole report of a number, as read."""
    return _report(number, 0)


# -- who ------------------------------------------------------------------------------


@cache
def _kinds() -> tuple[tuple[str, str], ...]:
    return tuple(sorted(kinds().items()))


def _region(number: int) -> tuple[str, str]:
    """Code and name of a fictional county."""
    city, county = divmod(number, 12)
    first = _FIRST[city % len(_FIRST)] + _SECOND[city // len(_FIRST) % len(_SECOND)]
    second = _SECOND[county % len(_SECOND)] + _FIRST[(county + city) % len(_FIRST)]
    return f"99{number:04d}", f"示例省{first}市{second}县"


def _agency(number: int) -> Agency:
    region, which = divmod(number, len(_kinds()))
    code, name = _region(region)
    kind, kind_name = _kinds()[which]
    if kind == GOVERNMENT:
        return Agency(f"{code}-{kind}", name[6:], code, name, kind, kind_name, "aggregate")
    printed = f"{name[6:]}{kind_name}局"
    short, parent = f"县{kind_name}局", f"{code}-government"
    return Agency(
        f"{code}-{kind}", printed, code, name, kind, kind_name, "own",
        short, "county", "department", is_vertical=False, parent_id=parent,
    )  # fmt: skip


def _portal(region: int) -> str:
    return "".join(_SYLLABLES[region // 12**i % 12] for i in range(3))


def _host(region: int) -> str:
    return f"http://www.{_portal(region)}.example"


# -- where and when -------------------------------------------------------------------


def _dice(*words: object) -> random.Random:
    return random.Random("\x1f".join(map(str, words)))


def _history(number: int) -> ReportHistory:
    which, of_year = divmod(number, len(YEARS))
    agency, year = _agency(which), YEARS[of_year]
    history = ReportHistory(agency.report_id(year), agency, year)
    for edition in range(2 if number % 33 == 0 else 1):
        report = light(_head(number, edition))
        body = _body(number, edition, report)
        version = Version(report, body.capture["sha256"], *_digests(number, edition), 190, [body])
        if number % 12 == 0:
            version.beside.append(_body(number, edition + 8, report, "attachment"))
        version.number, version.standing = edition + 1, True
        version.absences = {each.url: Absence() for each in version.sources}
        history.versions.append(version)
    return history


def _digests(number: int, edition: int) -> tuple[str, str]:
    dice = _dice("digests", number, edition)
    return f"{dice.getrandbits(256):064x}", f"{dice.getrandbits(256):064x}"


def _body(number: int, edition: int, report: Report, role: str = "article") -> Body:
    dice = _dice("body", number, edition)
    region = number // len(YEARS) // len(_kinds())
    month = f"{(report.year or 0) + 1}01"
    name = f"t{month}{dice.randint(4, 29):02d}_{dice.randint(1_000_000, 9_999_999)}"
    folder = f"{_host(region)}/zwgk/fdzdgknr/zfxxgknb/{report.evidence['column'][0].value}"
    url = f"{folder}{month}/{name}.{'html' if role == 'article' else 'doc'}"
    at = f"2026-{1 + edition % 2 * 3:02d}-{1 + number % 7:02d}T{number // 3600 % 24:02d}:"
    at += f"{number // 60 % 60:02d}:{number % 60:02d}.{dice.randint(0, 999):03d}Z"
    last = at if dice.random() < 0.4 else f"2026-10-0{1 + number % 7}{at[10:]}"
    title = report.title if dice.random() < 0.7 else f"{report.title}{dice.choice(_OWN_WORDS)}"
    capture: dict[str, Any] = {
        "url": url,
        "sha256": f"{number:056x}{edition:08x}",
        "portal": _portal(region),
        "role": role,
        "listing": folder,
        "list_title": title,
        "list_date": report.published or f"{month[:4]}-01-{dice.randint(1, 28):02d}",
        "status": 200,
        "content_type": "text/html; charset=utf-8",
        "bytes": dice.randint(20_000, 90_000),
        "fetched_at": at,
        "record_id": f"<urn:uuid:{uuid.UUID(int=dice.getrandbits(128), version=4)}>",
        "warc_file": f"20260101000000-16fc-20260101{number // 12000:09d}-00001.warc.gz",
        "warc_offset": number % 12000 * 60_000,
    }
    seen = tuple(Seen(each, "run", each) for each in dict.fromkeys((at, last)))
    return Body(capture, seen, 0, (at, url, capture["sha256"]))


def _unread(number: int) -> Unread:
    body = _body(number, 16, _head(number, 0))
    return Unread(body, "not_a_report", "the text is no annual report on open government")


# -- what -----------------------------------------------------------------------------


def _head(number: int, edition: int) -> Report:
    """A report without its figures."""
    which, of_year = divmod(number, len(YEARS))
    agency, year = _agency(which), YEARS[of_year]
    dice = _dice("head", number)
    form = "2019" if year <= 2020 else "2021"
    title = f"{agency.name}{year}年政府信息公开工作年度报告"
    column = f"{agency.kind}/" if int(str(agency.region_code)) % 3 == 0 else ""
    evidence = {
        "year": (Evidence("title", str(year), 3), Evidence("period", str(year), 3)),
        "agency": (Evidence("title", agency.name, 3), Evidence("signature", agency.name, 2)),
        "published": (Evidence(dice.choice(("meta pubdate", "label", "under title")), title, 2),),
        "column": (Evidence("column", column),),
    }
    day = dice.randint(5, 29)
    return Report(
        status="read" if number % 25 else "attachment_unread",
        title=title,
        agency=agency.name,
        year=year,
        published=f"{year + 1}-01-{day:02d}" if dice.random() < 0.85 else None,
        signed=f"{year + 1}-01-{day - 2:02d}" if dice.random() < 0.7 else None,
        form=form if number % 25 else None,
        forms={"t2": form, "t3": form} if number % 25 else {},
        evidence=evidence,
        attachments=(("./P020210127.doc", f"{title}.doc"),) if number % 12 == 0 else (),
        kind="html" if number % 20 else "pdf",
        scope=agency.scope,
        block={"索引号": f"{number:09d}/2021-00001", "发布机构": agency.name},
        flags=("form_year_conflict",) if number % 40 == 0 else (),
        headings={"一": "一、总体情况"},
        chapters={"一": f"{agency.name}{year}年主动公开信息{edition}条。"},
    )


def _report(number: int, edition: int) -> Report:
    head = _head(number, edition)
    if head.status != "read":
        return head
    figures = _figures(number, forms()[str(head.form)])
    whole = replace(head, figures=figures)
    findings, passes = run_checks(whole)
    return replace(whole, findings=findings, passes=passes)


def _figures(number: int, form: Form) -> tuple[Figure, ...]:
    which, of_year = divmod(number, len(YEARS))
    values = dict(years_of(which)[of_year])
    if number % 30 == 0:  # the printed total is another
        values["t3_received_new_total"] = int(values["t3_received_new_total"] or 0) + 1
    # One office in ten prints nothing, or a sign, where it means none.
    empty = ("", "", "/", "—")[number // 10 % 4] if number % 10 == 0 else None
    commas, unit = number % 5 == 0, "万元" if form.code == "2021" or number % 2 else None
    found = []
    for (table, line, measure), key, money, place in _slots(form.code):
        value = values[key]
        if not value and empty is not None and table != "t2":
            status = {"": "blank", "/": "slash", "—": "dash"}[empty]
            found.append(Figure(table, line, measure, empty, None, status, None, place))
        else:
            printed = f"{value:,}" if commas else str(value)
            own = unit if money else None
            found.append(Figure(table, line, measure, printed, value, "reported", own, place))
    return tuple(found)


@lru_cache(maxsize=128)  # ids are asked for in order, those of a region together
def years_of(which: int) -> list[dict[str, Value]]:
    """Numbers of an agency's years, each following from the one before.

    A government reports the sums of the other agencies of its region.
    """
    made = [forms()["2019" if year <= 2020 else "2021"] for year in YEARS]
    first, region = which * len(YEARS), which // len(_kinds()) * len(_kinds())
    if _agency(which).kind == GOVERNMENT:
        others = [years_of(i) for i in range(region, region + len(_kinds())) if i != which]
        return [added(years) for years in zip(*others, strict=True)]
    years = [_values(_dice("figures", first + i), form) for i, form in enumerate(made)]
    follow(years, made)
    return years


@cache
def _slots(form: str) -> tuple[tuple[tuple[str, str, str], str, bool, str], ...]:
    """Names, column, whether it is money, and place of each cell of a form."""
    rows: dict[str, int] = {}
    found = []
    for slot in forms()[form].slots():
        line, measure = slot.line, slot.measure
        row = rows.setdefault(line.table + line.code, len(rows) + 1)
        place = f"t{int(line.table[1]) - 1}r{row}c{len(found) % 7 + 2}"
        names = (line.table, line.code, measure.code)
        found.append((names, slot.key, measure.kind == "money", place))
    return tuple(found)


def _values(dice: random.Random, form: Form) -> dict[str, Value]:
    """Numbers of one report, all identities satisfied."""
    values: dict[str, Value] = {key: 0 for _, key, _, _ in _slots(form.code)}
    codes = [line.code for line in form.table("t3") if line.code not in _ENDS]
    if dice.random() >= _NO_REQUEST:
        most = min(400, int(dice.paretovariate(0.9) * 2))
        for applicant, share in zip(_APPLICANTS, (1.0, 0.2, 0.02, 0.02, 0.05, 0.05), strict=True):
            _requests(dice, values, applicant, codes, int(most * share * dice.random() + 0.5))
        for line in form.table("t3"):
            row = [values[f"t3_{line.code}_{each}"] for each in _APPLICANTS]
            values[f"t3_{line.code}_total"] = sum(each or 0 for each in row)
        if dice.random() < 0.15:
            line_code = dice.choice(form.table("t4")).code
            values[f"t4_{line_code}_{dice.choice(_VERDICTS)}"] = most = dice.randint(1, 9)
            values[f"t4_{line_code}_total"] = most
    for (table, _, _), key, money, _ in _slots(form.code):
        if table == "t2" and dice.random() < 0.3:
            number = min(int(dice.paretovariate(0.7)), 99_999)
            values[key] = round(dice.uniform(1, 9000), 4) if money else number
    _agree(values)
    return values


def _agree(values: dict[str, Value]) -> None:
    """Make table two mean something: what is in force or published, and who makes 规章."""
    for key in [key for key in values if key.startswith("t2_rules_")]:
        values[key] = 0  # all agencies are departments
    for stock, flow in (("in_force", "issued"), ("total_public", "newly_public")):
        key = f"t2_normative_{stock}"
        if key in values:
            values[key] = max(values[key] or 0, values[f"t2_normative_{flow}"] or 0)
    if not values.get("t2_procurement_projects", 1):
        values["t2_procurement_amount"] = 0
    elif not values.get("t2_procurement_amount", 1):
        values["t2_procurement_amount"] = 12.5


def _requests(
    dice: random.Random, values: dict[str, Value], applicant: str, codes: list[str], new: int
) -> None:
    """Requests of one class of applicants, and what became of them."""
    carried_in = dice.randint(0, new // 8) if new else 0
    left = dice.randint(0, (new + carried_in) // 8)
    for _ in range(new + carried_in - left):
        key = f"t3_{dice.choice(_USUAL) if dice.random() < 0.8 else dice.choice(codes)}_{applicant}"
        values[key] = (values[key] or 0) + 1
    for code, number in zip(_ENDS, (new, carried_in, new + carried_in - left, left), strict=True):
        values[f"t3_{code}_{applicant}"] = number
