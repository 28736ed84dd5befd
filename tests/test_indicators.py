"""Indicators: figures worked out by hand, and each rate's SQL against its definition."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Mapping
from typing import Any

import pytest

from archive.schema import indicators
from archive.schema.indicators import components, figures_of
from extract.forms import forms
from extract.types import BLANK_STATUSES
from tests.rate_release import Release, Values, of_form

BLANK, UNREAD = "blank", "missing_cell"
REGION = "990100"

# -- by hand ------------------------------------------------------------------------------

FINANCE = of_form(
    "2021", t3_received_new_total=40, t3_received_new_natural=30, t3_received_new_enterprise=6,
    t3_carried_in_total=5, t3_granted_total=9, t3_partial_total=3, t3_denied_state_secret_total=1,
    t3_denied_law_prohibits_total=2, t3_denied_third_party_total=4,
    t3_denied_deliberative_total=5, t3_denied_admin_query_total=2, t3_unavailable_not_held_total=7,
    t3_not_processed_repeat_total=3, t3_other_no_correction_total=2, t3_other_misc_total=1,
    t3_processed_total_total=39, t3_carried_out_total=6,
    t4_review_upheld=3, t4_review_corrected=2, t4_review_pending=3, t4_review_total=8,
    t4_suit_direct_upheld=4, t4_suit_direct_corrected=1, t4_suit_direct_total=5,
    t4_suit_after_review_upheld=2, t4_suit_after_review_corrected=1, t4_suit_after_review_other=1,
    t4_suit_after_review_total=4,
)  # fmt: skip
#: Worked out on paper.
RATES = {
    "disclosed_of_closed": (12, 39),
    "disclosed_of_handled": (12, 39 - 3 - 3),
    "disclosed_of_decided": (12, 26),
    "granted_of_closed": (9, 39),
    "partial_of_closed": (3, 39),
    "denied_of_closed": (14, 39),
    "denied_mandatory_of_closed": (3, 39),
    "denied_third_party_of_closed": (4, 39),
    "denied_discretionary_of_closed": (5, 39),
    "redirected_of_closed": (2, 39),
    "denied_mandatory_of_denied": (3, 14),
    "denied_third_party_of_denied": (4, 14),
    "denied_discretionary_of_denied": (5, 14),
    "redirected_of_denied": (2, 14),
    "unavailable_of_closed": (7, 39),
    "not_processed_of_closed": (3, 39),
    "other_of_closed": (3, 39),
    "carried_out_of_due": (6, 45),
    "natural_of_received": (30, 40),
    "enterprise_of_received": (6, 40),
    "review_corrected_of_decided": (2, 5),
    "review_corrected_of_total": (2, 8),
    "suit_lost_of_decided": (2, 9),
    "suit_lost_of_total": (2, 9),
    "suit_direct_lost_of_decided": (1, 5),
    "suit_after_review_lost_of_decided": (1, 4),
    "disputes_of_closed": (17, 39),
}


@pytest.fixture(scope="module")
def town() -> sqlite3.Connection:
    """A fictional city: an aggregate and its members, and what makes adding up go wrong."""
    made = Release()
    made.agency(f"{REGION}-government", "示例市人民政府", "prefecture")
    made.agency(f"{REGION}-finance", "示例市财政局", "prefecture")
    made.agency(f"{REGION}-audit", "示例市审计局", "prefecture")
    made.agency(f"{REGION}-health", "示例市卫生局", "prefecture")
    made.agency(f"{REGION}-justice", "示例市司法局", "prefecture")
    made.agency(f"{REGION}-tax", "示例市税务局", "prefecture", is_vertical=1)
    made.agency(f"{REGION}-town", "示例镇人民政府", "township")
    made.agency("u-0123456789ab", "某局", None, is_vertical=None)

    def add(kind: str, year: int, *versions: Values, **more: Any) -> None:
        made.report(f"{REGION}-{kind}", year, *versions, **more)

    # Two versions, of which the first said something else; and the same on a second site.
    old = FINANCE | {"t3_granted_total": 1000, "t3_processed_total_total": 1030}
    add("finance", 2022, old, FINANCE, mirrors=1, name="示例市财政局")
    small = of_form("2021", t3_received_new_total=1, t3_granted_total=1, t3_processed_total_total=1)
    # A blank, and a cell that was not found: neither is a 0.
    blank = small | {"t3_partial_total": None, "t3_denied_state_secret_total": None}
    add(
        "audit",
        2022,
        blank,
        marks={"t3_partial_total": BLANK, "t3_denied_state_secret_total": "dash"},
    )
    unread = small | {"t3_granted_total": None, "t3_partial_total": None}
    add("health", 2022, unread, marks={"t3_granted_total": UNREAD, "t3_partial_total": BLANK})
    add("justice", 2022)
    add("tax", 2022, small | {"t3_processed_total_total": 700, "t3_granted_total": 70})
    add("town", 2022, small | {"t3_processed_total_total": 80, "t3_granted_total": 8})
    made.report("u-0123456789ab", 2022, small | {"t3_processed_total_total": 90})
    # The aggregate, which its members are in.
    total = {"t3_granted_total": 11, "t3_partial_total": 3, "t3_processed_total_total": 41}
    add("government", 2022, FINANCE | total, scope="aggregate")
    # A renamed agency, in both forms: 其他处理 is one line in the form of 2019.
    before = of_form("2019", t3_received_new_total=4, t3_other_handling_total=3,
                     t3_processed_total_total=4, t3_granted_total=1)  # fmt: skip
    add("health", 2020, before, form="2019", name="示例市卫生局")
    after = of_form("2021", t3_received_new_total=4, t3_other_no_correction_total=1,
                    t3_other_fee_unpaid_total=1, t3_other_misc_total=1,
                    t3_processed_total_total=6, t3_granted_total=3)  # fmt: skip
    add("health", 2021, after, name="示例市卫生健康委员会")
    add("health", 2024, small, name="示例市卫生健康委员会")
    return made.finish()


def one(db: sqlite3.Connection, sql: str, *values: object) -> sqlite3.Row:
    (row,) = db.execute(sql, values).fetchall()
    found: sqlite3.Row = row
    return found


def of_region(db: sqlite3.Connection, view: str = "region_years", **keys: object) -> sqlite3.Row:
    keys = {"region_code": REGION, "level": "prefecture", "is_vertical": 0, "scope": "own",
            "year": 2022} | keys  # fmt: skip
    where = " AND ".join(f"{name} IS ?" for name in keys)
    return one(db, f"SELECT * FROM {view} WHERE {where}", *keys.values())


def test_every_rate_of_a_report_worked_out_on_paper(town: sqlite3.Connection) -> None:
    row = one(town, "SELECT * FROM agency_years WHERE report_id = '990100-finance-2022'")
    assert set(RATES) == set(indicators.indicators())
    assert {code: row[code] for code in RATES} == {
        code: pytest.approx(above / below, abs=1e-6) for code, (above, below) in RATES.items()
    }
    assert (row["level"], row["form_t3"], row["denied"], row["handled"]) == (
        "prefecture", "2021", 14, 33,
    )  # fmt: skip


def test_a_blank_and_an_unread_cell_are_no_zero(town: sqlite3.Connection) -> None:
    def rates(view: str, kind: str, *codes: str) -> list[float | None]:
        row = one(town, f"SELECT * FROM {view} WHERE report_id = '990100-{kind}-2022'")
        return [row[code] for code in codes]

    strict = ("disclosed_of_closed", "granted_of_closed", "denied_of_closed", "other_of_closed")
    blank0 = tuple(f"{code}_blank0" for code in strict)
    assert rates("agency_years", "audit", *strict) == [None, 1, None, 0]
    assert rates("agency_years_blank0", "audit", *blank0) == [1, 1, 0, 0]
    assert rates("agency_years", "health", *strict) == [None, None, 0, 0]
    # What was not read stays unknown even where blanks count as 0.
    assert rates("agency_years_blank0", "health", *blank0) == [None, None, 0, 0]
    assert rates("agency_years_blank0", "health", "partial_of_closed_blank0") == [0]
    assert rates("agency_years", "justice", *strict) == [None] * 4
    assert rates("agency_years_blank0", "justice", *blank0) == [None] * 4
    # Nothing to divide by.
    assert rates("agency_years", "audit", "review_corrected_of_decided") == [None]


def test_a_region_pools_sums_and_says_of_how_many(town: sqlite3.Connection) -> None:
    own = of_region(town)
    # finance (its current version, once), audit, health, justice; not tax, town, the unresolved
    # one, nor the aggregate.
    assert (own["reports"], own["read"], own["agencies"], own["of_known"]) == (4, 3, 4, 0.75)
    assert (own["disclosed_of_closed"], own["disclosed_of_closed_of"]) == (
        pytest.approx(12 / 39, abs=1e-6), 39,
    )  # fmt: skip
    assert own["disclosed_of_closed_n"] == 1
    # Pooled: (9 + 1) / (39 + 1), not the average of 9/39 and 1/1.
    assert own["granted_of_closed"] == 0.25
    assert (own["granted_of_closed_of"], own["granted_of_closed_n"]) == (40, 2)
    assert (own["other_of_closed_of"], own["other_of_closed_n"]) == (41, 3)
    blank0 = of_region(town, "region_years_blank0")
    assert blank0["disclosed_of_closed_blank0"] == 0.325
    assert (blank0["disclosed_of_closed_blank0_of"], blank0["disclosed_of_closed_blank0_n"]) == (
        40, 2,
    )  # fmt: skip
    aggregate = of_region(town, scope="aggregate")
    assert (aggregate["disclosed_of_closed"], aggregate["reports"]) == (
        pytest.approx(14 / 41, abs=1e-6), 1,
    )  # fmt: skip
    assert of_region(town, level="township")["granted_of_closed"] == 0.1
    assert of_region(town, is_vertical=1)["granted_of_closed_of"] == 700
    unresolved = of_region(town, region_code=None, level=None, is_vertical=None)
    assert (unresolved["reports"], unresolved["granted_of_closed_of"]) == (1, 90)
    rows = town.execute("SELECT sum(reports) FROM region_years WHERE year = 2022").fetchone()
    assert rows[0] == town.execute("SELECT count(*) FROM reports WHERE year = 2022").fetchone()[0]


def test_both_forms_and_breaks_of_a_renamed_agency(town: sqlite3.Connection) -> None:
    rows = town.execute(
        "SELECT agency, year, form_t3, break_before, other, other_of_closed FROM agency_years "
        "WHERE agency_id = '990100-health' ORDER BY year"
    ).fetchall()
    assert list(map(tuple, rows)) == [
        ("示例市卫生局", 2020, "2019", None, 3, 0.75),
        ("示例市卫生健康委员会", 2021, "2021", "form", 3, 0.5),
        ("示例机关", 2022, "2021", None, 0, 0),
        ("示例市卫生健康委员会", 2024, "2021", "review_first", 0, 0),
    ]
    kinds = town.execute(
        "SELECT year, break_before, reports, agencies, form_2019, form_2021, other_of_closed "
        "FROM kind_years WHERE kind = 'health' AND year <> 2022 ORDER BY year"
    ).fetchall()
    assert list(map(tuple, kinds)) == [
        (2020, None, 1, 1, 1, 0, 0.75),
        (2021, "form", 1, 1, 0, 1, 0.5),
        (2024, "review_first", 1, 1, 0, 1, 0),
    ]


# -- by definition ------------------------------------------------------------------------


def by_definition(code: str, values: Mapping[str, int | None]) -> int | None:
    """A component of a report, told from its definition alone."""
    own = components()[code]
    if own.alternative and all(key in values for key in own.alternative):
        parts = [values[key] for key in own.alternative]
    elif own.figures:
        parts = [values.get(key) for key in own.figures]
    else:
        added = [by_definition(part, values) for part in own.plus]
        taken = [by_definition(part, values) for part in own.less]
        parts = [*added, *(None if each is None else -each for each in taken)]
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None


def rate(code: str, values: Mapping[str, int | None]) -> float | None:
    own = indicators.indicators()[code]
    above, below = by_definition(own.numerator, values), by_definition(own.denominator, values)
    return None if above is None or below is None or below <= 0 else round(above / below, 6)


def test_every_rate_equals_its_definition_for_random_reports() -> None:
    dice, made, want = random.Random(6), Release(), {}
    for number in range(120):
        form = dice.choice(("2019", "2021"))
        agency_id, filled = f"99{number:04}-finance", dice.choice((0, 0.02, 0.3))
        values: dict[str, int | None] = {}
        marks: dict[str, str] = {}
        for position, key in enumerate(of_form(form)):
            status = dice.choice((BLANK, "slash", "none_word", UNREAD, "unparsed"))
            is_number = dice.random() >= filled
            values[key] = (position * 7 + dice.randint(0, 40)) % 97 if is_number else None
            if is_number and key == "t3_processed_total_total":
                values[key] = 1000 + position  # more than what is taken from it
            marks |= {} if is_number else {key: status}
        made.agency(agency_id, "示例局", "county")
        made.report(agency_id, 2022, dict(values), form=form, marks=marks)
        zeros = {
            key: 0 if marks.get(key) in BLANK_STATUSES else value for key, value in values.items()
        }
        want[f"{agency_id}-2022"] = values, zeros
    db = made.finish()
    blank0 = {r["report_id"]: r for r in db.execute("SELECT * FROM agency_years_blank0")}
    rows = db.execute("SELECT * FROM agency_years").fetchall()
    assert len(rows) == len(want)
    for row in rows:
        values, zeros = want[row["report_id"]]
        for code in components():
            assert row[code] == by_definition(code, values), (row["report_id"], code)
        for code in indicators.indicators():
            assert row[code] == pytest.approx(rate(code, values), abs=2e-6), code
            found = blank0[row["report_id"]][f"{code}_blank0"]
            assert found == pytest.approx(rate(code, zeros), abs=2e-6), code
    told = [(row, blank0[row["report_id"]]) for row in rows]
    unlike = [
        code
        for code in indicators.indicators()
        if all(strict[code] == loose[f"{code}_blank0"] for strict, loose in told)
    ]
    assert unlike == [], "the two variants were never told apart"


def test_the_dictionary_says_what_the_views_do() -> None:
    rows = {str(row["indicator"]): row for row in indicators.rows()}
    assert rows["disclosed_of_handled"]["denominator"] == (
        "t3_processed_total_total - (t3_not_processed_petition_total + "
        "t3_not_processed_repeat_total + t3_not_processed_publication_total + "
        "t3_not_processed_abusive_total + t3_not_processed_reconfirm_total) - "
        "coalesce(t3_other_handling_total, t3_other_no_correction_total + "
        "t3_other_fee_unpaid_total + t3_other_misc_total)"
    )
    for code, each in indicators.indicators().items():
        assert "_of_" in code
        assert each.numerator in components()
        assert each.denominator in components()
        assert all((each.title, each.title_en, each.note, each.legal))
    printed = {slot.key for form in forms().values() for slot in form.slots()}
    assert {key for code in components() for key in figures_of(code)} <= printed


def test_a_report_is_looked_up_by_its_agency(town: sqlite3.Connection) -> None:
    for view in ("agency_years", "agency_years_blank0", "applicant_years"):
        sql = f"EXPLAIN QUERY PLAN SELECT * FROM {view} WHERE agency_id = 'x'"
        plan = [row["detail"] for row in town.execute(sql)]
        assert not [step for step in plan if "SCAN" in step or "AUTOMATIC" in step], plan
