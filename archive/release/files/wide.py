"""One wide table a form: a row a current report, a column a cell."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from ...schema.codes import SCOPE, case, explained
from .cells import FROM, T2, T3, Cells, Grid, Line, Notes, lines
from .columns import column
from .fields import Column, Field, Table
from .spans import Span

_ABOUT = (
    ("report_id", "年报标识", "永久标识：机关标识加年度，汇总的另加 -agg", "code", "r.report_id"),
    ("version_id", "版本标识", "现行版本的永久标识", "code", "v.version_id"),
    ("agency", "机关", "机关名称", "text", "q.agency"),
    ("agency_id", "机关标识", "行政区划代码加类别；未确定的以 u- 开头", "code", "r.agency_id"),
    ("region_code", "地区代码", "行政区划代码；未确定为空", "code", "q.region_code"),
    ("region_name", "地区", "地区名称", "text", "q.region_name"),
    ("kind", "机关类别代码", "机关类别的代码（government、finance 等）", "code", "q.kind"),
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
    ("title", "标题", "所印标题；未印为空", "text", "q.title"),
    ("published", "公布日期", "网页所印公布日期", "date", "q.published"),
    ("signed", "落款日期", "年报落款的日期", "date", "q.signed"),
    ("form_t2", "表二格式", "第二章表的格式", "code", T2),
    ("form_t3", "表三格式", "第三章表的格式", "code", T3),
    ("flags", "标记", "含义见 flags（about 为 report）", "code", "q.flags"),
    ("failed", "不相符的核对", "不相符的核对数，不含只作说明的", "integer", "r.failed"),
    ("url", "地址", "现行版本的取得地址", "text", "q.url"),
    (
        "sha256",
        "原件SHA256",
        "读取各数值的文件之 SHA-256",
        "code",
        "(SELECT l.sha256 FROM text.locators l WHERE l.version_id = v.version_id)",
    ),
)
_LISTS = (
    ("blank", "未填的列", "该格为空白、横线、斜线或“无”的各列；这些格没有数，不是 0"),
    ("unread", "未读出的列", "未能读作数字、或未从原件中找到的各列；不说明原件没有印出"),
    ("inferred", "非直接读取的列", "按上下文推定或由人工读取的各列（状态 inferred、hand_read）"),
)
_WITH = """JOIN reports q ON q.report_id = r.report_id
LEFT JOIN agencies a ON a.agency_id = r.agency_id"""


@dataclass(frozen=True, slots=True)
class Wide:
    """What must be known of all reports of a form before one of them is written.

    Attributes:
        form: The form.
        count: How many current reports with figures are written in it.
        figures: The form's own columns, and others that a report of it prints all the same.
    """

    form: str
    count: int
    figures: tuple[str, ...]


def wide_forms(db: sqlite3.Connection) -> list[Wide]:
    """The forms that current reports with figures are written in."""
    codebook = lines(db)
    known = frozenset(form for line in codebook for form in line.forms)
    some = [line for line in codebook if line.forms != known]
    printed = "".join(f', max(f."{line.figure}" IS NOT NULL)' for line in some)
    found = []
    for form, count, *has in db.execute(
        f"SELECT r.form, count(*){printed} {FROM} GROUP BY 1 ORDER BY 1"
    ):
        if form in known:
            more = {line.figure for line, is_there in zip(some, has, strict=True) if is_there}
            own = (x.figure for x in codebook if form in x.forms or x.figure in more)
            found.append(Wide(form, count, tuple(own)))
    return found


def wide_tables(db: sqlite3.Connection, forms: Iterable[Wide]) -> Iterator[Table]:
    """A table for each form.

    Args:
        db: nianbao.db, with text.db attached as `text`.
        forms: As `wide_forms` gives them.
    """
    codebook = {line.figure: line for line in lines(db)}
    for wide in forms:
        yield _table(db, wide, [codebook[figure] for figure in wide.figures])


def _table(db: sqlite3.Connection, wide: Wide, columns: list[Line]) -> Table:
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
        name=f"wide_{wide.form}",
        title=f"{wide.form} 年格式年报的全部数值",
        text=f"一行一份采用 {wide.form} 年格式的现行年报，一列一格。0 为印出的 0；"
        "空格的缘由见最后几列。金额照印，单位各异。",
        fields=tuple(fields),
        key=("report_id",),
        blocks=lambda span: _blocks(db, wide.form, span, fields, columns),
        size=lambda: wide.count,
        is_divided=True,
    )


def _blocks(
    db: sqlite3.Connection, form: str, span: Span, fields: list[Field], codebook: list[Line]
) -> Iterator[list[Column]]:
    cells = Cells(db, codebook)
    headers = {line.figure: line.label for line in codebook}
    about = [source for *_, source in _ABOUT]
    for grid in cells.grids(about, _WITH, span, form=form):
        values = chain(
            zip(*grid.heads, strict=True),
            _figures(grid, codebook, cells.notes),
            _lists(grid, codebook, cells.notes),
        )
        yield [column(field, each, headers) for field, each in zip(fields, values, strict=True)]


def _figures(grid: Grid, codebook: list[Line], notes: Notes) -> Iterator[Sequence[Any]]:
    """The numbers of each column, and units behind those of money."""
    for place, line in enumerate(codebook):
        yield grid.values[place :: grid.width]
        if line.kind == "money":
            yield [notes.unit[note] for note in grid.places[place :: grid.width]]


def _lists(grid: Grid, codebook: list[Line], notes: Notes) -> Iterator[list[list[str]]]:
    """Of each report the columns that are blank, not read, and not simply read."""
    import pyarrow.compute as pc

    told = pc.and_(grid.noted, notes.inferred.take(grid.said))
    blank = pc.and_not(pc.and_(told, notes.blank.take(grid.said)), grid.has)
    inferred = pc.and_(told, grid.has)
    unread = pc.or_(pc.and_not(pc.and_not(told, inferred), blank), grid.absent)
    for each in (blank, unread, inferred):
        named: list[list[str]] = [[] for _ in grid.heads]
        for place in pc.indices_nonzero(each).to_pylist():
            report, number = divmod(place, grid.width)
            named[report].append(codebook[number].figure)
        yield named
