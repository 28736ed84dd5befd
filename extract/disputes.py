"""Table four: reconsideration and litigation, fifteen cells in one row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .cells import figure, lost
from .forms import measures, union
from .labels import core
from .placing import Placing, keeps_blanks, padding_behind
from .rows import Candidate
from .sound import may_end_in_page_number, sums_hold
from .turned import read_turned
from .types import Cell, Document, Figure

#: Headings of one row that nothing but table four has, upright or turned.
_HEADINGS = ({"尚未审结", "结果维持"}, {"未经复议直接起诉", "复议后起诉"})


@dataclass(frozen=True, slots=True)
class Disputes:
    """Table four as one of its places reads: figures, and its rows from the headings on."""

    figures: list[Figure]
    rows: Sequence[Candidate]


def read_disputes(document: Document, rows: Sequence[Candidate], sound: bool) -> Disputes:
    """Read table four.

    Args:
        document: The document.
        rows: Candidate rows from its headings on.
        sound: Whether table three shows that no blank cell was lost in this document.

    Returns:
        Fifteen figures, or none where there is no row of values.
    """
    kept = document.blanks_kept or keeps_blanks(rows)
    row = _dispute_row(rows, len(union("t4")) * len(measures("t4")))
    if row is None:
        figures, last = read_turned(document, rows, kept)
        return Disputes(figures, rows[:last])
    figures = _figures(document, rows, row, kept, sound)
    if _is_divided(row, rows[rows.index(row) + 1 :]):
        figures = [lost(figure, "divided_row") for figure in figures]
    return Disputes(figures, rows[: rows.index(row) + 1])


def _is_divided(row: Candidate, below: Sequence[Candidate]) -> bool:
    """Whether a row with blanks has numbers without a label right below it."""
    return (
        row.structured
        and not all(cell.text for cell in row.tail)
        and bool(below)
        and below[0].structured
        and not below[0].labels
        and below[0].index == row.index + 1
        and any(cell.text for cell in below[0].tail)
    )


def _figures(
    document: Document, rows: Sequence[Candidate], row: Candidate, kept: bool, sound: bool
) -> list[Figure]:
    """The figures of a row of values."""
    slots = [(line, measure) for line in union("t4") for measure in measures("t4")]
    padding = padding_behind(rows[: rows.index(row)])
    placing = Placing((row,), len(slots), blanks_kept=kept, padding=padding)
    cells = _behind_empty_columns(document, rows, row, len(slots)) or placing.cells(row)
    if document.own_cells and _has_gaps(document, rows[: rows.index(row)], row.width):
        cells = None
    made = [
        figure(document, line, measure, cells[i] if cells else None)
        for i, (line, measure) in enumerate(slots)
    ]
    width = len(measures("t4"))
    blocks = [made[i : i + width] for i in range(0, len(made), width)]
    if not row.structured and not sound and not all(map(sums_hold, blocks)):
        return [lost(figure, "blanks_lost") for figure in made]
    if _may_be_page_number(document, row) or (
        not row.structured and may_end_in_page_number(blocks[-1])
    ):
        return [lost(figure, "page_number") for figure in made]
    return made


def _behind_empty_columns(
    document: Document, rows: Sequence[Candidate], row: Candidate, width: int
) -> Sequence[Cell] | None:
    """The values, where the empty cells before the heading 结果维持 are all that is too much."""
    extra = len(row.tail) - width
    if extra < 1 or any(cell.text for cell in row.tail[:extra]):
        return None
    for head in rows:
        if head.structured and "结果维持" in map(core, head.labels):
            cells = [core(cell.text) for cell in document.rows[head.index].cells]
            is_empty = cells.index("结果维持") == extra and not any(cells[:extra])
            return row.tail[extra:] if is_empty else None
    return None


def _has_gaps(document: Document, heads: Sequence[Candidate], width: int) -> bool:
    """Whether columns without a heading stand between those of the form.

    What is too much in a row is then not at its ends.
    """
    for head in heads:
        cells = [bool(cell.text) for cell in document.rows[head.index].cells]
        if head.structured and "结果维持" in map(core, head.labels) and len(cells) == width:
            inner = cells[cells.index(True) : width - cells[::-1].index(True)]
            if width > len(union("t4")) * len(measures("t4")) and not all(inner):
                return True
    return False


def _may_be_page_number(document: Document, row: Candidate) -> bool:
    """Whether a row of a text dump holds its first cell alone: a blank row left no trace."""
    filled = [i for i, cell in enumerate(row.tail) if cell.text]
    return not document.own_cells and filled == [0]


def _dispute_row(rows: Sequence[Candidate], width: int) -> Candidate | None:
    """The row of values: the first one wide enough without a label of its own.

    One cell a line, it is what follows the headings' last 总计. A blank row is the row,
    too: a later one that is filled stands somewhere else.
    """
    for row in rows:
        labels = {core(label) for label in row.labels}
        if any("问题" in label and "存在" in label for label in labels):
            return None
        if row.structured and len(row.tail) == row.width >= width:
            return row
        if not row.structured and row.tail:
            return row if "总计" in labels else None
    return None


def starts_of_disputes(rows: Sequence[Candidate], start: int) -> list[int]:
    """Heading rows of table four; the rows of one heading count once."""
    starts: list[int] = []
    is_filled = True  # whether values stand between the last heading and here
    for i in range(start, len(rows)):
        labels = {core(label) for label in rows[i].labels}
        if is_filled and any(labels >= names for names in _HEADINGS):
            starts.append(i)
            is_filled = False
        is_filled = is_filled or any(cell.text for cell in rows[i].tail)
    return starts
