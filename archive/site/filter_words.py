"""Filters of Datasette's table pages in Chinese: what may be chosen, and what was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Lookups of Datasette's filters as the form offers them.
OPERATORS = {
    "exact": "等于",
    "not": "不等于",
    "contains": "含",
    "endswith": "以…结尾",
    "startswith": "以…开头",
    "gt": "大于",
    "gte": "不小于",
    "lt": "小于",
    "lte": "不大于",
    "like": "合于 LIKE",
    "notlike": "不合于 LIKE",
    "glob": "合于 GLOB",
    "in": "是其中之一（以逗号分隔）",
    "notin": "不是其中任何一个",
    "arraycontains": "数组含",
    "arraynotcontains": "数组不含",
    "date": "日期为",
    "isnull": "为空值",
    "notnull": "不为空值",
    "isblank": "为空值或空文本",
    "notblank": "有内容",
}
#: How a filter is said in a sentence: column, then value.
_SAID = {
    "endswith": "{0}以“{1}”结尾",
    "startswith": "{0}以“{1}”开头",
    "in": "{0}是 {1} 之一",
    "notin": "{0}不是 {1} 中任何一个",
    **{key: f"{{0}}{OPERATORS[key]}" for key in ("isnull", "notnull", "isblank", "notblank")},
}


def said(
    filters: Any, search: str | None, headings: Mapping[str, str], where: int = 0
) -> list[str]:
    """The conditions of a table page, one a sentence.

    Args:
        filters: Datasette's `Filters`.
        search: What was searched for.
        headings: Column → heading.
        where: How many conditions are given as SQL.
    """
    found = [f"含“{search}”"] if search else []
    for column, lookup, value in filters.selections():
        pattern = _SAID.get(lookup, f"{{0}}{OPERATORS.get(lookup, lookup)}“{{1}}”")
        found.append(pattern.format(headings.get(column, column), value))
    return [*found, f"另有 {where} 个 SQL 条件"] if where else found
