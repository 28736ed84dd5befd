"""One wide table a form: a row a current report, a column a cell."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from extract.types import BLANK_STATUSES

from ...schema.codes import SCOPE, case, explained
from .cells import Line, Read, batches, cells, lines, read
from .fields import Field, Rows, Table

_BATCH = 2000
_ABOUT = (
    ("report_id", "年报标识", "永久标识：机关标识加年度，汇总的另加 -agg", "code", "r.report_id"),
    ("version_id", "版本标识", "现行版本的永久标识", "code", "r.version_id"),
    ("agency", "机关", "机关名称", "text", "r.agency"),
    ("agency_id", "机关标识", "行政区划代码加类别；未确定的以 u- 开头", "code", "r.agency_id"),
    ("region_code", "地区代码", "行政区划代码；未确定为空", "code", "r.region_code"),
    ("region_name", "地区", "地区名称", "text", "r.region_name"),
    ("kind", "机关类别代码", "机关类别的代码（government、finance 等）", "code", "r.kind"),
    ("kind_name", "机关类别", "机关类别的名称（政府、财政等）", "code", "a.kind_name"),
    (
        "scope",
        "范围代码",
        f"{explained(SCOPE)}；不同范围不可相加",
        "code",
        "r.scope",
    ),
    ("scope_name", "范围", "范围的名称；不同范围不可相加", "code", case("r.scope", SCOPE)),
    ("year", "年度", "年报所述年度", "integer", "r.year"),
    ("title", "标题", "所印标题；未印为空", "text", "r.title"),
    ("published", "公布日期", "网页所印公布日期", "date", "r.published"),
    ("signed", "落款日期", "年报落款的日期", "date", "r.signed"),
    ("form_t2", "表二格式", "第二章表的格式", "code", "v.form_t2"),
    ("form_t3", "表三格式", "第三章表的格式", "code", "v.form_t3"),
    ("flags", "标记", "含义见 flags（about 为 report）", "code", "r.flags"),
    ("failed", "不相符的核对", "不相符的核对数，不含只作说明的", "integer", "r.failed"),
    ("url", "地址", "现行版本的取得地址", "text", "r.url"),
    ("sha256", "原件SHA256", "读取各数值的文件之 SHA-256", "code", "l.sha256"),
)
_AT = {name: place for place, (name, *_) in enumerate(_ABOUT)}
_LISTS = (
    ("blank", "未填的列", "该格为空白、横线、斜线或“无”的各列；这些格没有数，不是 0"),
    ("unread", "未读出的列", "未能读作数字、或未从原件中找到的各列；不说明原件没有印出"),
    ("inferred", "非直接读取的列", "按上下文推定或由人工读取的各列（状态 inferred、hand_read）"),
)
_FROM = """
FROM reports r JOIN versions v ON v.version_id = r.version_id
JOIN figures f ON f.version_id = r.version_id
LEFT JOIN agencies a ON a.agency_id = r.agency_id
LEFT JOIN text.locators l ON l.version_id = r.version_id
WHERE r.form = ?"""


def wide_tables(db: sqlite3.Connection) -> Iterator[Table]:
    """A table for each form that a current report with figures is written in.

    Args:
        db: nianbao.db, with text.db attached as `text`.
    """
    codebook = lines(db)
    known = {form for line in codebook for form in line.forms}
    for form, count in db.execute(
        "SELECT r.form, count(*) FROM reports r JOIN figures f ON f.version_id = r.version_id "
        "GROUP BY 1 ORDER BY 1"
    ).fetchall():
        if form in known:
            yield _table(db, form, count, codebook)


def _table(db: sqlite3.Connection, form: str, count: int, codebook: list[Line]) -> Table:
    columns = _columns(db, form, codebook)
    fields = [Field(name, header, text, kind) for name, header, text, kind, _ in _ABOUT]
    for line in columns:
        fields.append(
            Field(
                line.figure, line.label, line.text, "number", line.unit, line.basis,
                " ".join(sorted(line.forms)),
            )
        )  # fmt: skip
        if line.kind == "money":
            text = f"“{line.label}”所印单位；未印为空，不可与他报直接相加"
            fields.append(Field(f"{line.figure}_unit", f"{line.label}（所印单位）", text))
    fields += [Field(name, header, text, "figures") for name, header, text in _LISTS]
    return Table(
        name=f"wide_{form}",
        title=f"{form} 年格式年报的全部数值",
        text=f"一行一份采用 {form} 年格式的现行年报，一列一格。0 为印出的 0；空格的缘由见最后几列。"
        "金额照印，单位各异。",
        fields=tuple(fields),
        key=("report_id",),
        batches=lambda: _rows(db, form, columns),
        size=count,
    )


def _columns(db: sqlite3.Connection, form: str, codebook: list[Line]) -> list[Line]:
    """The form's own columns, and others that a report of it prints all the same."""
    others = [line for line in codebook if form not in line.forms]
    if not others:
        return codebook
    parts = ", ".join(f'max(f."{line.figure}" IS NOT NULL)' for line in others)
    printed = db.execute(f"SELECT {parts} {_FROM}", (form,)).fetchone()
    more = {line.figure for line, has in zip(others, printed, strict=True) if has}
    return [line for line in codebook if form in line.forms or line.figure in more]


def _rows(db: sqlite3.Connection, form: str, columns: list[Line]) -> Rows:
    about = ", ".join(source for *_, source in _ABOUT)
    figures = ", ".join(f'f."{line.figure}"' for line in columns)
    sql = f"SELECT {about}, r.form, {figures} {_FROM} ORDER BY r.report_id"
    for batch in batches(db.execute(sql, (form,)), _BATCH):
        said = read(db, [row[_AT["version_id"]] for row in batch])
        yield [_row(row, columns, said) for row in batch]


def _row(row: Sequence[Any], columns: list[Line], said: Read) -> list[Any]:
    head = len(_ABOUT)
    values, version = row[head + 1 :], row[_AT["version_id"]]
    forms = (row[head], row[_AT["form_t2"]], row[_AT["form_t3"]])
    lists: dict[str, list[str]] = {name: [] for name, *_ in _LISTS}
    units = {}
    for cell in cells(columns, values, forms, version, said, plain=False):
        units[cell.figure] = cell.unit
        if cell.status != "reported":
            lists[_list_of(cell.status, cell.value)].append(cell.figure)
    told: list[Any] = list(row[:head])
    for line, value in zip(columns, values, strict=True):
        told.append(value)
        if line.kind == "money":
            told.append(units.get(line.figure))
    return [*told, *lists.values()]


def _list_of(status: str, value: object) -> str:
    if value is not None:
        return "inferred"
    return "blank" if status in BLANK_STATUSES else "unread"
