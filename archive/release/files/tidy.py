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
from .cells import ABSENT, FROM, REPORTED, Asked, Cells, Grid, Line, Notes, lines
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
NAME = "tidy"
_ASKED = Asked(("r.report_id", "v.version_id"))


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
        name=NAME,
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
    for grid in cells.grids(_ASKED, span, texts=True):
        yield tidy_block(grid, codebook, cells.notes)


def tidy_block(
    grid: Grid, codebook: Sequence[Line], notes: Notes, *, has_sheet: bool = True
) -> list[Column]:
    """Rows of the tidy table.

    Args:
        grid: Cells; what was asked of each report begins with its id and its version's.
        codebook: Their columns.
        notes: What is noted of them.
        has_sheet: Whether they are wanted as CSV, too.
    """
    import pyarrow.compute as pc

    listed = pc.or_(pc.or_(grid.has, grid.noted), grid.absent)
    report, figure = (each.filter(listed) for each in _numbers(len(grid.heads), grid.width))
    words = _Words(grid)
    value = grid.typed.filter(listed)
    printed = words.printed(notes, listed)
    return [
        _coded(report, [head[0] for head in grid.heads]),
        _coded(report, [head[1] for head in grid.heads]),
        _coded(figure, [line.figure for line in codebook]),
        _coded(figure, [line.label for line in codebook]),
        Column(value, words.plain(listed) if has_sheet else value),
        _guarded(printed),
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
    """A column of words by their places; Parquet takes each word of a dictionary once only."""
    import pyarrow as pa

    once, unique = _once(words)
    if len(unique) != len(words):
        places = pa.array(once, pa.int32()).take(places)
    column = pa.DictionaryArray.from_arrays(places, pa.array(unique, pa.string()))
    return Column(column, column)


def _once(words: Sequence[str | None]) -> tuple[list[int | None], list[str]]:
    """The place of each word in a list of the different ones."""
    known: dict[str, int] = {}
    places = [None if word is None else known.setdefault(word, len(known)) for word in words]
    return places, list(known)


def _guarded(column: Column) -> Column:
    """A column of others' texts, as CSV may have them."""
    import pyarrow as pa

    guarded = without_formulas(column.typed.dictionary)
    return Column(column.typed, pa.DictionaryArray.from_arrays(column.typed.indices, guarded))


def _noted(grid: Grid, notes: Notes, listed: Any) -> Iterator[Column]:
    """Status and its word, unit and flags of each cell."""
    import pyarrow as pa
    import pyarrow.compute as pc

    said = grid.said.filter(listed)
    words = [ABSENT, REPORTED, *notes.status[1:]]
    plain = pc.if_else(
        grid.absent.filter(listed), pa.scalar(0, pa.int32()), pa.scalar(1, pa.int32())
    )
    # The first note stands for none; those that there are stand behind the two plain words.
    status = pc.if_else(pc.greater(said, 0), pc.add(said, pa.scalar(1, pa.int32())), plain)
    yield _coded(status, words)
    yield _coded(status, [FIGURE_STATUS.get(word, word) for word in words])
    yield _guarded(_coded(said, notes.unit))
    yield _coded(said, notes.flags)


class _Words:
    """Texts of a grid's numbers: 5 and 5.0 are told apart, as they were read."""

    def __init__(self, grid: Grid) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        self._grid = grid
        self._floats: dict[int, str] = {}
        for place in grid.with_floats:
            self._floats |= {
                number * grid.width + place: str(value)
                for number, value in enumerate(grid.values[place :: grid.width])
                if type(value) is float
            }
        whole = pc.dictionary_encode(grid.typed.cast(pa.int64(), safe=False))
        self._places, self._whole = whole.indices, whole.dictionary.cast(pa.string()).to_pylist()

    def plain(self, listed: Any) -> Any:
        """The numbers as text."""
        return self._column(self._places, self._whole, self._floats).filter(listed)

    def printed(self, notes: Notes, listed: Any) -> Column:
        """Printed texts: of the note, of the document, else the number itself."""
        import pyarrow as pa
        import pyarrow.compute as pc

        noted = pc.add(self._grid.said, pa.scalar(len(self._whole), pa.int32()))
        places = pc.if_else(self._grid.noted, noted, self._places)
        words = [*self._whole, *notes.printed]
        plain = {at: text for at, text in self._floats.items() if not self._grid.places[at]}
        column = self._column(places, words, plain | self._grid.printed).filter(listed)
        return Column(column, column)

    def _column(self, places: Any, words: list[str | None], others: dict[int, str]) -> Any:
        """Words by their places, but for some cells that have others."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if others:
            mask = bytearray(len(places))
            for at in others:
                mask[at] = 1
            is_other = pa.Array.from_buffers(pa.uint8(), len(mask), [None, pa.py_buffer(mask)])
            own = pa.array(range(len(words), len(words) + len(others)), pa.int32())
            places = pc.replace_with_mask(places, is_other.cast(pa.bool_()), own)
            words = [*words, *(others[at] for at in sorted(others))]
        return _coded(places, words).typed
