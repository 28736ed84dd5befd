"""Short Chinese headings of the columns of public tables, and the words of their codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from archive.agencies.kinds import kinds
from archive.schema import codes, label_of, meaning_of, words
from archive.schema.rates import applicants
from extract.forms import columns

#: A description begins with what may stand in a heading.
_HEAD = re.compile(r"[：；，。]")
_LONGEST = 24
#: Descriptions that begin with a code, or with what several columns share.
_HEADINGS = {
    "is_vertical": "垂直管理",
    "denied_mandatory": "不予公开：法定必须",
    "denied_third_party": "不予公开：保护第三方",
    "denied_discretionary": "不予公开：可以不公开",
    "redirected": "不予公开：行政查询",
    "year": "年度",
    "scope": "范围",
    "status": "状态",
    "region_code": "区划代码",
    "agencies": "所知机关",
    "of_known": "占所知机关",
    "first_capture_late": "首次查看晚于期限",
    "seen_late": "首次取得晚于期限",
    "is_on": "启用",
    "is_verified": "已核对出处",
    "existence": "是否存在",
    "what": "何物",
    "places": "位置（压缩）",
    "said": "依据（压缩）",
}
#: What `kind` is where it is no agency's.
_KINDS = {
    "lines": {"kind": "数的种类"},
    "changes": {"kind": "种类"},
    "page_changes": {"kind": "种类"},
}
#: (table, column) → words of its codes; "" for any table.
_CODES: dict[tuple[str, str], Mapping[str, str]] = {
    ("", "scope"): codes.SCOPE,
    ("", "level"): codes.LEVEL,
    ("", "part"): codes.PART,
    ("", "existence"): codes.EXISTENCE,
    ("", "org_form"): codes.ORG_FORM,
    ("", "role"): codes.ROLE,
    ("", "cause"): codes.CHANGE_CAUSE,
    # As the named queries call them.
    ("", "层级"): codes.LEVEL,
    ("", "范围"): codes.SCOPE,
    ("", "部分"): codes.PART,
    ("", "是否存在"): codes.EXISTENCE,
    ("", "申请人"): applicants(),
    ("", "applicant"): applicants(),
    ("reports", "status"): codes.REPORT_STATUS,
    ("versions", "status"): codes.REPORT_STATUS,
    ("first_versions", "status"): codes.REPORT_STATUS,
    ("agency_years", "status"): codes.REPORT_STATUS,
    ("coverage", "status"): codes.COVERAGE_STATUS,
    ("frame", "status"): codes.FRAME_STATUS,
    ("figure_notes", "status"): codes.FIGURE_STATUS,
    ("findings", "status"): codes.FINDING_STATUS,
    ("current_findings", "status"): codes.FINDING_STATUS,
    ("changes", "kind"): codes.CHANGE_KIND,
    ("page_changes", "kind"): codes.CHANGE_KIND,
    ("agency_names", "source"): codes.NAME_SOURCE,
    ("agency_names", "relation"): codes.NAME_RELATION,
    ("flags", "about"): codes.ABOUT,
}
#: From where a series does not go on as before (`archive.schema.indicators.breaks`), in short.
BREAKS = {"form": "2021 年格式起", "review_first": "2024 年复议前置起（待核对）"}
_CODES |= {("", "break_before"): BREAKS, ("", "中断"): BREAKS}
_OF_AGENCIES = (
    "agencies", "reports", "agency_years", "agency_years_blank0", "applicant_years",
    "kind_years", "kind_years_blank0", "frame", "frame_summary", "expected",
)  # fmt: skip


@cache
def headings(table: str) -> dict[str, str]:
    """Column → heading, for the columns that have a description."""
    if table == "figures":
        labels = {key: label_of(slots) for key, slots in columns().items()}
        return {"version_id": "版本标识", **labels}
    described = words.COLUMNS.get(table, {})
    own = {"kind": "类别代码"} if table in _OF_AGENCIES else _KINDS.get(table, {})
    given = {**_HEADINGS, **own}
    found = {name: given.get(name) or _short(text) for name, text in described.items()}
    for name in [each for each in found if each.endswith(("_of", "_n"))]:
        rate, _, end = name.rpartition("_")
        if rate in found:
            found[name] = f"{found[rate]} · {'Σ 分母' if end == 'of' else '份数'}"
    return found


@cache
def meanings(table: str) -> dict[str, str]:
    """Column → all that is said of it in Chinese."""
    if table == "figures":
        return {key: meaning_of(key, slots) for key, slots in columns().items()}
    return words.COLUMNS.get(table, {})


def title(table: str) -> str:
    """Chinese name of a table or view; its own name if it has none."""
    return words.TITLES.get(table, table)


@cache
def code_words(table: str, column: str) -> Mapping[str, str]:
    """Words of the codes that a column holds; {} where it holds no codes."""
    if column == "kind" and table in _OF_AGENCIES:
        return kinds()
    return _CODES.get((table, column)) or _CODES.get(("", column), {})


def _short(text: str) -> str:
    head = _HEAD.split(text, maxsplit=1)[0]
    is_whole = len(head) <= _LONGEST and head.count("（") == head.count("）")
    return head if is_whole else head.partition("（")[0]
