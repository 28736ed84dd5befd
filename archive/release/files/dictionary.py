"""The data dictionary: every column of every file, from the codebook and the schema."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from ...schema import codebook
from .writing import Written, guarded

NAME = "dictionary.csv"
HEADERS = (
    "文件",
    "列（CSV 表头）",
    "列名（SQLite、Parquet）",
    "类型",
    "单位",
    "依据",
    "印有此项的格式",
    "含义",
    "格式未说明",
    "与另一格式是否可比",
)
_KINDS = {
    "text": "文字",
    "code": "文字",
    "integer": "整数",
    "number": "数",
    "date": "日期",
    "time": "时间（UTC）",
    "figures": "列名的清单",
}
#: What the codebook says of a figure: the first goes on after the column's own text.
_TEXTS = ("definition", "unsaid", "comparable")
Row = tuple[str, ...]


def write_dictionary(folder: Path, written: Iterable[Written], db: sqlite3.Connection) -> list[Row]:
    """Write dictionary.csv.

    Args:
        folder: The release's folder.
        written: The tables that are there as CSV and Parquet.
        db: nianbao.db, with text.db attached as `text`.

    Returns:
        Its rows.
    """
    whole = (*_of_files(written), *_of_databases(db))
    rows = [(*row, *[""] * (len(HEADERS) - len(row))) for row in whole]
    with (folder / NAME).open("w", encoding="utf-8-sig", newline="") as handle:
        out = csv.writer(handle)
        out.writerow(HEADERS)
        out.writerows([guarded(cell) for cell in row] for row in rows)
    return rows


def _of_files(written: Iterable[Written]) -> Iterator[Row]:
    # Not from the release: one that an older program built has the figures, not their texts.
    said = {str(row["figure"]): [str(row[name]) for name in _TEXTS] for row in codebook()}
    for each in written:
        text = f"{each.table.title}。{each.table.text}"
        if each.parts:
            text += f"Parquet 分为 {len(each.parts)} 个文件，整个文件夹作一张表读取"
            text += "。" if each.csv else "；没有 CSV。"
        yield each.table.name, "", "", "", "", "", "", text
        for field in each.table.fields:
            definition, *more = said.get(field.name, [""])
            yield (
                each.table.name,
                field.header,
                field.name,
                _KINDS[field.kind],
                field.unit or "",
                field.basis or "",
                field.forms or "",
                f"{field.text}。{definition}" if definition else field.text,
                *more,
            )


def _of_databases(db: sqlite3.Connection) -> Iterator[Row]:
    for schema, file in (("main", "nianbao.db"), ("text", "text.db")):
        sql = f'SELECT "table", "column", text FROM {schema}.descriptions'
        for table, column, text in db.execute(sql):
            yield f"{file}：{table}", "", column, "", "", "", "", text
