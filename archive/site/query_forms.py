"""Named queries of the site: the examples of the release, each with filters of its result.

A filter only leaves out rows of the result: no sum, rate or denominator is another one for it.
What is empty filters nothing, so a query without its parameters is the example as it stands.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from archive.agencies.kinds import kinds
from archive.schema import codes
from archive.schema.describe import ATTACH, example_rows
from archive.schema.rates import applicants


@dataclass(frozen=True, slots=True)
class Hint:
    """How a form asks for a parameter.

    Attributes:
        label: What it is.
        hint: What may be entered.
        values: Values to choose from, each with its word; () for a field of text.
    """

    label: str
    hint: str = ""
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Filter:
    """A parameter, the columns of a result that it filters, and how."""

    parameter: str
    columns: tuple[str, ...]
    condition: str
    hint: Hint


_EQUAL = "{column} = :{parameter}"
_STARTS = "substr({column}, 1, length(:{parameter})) = :{parameter}"
_CONTAINS = "instr({column}, :{parameter}) > 0"
_CODES = "行政区划代码，或它开头的几位：44 为广东省，4403 为深圳市"
_FILTERS = (
    _Filter("year", ("年度",), "{column} = CAST(:{parameter} AS INTEGER)",
            Hint("年度", "四位数，如 2021；不填为全部")),
    _Filter("level", ("层级",), _EQUAL, Hint("层级", values=tuple(codes.LEVEL.items()))),
    _Filter("scope", ("范围",), _EQUAL, Hint("范围", values=tuple(codes.SCOPE.items()))),
    _Filter("kind", ("类别",), _EQUAL,
            Hint("机关类别", values=tuple((name, name) for name in kinds().values()))),
    _Filter("region", ("地区代码", "省级代码"), _STARTS, Hint("地区", _CODES)),
    _Filter("agency", ("机关", "政府"), _CONTAINS, Hint("机关名称", "含这些字的")),
    _Filter("applicant", ("申请人",), _EQUAL, Hint("申请人", values=tuple(applicants().items()))),
    _Filter("check", ("核对",), _EQUAL, Hint("核对代码", "如 C01，见表 checks")),
    _Filter("report", ("年报",), _STARTS, Hint("年报标识", "标识或它的开头")),
)  # fmt: skip
_HINTS = {each.parameter: each.hint for each in _FILTERS}
#: Results whose column of that name holds no such thing: 机关 is how many agencies there are.
_UNLIKE = {"覆盖": ("agency",)}
_LIMIT = re.compile(r"\s+LIMIT (\d+)$")
#: Parameters that belong into the query itself: what stands there, and what is put there.
_INSIDE: Mapping[str, tuple[tuple[str, str], ...]] = {
    "一个机关历年公开率": (
        ("agency_id = (", "agency_id = coalesce(nullif(:agency_id, ''), ("),
        ("LIMIT 1)", "LIMIT 1))"),
    ),
}
_HINTS["agency_id"] = Hint("机关标识", "如 440300-finance，见机关页的地址；不填为年报最多的一个")


def named_queries(connection: sqlite3.Connection) -> dict[str, Any]:
    """The examples that need nianbao.db alone, as Datasette's named queries.

    Args:
        connection: To an empty database with the tables of a release.
    """
    return {
        each["name"]: {
            "title": f"{each['theme']}：{each['name']}",
            "theme": each["theme"],
            "description": each["text"],
            "sql": with_filters(each["name"], each["sql"], _columns(connection, each["sql"])),
        }
        for each in example_rows()
        if not each["sql"].startswith(ATTACH)
    }


def _columns(connection: sqlite3.Connection, sql: str) -> list[str]:
    cursor = connection.execute(f"SELECT * FROM ({sql}) LIMIT 0")
    return [column[0] for column in cursor.description]


def with_filters(name: str, sql: str, columns: Iterable[str]) -> str:
    """An example with a parameter for each column of its result that one may want to filter."""
    for old, new in _INSIDE.get(name, ()):
        sql = sql.replace(old, new, 1)
    have = set(columns)
    found = [
        (each, column)
        for each in _FILTERS
        if each.parameter not in _UNLIKE.get(name, ())
        for column in each.columns
        if column in have
    ]
    if not found:
        return sql
    limit = _LIMIT.search(sql)
    conditions = "\n  AND ".join(
        f"(:{each.parameter} = '' OR "
        + each.condition.format(column=f'"{column}"', parameter=each.parameter)
        + ")"
        for each, column in found
    )
    inner = _LIMIT.sub("", sql)
    end = f"\nLIMIT {limit[1]}" if limit else ""
    return f"SELECT * FROM (\n{inner}\n)\nWHERE {conditions}{end}"


def hint_of(parameter: str) -> Hint:
    """How a form asks for a parameter; one that nobody knows is called by its name."""
    return _HINTS.get(parameter, Hint(parameter))


def by_theme(queries: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Named queries by theme, in the order of the themes."""
    order = _places()
    found: dict[str, list[Mapping[str, Any]]] = {}
    for query in sorted(queries, key=lambda each: order.get(each["name"], len(order))):
        found.setdefault(str(query.get("theme", "其他")), []).append(query)
    return found


@cache
def _places() -> dict[str, int]:
    return {each["name"]: place for place, each in enumerate(example_rows())}
