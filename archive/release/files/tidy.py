"""The tidy table: one row a cell of a current report."""

from __future__ import annotations

import sqlite3
from typing import Any

from ...schema.codes import FIGURE_STATUS, explained
from ...schema.words import FIGURE_STATUS_MORE
from .cells import batches, cells, lines, read
from .fields import Field, Rows, Table

_BATCH = 500  # reports: some 100,000 rows, a row group
_FIELDS = (
    Field("report_id", "年报标识", "永久标识：机关标识加年度，汇总的另加 -agg", "code"),
    Field("version_id", "版本标识", "现行版本的永久标识", "code"),
    Field("figure", "指标", "指标的列名，见数据字典", "code"),
    Field("label", "指标名称", "指标的中文名：项目与计量列", "code"),
    Field("value", "数值", "所印的数，不作换算；没有印数的为空，0 为印出的 0", "number"),
    Field("printed", "所印文字", "该格所印的文字；未从原件中找到的为空"),
    Field(
        "status",
        "状态代码",
        f"{explained(FIGURE_STATUS)}。{FIGURE_STATUS_MORE}",
        "code",
    ),
    Field("status_name", "状态", "该格状态的名称", "code"),
    Field("unit", "单位", "格内或栏目所印单位；未印为空"),
    Field("flags", "标记", "含义见 flags（about 为 figure）", "code"),
)
_FROM = """
FROM reports r JOIN versions v ON v.version_id = r.version_id
JOIN figures f ON f.version_id = r.version_id"""


def tidy_table(db: sqlite3.Connection) -> Table:
    """All cells of all current reports with figures.

    Args:
        db: nianbao.db, with text.db attached as `text`.
    """
    (count,) = db.execute(f"SELECT count(*) {_FROM}").fetchone()
    largest = max(
        (len([1 for line in lines(db) if form in line.forms]) for form in _forms(db)), default=0
    )
    return Table(
        name="tidy",
        title="全部数值，一行一格",
        text="现行年报的各格，一行一格：年报、版本、指标、数值、所印文字与状态。该年报的格式没有的项不列。"
        "不同范围（own 与 aggregate，见 reports）的年报不可相加，单位不同的金额不可相加。",
        fields=_FIELDS,
        key=("version_id", "figure"),
        batches=lambda: _rows(db),
        size=count * largest,
    )


def _forms(db: sqlite3.Connection) -> set[str]:
    return {form for line in lines(db) for form in line.forms}


def _rows(db: sqlite3.Connection) -> Rows:
    codebook = lines(db)
    labels = {line.figure: line.label for line in codebook}
    figures = ", ".join(f'f."{line.figure}"' for line in codebook)
    sql = (
        f"SELECT r.report_id, r.version_id, r.form, v.form_t2, v.form_t3, {figures} {_FROM} "
        "ORDER BY r.report_id"
    )
    for batch in batches(db.execute(sql), _BATCH):
        said = read(db, [row[1] for row in batch], texts=True)
        rows: list[Any] = []
        for report, version, *forms_and_values in batch:
            forms, values = forms_and_values[:3], forms_and_values[3:]
            rows += [
                (
                    report, version, cell.figure, labels[cell.figure], cell.value, cell.printed,
                    cell.status, FIGURE_STATUS.get(cell.status, cell.status), cell.unit, cell.flags,
                )
                for cell in cells(codebook, values, forms, version, said)
            ]  # fmt: skip
        yield rows
