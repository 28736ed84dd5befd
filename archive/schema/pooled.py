"""Views of rates pooled by region and by kind of agency: sums over sums, never averages.

Of the reports that have both numbers; reports of different scope and level never meet in one
row. The sums by kind, a thousand rows for a country, are worked out when a release is built;
those by region would take a twentieth of its size, and one year of them is quickly asked.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from . import indicators
from .indicators import BLANK0, Value, blank_as_zero, break_before, formula, printed
from .rates import BLANKS, FORM, FROM, LEVEL, SCOPE, VERTICAL, rate_of

Columns = Mapping[str, tuple[str, str]]
_VARIANTS: tuple[tuple[str, Value], ...] = (("", printed), (BLANK0, blank_as_zero))
#: What is told of a group beside its rates: SQL over `FROM`, and its meaning.
COUNTS: Columns = {
    "reports": ("count(*)", "现行年报份数，未读出的也在内"),
    "read": ("sum(r.status = 'read')", "其中已读出的"),
    "must_failed": ("sum(r.must_failed > 0)", "其中有表格自印恒等式不相等的"),
    "form_2019": (f"sum({FORM} IS '2019')", "其中第三章表为 2019 年格式的"),
    "form_2021": (f"sum({FORM} IS '2021')", "其中第三章表为 2021 年格式的"),
}


@dataclass(frozen=True, slots=True)
class Pool:
    """Reports that are added up.

    Attributes:
        view: Name of the view.
        keys: Columns that all reports of a group share, beside the year: SQL and meaning.
        label: Column with the group's name.
        label_sql: SQL of it.
        title: What a group is, in Chinese.
        stored: Table that holds the sums, or "".
    """

    view: str
    keys: Columns
    label: str
    label_sql: str
    title: str
    stored: str = ""

    @property
    def group(self) -> dict[str, str]:
        """SQL of the columns by which it is grouped."""
        return {name: sql for name, (sql, _) in self.keys.items()} | {"year": "r.year"}


POOLS = (
    Pool(
        "region_years",
        {
            "region_code": ("g.region_code", "行政区划代码；机关未确定的合为一行，此列为空"),
            "level": ("g.level", f"机关的{LEVEL}；乡镇、部门的本机关年报与政府汇总不在同一行"),
            "is_vertical": ("g.is_vertical", VERTICAL),
            "scope": ("r.scope", SCOPE),
        },
        "region_name",
        "max(g.region_name)",
        "地区",
    ),
    Pool(
        "kind_years",
        {
            "kind": ("g.kind", "机关类别代码；机关未确定的合为一行，此列为空"),
            "level": ("g.level", LEVEL),
            "scope": ("r.scope", SCOPE),
        },
        "kind_name",
        "max(g.kind_name)",
        "机关类别",
        "_kind_sums",
    ),
)


def pooled_tables() -> str:
    """The statements that create the tables of sums."""
    return "".join(
        f"CREATE TABLE {pool.stored}{end} (  -- see the view {pool.view}{end}\n  "
        + ",\n  ".join(f"{name} ANY" for name in _sums(pool, value))
        + ",\n  agencies INTEGER NOT NULL\n) STRICT;\n"
        for pool in POOLS
        for end, value in _VARIANTS
        if pool.stored
    )


def pooled_views() -> str:
    """The statements that create the views."""
    return "\n".join(
        f"CREATE VIEW {pool.view}{end} AS  -- {_TEXT[end]}\nSELECT {_picked(pool, value, end)};"
        for pool in POOLS
        for end, value in _VARIANTS
    )


def add_up(db: sqlite3.Connection, years: Collection[int] | None = None) -> None:
    """Fill the tables of sums, once all reports are there and their findings are counted.

    Args:
        db: nianbao.db.
        years: The years of reports that are otherwise than in the sums which are there; None
            if there are no sums yet.
    """
    some = "" if years is None else f"WHERE r.year IN ({', '.join(map(str, sorted(years)))})"
    with db:
        for pool in (each for each in POOLS if each.stored):
            # Both tables ask for it, and so does each of the rows of other years.
            db.execute(f"CREATE TEMP TABLE known_groups AS {_known(pool)}")
            for end, value in _VARIANTS:
                table = f"{pool.stored}{end}"
                if years is not None:
                    db.execute(f"DELETE FROM {table} AS r {some}")
                summed = _summed(pool, value, end, some, "temp.known_groups")
                db.execute(f"INSERT INTO {table} SELECT s.*, k.agencies FROM {summed}")
                if years is not None:
                    same = " AND ".join(f"k.{name} IS {table}.{name}" for name in pool.keys)
                    counted = f"UPDATE {table} SET agencies = k.agencies FROM temp.known_groups k"
                    db.execute(f"{counted} WHERE {same}")
            db.execute("DROP TABLE temp.known_groups")


_TEXT = {
    "": "Σ 分子 ÷ Σ 分母，_of 为 Σ 分母，_n 为两数俱全的年报份数",
    BLANK0: "同上，印出的空白按 0 计",
}


def _picked(pool: Pool, value: Value, end: str) -> str:
    """Columns of a view, and what they are taken from."""
    picked = [f"s.{name} AS {name}" for name in (*pool.group, pool.label)]
    picked += [f"{break_before('s.year')} AS break_before"]
    picked += [f"s.{name} AS {name}" for name in COUNTS]
    known = "s.agencies" if pool.stored else "k.agencies"
    picked += [f"{known} AS agencies", f"round(1.0 * s.read / {known}, 4) AS of_known"]
    for code in indicators.indicators():
        picked.append(f"{rate_of(f's.{code}_', f's.{code}_of')} AS {code}{end}")
        picked += [f"s.{code}{part} AS {code}{end}{part}" for part in ("_of", "_n")]
    source = f"{pool.stored}{end} s" if pool.stored else _summed(pool, value, end)
    return ",\n  ".join(picked) + f"\nFROM {source}"


def _summed(pool: Pool, value: Value, end: str, some: str = "", known: str = "") -> str:
    """The sums `s` of each group, and `k`: how many agencies of such a group are known."""
    same = " AND ".join(f"k.{name} IS s.{name}" for name in pool.keys)
    return (
        f"(SELECT {_named(_sums(pool, value))}\n  {FROM}{BLANKS if end else ''} {some}\n"
        f"  GROUP BY {', '.join(pool.group.values())}) s\n"
        f"LEFT JOIN {known or f'({_known(pool)})'} k ON {same}"
    )


def _known(pool: Pool) -> str:
    """How many agencies of each group there are, of all years together."""
    known = {name: sql for name, (sql, _) in pool.keys.items()}
    return (
        f"SELECT {_named(known)}, count(DISTINCT r.agency_id) AS agencies\n"
        "  FROM _reports r JOIN agencies g ON g.agency_id = r.agency_id\n"
        f"  GROUP BY {', '.join(known.values())}"
    )


def _sums(pool: Pool, value: Value) -> dict[str, str]:
    """Name and SQL of what is worked out of each group."""
    sums = {**pool.group, pool.label: pool.label_sql}
    sums |= {name: sql for name, (sql, _) in COUNTS.items()}
    for code, each in indicators.indicators().items():
        numerator = f"({formula(each.numerator, value)})"
        denominator = f"({formula(each.denominator, value)})"
        sums[f"{code}_"] = f"sum(CASE WHEN {denominator} IS NOT NULL THEN {numerator} END)"
        sums[f"{code}_of"] = f"sum(CASE WHEN {numerator} IS NOT NULL THEN {denominator} END)"
        sums[f"{code}_n"] = f"count({numerator} + {denominator})"
    return sums


def _named(columns: Mapping[str, str]) -> str:
    return ",\n  ".join(f"{sql} AS {name}" for name, sql in columns.items())
