"""One wide table a form: a row a current report, a column a cell."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from ...schema.codes import SCOPE, case, explained
from .cells import T2, T3, Asked, Cells, Grid, Line, Notes, lines
from .columns import column, number_words
from .fields import Column, Field, Table
from .forms import PREFIX, Wide
from .formulas import without_formulas
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
#: What a wide table asks of each report.
ASKED = Asked(
    tuple(source for *_, source in _ABOUT),
    "JOIN reports q ON q.report_id = r.report_id LEFT JOIN agencies a ON a.agency_id = r.agency_id",
)


def wide_tables(db: sqlite3.Connection, forms: Iterable[Wide]) -> Iterator[Table]:
    """A table for each form.

    Args:
        db: nianbao.db, with text.db attached as `text`.
        forms: As `wide_forms` gives them.
    """
    codebook = lines(db)
    for wide in forms:
        yield _table(db, wide, codebook)


class WideBlocks:
    """Makes blocks of a form's wide table from cells of reports.

    Args:
        wide: The form.
        codebook: The columns of the cells.
    """

    def __init__(self, wide: Wide, codebook: Sequence[Line]) -> None:
        self._form, self._codebook = wide.form, codebook
        own = frozenset(wide.figures)
        self._own = [place for place, line in enumerate(codebook) if line.figure in own]
        self.fields = tuple(_fields([codebook[place] for place in self._own]))
        self._headers = {line.figure: line.label for line in codebook}

    def block(self, grid: Grid, notes: Notes) -> list[Column] | None:
        """The rows of those reports that are written in the form; None without any."""
        chosen = [number for number, form in enumerate(grid.forms) if form == self._form]
        if not chosen:
            return None
        heads = zip(*(grid.heads[number] for number in chosen), strict=True)
        fields, lists = self.fields[: len(_ABOUT)], self.fields[-len(_LISTS) :]
        listed = self._lists(grid, notes, chosen)
        return [
            *(column(f, each, self._headers) for f, each in zip(fields, heads, strict=True)),
            *self._figures(grid, notes, chosen),
            *(column(f, each, self._headers) for f, each in zip(lists, listed, strict=True)),
        ]

    def _figures(self, grid: Grid, notes: Notes, chosen: Sequence[int]) -> Iterator[Column]:
        """The numbers of each column, and units behind those of money."""
        import pyarrow as pa
        import pyarrow.compute as pc

        of_chosen = _taking(chosen)
        starts = pa.array([number * grid.width for number in chosen], pa.int32())
        for place in self._own:
            # Taken from the numbers as Arrow has them: to make these of Python's takes longer.
            typed = grid.typed.take(pc.add(starts, pa.scalar(place, pa.int32())))
            has_floats = place in grid.with_floats
            values = of_chosen(grid.values[place :: grid.width]) if has_floats else ()
            yield Column(typed, number_words(typed, values))
            if self._codebook[place].kind == "money":
                said = of_chosen(grid.places[place :: grid.width])
                units = pa.array([notes.unit[note] for note in said], pa.string())
                yield Column(units, without_formulas(units))

    def _lists(self, grid: Grid, notes: Notes, chosen: Sequence[int]) -> Iterator[list[list[str]]]:
        own = frozenset(self._own)
        for found in grid.lists(notes):
            yield [
                [self._codebook[place].figure for place in found[number] if place in own]
                for number in chosen
            ]


def _taking(chosen: Sequence[int]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """What takes the chosen places out of a sequence."""
    if len(chosen) == 1:
        return lambda values: (values[chosen[0]],)
    return itemgetter(*chosen)


def _fields(columns: Sequence[Line]) -> Iterator[Field]:
    for name, header, text, kind, _ in _ABOUT:
        yield Field(name, header, text, kind)
    for line in columns:
        forms = " ".join(sorted(line.forms))
        yield Field(line.figure, line.label, line.text, "number", line.unit, line.basis, forms)
        if line.kind == "money":
            text = f"“{line.label}”所印单位；未印为空，不可与他报直接相加"
            yield Field(f"{line.figure}_unit", f"{line.label}（所印单位）", text)
    for name, header, text in _LISTS:
        yield Field(name, header, text, "figures")


def _table(db: sqlite3.Connection, wide: Wide, codebook: list[Line]) -> Table:
    made = WideBlocks(wide, codebook)

    def blocks(span: Span) -> Iterator[list[Column]]:
        cells = Cells(db, codebook)
        for grid in cells.grids(ASKED, span, form=wide.form):
            yield made.block(grid, cells.notes) or []

    return Table(
        name=f"{PREFIX}{wide.form}",
        title=f"{wide.form} 年格式年报的全部数值",
        text=f"一行一份采用 {wide.form} 年格式的现行年报，一列一格。0 为印出的 0；"
        "空格的缘由见最后几列。金额照印，单位各异。",
        fields=made.fields,
        key=("report_id",),
        blocks=blocks,
        size=lambda: wide.count,
        is_divided=True,
    )
