"""Views of `nianbao.db`, for people."""

from __future__ import annotations

from extract.forms import columns
from extract.units import YUAN

from .compact import AGENCY

#: Current reports with their figures: what the views below begin with.
_FROM = """FROM _reports r JOIN _versions v ON v.n = r.n
JOIN figures f ON f.version_id = v.version_id"""

VIEWS = f"""
CREATE VIEW report_totals AS       -- 现行年报的申请总数与办理结果（未填为空；各 scope 不可相加）
SELECT r.report_id, {AGENCY}, r.year, r.scope, r.form,
  f.t3_received_new_total AS 本年新收, f.t3_carried_in_total AS 上年结转,
  f.t3_granted_total AS 予以公开, f.t3_partial_total AS 部分公开,
  f.t3_processed_total_total AS 办理总计, f.t3_carried_out_total AS 结转下年,
  f.t4_review_total AS 行政复议, f.t4_suit_direct_total AS 直接起诉,
  f.t4_suit_after_review_total AS 复议后起诉
{_FROM};
"""


def amounts_view() -> str:
    """Money of current reports beside its amount in yuan, where a unit is printed."""
    cases = " ".join(f"WHEN '{unit}' THEN {factor}" for unit, factor in YUAN.items())
    selects = [
        f"SELECT r.report_id, {AGENCY}, r.year, r.scope, '{key}' AS figure, "
        f"coalesce(n.printed, t.printed) AS printed, "
        f'f."{key}" AS 印出数, t.unit AS 印出单位,\n'
        f'  CASE WHEN f."{key}" = 0 THEN 0 ELSE round(f."{key}" * '
        f"CASE t.unit {cases} END, 2) END AS 折合元\n"
        f"{_FROM}\n"
        f"LEFT JOIN _notes n ON n.version = v.n AND {position} BETWEEN n.first AND n.last\n"
        "LEFT JOIN _said t ON t.n = n.said\n"
        f'WHERE f."{key}" IS NOT NULL'
        for position, (key, slots) in enumerate(columns().items())
        if slots[-1].measure.kind == "money"
    ]
    return (
        "CREATE VIEW amounts_in_yuan AS    -- 金额折合为元：未印单位的不折算（0 除外）\n"
        + "\nUNION ALL\n".join(selects)
        + ";"
    )
