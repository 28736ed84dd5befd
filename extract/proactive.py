"""Table two: proactive disclosure. Each block names its own columns above its lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from .align import best_line
from .cells import agreed, figure, lost
from .forms import Form, Line, forms, union
from .rows import Candidate, Placing, keeps_blanks
from .table_headings import Heading, begins_block, form_of_block, heading
from .types import Cell, Document, Figure


def read_proactive(
    document: Document, rows: Sequence[Candidate], sound: bool
) -> tuple[str | None, list[Figure]]:
    """Read table two.

    Args:
        document: The document.
        rows: Its candidate rows before table three.
        sound: Whether table three shows that no blank cell was lost in this document.

    Returns:
        The form that most lines belong to, or None; the figures in statutory order.
    """
    read: dict[tuple[str, str], list[Figure]] = {}
    votes: Counter[str] = Counter()
    kept, loose = document.blanks_kept or keeps_blanks(rows), False
    for row, line, form, headings in _blocks(rows):
        own = next(own for own in form.table("t2") if own.code == line.code)
        figures = list(_line_figures(document, row, own, form, headings, kept))
        loose |= not row.structured
        if not row.structured and not sound:
            figures = _without_page_numbers(figures, row, rows)
        key = (form.code, line.code)
        read[key] = agreed([read[key], figures]) if key in read else figures
        votes[form.code] += 1
    elected = votes.most_common(1)[0][0] if votes else None
    if not sound and loose and not _is_complete(read, elected):
        read = {key: [lost(f, "blanks_lost") for f in figures] for key, figures in read.items()}
    return elected, [
        figure
        for each in forms().values()
        for line in each.table("t2")
        for figure in read.get((each.code, line.code), ())
    ]


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
    lines = union("t2")
    headings: list[Heading] | None = None
    for row in rows:
        is_heading = not row.tail or (row.structured and any(map(begins_block, row.labels[:2])))
        for label in row.labels if is_heading else row.labels[:-1]:
            if begins_block(label):
                headings = []
            elif headings is not None:
                headings.append(heading(label))
        if is_heading or not headings or not row.labels:
            continue
        line, _ = best_line(row.labels[-1:], lines)
        form = form_of_block(line, headings) if line else None
        if line is not None and form is not None:
            yield row, line, form, headings


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


def _without_page_numbers(
    figures: list[Figure], row: Candidate, rows: Sequence[Candidate]
) -> list[Figure]:
    """Where blanks leave no trace, the last number before a heading may be the page's."""
    if row is not rows[-1] and row.index + 1 < rows[rows.index(row) + 1].index:
        return figures
    value = figures[-1].value
    if len(figures) > 1 or not isinstance(value, int) or value > 999 or row is not rows[-1]:
        return figures
    return [lost(figure, "page_number") for figure in figures]
