"""Each check of one report: what passes, what does not, and what it says then."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extract.checks import CHECKS, rules, run_checks
from extract.forms import TABLES, forms
from extract.period import read_period
from extract.types import Evidence, Fact, Figure, Finding, Report, Value
from tests.planted import put

NUMBERS = {
    "t3_received_new": 20, "t3_carried_in": 3, "t3_processed_total": 19, "t3_carried_out": 4,
    "t3_granted": 17, "t3_other_misc": 2, "t4_review_pending": 2, "t4_review_other": 7,
    "t4_suit_direct_upheld": 2,
}  # fmt: skip


def report(form: str, values: dict[str, Value] | None = None) -> Report:
    """A report of a form with 0 in every cell, and some figures that add up or do not."""
    figures = tuple(
        Figure(s.line.table, s.line.code, s.measure.code, "0", 0, "reported")
        for s in forms()[form].slots()
    )
    year = forms()[form].first_year
    bare = Report("read", year=year, form=form, forms={"t2": form, "t3": form}, figures=figures)
    return put(bare, values or {})


def blank(of: Report, key: str) -> Report:
    figures = (
        replace(f, value=None, printed="", status="blank") if f.key == key else f
        for f in of.figures
    )
    return replace(of, figures=tuple(figures))


def found(of: Report, check: str) -> list[Finding]:
    findings, _ = run_checks(of, [check])
    return list(findings)


def says(of: Report, check: str) -> list[tuple[str, Value, Value]]:
    return [(each.status, each.left, each.right) for each in found(of, check)]


# -- the rules --------------------------------------------------------------------------


def test_every_rule_is_whole() -> None:
    assert list(rules()) == [f"C{n:02d}" for n in range(1, 27)]
    for rule in rules().values():
        said = (rule.title, rule.title_en, rule.formula, rule.innocent, rule.innocent_en)
        assert all(said), rule.code
        assert rule.source, rule.code
        for word in ("错误", "造假", "违规", "不实", "未公布"):
            assert word not in "".join(said), rule.code


def test_every_check_of_a_report_is_there_and_what_was_not_measured_is_off() -> None:
    assert set(CHECKS) == {code for code, rule in rules().items() if rule.needs == "report"}
    off = {code for code, rule in rules().items() if not rule.is_on}
    assert off == {"C09", "C14", "C15", "C16", "C21"}
    purchase = report("2019", {"t2_procurement_projects": 7})
    assert found(purchase, "C09")
    assert not run_checks(purchase)[0]


# -- table two --------------------------------------------------------------------------

STOCKS = [
    ("C06", "2019", {"t2_penalty_prev_items": 9, "t2_penalty_delta": -9}, []),
    ("C06", "2019", {"t2_penalty_prev_items": 9, "t2_penalty_delta": -11}, [("fail", -2, 0)]),
    ("C07", "2019", {"t2_normative_newly_public": 5, "t2_normative_total_public": 5}, []),
    ("C07", "2019", {"t2_rules_newly_public": 6, "t2_rules_total_public": 5}, [("fail", 5, 6)]),
    # More published than made: documents of earlier years. It is no finding.
    ("C07", "2019", {"t2_rules_made": 1, "t2_rules_newly_public": 6, "t2_rules_total_public": 8},
     []),
    ("C08", "2021", {"t2_rules_issued": 9, "t2_rules_repealed": 4, "t2_rules_in_force": 5}, []),
    ("C08", "2021", {"t2_rules_issued": 9, "t2_rules_repealed": 3, "t2_rules_in_force": 5},
     [("fail", 5, 6)]),
    ("C09", "2019", {"t2_procurement_projects": 3, "t2_procurement_amount": 12.5}, []),
    ("C09", "2019", {"t2_procurement_projects": 3}, [("fail", 3, 0)]),
    ("C09", "2019", {"t2_procurement_amount": 12.5}, [("fail", 0, 12.5)]),
]  # fmt: skip


@pytest.mark.parametrize(("check", "form", "values", "want"), STOCKS)
def test_table_two(check: str, form: str, values: dict[str, Value], want: list[object]) -> None:
    assert says(report(form, values), check) == want
    other = {"2019": "2021", "2021": "2019"}[form]
    assert says(report(other), check) == []  # the other form has no such cells


@pytest.mark.parametrize(
    ("check", "form", "key"),
    [
        ("C06", "2019", "t2_fee_delta"),
        ("C07", "2019", "t2_rules_total_public"),
        ("C08", "2021", "t2_normative_repealed"),
        ("C09", "2019", "t2_procurement_amount"),
    ],
)
def test_a_blank_is_no_zero_and_a_lost_cell_is_not_assessable(
    check: str, form: str, key: str
) -> None:
    whole = report(form)
    (one,) = found(blank(whole, key), check)
    assert (one.status, key in one.figures) == ("uncertain", True)
    assert [each.status for each in found(put(whole, {key: None}), check)] == ["not_assessable"]


# -- prose ------------------------------------------------------------------------------


def stating(code: str, value: Value, **more: object) -> Report:
    """A busy report of 2021 whose prose states a number."""
    rows = {f"{key}_total" if key.startswith("t3") else key: n for key, n in NUMBERS.items()}
    busy = report("2021", {**rows, "t4_review_total": 9, "t4_suit_direct_total": 5,
                           "t4_suit_after_review_total": 1})  # fmt: skip
    fact = replace(Fact(code, value, "件", f"原句{value}件", "一", 0, 6), **more)
    return replace(busy, facts=(fact,))


@pytest.mark.parametrize(
    ("code", "right", "wrong"),
    [
        ("app_received", (20, 23, 19), 21),
        ("app_replied", (19, 17), 20),
        ("app_carried_in", (3,), 4),
        ("app_carried_out", (4,), 3),
        ("review_n", (9, 7), 8),
        ("suit_n", (6, 5, 1, 2), 4),
        ("app_granted", (17,), 18),
        ("app_other", (2,), 0),
    ],
)
def test_a_stated_count_is_one_of_those_that_it_may_mean(
    code: str, right: tuple[int, ...], wrong: int
) -> None:
    for value in right:
        assert not found(stating(code, value), "C19"), value
    (one,) = found(stating(code, wrong), "C19")
    assert (one.status, one.left) == ("fail", wrong)
    assert f"原句{wrong}件" in one.sentence
    assert not {figure for figure in one.figures if "other_handling" in figure}, "no such line"
    assert all(str(value) in one.sentence for value in right)


@pytest.mark.parametrize(
    "more", [{"part": "part"}, {"flags": ("approximate",)}, {"flags": ("last_year",)}]
)
def test_what_is_no_exact_total_is_not_compared(more: dict[str, object]) -> None:
    assert not found(stating("app_received", 21, **more), "C19")
    assert not found(stating("review_none", None, **more), "C20")


def test_a_count_against_blanks_is_uncertain() -> None:
    (one,) = found(blank(stating("app_received", 21), "t3_processed_total_total"), "C19")
    assert one.status == "uncertain"
    assert not found(blank(stating("app_received", 20), "t3_processed_total_total"), "C19")


def test_a_sum_with_a_blank_in_it_agrees_with_nothing() -> None:
    denied = put(stating("app_denied", 6), {"t3_denied_third_party_total": 6})
    assert not found(denied, "C19")
    (one,) = found(blank(denied, "t3_denied_state_secret_total"), "C19")
    assert one.status == "uncertain"


@pytest.mark.parametrize(
    ("code", "value", "keys", "count"),
    [
        ("app_none", None, ["t3_received_new_total"], 20),
        ("review_none", None, ["t4_review_total"], 9),
        ("review_none", 0, ["t4_review_total"], 9),
        ("suit_none", None, ["t4_suit_direct_total", "t4_suit_after_review_total"], 6),
        ("app_received", 0, ["t3_received_new_total"], 20),
        ("review_n", 0, ["t4_review_total"], 9),
        ("suit_n", 0, ["t4_suit_direct_total", "t4_suit_after_review_total"], 6),
    ],
)
def test_what_the_prose_says_did_not_occur(
    code: str, value: Value, keys: list[str], count: int
) -> None:
    said = stating(code, value)
    (one,) = found(said, "C20")
    assert (one.status, one.left, one.right, list(one.figures)) == ("fail", value, count, keys)
    assert not found(put(said, dict.fromkeys(keys, 0)), "C20")
    assert run_checks(put(said, dict.fromkeys(keys, 0)), ["C19", "C20"]) == ((), 1)
    assert not found(said, "C19"), "said once"


def test_a_denial_against_a_blank_has_no_0_on_its_side() -> None:
    key = "t3_received_new_total"
    (denied,) = found(blank(stating("app_none", None), key), "C20")
    assert (denied.status, denied.left, denied.right) == ("uncertain", None, None)
    assert "有1格未填数字" in denied.sentence
    assert "0" not in denied.sentence
    assert "前者" not in denied.sentence
    (printed,) = found(blank(stating("app_received", 0), key), "C20")
    assert (printed.status, printed.left, "前者为0" in printed.sentence) == ("uncertain", 0, True)


def test_handled_none_agrees_with_any_sum_that_is_zero() -> None:
    assert says(stating("app_handled", 0), "C19") == [("fail", 0, 19)]
    for line in ("processed_total", "received_new"):
        zero = put(stating("app_handled", 0), {f"t3_{line}_total": 0})
        assert run_checks(zero, ["C19", "C20"]) == ((), 1)


def test_charges_not_paid_and_a_prose_without_charges() -> None:
    unpaid = {"t3_other_fee_unpaid_total": 2}
    silent = put(stating("app_received", 20), unpaid)
    assert says(silent, "C21") == [("not_assessable", 2, None)]
    silent = replace(silent, chapters={"六": "没有其他需要报告的事项。"})
    assert says(silent, "C21") == [("fail", 2, None)]
    assert not found(put(stating("fee_none", None), unpaid), "C21")
    told = replace(
        silent, facts=(*stating("fee_none", None).facts, *stating("fee_collected", 40).facts)
    )
    assert says(told, "C21") == [("fail", 40, None)]


# -- period, cells, form ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("prose", "period"),
    [
        ("统计期限为2021年1月1日至2021年12月31日。", "2021年1月1日至2021年12月31日"),
        ("统计期限自2021年1月1日起,至12月31日止", "2021年1月1日起,至12月31日"),
        ("数据统计时限从2021年1月1日到202021年12月31日止", "2021年1月1日到202021年12月31日"),
        ("统计数据截至2021年12月31日。", None),
        ("自2021年3月1日至2021年6月30日开展了检查", None),
        ("统计工作人员12名。自2021年1月1日至2021年6月30日", None),
    ],
)
def test_a_printed_period(prose: str, period: str | None) -> None:
    assert read_period(prose) == period


@pytest.mark.parametrize(
    ("words", "passes"),
    [
        ("2021年1月1日至2021年12月31日", True),
        ("2021年1月1日起,至12月31日", True),
        ("2020年1月1日至2020年12月31日", False),
        ("2021年1月1日到202021年12月31日", False),
        ("2021年1月1日至2021年11月30日", False),
        ("2021年3月1日至12月31日", False),
    ],
)
def test_the_period_is_the_report_year(words: str, passes: bool) -> None:
    of = replace(report("2021"), evidence={"period": (Evidence("preface", words, 0),)})
    assert [each.status for each in found(of, "C22")] == [] if passes else ["fail"]
    assert run_checks(of, ["C22"])[1] == int(passes)
    if not passes:
        assert words in found(of, "C22")[0].sentence
    assert run_checks(report("2021"), ["C22"]) == ((), 0)


def test_a_period_that_won_over_the_title_is_held_against_the_title() -> None:
    evidence = {
        "period": (Evidence("preface", "2021年1月1日至12月31日", 0),),
        "year": (Evidence("period", "2021", 3), Evidence("title", "2022", 3)),
    }
    (one,) = found(replace(report("2021"), evidence=evidence), "C22")
    assert (one.status, "2021年1月1日至12月31日" in one.sentence) == ("fail", True)
    assert "与标题所印年份（2022年）的1月1日" in one.sentence
    assert "报告年度" not in one.sentence


@pytest.mark.parametrize(
    ("title", "words", "named"),
    [
        ("2022年示例县财政局2021年政府信息公开工作年度报告", "2021年1月1日至12月31日", None),
        ("2022年示例县财政局年度报告", "2021年1月1日至12月31日", "标题所印年份（2022年）"),
        ("2022年示例县财政局2021年年度报告", "2021年3月1日至12月31日", "标题所印年份（2021年）"),
        (None, "2021年3月1日至12月31日", "本档案所认年份（2021年）"),
    ],
)  # fmt: skip
def test_a_title_that_prints_two_years(title: str | None, words: str, named: str | None) -> None:
    years = [Evidence("period", "2021", 3)] + [Evidence("title", "2022", 3)] * bool(title)
    evidence = {"period": (Evidence("preface", words, 0),), "year": tuple(years)}
    of = replace(report("2021"), title=title, evidence=evidence)
    findings, passes = run_checks(of, ["C22"])
    assert (passes, len(findings)) == ((0, 1) if named else (1, 0))
    assert all(named in each.sentence for each in findings if named)


@pytest.mark.parametrize(
    ("year", "words", "passes"),
    [
        (2008, "2008年5月1日至12月31日", 1),
        (2008, "2008年1月1日至12月31日", 1),
        (2008, "2008年6月1日至12月31日", 0),
        (2009, "2009年5月1日至12月31日", 0),
        (2009, "2008年5月1日至2009年12月31日", 0),
    ],
)
def test_the_first_report_counts_from_the_day_of_the_regulations(
    year: int, words: str, passes: int
) -> None:
    evidence = {"period": (Evidence("preface", words, 0),)}
    of = Report("read", year=year, evidence=evidence)
    assert run_checks(of, ["C22"])[1] == passes


def test_every_cell_of_the_form() -> None:
    whole = report("2021")
    assert run_checks(whole, ["C25"]) == ((), len(TABLES))
    (lost,) = found(put(whole, {"t3_granted_natural": None}), "C25")
    assert (lost.status, lost.left, lost.right) == ("not_assessable", 174, 175)
    lines = tuple(f for f in whole.figures if f.line not in ("granted", "partial"))
    (absent,) = found(replace(whole, figures=lines), "C25")
    assert (absent.status, absent.left, absent.right) == ("fail", 161, 175)
    assert "予以公开" in absent.sentence
    assert len(absent.figures) == 14
    without = tuple(f for f in whole.figures if f.table != "t4")
    (table,) = found(replace(whole, figures=without), "C25")
    assert (table.status, table.right) == ("not_assessable", 15)
    assert not found(blank(whole, "t3_granted_natural"), "C25")


def test_the_form_and_the_year() -> None:
    assert run_checks(report("2021"), ["C26"]) == ((), 1)
    (one,) = found(replace(report("2019"), year=2023), "C26")
    assert (one.status, "报告年度为2023" in one.sentence) == ("fail", True)
    assert "表二用2019年格式" in one.sentence
    mixed = replace(report("2021"), forms={"t2": "2021", "t3": "2019"})
    assert "表二" not in found(mixed, "C26")[0].sentence
