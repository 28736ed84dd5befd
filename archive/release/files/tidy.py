"""The tidy table: one row a cell of a current report."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, repeat
from typing import Any

from ...schema.codes import FIGURE_STATUS, explained
from ...schema.words import FIGURE_STATUS_MORE
from .cells import ABSENT, FROM, REPORTED, Cells, Grid, Line, Notes, lines
from .fields import Column, Field, Table
from .formulas import without_formulas
from .spans import Span

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
_HEAD = ("r.report_id", "v.version_id")


def tidy_table(db: sqlite3.Connection) -> Table:
    """All cells of all current reports with figures.

    Args:
        db: nianbao.db, with text.db attached as `text`.
    """

    def size() -> int:
        (count,) = db.execute(f"SELECT count(*) {FROM}").fetchone()
        forms = [form for line in lines(db) for form in line.forms]
        return int(count) * max((forms.count(form) for form in forms), default=0)

    return Table(
        name="tidy",
        title="全部数值，一行一格",
        text="现行年报的各格，一行一格：年报、版本、指标、数值、所印文字与状态。该年报的格式没有的项不列。"
        "不同范围（own 与 aggregate，见 reports）的年报不可相加，单位不同的金额不可相加。",
        fields=_FIELDS,
        key=("version_id", "figure"),
        blocks=lambda span: _blocks(db, span),
        size=size,
        is_divided=True,
        has_sheet=False,
    )


def _blocks(db: sqlite3.Connection, span: Span) -> Iterator[list[Column]]:
    codebook = lines(db)
    cells = Cells(db, codebook)
    for grid in cells.grids(_HEAD, "", span, texts=True):
        yield _columns(grid, codebook, cells.notes)


def _columns(grid: Grid, codebook: Sequence[Line], notes: Notes) -> list[Column]:
    import pyarrow.compute as pc

    listed = pc.or_(pc.or_(grid.has, grid.noted), grid.absent)
    report, figure = (each.filter(listed) for each in _numbers(len(grid.heads), grid.width))
    plain = _plain(grid)
    value = Column(grid.typed.filter(listed), plain.filter(listed))
    reports, versions = zip(*grid.heads, strict=True)
    return [
        _coded(report, reports),
        _coded(report, versions),
        _coded(figure, [line.figure for line in codebook]),
        _coded(figure, [line.label for line in codebook]),
        value,
        _printed(grid, notes, plain, listed),
        *_noted(grid, notes, listed),
    ]


@lru_cache(maxsize=4)
def _numbers(reports: int, width: int) -> tuple[Any, Any]:
    """Of each cell, the number of its report and of its column."""
    import pyarrow as pa

    each = array("i", chain.from_iterable(repeat(number, width) for number in range(reports)))
    columns = array("i", range(width)) * reports
    return tuple(
        pa.Array.from_buffers(pa.int32(), len(numbers), [None, pa.py_buffer(numbers)])
        for numbers in (each, columns)
    )


def _coded(places: Any, words: Sequence[str | None]) -> Column:
    import pyarrow as pa

    column = pa.DictionaryArray.from_arrays(places, pa.array(words, pa.string()))
    return Column(column, column)


def _noted(grid: Grid, notes: Notes, listed: Any) -> Iterator[Column]:
    """Status and its word, unit and flags of each cell."""
    import pyarrow as pa
    import pyarrow.compute as pc

    said = grid.said.filter(listed)
    place, words = _once([ABSENT, REPORTED, *notes.status[1:]])
    plain = pc.if_else(grid.absent.filter(listed), place[0], place[1])
    status = pc.if_else(
        pc.greater(said, 0), pa.array([None, *place[2:]], pa.int32()).take(said), plain
    )
    yield _coded(status, words)
    yield _coded(status, [FIGURE_STATUS.get(word, word) for word in words])
    for own in (notes.unit, notes.flags):
        place, words = _once(own)
        column = _coded(pa.array(place, pa.int32()).take(said), words)
        if own is notes.unit:
            guarded = without_formulas(column.typed.dictionary)
            yield Column(
                column.typed, pa.DictionaryArray.from_arrays(column.typed.indices, guarded)
            )
        else:
            yield column


def _once(words: Sequence[str | None]) -> tuple[list[int | None], list[str]]:
    """The place of each word in a list of the different ones."""
    known: dict[str, int] = {}
    places = [None if word is None else known.setdefault(word, len(known)) for word in words]
    return places, list(known)


def _printed(grid: Grid, notes: Notes, plain: Any, listed: Any) -> Column:
    """Printed texts: of the note, of the document, else the number itself."""
    import pyarrow as pa
    import pyarrow.compute as pc

    noted = pa.array(notes.printed, pa.string()).take(grid.said)
    texts = pc.if_else(grid.noted, noted, plain)
    column = _replaced(texts, grid.printed).filter(listed)
    return Column(column, without_formulas(column))


def _plain(grid: Grid) -> Any:
    """Numbers as text: 5 and 5.0 are told apart, as they were read."""
    import pyarrow as pa

    texts = grid.typed.cast(pa.int64(), safe=False).cast(pa.string())
    floats = {place: str(v) for place, v in enumerate(grid.values) if type(v) is float}
    return _replaced(texts, floats)


def _replaced(texts: Any, others: dict[int, str]) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    if not others:
        return texts
    mask = bytearray(len(texts))
    for place in others:
        mask[place] = 1
    is_other = pa.Array.from_buffers(pa.uint8(), len(mask), [None, pa.py_buffer(mask)])
    told = pa.array([others[place] for place in sorted(others)], pa.string())
    return pc.replace_with_mask(texts, is_other.cast(pa.bool_()), told)
