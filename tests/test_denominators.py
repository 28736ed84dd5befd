"""Questions: of how many reports, over which, and never a whole with its part.

A city's aggregate holds those of its counties. Of its own offices one report of 2022 was not
read, and one of 2018 has the tables of an older form.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import pytest

from archive.schema import indicators
from archive.schema.describe import example_rows
from archive.schema.readme import readme
from archive.schema.words import COLUMNS, TABLES
from extract.forms.meaning import of_figure
from tests.rate_release import Release, Values, of_form

EXAMPLES = {each["name"]: each for each in example_rows()}
TEXTS = {name: each["text"] for name, each in EXAMPLES.items()}


def sums(new: int, **more: int) -> Values:
    total = {"t3_received_new_total": new, "t3_granted_total": new}
    return of_form("2021", **total | {"t3_processed_total_total": new} | more)


@pytest.fixture(scope="module")
def db() -> Iterator[sqlite3.Connection]:
    made = Release()
    made.agency("990100-government", "示例市人民政府", "prefecture")
    for code, name in (("990102", "甲区"), ("990103", "乙区")):
        made.agency(f"{code}-government", f"{name}人民政府", "county")
    made.agency("u-0123456789ab", "某政府", None)
    for kind in ("finance", "audit", "health", "water"):
        made.agency(f"990100-{kind}", kind, "prefecture")
    for agency, suits, fee in (
        ("990100-government", 9, 9000), ("990102-government", 5, 5000),
        ("990103-government", 4, 4000), ("u-0123456789ab", 7, 7000),
    ):  # fmt: skip
        values = sums(31, t4_suit_direct_total=suits) | {"t2_fee_charged": fee}
        made.report(agency, 2022, values, scope="aggregate")
    suits = {"t4_suit_direct_total": 3, "t4_review_total": 1}
    finance = sums(25, **suits) | {"t2_penalty_decisions": 12}
    finance |= {"t3_processed_total_natural": 8, "t3_granted_natural": 6}
    made.report("990100-finance", 2022, finance)
    made.report("990100-audit", 2022, sums(40) | {"t4_review_total": 6})
    made.report("990100-water", 2022, sums(50) | {"t4_review_total": 11})
    made.report("990100-health", 2022)  # was not read
    made.report("990100-finance", 2018, {}, form="legacy")
    done = made.finish()
    columns = [each[1] for each in done.execute("PRAGMA table_info(checks)")]
    check: Mapping[str, Any] = {"check": "C01", "strength": "must", "is_on": 1}
    said = ", ".join("?" for _ in columns)
    done.execute(f"INSERT INTO checks VALUES ({said})", [check.get(name, "x") for name in columns])
    # Of 水务's report one sum was not checked, because a cell is blank.
    done.execute(
        "INSERT INTO _equations VALUES (1, 'C01', 'uncertain', '[]', 0, '有空格', 'blank')"
    )
    done.execute(
        "INSERT INTO _findings SELECT n, 1, 1, NULL, NULL FROM _reports "
        "WHERE report_id = '990100-water-2022'"
    )
    with closing(done):
        yield done


def rows(db: sqlite3.Connection, name: str) -> list[dict[str, Any]]:
    return [dict(row) for row in db.execute(EXAMPLES[name]["sql"])]


def test_no_government_is_added_to_one_that_holds_it(db: sqlite3.Connection) -> None:
    suits = rows(db, "2024 年前后的直接起诉与复议")
    assert [(r["层级"], r["直接起诉"]) for r in suits if r["范围"] == "aggregate"] == [
        ("county", 9), ("prefecture", 9)
    ]  # fmt: skip
    fees = rows(db, "收费金额（元）")
    found = [(r["层级"], r["年报份数"], r["有此数的"], r["单位未印的"]) for r in fees
             if r["范围"] == "aggregate"]  # fmt: skip
    assert found == [("county", 2, 2, 2), ("prefecture", 1, 1, 1)]
    for name in ("2024 年前后的直接起诉与复议", "收费金额（元）"):
        assert "各行不可相加" in TEXTS[name]


def test_what_was_not_read_is_in_the_denominator(db: sqlite3.Connection) -> None:
    def of(name: str, year: int = 2022) -> dict[str, Any]:
        (row,) = [row for row in rows(db, name) if row["年度"] == year and
                  row.get("类别") in (None, "finance", "health")][:1]  # fmt: skip
        return row

    denied = of("不予公开的理由")
    assert (denied["年报份数"], denied["各行有数的"], denied["有数的比例"]) == (4, 3, 0.75)
    by_class = of("自然人与企业的公开率")
    assert [by_class[k] for k in ("年报份数", "自然人有数的", "自然人公开率")] == [4, 3, 0.75]
    assert of("自然人与企业的公开率", 2018)["自然人有数的"] == 0
    other = of("逾期不补正与逾期不缴费")
    assert [other[k] for k in ("年报份数", "其中2021年格式", "有数的比例")] == [4, 3, 0.75]
    penalties = {(r["类别"], r["年度"]): r for r in rows(db, "行政处罚决定")}
    assert penalties["health", 2022]["年报份数"] == 1
    assert penalties["health", 2022]["有数的比例"] == 0
    assert penalties["finance", 2018]["有此数的"] == 0
    assert penalties["finance", 2022]["行政处罚"] == 12


def test_a_ranking_has_its_coverage_and_passed_its_checks(db: sqlite3.Connection) -> None:
    ranked = rows(db, "每百件办理的复议与诉讼")
    assert [(r["机关"], r["每百件"]) for r in ranked] == [("示例机关", 16.0), ("示例机关", 15.0)]
    # 2 of the 4 reports of the year, and of the 4 agencies.
    assert {(r["同年可比的年报"], r["可比的比例"], r["占本档案所知"]) for r in ranked} == {
        (2, 0.5, 0.5)
    }
    assert "各有数的" not in TEXTS["每百件办理的复议与诉讼"]


@pytest.mark.parametrize(
    ("name", "rates"),
    [
        ("各地区公开率", {"公开率": ("办理总计", "有数的"),
                     "无法提供率": ("无法提供率的分母", "无法提供有数的"),
                     "不予处理率": ("不予处理率的分母", "不予处理有数的")}),
        ("空白按零的影响", {"公开率": ("公开率有数的",),
                     "空白按零的公开率": ("空白按零公开率有数的",)}),
        ("复议纠错率与诉讼败诉率", {"占复议总计": ("复议总计", "复议总计有数的")}),
        ("申请人是谁", {"自然人比例": ("自然人分母",), "企业比例": ("企业分母",)}),
    ],
)  # fmt: skip
def test_each_rate_has_its_number_beside_it(
    db: sqlite3.Connection, name: str, rates: dict[str, tuple[str, ...]]
) -> None:
    found = rows(db, name)
    assert found
    for rate, beside in rates.items():
        assert all(any(row[column] for row in found) for column in beside), rate
        assert rate in found[0]


def test_a_region_s_rates_have_their_own_numbers(db: sqlite3.Connection) -> None:
    done = [row for row in rows(db, "各地区公开率") if row["范围"] == "own"]
    assert [(r["年报份数"], r["无法提供率的分母"], r["不予处理有数的"]) for r in done] == [
        (4, 115, 3)
    ]
    (city,) = rows(db, "申请人是谁")[1:]
    assert (city["自然人分母"], city["企业分母"]) == (115, 115)


# -- what is general knowledge says so ----------------------------------------------------


def test_general_knowledge_is_marked() -> None:
    said = [TEXTS[name] for name in (
        "2024 年前后的直接起诉与复议", "逾期不补正与逾期不缴费", "正文所述信息处理费",
    )]  # fmt: skip
    said += [each.title for each in indicators.breaks() if each.year == 2024]
    said += [each.legal for each in indicators.indicators().values() if "2024" in each.legal]
    said += [str(row["text"]) for row in readme(False) if "2024 年复议" in str(row["text"])]
    said += [COLUMNS["agency_years"]["break_before"]]
    assert len(said) > 10
    for text in said:
        assert "待核对" in text, text


def test_what_was_carried_in_says_no_more_than_the_form() -> None:
    for entry in of_figure("t3_carried_in_total").values():
        assert "上年结转" in entry.definition
        assert "上一年收到" not in entry.definition
        assert "上年以前收到" in entry.unsaid


def test_coverage_says_of_which_agencies() -> None:
    assert "不以应有机关为分母" in TEXTS["覆盖"]


def test_imports_are_no_changes_and_the_readme_says_so() -> None:
    (text,) = [str(row["text"]) for row in readme(False) if row["topic"] == "版本与原因"]
    assert "导入两次" in text
    assert "导入" in TABLES["changes"]
