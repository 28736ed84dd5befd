"""`query.sql`: a statement that gives the figures of a panel from nianbao.db."""

from __future__ import annotations

from .columns import Figure, figures
from .selection import Selection

_HEAD = """\
-- 本面板中已取得年报的各行的数值，可在 nianbao.db 上运行：
--   sqlite3 nianbao.db < query.sql
-- 没有年报的行（held = 0）与各列的状态不在其内：状态见 figure_notes，未取得的见 coverage。
-- The figures of this panel's rows with a report, from nianbao.db. Rows without one and the
-- statuses are not in it: see the views figure_notes and coverage.
-- release {release}
"""


def statement(asked: Selection, release: str = "") -> str:
    """The statement with its heading.

    Args:
        asked: The panel's selection.
        release: Id of the release.
    """
    picked = ",\n  ".join(f'{_sql(each)} AS "{each.name}"' for each in figures())
    return f"""{_HEAD.format(release=release)}SELECT
  r.report_id, r.agency_id, r.year, r.scope,
  {picked}
FROM reports r
JOIN agencies a ON a.agency_id = r.agency_id
JOIN versions v ON v.version_id = r.version_id
LEFT JOIN figures f ON f.version_id = r.version_id
WHERE r.year {asked.years}
  AND {asked.has("r.scope")}
  AND {asked.where}
ORDER BY r.agency_id, r.year, r.scope, r.report_id;
"""


def _sql(figure: Figure) -> str:
    if not figure.parts:
        return f"f.{figure.key}"
    added = " + ".join(f"f.{part}" for part in figure.parts)
    return (
        f"CASE WHEN f.{figure.key} IS NULL AND v.form_t3 = '{figure.parts_form}'\n"
        f"    THEN {added} ELSE f.{figure.key} END"
    )
