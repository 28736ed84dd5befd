"""C18: an aggregate beside the sum of its members, where the archive holds all it knows of."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extract.forms import columns
from extract.types import Finding, Value

from .running import Found, Passed, check
from .wording import rounded, say

#: What is added up: totals that every agency prints alike.
_SUMMED = (
    "t3_received_new_total", "t3_carried_in_total", "t3_processed_total_total",
    "t3_carried_out_total", "t4_review_total", "t4_suit_direct_total",
    "t4_suit_after_review_total",
)  # fmt: skip
#: Regions right below a government's that are valid in the year, and that no agency known
#: here reports for: members whose report is missing.
_WITHOUT_AGENCY = """(SELECT count(DISTINCT x.region_code) FROM regions x
WHERE x.parent_code = g.region_code AND w.year >= x.valid_from
AND (x.valid_to IS NULL OR w.year < x.valid_to) AND NOT EXISTS (
  SELECT 1 FROM agencies o WHERE o.region_code = x.region_code
  AND o.kind IN ('government', 'town', 'subdistrict')))"""
_HAS_REGIONS = "EXISTS (SELECT 1 FROM regions x WHERE x.parent_code = g.region_code)"
#: Members: departments and towns with their own reports; governments below with their
#: aggregates, which hold their departments.
_PARTS = """WITH parts AS MATERIALIZED (
  SELECT government, agency_id, kind, 'own' AS scope, first_year, last_year FROM temp.members
  UNION ALL
  SELECT u.agency_id, a.agency_id, a.kind, 'aggregate', a.first_year, a.last_year
  FROM agencies a JOIN agencies u ON u.kind = 'government' AND u.agency_id <> a.agency_id AND CASE
    WHEN a.parent_id IS NOT NULL THEN u.agency_id = a.parent_id
    ELSE u.region_code = (SELECT x.parent_code FROM regions x WHERE x.region_code = a.region_code
      ORDER BY x.valid_from DESC LIMIT 1) END
  WHERE a.kind = 'government'
)"""


@dataclass(frozen=True, slots=True)
class _Whole:
    version_id: str
    held: int
    known: int
    printed: tuple[Value, ...]
    summed: tuple[Value, ...]
    filled: tuple[int, ...]


@check("C18")
def aggregate_sum(db: sqlite3.Connection) -> Iterator[Found | Passed]:
    """An aggregate's totals are the sums of its members', if all members are here.

    A government's office reports in every county; where it has no report here, or a region
    below has none, members are missing, and nothing is said.
    """
    sums = ", ".join(f'sum(f."{key}"), count(f."{key}")' for key in _SUMMED)
    sql = f"""{_PARTS}
SELECT w.version_id, count(f.version_id), count(*) + {_WITHOUT_AGENCY} AS known,
  max(m.kind = 'gov_office' AND f.version_id IS NOT NULL) AS has_office,
  {", ".join(f'max(h."{key}")' for key in _SUMMED)}, {sums}
FROM temp.current w JOIN agencies g ON g.agency_id = w.agency_id AND {_HAS_REGIONS}
JOIN figures h ON h.version_id = w.version_id
JOIN parts m ON m.government = w.agency_id AND w.year BETWEEN m.first_year AND m.last_year
LEFT JOIN temp.current c ON c.agency_id = m.agency_id AND c.scope = m.scope AND c.year = w.year
LEFT JOIN figures f ON f.version_id = c.version_id
WHERE w.scope = 'aggregate' GROUP BY w.n
HAVING has_office AND count(f.version_id) = known"""
    for version_id, held, known, _, *rest in db.execute(sql):
        size = len(_SUMMED)
        whole = _Whole(
            version_id, held, known,
            tuple(rest[:size]), tuple(map(rounded, rest[size::2])), tuple(rest[size + 1 :: 2]),
        )  # fmt: skip
        yield from _compared(whole)


def _compared(whole: _Whole) -> Iterator[Found | Passed]:
    """What can be compared: totals that the aggregate and every member print."""
    cells = zip(_SUMMED, whole.printed, whole.summed, whole.filled, strict=True)
    full = [(key, p, s) for key, p, s, count in cells if p is not None and count == whole.known]
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
    return Finding(
        "C18", "fail", left, right, tuple(each[0] for each in differing),
        f"“{line.name}”总计{many}，与所属各机关年报之和（本档案所知{whole.known}个机关，"
        f"取得{whole.held}个）：前者为{say(left)}，后者为{say(right)}。",
        f"{line.label_en}, total{many_en}: against the sum of its members' reports (known here: "
        f"{whole.known}, held: {whole.held}): {say(left)} on one side, {say(right)} on the other.",
    )  # fmt: skip
