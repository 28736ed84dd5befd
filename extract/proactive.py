"""Table two: proactive disclosure. Each block names its own columns above its lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .align import best_line
from .cells import agreed, figure, lost
from .forms import Form, Line, forms
from .placing import Placing, keeps_blanks
from .rows import Candidate
from .sound import may_end_in_page_number
from .table_headings import Heading, begins_block, form_of_block, heading
from .types import Cell, Document, Figure

#: More headings than this stand over no block of table two, whatever follows them.
_MOST_COLUMNS = 12


@dataclass(frozen=True, slots=True)
class Proactive:
    """Table two: the form of most of its lines, its figures, its rows from first line to last."""

    form: str | None
    figures: list[Figure]
    rows: Sequence[Candidate]


def read_proactive(document: Document, rows: Sequence[Candidate], sound: bool) -> Proactive:
    """Read table two.

    Args:
        document: The document.
        rows: Its candidate rows before table three.
        sound: Whether table three shows that no blank cell was lost in this document.

    Returns:
        The figures in statutory order, with the form that most lines belong to.
    """
    read: dict[tuple[str, str], list[Figure]] = {}
    votes: Counter[str] = Counter()
    kept = document.blanks_kept or keeps_blanks(rows)
    found = list(_blocks(rows))
    loose = any(not row.structured for row, *_ in found)
    in_rows = any(row.structured for row, *_ in found)
    for row, line, form, headings in found:
        own = next(own for own in form.table("t2") if own.code == line.code)
        figures = list(_line_figures(document, row, own, form, headings, kept))
        if not row.structured:
            figures = _unbelieved(figures, in_rows, row is found[-1][0])
        key = (form.code, line.code)
        read[key] = agreed([read[key], figures]) if key in read else figures
        votes[form.code] += 1
    elected = votes.most_common(1)[0][0] if votes else None
    if not sound and loose and not _is_complete(read, elected):
        read = {key: [lost(f, "blanks_lost") for f in figures] for key, figures in read.items()}
    figures = [
        figure
        for each in forms().values()
        for line in each.table("t2")
        for figure in read.get((each.code, line.code), ())
    ]
    first, last = (found[0][0].index, found[-1][0].index) if found else (0, -1)
    return Proactive(elected, figures, [row for row in rows if first <= row.index <= last])


def _is_complete(read: dict[tuple[str, str], list[Figure]], form: str | None) -> bool:
    """Whether every line of table two was found with all its values.

    Where blanks leave no trace, a lost label would give its line's values to another.
    """
    wanted = {(form, line.code) for line in forms()[form].table("t2")} if form else set()
    return wanted <= set(read) and all(
        figure.status != "missing_cell" for figures in read.values() for figure in figures
    )


def _blocks(
    rows: Sequence[Candidate],
) -> Iterator[tuple[Candidate, Line, Form, list[Heading]]]:
    """Rows of table two, each with its line, form and the headings above it."""
    headings: list[Heading] | None = None
    for row in rows:
        is_heading = not row.tail or (row.structured and any(map(begins_block, row.labels[:2])))
        for label in row.labels if is_heading else row.labels[:-1]:
            if begins_block(label):
                headings = []
            elif headings is not None:
                headings.append(heading(label))
        if is_heading or not row.labels or not headings or len(headings) > _MOST_COLUMNS:
            continue
        line, _ = best_line(row.labels[-1:], "t2")
        form = form_of_block(line, headings) if line else None
        if line is not None and form is not None:
            yield row, line, form, list(headings)


def _line_figures(
    document: Document,
    row: Candidate,
    line: Line,
    form: Form,
    headings: Sequence[Heading],
    kept: bool,
) -> Iterator[Figure]:
    count = len(headings)
    cells: Sequence[Cell] | None
    if row.structured and kept:
        # A row of table two has one label, first; what is too much stands to the right.
        rest = any(cell.text for cell in row.tail[count:])
        cells = row.tail[:count] if len(row.tail) >= count and not rest else None
    else:
        cells = Placing((row,), count, blanks_kept=False).cells(row)
    placed = {
        head.codes[form.code]: (head, cells[i] if cells else None)
        for i, head in enumerate(headings)
        if form.code in head.codes
    }
    for code in line.measures:
        head, cell = placed[code]
        yield figure(document, line, form.measure("t2", code), cell, head.unit)


def _unbelieved(figures: list[Figure], in_rows: bool, is_last: bool) -> list[Figure]:
    """Figures printed one cell a line, without those that may be page numbers.

    That is any of them where the other rows have a line of the dump each, and the last
    number before a heading.
    """
    if in_rows or (is_last and len(figures) == 1 and may_end_in_page_number(figures)):
        return [lost(figure, "page_number") for figure in figures]
    return figures
