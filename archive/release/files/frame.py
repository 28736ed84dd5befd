"""The frame as a file: one row a region, kind and span of years with the same status.

Cell by cell the country is two million rows. Spans of the regions of which the archive knows
something are 160,000 rows and 15 MB at most; of any other region nothing differs by kind, so
its kinds are one row a span and existence: 25,000 rows and 2 MB for all of them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from ...schema.codes import EXISTENCE, FRAME_STATUS, LEVEL, PART, Codes
from ...schema.coverage import in_force
from ...schema.words import COLUMNS, TITLES
from .cells import batches
from .fields import Field, Rows, Table
from .spans import WHOLE, Span

_BATCH = 20_000
NAME = "frame"
_TEXT = (
    "一行一个行政区划、一类机关、状态相同的一段年度。本档案一无所知的行政区划，各类机关并为一行，"
    "机关类别为 *，类别数为所含类别数（类别见 nianbao.db 的表 expected）；其垂直管理机关与是否存在"
    "为“不详”的类别，以及一无所知的开发区、乡镇街道，不在此文件。"
    "未取得均不等于未公布；是否存在为“不详”的不计作缺；local 以外的部分另计。"
)
#: In the place of a kind: all that are expected there.
_ANY, _ALL_KINDS = "*", "全部类别"
_NOT_REGISTERED = "not_registered"
_SPANS = """
SELECT region_code, region_name, province_code, level, part, kind, kind_name,
  min(year) AS first_year, max(year), count(*), 1, existence, status, how
FROM (
  SELECT *, year - row_number() OVER (
    PARTITION BY region_name, kind, part, existence, status, how ORDER BY year) AS island
  FROM (SELECT region_code, region_name, province_code, level, part, kind, kind_name, year,
          existence, status, how FROM frame WHERE region_code = ?))
GROUP BY region_name, kind, part, existence, status, how, island ORDER BY kind, first_year"""
_KNOWN = """
SELECT region_code FROM _frame_regions
WHERE region_code IN (SELECT region_code FROM regions) ORDER BY 1"""
_UNKNOWN = f"""
SELECT g.region_code, g.name, g.province_code, g.level, g.valid_from, coalesce(g.valid_to, 9999)
FROM regions g WHERE g.level <> 'township' AND g.kind <> '开发区'
  AND {in_force("g.region_code")}
  AND g.region_code NOT IN (SELECT region_code FROM _frame_regions)
ORDER BY 1, g.valid_from"""
_KINDS = """
SELECT level, existence, min(year), max(year), kinds FROM (
  SELECT *, year - row_number() OVER (PARTITION BY level, existence, kinds ORDER BY year) AS island
  FROM (
    SELECT e.level, e.existence, y.year, count(*) AS kinds FROM expected e
    JOIN _frame_years y ON y.year BETWEEN e.first_year AND coalesce(e.last_year, 9999)
    WHERE e.part = 'local' AND e.existence <> 'unknown' GROUP BY 1, 2, 3))
GROUP BY level, existence, kinds, island ORDER BY 1, 2, 3"""


def frame_table(db: sqlite3.Connection) -> Table:
    """The frame on its way into files."""

    def spans() -> Iterator[list[Any]]:
        for (code,) in db.execute(_KNOWN).fetchall():
            yield from map(_with_words, db.execute(_SPANS, (code,)))
        yield from map(_with_words, _unknown(db))

    def rows(_: Span = WHOLE) -> Rows:
        yield from batches(spans(), _BATCH)

    def size() -> int:
        # No more spans than rules at an average; only the choice of the file's ending rests on it.
        (known,) = db.execute(f"SELECT count(*) FROM ({_KNOWN})").fetchone()
        (kinds,) = db.execute("SELECT count(*) FROM expected").fetchone()
        return int(known * kinds)

    key = ("region_code", "region_name", "kind", "existence", "first_year")
    return Table(NAME, TITLES[NAME], _TEXT, _FIELDS, key, size, rows)


def _field(name: str, header: str, text: str | None = None, kind: str = "code") -> Field:
    return Field(name, header, text or COLUMNS[NAME][name], kind)


_FIELDS = (
    _field("region_code", "地区代码"),
    _field("region_name", "地区"),
    _field("province_code", "省级代码"),
    _field("level", "层级代码"),
    _field("level_name", "层级", "“层级代码”的名称"),
    _field("part", "部分代码"),
    _field("part_name", "部分", "“部分代码”的名称"),
    _field("kind", "机关类别代码", "机关类别代码；* 为该层级当年应有的全部类别"),
    _field("kind_name", "机关类别"),
    _field("first_year", "起始年度", "这一段的最早年度", "integer"),
    _field("last_year", "终止年度", "这一段的最近年度", "integer"),
    _field("years", "年度数", "这一段的年度数", "integer"),
    _field("kinds", "类别数", "这一行代表的机关类别数", "integer"),
    _field("existence", "是否存在代码"),
    _field("existence_name", "是否存在", "“是否存在代码”的名称"),
    _field("status", "状态代码"),
    _field("status_name", "状态", "“状态代码”的名称"),
    _field("how", "未读取缘由"),
)
#: Places in a row of the codes that a word follows.
_WORDS: dict[int, Codes] = {3: LEVEL, 4: PART, 11: EXISTENCE, 12: FRAME_STATUS}


def _with_words(row: Sequence[Any]) -> list[Any]:
    said: list[Any] = []
    for place, value in enumerate(row):
        said.append(value)
        if place in _WORDS:
            said.append(_WORDS[place].get(value, value))
    return said


def _unknown(db: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    """Spans of the regions of which the archive knows neither a column nor a report."""
    spans: dict[str, list[tuple[Any, ...]]] = {}
    for level, *span in db.execute(_KINDS):
        spans.setdefault(level, []).append(tuple(span))
    for code, name, province, level, start, end in db.execute(_UNKNOWN):
        head = code, name, province, level, "local", _ANY, _ALL_KINDS
        for existence, first, last, kinds in spans.get(level, ()):
            since, until = max(first, start), min(last, end - 1)
            if since <= until:
                years = until - since + 1
                yield *head, since, until, years, kinds, existence, _NOT_REGISTERED, None
