"""Checks over several reports: a pass and a finding each, on figures worked out by hand."""

from __future__ import annotations

import ast
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import archive.checks
from archive.checks.copies import NUMBERS
from archive.checks.current import prepared
from archive.checks.running import CHECKS, Found, Passed
from archive.deadlines import deadline_rows
from archive.frame import expected_rows
from archive.schema.describe import example_rows
from extract import read
from extract.checks import rules
from extract.forms import forms
from tests.small_release import BLANK, UNREAD, Given, Office, Printed, findings, release

GOV = Office("990102-government", "示例省示例市示例县", "government", form="government")
OFFICE = Office("990102-gov_office", "示例县人民政府办公室", "gov_office", form="office")
FINANCE = Office("990102-finance", "示例县财政局", "finance")
TAX = Office("990102-tax", "示例县税务局", "tax", vertical=1)
TOWN = Office(
    "990102001-town", "示例镇人民政府", "town", "township", GOV.agency_id, "990102001", "示例镇"
)
CITY = Office(
    "990100-government", "示例市人民政府", "government", "prefecture", None, "990100",
    "示例省示例市",
)  # fmt: skip
LEAGUE = Office(
    "990300-government", "示例盟行政公署", "government", "prefecture", None, "990300",
    "示例自治区示例盟",
)  # fmt: skip
SPORT = Office("990102-sport", "示例县体育局", "sport")
NEWER = Office("990102-x", "示例县文体局", "x")
NAMELESS = Office("990102-x", "示例县某局", "x", level=None)
Figures = Mapping[str, Given | None]
CARRIED_IN, CARRIED_OUT = "t3_carried_in_total", "t3_carried_out_total"


def ask(check: str, *reports: Printed, **more: Any) -> list[tuple[Any, ...]]:
    """Findings of a check, over a release of these reports."""
    with release(reports, **more) as db:
        return findings(db, check)


def passes(check: str, *reports: Printed, **more: Any) -> dict[str, int]:
    """Version → how many comparisons of a check passed, if any is on or off."""
    with release(reports, **more) as db, prepared(db):
        told: dict[str, int] = {}
        for result in CHECKS[check](db):
            if isinstance(result, Passed):
                told[result.version_id] = told.get(result.version_id, 0) + result.count
        return told


def direct(check: str, *reports: Printed) -> list[tuple[str, Any, Any]]:
    """Findings of a check that may be off: status and both sides."""
    with release(reports) as db, prepared(db):
        found = [r.finding for r in CHECKS[check](db) if isinstance(r, Found)]
        return [(each.status, each.left, each.right) for each in found]


def two(before: Figures, now: Figures, form: str = "2021", years: int = 2022) -> list[Printed]:
    """Two years of one agency."""
    return [
        Printed(FINANCE, years - 1, before, form=form),
        Printed(FINANCE, years, now, form=form),
    ]


# -- which checks there are -----------------------------------------------------------


def test_every_check_over_the_archive_is_written() -> None:
    assert set(CHECKS) == {code for code, rule in rules().items() if rule.needs == "archive"}
    assert {code for code in CHECKS if not rules()[code].is_on} == {"C14", "C15", "C16"}


# -- C10 ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("office", "scope", "status"),
    [
        (FINANCE, "own", "fail"),
        (GOV, "aggregate", "fail"),  # a county's government makes none
        (CITY, "aggregate", None),
        (LEAGUE, "aggregate", "fail"),
        (NAMELESS, "own", "not_assessable"),
    ],
)
def test_who_makes_rules(office: Office, scope: str, status: str | None) -> None:
    report = Printed(office, 2022, {"t2_rules_issued": 4, "t2_rules_in_force": 17}, scope)
    found = ask("C10", report)
    assert [row[1:4] for row in found] == ([(status, 4, None)] if status else [])


def test_without_rules_everybody_passes() -> None:
    assert passes("C10", Printed(FINANCE), Printed(NAMELESS)) == {
        "990102-finance-2022.v1": 1,
        "990102-x-2022.v1": 1,
    }


# -- C11 ------------------------------------------------------------------------------


def test_what_was_carried_over_is_carried_in() -> None:
    reports = two({CARRIED_OUT: 7}, {CARRIED_IN: 7})
    assert ask("C11", *reports) == []
    assert passes("C11", *reports) == {"990102-finance-2022.v1": 7}


def test_the_total_comes_first_and_each_column_is_its_own_finding() -> None:
    now: Figures = {CARRIED_IN: 9, "t3_carried_in_enterprise": 2}
    reports = two({CARRIED_OUT: 7}, now)
    report, before = "990102-finance-2022", "990102-finance-2021.v1"
    assert ask("C11", *reports) == [
        (report, "fail", 9, 7, before),
        (report, "fail", 2, 0, before),
    ]
    assert passes("C11", *reports) == {f"{report}.v1": 5}


def test_a_finding_says_both_sides_in_both_languages() -> None:
    with release(two({CARRIED_OUT: 7}, {CARRIED_IN: 9})) as db:
        ((chinese, english),) = db.execute(
            "SELECT sentence, sentence_en FROM current_findings WHERE \"check\" = 'C11'"
        )
    assert chinese == (
        "“总计”列的上年结转，与同一机关2021年度年报的结转下年度：报告所载数字不相等，"
        "前者为9，后者为7。"
    )
    assert "9 on one side and 7 on the other" in english
    assert "2021" in english


@pytest.mark.parametrize(
    ("before", "now", "want"),
    [
        ({CARRIED_OUT: BLANK}, {CARRIED_IN: 3}, ("uncertain", 3, None)),
        ({CARRIED_OUT: 5}, {CARRIED_IN: BLANK}, ("uncertain", None, 5)),
        ({CARRIED_OUT: UNREAD}, {CARRIED_IN: 3}, ("not_assessable", None, None)),
        ({CARRIED_OUT: None}, {CARRIED_IN: BLANK}, ("not_assessable", None, None)),
    ],
)
def test_blank_is_uncertain_and_unread_is_not_assessable(
    before: Figures, now: Figures, want: tuple[Any, ...]
) -> None:
    (row,) = ask("C11", *two(before, now))
    assert row[1:4] == want


def test_several_blank_columns_are_one_finding() -> None:
    blank = dict.fromkeys(("t3_carried_in_natural", "t3_carried_in_ngo", CARRIED_IN), BLANK)
    with release(two({}, blank)) as db:
        ((status, sentence),) = db.execute(
            "SELECT status, sentence FROM current_findings WHERE \"check\" = 'C11'"
        )
        assert status == "uncertain"
        assert "共3处" in sentence


def test_several_blank_columns_leave_the_sides_out() -> None:
    """What was carried over is printed in each column: no side is empty as a whole."""
    left = {f"t3_carried_out_{column}": 6 + n for n, column in enumerate(("natural", "total"))}
    blank = {f"t3_carried_in_{column}": BLANK for column in ("natural", "total")}
    with release(two(left, blank)) as db:
        ((*sides, sentence, english),) = db.execute(
            'SELECT "left", "right", sentence, sentence_en FROM current_findings'
            " WHERE \"check\" = 'C11'"
        )
    assert sides == [None, None]
    assert "共2处：有2格未填数字" in sentence
    assert not [word for word in ("前者", "后者", "（空）") if word in sentence]
    assert "2 places" in english
    assert "empty" not in english


def test_no_report_of_the_year_before_says_nothing() -> None:
    assert ask("C11", Printed(FINANCE, 2022, {CARRIED_IN: 8})) == []
    apart = Printed(FINANCE, 2020, {CARRIED_OUT: 1}, form="2019")
    assert ask("C11", apart, Printed(FINANCE, 2022, {CARRIED_IN: 8})) == []
    other = Printed(OFFICE, 2021, {CARRIED_OUT: 1})
    assert ask("C11", other, Printed(FINANCE, 2022, {CARRIED_IN: 8})) == []
    unread = Printed(FINANCE, 2021, {CARRIED_OUT: 1}, status="needs_ocr")
    assert ask("C11", unread, Printed(FINANCE, 2022, {CARRIED_IN: 8})) == []


def test_own_and_aggregate_are_not_one_series() -> None:
    own = Printed(CITY, 2021, {CARRIED_OUT: 6}, "own")
    assert ask("C11", own, Printed(CITY, 2022, {CARRIED_IN: 2}, "aggregate")) == []


def test_legacy_reports_have_no_figures_to_carry() -> None:
    old = Printed(FINANCE, 2018, form="legacy", text="全年主动公开信息31条。")
    assert ask("C11", old, Printed(FINANCE, 2019, {CARRIED_IN: 8}, form="2019")) == []


def test_carry_over_holds_across_forms() -> None:
    before = Printed(FINANCE, 2020, {CARRIED_OUT: 12}, form="2019")
    (row,) = ask("C11", before, Printed(FINANCE, 2021, {CARRIED_IN: 11}))
    assert row[1:4] == ("fail", 11, 12)


def test_only_current_versions_are_held_against_each_other() -> None:
    before = Printed(FINANCE, 2021, {CARRIED_OUT: 7}, older={CARRIED_OUT: 70})
    now = Printed(FINANCE, 2022, {CARRIED_IN: 8}, older={CARRIED_IN: 7})
    assert ask("C11", before, now) == [
        ("990102-finance-2022", "fail", 8, 7, "990102-finance-2021.v2")
    ]


def test_a_renamed_agency_and_a_mirror_change_nothing() -> None:
    before = Printed(FINANCE, 2021, {CARRIED_OUT: 7}, name="示例县财政和国资局", mirrors=1)
    (row,) = ask("C11", before, Printed(FINANCE, 2022, {CARRIED_IN: 9}, mirrors=2))
    assert row[1:4] == ("fail", 9, 7)
    assert ask("C24", before, Printed(FINANCE, 2022, {CARRIED_IN: 9}, mirrors=2)) == []


# -- C12–C16 --------------------------------------------------------------------------

NORMATIVE: Figures = {
    "t2_normative_issued": 5,
    "t2_normative_repealed": 2,
    "t2_normative_in_force": 33,
}
ITEMS: Figures = {"t2_license_prev_items": 40, "t2_license_delta": -3}


@pytest.mark.parametrize(
    ("check", "form", "before", "now", "want"),
    [
        ("C12", "2021", {"t2_normative_in_force": 30}, NORMATIVE, []),  # 33 = 30 + 5 − 2
        ("C12", "2021", {"t2_normative_in_force": 31}, NORMATIVE, [("fail", 33, 34)]),
        ("C12", "2021", {"t2_normative_in_force": BLANK}, NORMATIVE, [("uncertain", 33, 3)]),
        ("C13", "2019", ITEMS, {"t2_license_prev_items": 37}, []),  # 40 − 3
        ("C13", "2019", ITEMS, {"t2_license_prev_items": 43}, [("fail", 43, 37)]),
        ("C13", "2021", {}, {}, []),
        ("C14", "2019", {"t2_normative_total_public": 9},
         {"t2_normative_newly_public": 2, "t2_normative_total_public": 11}, []),
        ("C14", "2019", {"t2_normative_total_public": 9},
         {"t2_normative_newly_public": 2, "t2_normative_total_public": 10}, [("fail", 10, 11)]),
        ("C15", "2021", {"t4_review_pending": 3}, {"t4_review_total": 3}, []),
        ("C15", "2021", {"t4_review_pending": 3}, {"t4_review_total": 2}, [("fail", 2, 3)]),
        ("C16", "2021", {"t3_processed_total_total": 4},
         {"t3_processed_total_total": 5, "t4_review_total": 9}, []),
        ("C16", "2021", {"t3_processed_total_total": 4},
         {"t3_processed_total_total": 5, "t4_review_total": 10}, [("fail", 10, 9)]),
    ],
)  # fmt: skip
def test_years_follow_from_each_other(
    check: str, form: str, before: Figures, now: Figures, want: list[Any]
) -> None:
    year = 2020 if form == "2019" else 2023
    assert direct(check, *two(before, now, form, year)) == want


def test_in_force_never_crosses_forms() -> None:
    before = Printed(FINANCE, 2020, {"t2_normative_total_public": 99}, form="2019")
    assert direct("C12", before, Printed(FINANCE, 2021, NORMATIVE)) == []
    assert direct("C13", Printed(FINANCE, 2020, ITEMS, form="2019"), Printed(FINANCE, 2021)) == []


def test_a_line_is_named_by_the_form_that_is_compared() -> None:
    def sentences(check: str, *reports: Printed) -> list[str]:
        with release(reports) as db, prepared(db):
            return [r.finding.sentence for r in CHECKS[check](db) if isinstance(r, Found)]

    (newer,) = sentences("C12", *two({"t2_normative_in_force": 31}, NORMATIVE))
    assert "“行政规范性文件”" in newer
    public = ({"t2_normative_total_public": 9}, {"t2_normative_total_public": 8})
    (older,) = sentences("C14", *two(*public, "2019", 2020))
    assert "“规范性文件”" in older


# -- C17 ------------------------------------------------------------------------------

NEW = "t3_received_new_total"
PROCURED = "t2_procurement_amount"


def test_a_part_is_not_larger_than_its_government() -> None:
    whole = Printed(GOV, 2022, {NEW: 50, "t4_review_total": 3}, "aggregate")
    part = Printed(FINANCE, 2022, {NEW: 50, "t4_review_total": 3})
    assert ask("C17", whole, part) == []
    assert passes("C17", whole, part) == {"990102-finance-2022.v1": 1}


@pytest.mark.parametrize("office", [FINANCE, TOWN])
def test_a_larger_part_is_one_finding_with_all_its_figures(office: Office) -> None:
    whole = Printed(GOV, 2022, {NEW: 50}, "aggregate")
    part = Printed(office, 2022, {NEW: 51, "t3_received_new_natural": 8, "t2_penalty_decisions": 6})
    with release([whole, part]) as db:
        ((status, left, right, related, figures),) = db.execute(
            'SELECT status, "left", "right", related, figures FROM current_findings'
            " WHERE \"check\" = 'C17'"
        )
    assert (status, left, right, related) == ("fail", 51, 50, "990102-government-2022-agg.v1")
    assert figures == '["t3_received_new_total", "t2_penalty_decisions", "t3_received_new_natural"]'


@pytest.mark.parametrize(
    "part",
    [
        Printed(TAX, 2022, {NEW: 90}),  # reports to its own system
        Printed(FINANCE, 2021, {NEW: 90}),  # another year
        Printed(FINANCE, 2022, {NEW: 90}, "unknown"),
        Printed(FINANCE, 2022, {NEW: 90}, form="2019"),  # another form
        Printed(FINANCE, 2022, {NEW: BLANK}),
    ],
)
def test_what_is_not_compared(part: Printed) -> None:
    assert ask("C17", Printed(GOV, 2022, {NEW: 50}, "aggregate"), part) == []


ALL_BLANK: Figures = {slot.key: BLANK for slot in forms()["2021"].slots()}
ALL_OF_T4: Figures = {key: BLANK for key in ALL_BLANK if key.startswith("t4")}


@pytest.mark.parametrize(
    ("part", "whole", "count"),
    [
        (Printed(FINANCE, 2022, ALL_BLANK), {}, 0),
        (Printed(FINANCE, 2022, dict.fromkeys(ALL_BLANK, UNREAD)), {}, 0),
        (Printed(FINANCE, 2022, {NEW: 9}), ALL_BLANK, 0),
        (Printed(FINANCE, 2022, {**ALL_BLANK, NEW: 9}), {**ALL_BLANK, "t4_review_total": 9}, 0),
        (Printed(FINANCE, 2022, ALL_OF_T4, form="2019"), {}, 0),  # table four alone is alike
        (Printed(FINANCE, 2022, {}, form="2019"), {}, 1),
        (Printed(FINANCE, 2022, {**ALL_BLANK, NEW: 9}), {NEW: 9}, 1),
    ],
)
def test_nothing_passes_where_nothing_was_compared(
    part: Printed, whole: Figures, count: int
) -> None:
    reports = (Printed(GOV, 2022, whole, "aggregate"), part)
    assert ask("C17", *reports) == []
    assert sum(passes("C17", *reports).values()) == count


def test_a_government_of_its_own_is_no_whole() -> None:
    """A report of the government as a single body holds no department."""
    own = Printed(GOV, 2022, {NEW: 2}, "own")
    assert ask("C17", own, Printed(FINANCE, 2022, {NEW: 9})) == []


@pytest.mark.parametrize(
    ("part", "whole", "want"),
    [
        ((12, "万元"), (120_000, "元"), []),
        ((13, "万元"), (120_000, "元"), [("fail", 13, 120_000)]),
        ((130_000, "元"), (12, "万元"), [("fail", 130_000, 12)]),
        (275788.31, (4166.18, "万元"), [("uncertain", 275788.31, 4166.18)]),
        (4166.0, (4166.18, "万元"), []),  # may be 万元
        (9_000, (0.5, "万元"), [("fail", 9_000, 0.5)]),  # larger even in 元
        (9_000, 5_000, []),  # the whole has no unit either
        (9_000, 0, [("fail", 9_000, 0)]),  # nothing needs no unit
    ],
)
def test_money_is_compared_where_its_units_allow(part: Given, whole: Given, want: Any) -> None:
    found = ask(
        "C17",
        Printed(GOV, 2020, {PROCURED: whole}, "aggregate", "2019"),
        Printed(FINANCE, 2020, {PROCURED: part}, form="2019"),
    )
    assert [row[1:4] for row in found] == want


def test_the_bare_amount_of_the_corpus_cannot_be_in_wan_yuan(corpus: Path) -> None:
    """袁州区财政局 2020 prints 275788.31; its district's whole report 4166.18 万元."""
    texts = [(corpus / "documents" / f"seed_{n}.txt").read_bytes() for n in ("000", "002")]
    part, whole = (real_figures(text) for text in texts)
    reports = [
        Printed(GOV, 2020, whole, "aggregate", "2019"),
        Printed(FINANCE, 2020, part, form="2019"),
    ]
    with release(reports) as db:
        ((status, left, right, sentence),) = db.execute(
            'SELECT status, "left", "right", sentence FROM current_findings WHERE "check" = \'C17\''
        )
    assert (status, left, right) == ("uncertain", 275788.31, 4166.18)
    assert sentence == (
        "“政府集中采购”采购总金额印为275788.31，未印单位；所属政府（示例省示例市示例县）"
        "同年汇总年报为4166.18万元，前者的单位不会是万元。"
    )


def real_figures(text: bytes) -> Figures:
    """The figures that a real report prints."""
    return {
        f.key: f.status if f.value is None else (f.value, f.unit) if f.unit else f.value
        for f in read(text).figures
    }


# -- C18 ------------------------------------------------------------------------------

REGIONS = [
    {
        "region_code": code, "valid_from": 0, "valid_to": gone, "name": name, "short_name": name,
        "level": level, "kind": "镇", "parent_code": parent, "province_code": "990000",
        "successor_code": None, "code_2020": None, "source": "fiction",
    }
    for code, name, level, parent, gone in (
        ("990102", "示例县", "county", "990100", None),
        ("990102001", "示例镇", "township", "990102", None),
        ("990102002", "旧示例镇", "township", "990102", 2015),
    )
]  # fmt: skip


#: The other bodies that a county certainly has, as the frame says: their reports print zeros.
CERTAIN = [
    Printed(Office(f"990102-{row['kind']}", f"示例县{row['kind_name']}", str(row["kind"])), 2022)
    for row in expected_rows()
    if (row["level"], row["existence"], row["part"]) == ("county", "certain", "local")
    and row["last_year"] is None
    and row["kind"] not in ("government", "gov_office", "finance")
]


def members(whole: int, *, town: bool = True) -> list[Printed]:
    """A county's aggregate, and all its members: 3 + 4 + 5, and the tax office's 90."""
    reports = [
        Printed(GOV, 2022, {NEW: whole}, "aggregate"),
        Printed(OFFICE, 2022, {NEW: 3}),
        Printed(FINANCE, 2022, {NEW: 4}),
        Printed(TAX, 2022, {NEW: 90}),
        *CERTAIN,
    ]
    return [*reports, Printed(TOWN, 2022, {NEW: 5})] if town else reports


def question(db: sqlite3.Connection) -> tuple[Any, ...]:
    """What the question tells of the only aggregate: both sums, k and n."""
    (sql,) = (each["sql"] for each in example_rows() if each["name"] == "汇总与所属机关之和")
    ((_, _, *told),) = db.execute(sql)
    return tuple(told)[:4]


def test_an_aggregate_is_the_sum_of_its_members() -> None:
    assert ask("C18", *members(12), regions=REGIONS) == []
    assert passes("C18", *members(12), regions=REGIONS) == {"990102-government-2022-agg.v1": 7}


def test_an_aggregate_that_is_not() -> None:
    with release(members(13), REGIONS) as db:
        ((status, left, right, sentence),) = db.execute(
            'SELECT status, "left", "right", sentence FROM current_findings WHERE "check" = \'C18\''
        )
        assert question(db) == (13, 12, len(CERTAIN) + 3, len(CERTAIN) + 3)
    assert (status, left, right) == ("fail", 13, 12)
    assert f"所知的{len(CERTAIN) + 3}个机关，均已取得" in sentence
    assert sentence.endswith("报告所载数字不相等，前者为13，后者为12。")


def test_where_a_member_is_missing_nothing_is_said() -> None:
    assert ask("C18", *members(13, town=False), regions=REGIONS) == []  # the town has no report
    assert ask("C18", *members(13)) == []  # which towns there are is not known
    apart = [each for each in members(13) if each.office is not OFFICE]
    assert ask("C18", *apart, regions=REGIONS) == []
    known = [Printed(FINANCE, 2021), Printed(FINANCE, 2023)]
    gap = [each for each in members(13) if each.office is not FINANCE]
    assert ask("C18", *gap, *known, regions=REGIONS) == []


@pytest.mark.parametrize("missing", [CERTAIN[0], CERTAIN[-1]])
def test_a_body_that_there_certainly_is_counts_though_nothing_is_known_of_it(
    missing: Printed,
) -> None:
    """The archive knows 20 of the county's bodies and holds them all; there are more."""
    with release([each for each in members(13) if each is not missing], REGIONS) as db:
        assert findings(db, "C18") == []
        assert question(db) == (13, 12, len(CERTAIN) + 2, len(CERTAIN) + 3)


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ([Printed(SPORT, 2023)], 0),  # known of a later year: it may have been there
        ([Printed(SPORT, 2021)], 0),
        ([Printed(replace(SPORT, successor=FINANCE.agency_id), 2021)], 1),  # was no more
        ([Printed(replace(SPORT, successor=FINANCE.agency_id), 2023)], 0),
        ([Printed(replace(SPORT, successor="990102-x"), 2022), Printed(NEWER, 2023)], 1),
    ],
)
def test_a_known_agency_counts_but_where_another_stood_for_it(
    more: list[Printed], found: int
) -> None:
    with release([*members(13), *more], REGIONS) as db:
        assert len(findings(db, "C18")) == found
        assert (question(db)[2] == question(db)[3]) == bool(found)


def test_a_member_with_an_empty_cell_is_not_a_zero() -> None:
    blank = [*members(13)[:-1], Printed(TOWN, 2022, {NEW: BLANK})]
    with release(blank, REGIONS) as db:
        assert findings(db, "C18") == []
        assert question(db) == (13, 7, len(CERTAIN) + 2, len(CERTAIN) + 3)


# -- C23 and deadlines ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("report", "deadline", "late"),
    [
        (Printed(FINANCE, 2022, published="2023-01-31"), "2023-01-31", 0),
        (Printed(FINANCE, 2022, published="2023-02-02"), "2023-01-31", 2),
        (Printed(GOV, 2022, scope="aggregate", published="2023-02-02"), "2023-03-31", 0),
        (Printed(GOV, 2022, scope="aggregate", published="2023-04-01"), "2023-03-31", 1),
        (Printed(FINANCE, 2018, form="legacy", published="2019-03-30"), "2019-03-31", 0),
        (Printed(TOWN, 2018, form="legacy", published="2019-04-10"), "2019-03-31", 10),
        (Printed(TOWN, 2022, published="2023-06-01"), None, None),  # no statutory date
        (Printed(TAX, 2022, published="2023-06-01"), None, None),  # its own system's
        (Printed(FINANCE, 2022, scope="unknown", published="2023-06-01"), None, None),
        (Printed(NAMELESS, 2022, published="2023-06-01"), None, None),
        (Printed(FINANCE, 2022), "2023-01-31", None),  # prints no date
    ],
)
def test_days_after_the_statutory_date(
    report: Printed, deadline: str | None, late: int | None
) -> None:
    with release([report]) as db:
        assert db.execute("SELECT deadline, days_late FROM timeliness").fetchall() == [
            (deadline, late)
        ]
        found = db.execute(
            "SELECT status, sentence FROM current_findings WHERE \"check\" = 'C23'"
        ).fetchall()
        assert len(found) == bool(late)
        for status, sentence in found:
            assert status == "fail"
            assert sentence.startswith(f"页面所示日期{report.published}，晚于法定期限{deadline}")


@pytest.mark.parametrize(
    ("seen", "first", "late"),
    [
        ("2023-01-31T09:00:00.000Z", "2023-01-31T09:00:00.000Z", 0),
        ("2023-02-01T00:00:00.000Z", "2023-02-01T00:00:00.000Z", 1),
    ],
)
def test_a_late_first_capture_is_marked_and_no_finding(seen: str, first: str, late: int) -> None:
    with release([Printed(FINANCE, 2022, published="2023-01-20", seen=seen)]) as db:
        sql = "SELECT first_seen, seen_late, days_late FROM timeliness"
        assert db.execute(sql).fetchall() == [(first, late, 0)]
        assert findings(db, "C23") == []


def test_a_deadline_that_was_not_read_in_the_law_is_marked() -> None:
    rows = {(r["scope"], r["level"], r["first_year"]): r for r in deadline_rows()}
    assert rows["own", "county", 2019]["is_verified"] == 1
    assert not any(r["is_verified"] for key, r in rows.items() if key[2] == 2008)
    assert ("own", "township", 2019) not in rows
    assert ("aggregate", "township", 2019) not in rows


# -- C24 ------------------------------------------------------------------------------

SOME: Figures = {NEW: 3, CARRIED_IN: 4, CARRIED_OUT: 7}
ONE_REQUEST: Figures = {NEW: 1, "t3_received_new_natural": 1, "t3_processed_total_total": 1}
TWO_NUMBERS: Figures = {**ONE_REQUEST, CARRIED_IN: 2}


@pytest.mark.parametrize(
    ("reports", "pairs"),
    [
        ([Printed(FINANCE, 2022, SOME), Printed(OFFICE, 2022, SOME)], 2),
        ([Printed(FINANCE, 2021, SOME), Printed(FINANCE, 2022, SOME)], 2),
        ([Printed(FINANCE, 2022, SOME), Printed(OFFICE, 2022, {**SOME, NEW: 4})], 0),
        ([Printed(FINANCE, 2022), Printed(OFFICE, 2022)], 0),  # all zeros are alike
        ([Printed(FINANCE, 2022, ONE_REQUEST), Printed(OFFICE, 2022, ONE_REQUEST)], 0),
        ([Printed(FINANCE, 2022, TWO_NUMBERS), Printed(OFFICE, 2022, TWO_NUMBERS)], 0),
        ([Printed(FINANCE, 2022, SOME, older=SOME)], 0),  # versions of one report
    ],
)
def test_the_same_figures_in_two_reports(reports: list[Printed], pairs: int) -> None:
    found = ask("C24", *reports)
    assert len(found) == pairs
    assert all(row[1] == "fail" and row[4].rpartition(".")[0] != row[0] for row in found)


def test_the_same_words_and_figures_name_both_and_the_earliest() -> None:
    one = Printed(FINANCE, 2021, SOME, text="全年公开信息31条。", name="示例县某局")
    same = [
        Printed(office, 2021, SOME, text="全年公开信息31条。", name="示例县某局")
        for office in (OFFICE, NAMELESS)
    ]
    with release([one, *same]) as db:
        told = db.execute(
            "SELECT report_id, related, sentence FROM current_findings WHERE \"check\" = 'C24'"
            " ORDER BY 1"
        ).fetchall()
    first = "990102-finance-2021"
    assert [row[:2] for row in told] == [
        (first, "990102-gov_office-2021.v1"),
        ("990102-gov_office-2021", f"{first}.v1"),
        ("990102-x-2021", f"{first}.v1"),
    ]
    assert "正文和表格各数值" in told[1][2]
    assert "示例县财政局2021年度年报" in told[1][2]


def test_nearly_the_same_text_comes_from_the_table_of_duplicates() -> None:
    rows = [
        {
            "version_id": f"990102-{which}-2022.v1", "other": "990102-finance-2021.v1",
            "kind": "own_year", "share": share, "passages": "[]",
        }
        for which, share in (("finance", 0.95), ("gov_office", 0.6))
    ]  # fmt: skip
    reports = [Printed(FINANCE, 2021), Printed(FINANCE, 2022), Printed(OFFICE, 2022)]
    assert ask("C24", *reports, duplicates=rows) == [
        ("990102-finance-2022", "fail", None, None, "990102-finance-2021.v1")
    ]


def test_how_many_numbers_are_asked_for_is_told() -> None:
    assert f"{'〇一二三四'[NUMBERS]}个不同非零数" in rules()["C24"].formula


# -- all of them ----------------------------------------------------------------------


def test_no_check_reads_the_forms_when_it_is_imported() -> None:
    for path in Path(archive.checks.__file__).parent.glob("*.py"):
        waiting: list[ast.AST] = list(ast.parse(path.read_text("utf-8")).body)
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.FunctionDef):
                continue
            called = node.func if isinstance(node, ast.Call) else None
            assert not (isinstance(called, ast.Name) and called.id == "columns"), path.name
            waiting += ast.iter_child_nodes(node)


def test_counts_stand_in_the_report_and_no_scratch_table_is_left() -> None:
    with release(two({CARRIED_OUT: 7}, {CARRIED_IN: 9})) as db:
        ((failed, must, passed),) = db.execute(
            "SELECT failed, must_failed, passed FROM reports WHERE year = 2022"
        )
        assert (failed, must) == (1, 0)
        assert passed >= 6
        assert db.execute("SELECT name FROM sqlite_temp_master").fetchall() == []
        with pytest.raises(sqlite3.OperationalError):
            db.execute("SELECT 1 FROM temp.current")
