"""C11–C16: what one year's report carries on from the year before's (forms-and-rules §2)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from functools import cache

from extract.forms import Line, forms, measures, union

from .rolling import AT_LEAST, AT_MOST, Roll, Series, Term, run_series
from .running import Found, Passed, check

#: Lines of table two: documents, and items of the list of powers.
_ISSUED = ("rules", "normative")
_ITEMS = ("license", "other_service", "penalty", "coercion", "fee")


@cache
def _newer() -> dict[str, Line]:
    """Lines of table two as the form of 2021 names them."""
    return {line.code: line for line in forms()["2021"].table("t2")}


@cache
def _older() -> dict[str, Line]:
    """Lines of table two as the form of 2019 names them."""
    return {line.code: line for line in forms()["2019"].table("t2")}


@cache
def carried() -> Series:
    """上年结转(N) = 结转下年度(N−1), each column, the total first. Any two forms: C11."""
    columns = sorted(measures("t3"), key=lambda measure: measure.code != "total")
    rolls = tuple(
        Roll(
            (Term(f"t3_carried_in_{each.code}"),),
            (Term(f"t3_carried_out_{each.code}", before=True),),
            f"“{each.label}”列的上年结转，与同一机关{{year}}年度年报的结转下年度",
            f"Column {each.label_en}: carried in, against carried over in the report of "
            "{year} of the same agency",
        )
        for each in columns
    )
    return Series(
        "C11", rolls, "1",
        "上年结转各列，与同一机关{year}年度年报的结转下年度",
        "Carried in, against carried over in the report of {year} of the same agency",
    )  # fmt: skip


@cache
def in_force() -> Series:
    """现行有效(N) = 现行有效(N−1) + 制发(N) − 废止(N); never across forms: C12."""
    rolls = tuple(
        Roll(
            (Term(f"t2_{code}_in_force"),),
            (
                Term(f"t2_{code}_in_force", before=True),
                Term(f"t2_{code}_issued"),
                Term(f"t2_{code}_repealed", sign=-1),
            ),
            f"“{_newer()[code].name}”现行有效件数，与同一机关{{year}}年度年报的现行有效件数"
            "加本年制发、减本年废止",
            f"{_newer()[code].label_en}: in force, against in force in the report of {{year}} of "
            "the same agency plus issued minus repealed",
        )
        for code in _ISSUED
    )
    return Series(
        "C12", rolls, "c.form_t2 = '2021' AND p.form_t2 = '2021'",
        "规章和行政规范性文件的现行有效件数，与同一机关{year}年度年报的现行有效件数"
        "加本年制发、减本年废止",
        "Rules and documents in force, against in force in the report of {year} of the same "
        "agency plus issued minus repealed",
    )  # fmt: skip


@cache
def items() -> Series:
    """上一年项目数量(N) = 上一年项目数量(N−1) + 增减(N−1): C13."""
    rolls = tuple(
        Roll(
            (Term(f"t2_{code}_prev_items"),),
            (Term(f"t2_{code}_prev_items", before=True), Term(f"t2_{code}_delta", before=True)),
            f"“{_older()[code].name}”上一年项目数量，与同一机关{{year}}年度年报的"
            "上一年项目数量加本年增减",
            f"{_older()[code].label_en}: items in the previous year, against those in the report "
            "of {year} of the same agency plus the change",
        )
        for code in _ITEMS
    )
    return Series(
        "C13", rolls, "c.form_t2 = '2019' AND p.form_t2 = '2019'",
        "上一年项目数量各行，与同一机关{year}年度年报的上一年项目数量加本年增减",
        "Items in the previous year, against those in the report of {year} of the same agency "
        "plus the change",
    )  # fmt: skip


@cache
def published_in_total() -> Series:
    """对外公开总数量(N) ≥ 对外公开总数量(N−1) + 新公开(N). The form prints no 废止: C14."""
    rolls = tuple(
        Roll(
            (Term(f"t2_{code}_total_public"),),
            (Term(f"t2_{code}_total_public", before=True), Term(f"t2_{code}_newly_public")),
            f"“{_older()[code].name}”对外公开总数量，小于同一机关{{year}}年度年报的"
            "对外公开总数量加本年新公开",
            f"{_older()[code].label_en}: published in total, less than in the report of {{year}} "
            "of the same agency plus newly published",
            AT_LEAST,
        )
        for code in _ISSUED
    )
    return Series(
        "C14", rolls, "c.form_t2 = '2019' AND p.form_t2 = '2019'",
        "对外公开总数量，与同一机关{year}年度年报的对外公开总数量加本年新公开",
        "Published in total, against the report of {year} of the same agency plus newly published",
    )  # fmt: skip


@cache
def pending() -> Series:
    """T4 总计(N) ≥ 尚未审结(N−1), each block: C15."""
    rolls = tuple(
        Roll(
            (Term(f"t4_{line.code}_total"),),
            (Term(f"t4_{line.code}_pending", before=True),),
            f"“{line.name}”总计，小于同一机关{{year}}年度年报的尚未审结",
            f"{line.label_en}: total, less than pending in the report of {{year}} of the "
            "same agency",
            AT_LEAST,
        )
        for line in union("t4")
    )
    return Series(
        "C15", rolls, "1",
        "复议、诉讼的总计，与同一机关{year}年度年报的尚未审结",
        "Disputes in total, against pending in the report of {year} of the same agency",
    )  # fmt: skip


@cache
def reviews() -> Series:
    """行政复议总计(N) ≤ 办理总计(N) + 办理总计(N−1): C16."""
    handled = "t3_processed_total_total"
    roll = Roll(
        (Term("t4_review_total"),),
        (Term(handled), Term(handled, before=True)),
        "行政复议总计，大于本年与同一机关{year}年度年报的办理总计之和",
        "Reviews in total, more than the requests handled this year and in the report of "
        "{year} of the same agency",
        AT_MOST,
    )
    return Series("C16", (roll,), "1", roll.about, roll.about_en)


@check("C11")
def carry_over(db: sqlite3.Connection) -> Iterator[Found | Passed]:
    """What was carried over at the end of a year is carried in at the next one's beginning."""
    return run_series(db, carried())


@check("C12")
def in_force_roll(db: sqlite3.Connection) -> Iterator[Found | Passed]:
    """Documents in force roll on from year to year, on the form of 2021."""
    return run_series(db, in_force())


@check("C13")
def item_roll(db: sqlite3.Connection) -> Iterator[Found | Passed]:
    """Items of the list of powers roll on from year to year, on the form of 2019."""
    return run_series(db, items())


@check("C14")
def total_public_roll(db: sqlite3.Connection) -> Iterator[Found | Passed]:
    """What is published in total does not fall below last year's and the new ones."""
    return run_series(db, published_in_total())


@check("C15")
def pending_roll(db: sqlite3.Connection) -> Iterator[Found | Passed]:
    """Cases that were pending are in the next year's total."""
    return run_series(db, pending())


@check("C16")
def dispute_volume(db: sqlite3.Connection) -> Iterator[Found | Passed]:
    """Reviews do not outnumber the requests handled in two years."""
    return run_series(db, reviews())
