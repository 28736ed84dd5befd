"""C18: an aggregate beside the sum of its members, where the archive holds all of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extract.forms import columns
from extract.types import Finding, Value

from .running import Found, Passed, check
from .wording import differ, differ_en, rounded

#: What is added up: totals that every agency prints alike.
_SUMMED = (
    "t3_received_new_total", "t3_carried_in_total", "t3_processed_total_total",
    "t3_carried_out_total", "t4_review_total", "t4_suit_direct_total",
    "t4_suit_after_review_total",
)  # fmt: skip
#: Aggregates of governments below which the release knows regions, and of whose level and
#: year the frame says what there certainly was.
_CERTAIN = """e.level = g.level AND e.existence = 'certain' AND e.part = 'local'
  AND e.kind <> 'government' AND w.year BETWEEN e.first_year AND coalesce(e.last_year, 9999)"""
_WHOLES = f"""wholes AS MATERIALIZED (
  SELECT w.n, w.version_id, w.year, g.agency_id, g.region_code, g.level
  FROM temp.current w JOIN agencies g ON g.agency_id = w.agency_id
  WHERE w.scope = 'aggregate'
  AND g.region_code IN (SELECT x.parent_code FROM regions x)
  AND EXISTS (SELECT 1 FROM expected e WHERE {_CERTAIN})
)"""
#: Agencies known below a government: departments and towns with their own reports;
#: governments with their aggregates, which hold their departments.
_PARTS = """parts AS MATERIALIZED (
  SELECT government, agency_id, 'own' AS scope FROM temp.members
  UNION ALL
  SELECT u.agency_id, a.agency_id, 'aggregate'
  FROM temp.governments a CROSS JOIN agencies u ON u.agency_id = a.parent_id
  WHERE u.kind = 'government' AND u.agency_id <> a.agency_id
  UNION ALL
  SELECT u.agency_id, a.agency_id, 'aggregate'
  FROM temp.governments a CROSS JOIN temp.governments u ON u.region_code =
    (SELECT x.parent_code FROM regions x WHERE x.region_code = a.region_code
      ORDER BY x.valid_from DESC LIMIT 1)
  WHERE a.parent_id IS NULL AND u.agency_id <> a.agency_id
)"""
#: Regions of which no agency is known that would report for them.
_SILENT = """silent AS MATERIALIZED (
  SELECT parent_code, region_code, valid_from, valid_to FROM regions WHERE region_code NOT IN (
    SELECT region_code FROM agencies
    WHERE kind IN ('government', 'town', 'subdistrict') AND region_code IS NOT NULL)
)"""
#: Members of each aggregate, by the ids that they have or would have: those known here (not
#: before they took over from another, nor after another took over), those that the frame is
#: certain of, and one for each region right below of which no agency is known.
_BELONG = f"""belong AS MATERIALIZED (
  SELECT w.n, p.agency_id, p.scope FROM wholes w JOIN parts p ON p.government = w.agency_id
  JOIN agencies a ON a.agency_id = p.agency_id
  WHERE (w.year <= a.last_year OR a.successor_id IS NULL)
  AND (w.year >= a.first_year OR a.agency_id NOT IN (
    SELECT b.successor_id FROM agencies b WHERE b.successor_id IS NOT NULL))
  UNION
  SELECT w.n, g.region_code || '-' || e.kind, 'own'
  FROM wholes w JOIN agencies g ON g.agency_id = w.agency_id JOIN expected e ON {_CERTAIN}
  UNION
  SELECT w.n, x.region_code, 'own' FROM wholes w JOIN silent x ON x.parent_code = w.region_code
  WHERE w.year >= x.valid_from AND w.year < coalesce(x.valid_to, 9999)
)"""


@dataclass(frozen=True, slots=True)
class _Whole:
    version_id: str
    members: int
    printed: tuple[Value, ...]
    summed: tuple[Value, ...]
    filled: tuple[int, ...]


@check("C18")
def aggregate_sum(db: sqlite3.Connection) -> Iterator[Found | Passed]:
    """An aggregate's totals are the sums of its members', if all members are here.

    Members are what the frame is certain of and what the archive knows, as the question
    汇总与所属机关之和 counts them. Where one has no report that was read, nothing is said.
    """
    printed = ", ".join(f'h."{key}"' for key in _SUMMED)
    sums = ", ".join(f'sum(f."{key}"), count(f."{key}")' for key in _SUMMED)
    sql = f"""WITH {_WHOLES}, {_PARTS}, {_SILENT}, {_BELONG}
SELECT w.version_id, count(*), {printed}, {sums}
FROM wholes w JOIN figures h ON h.version_id = w.version_id
JOIN belong m ON m.n = w.n
LEFT JOIN temp.current c ON c.agency_id = m.agency_id AND c.scope = m.scope AND c.year = w.year
LEFT JOIN figures f ON f.version_id = c.version_id
GROUP BY w.n HAVING count(f.version_id) = count(*)"""
    for version_id, members, *rest in db.execute(sql):
        size = len(_SUMMED)
        whole = _Whole(
            version_id, members,
            tuple(rest[:size]), tuple(map(rounded, rest[size::2])), tuple(rest[size + 1 :: 2]),
        )  # fmt: skip
        yield from _compared(whole)


def _compared(whole: _Whole) -> Iterator[Found | Passed]:
    """What can be compared: totals that the aggregate and every member print."""
    cells = zip(_SUMMED, whole.printed, whole.summed, whole.filled, strict=True)
    full = [(key, p, s) for key, p, s, count in cells if p is not None and count == whole.members]
    differing = [each for each in full if each[1] != each[2]]
    if len(full) > len(differing):
        yield Passed(whole.version_id, len(full) - len(differing))
    if differing:
        yield Found(whole.version_id, _finding(whole, differing))


def _finding(whole: _Whole, differing: Sequence[tuple[str, Value, Value]]) -> Finding:
    key, left, right = differing[0]
    line = columns()[key][-1].line
    many, many_en = (
        (f"等{len(differing)}项", f" (figures: {len(differing)})")
        if len(differing) > 1
        else ("", "")
    )
    about = (
        f"“{line.name}”总计{many}，与所属各机关年报之和"
        f"（应有及本档案所知的{whole.members}个机关，均已取得）"
    )
    about_en = (
        f"{line.label_en}, total{many_en}, and the sum of its members' reports (members that "
        f"there should be or are known here: {whole.members}, all of them held)"
    )
    return Finding(
        "C18", "fail", left, right, tuple(each[0] for each in differing),
        differ(about, left, right), differ_en(about_en, left, right),
    )  # fmt: skip
