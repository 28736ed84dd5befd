"""C10: who may make 规章 (forms-and-rules §1.7, §2; Legislation Law, general knowledge)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from extract.forms import columns
from extract.types import Finding, Value

from .running import Found, Passed, check
from .wording import say

#: Ministries; governments of provinces, of cities at prefecture level (also those without
#: districts: 东莞, 中山, 嘉峪关) and of autonomous prefectures. A government's office prints its
#: government's rules. A 地区 or 盟 has an agency of its province in place of a government.
_COMPETENT = """(a.level = 'country' OR a.kind IN ('government', 'gov_office') AND (
  a.level = 'province' OR a.level = 'prefecture'
  AND a.region_name NOT LIKE '%地区' AND a.region_name NOT LIKE '%盟'))"""
_FROM = """FROM temp.current c JOIN agencies a ON a.agency_id = c.agency_id
JOIN figures f ON f.version_id = c.version_id"""


@check("C10")
def competence(db: sqlite3.Connection) -> Iterator[Found | Passed]:
    """规章 stand only in the reports of bodies that make them, and of their governments."""
    rules = [key for key in columns() if key.startswith("t2_rules_")]
    some = " OR ".join(f'f."{key}" > 0' for key in rules)
    values = ", ".join(f'f."{key}"' for key in rules)
    passed = f"SELECT c.version_id {_FROM} WHERE coalesce({values}) IS NOT NULL"
    for (version_id,) in db.execute(f"{passed} AND (({some}) IS NOT TRUE OR {_COMPETENT})"):
        yield Passed(version_id)
    sql = f"""SELECT c.version_id, a.level IS NOT NULL AND a.kind IS NOT NULL, {values}
{_FROM} WHERE ({some}) AND {_COMPETENT} IS NOT TRUE ORDER BY c.n"""
    for version_id, is_known, *printed in db.execute(sql):
        made = {key: v for key, v in zip(rules, printed, strict=True) if v is not None and v > 0}
        yield Found(version_id, _finding(made, is_known=bool(is_known)))


def _finding(made: dict[str, Value], *, is_known: bool) -> Finding:
    (key, value), *_ = made.items()
    label, label_en = columns()[key][-1].measure.label, columns()[key][-1].measure.label_en
    if not is_known:
        return Finding(
            "C10", "not_assessable", value, None, tuple(made),
            f"“规章”{label}不为零；本档案尚未确定该机关的层级与类别，无法核对。",
            f"Rules, {label_en}: not zero; the agency's level and kind are not settled here; "
            "not assessable.",
        )  # fmt: skip
    return Finding(
        "C10", "fail", value, None, tuple(made),
        f"“规章”{label}所载为{say(value)}；规章由国务院部门、省级人民政府、设区的市和自治州的"
        "人民政府制定。",
        f"Rules, {label_en}: printed is {say(value)}; rules are made by ministries and by the "
        "governments of provinces, cities at prefecture level and autonomous prefectures.",
    )  # fmt: skip
