"""Table three: requests received and handled, by class of applicant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from .align import align, named, resemblance, stands_twice
from .cells import figure, lost
from .forms import Line, forms, measures, union
from .inferred import inferred, unlabelled
from .labels import core, flat
from .placing import Placing, keeps_blanks, padding_behind
from .request_form import form_of, without_groups
from .rows import Candidate
from .sound import may_end_in_page_number, sound_rows, sums_hold
from .table_headings import is_heading_row, request_columns
from .types import Cell, Document, Figure

_LIKE_A_START = 0.6


@dataclass(frozen=True, slots=True)
class Requests:
    """Table three as one of its places reads.

    Attributes:
        figures: Its figures.
        form: Its form, or None.
        sound: Whether all of it is there.
        rows: Its rows, first line to last.
    """

    figures: list[Figure]
    form: str | None
    sound: bool
    rows: Sequence[Candidate]


def read_requests(
    document: Document, above: Sequence[Candidate], rows: Sequence[Candidate]
) -> Requests:
    """Read table three.

    Args:
        document: The document.
        above: Candidate rows that may be its headings.
        rows: Its rows, the first line first.
    """
    lines = union("t3")
    heads = [*above, rows[0]] if not rows[0].structured else list(above)
    columns = request_columns(_below_caption(heads))
    rows = [row for row in rows if not (row.structured and is_heading_row(row.labels))]
    body = [row for row in rows if row.tail]
    kept = document.blanks_kept or keeps_blanks(body)
    width = len(columns) if columns else len(lines[0].measures)
    placing = Placing(
        body,
        width,
        blanks_kept=kept,
        padding=padding_behind(above),
        own_cells=document.own_cells,
        start=_first_column(document, above, width),
    )
    pairs = align(body, "t3", lambda row: placing.cells(row) is not None)
    codes: set[str | None] = {line.code for _, line in pairs}
    # A row without values names its line, too.
    form = form_of(codes.union(named(row.labels, "t3") for row in rows))
    pairs = without_groups(pairs, body, form)
    if not document.own_cells:
        placing.keep(_unshifted(pairs))
    cells = [placing.cells(row) if columns else None for row, _ in pairs]
    twice = stands_twice(body, "t3")  # last year's table, its first line lost
    loose = any(not row.structured for row, _ in pairs)
    sound = not loose or sound_rows([line for _, line in pairs], cells, form)
    printed = codes if sound else codes | _printed(rows)
    figures: list[Figure] = []
    for (row, line), found in zip(pairs, cells, strict=True):
        made = _row_figures(document, line, columns, found)
        why = "two_tables" if twice else ""
        if not row.structured and not why:
            why = _doubt(made, sound, _line_after(line.code, form) in printed)
        figures.extend([lost(figure, why) for figure in made] if why else made)
    if columns and not twice:
        for row, line in unlabelled(rows, pairs, form):
            figures += inferred(_row_figures(document, line, columns, placing.cells(row)))
    figures = _in_order(figures)
    last = pairs[-1][0].index if pairs else -1
    return Requests(figures, form, sound, [row for row in rows if row.index <= last])


def _in_order(figures: list[Figure]) -> list[Figure]:
    """The figures in statutory order, inferred rows in their places."""
    order = {line.code: i for i, line in enumerate(union("t3"))}
    return sorted(figures, key=lambda figure: order[figure.line])


def _row_figures(
    document: Document,
    line: Line,
    columns: Sequence[str | None] | None,
    cells: Sequence[Cell] | None,
) -> list[Figure]:
    """The figures of one row, by the headings of its columns."""
    placed = dict(zip(columns, cells, strict=True)) if columns and cells else {}
    return [figure(document, line, m, placed.get(m.code)) for m in measures("t3")]


def _doubt(figures: Sequence[Figure], sound: bool, followed: bool) -> str:
    """Why a row that was printed one cell a line cannot be believed, or ""."""
    if not sound and not (followed and sums_hold(figures)):
        return "blanks_lost"
    return "page_number" if may_end_in_page_number(figures) else ""


def _printed(rows: Sequence[Candidate]) -> set[str | None]:
    """Lines whose labels stand anywhere in the rows, and None for the end of the table."""
    labels = (label for row in rows for label in row.labels if core(label) != flat(label))
    return {None, *(named((label,), "t3") for label in labels)}


@cache
def _line_after(code: str, form: str | None) -> str | None:
    """Code of the next line, or None.

    If its label is not printed, a blank row may stand here, and its values belong to a
    label that was lost.
    """
    codes = [other.code for other in (forms()[form].table("t3") if form else union("t3"))]
    at = codes.index(code) + 1 if code in codes else len(codes)
    return codes[at] if at < len(codes) else None


def _unshifted(pairs: Sequence[tuple[Candidate, Line]]) -> dict[int, str] | None:
    """Rows of a text dump that stand where their labels belong: their number → their kind.

    A grid of text keeps an empty cell under each label that spans rows. Where a page
    number or a lost row interrupts the span, the rows behind it stand a column off: it
    shows in their labels, since lines of one depth have theirs in one column. Where not
    all of a depth do, one group says nothing about another.

    Returns:
        None where rows hold their own cells only: then nothing shows.
    """
    rows = [(row, _depth(line), line.group) for row, line in pairs if row.structured]
    if all(_last_label(row) + 1 == len(row.labels) for row, *_ in rows):
        return None
    columns: dict[int, Counter[int]] = {}
    for row, depth, _ in rows:
        columns.setdefault(depth, Counter())[_last_label(row)] += 1
    usual = {}
    for depth, counts in columns.items():
        (column, most), *others = counts.most_common()
        if not any(count == most for _, count in others):
            usual[depth] = column
    return {
        row.index: f"{depth}{group if len(columns[depth]) > 1 else ''}"
        for row, depth, group in rows
        if usual.get(depth) == _last_label(row)
    }


def _last_label(row: Candidate) -> int:
    """Column of the last label, or -1."""
    return row.width - len(row.tail) - 1


def _depth(line: Line) -> int:
    """0 for lines that stand alone, 1 for results, 2 for results within a group."""
    if not line.name.startswith("三"):
        return 0
    return 2 if line.group else 1


def _first_column(document: Document, above: Sequence[Candidate], width: int) -> int | None:
    """Column of 自然人 where 总计 stands as far behind it as the form has columns."""
    places: dict[str, int] = {}
    for row in above:
        if row.structured:
            for column, cell in enumerate(document.rows[row.index].cells):
                places[core(cell.text)] = column
    first, last = places.get("自然人"), places.get("总计")
    return first if first is not None and last == first + width - 1 else None


def _below_caption(rows: Sequence[Candidate]) -> list[Candidate]:
    """The headings of the table: what follows its caption or 申请人情况, first row excluded."""
    for i in range(len(rows) - 1, -1, -1):
        for number, label in enumerate(rows[i].labels):
            if "申请人情况" in core(label) or "勾稽关系" in label:
                first = Candidate(rows[i].labels[number + 1 :], (), 0, 0, structured=False)
                return _without_line([first, *rows[i + 1 :]])
    first_row = next((i for i, row in enumerate(rows) if is_heading_row(row.labels)), 0)
    return _without_line(list(rows[first_row:]))


def _without_line(rows: list[Candidate]) -> list[Candidate]:
    """Headings without the label of table three's first line, where cells come one a line."""
    new, carried, *_ = union("t3")
    kept = []
    for row in rows:
        labels = tuple(
            label
            for label in row.labels
            if max(resemblance((label,), new), resemblance((label,), carried)) < _LIKE_A_START
        )
        kept.append(Candidate(labels, (), row.width, row.index, row.structured))
    return kept


def starts_of_requests(rows: Sequence[Candidate]) -> list[int]:
    """Rows where table three begins: 本年新收, with 上年结转 or a result soon after it.

    A row 本年新收 alone may stand in a table of the narrative; nothing follows it only
    where the body breaks off.
    """
    new, carried, granted, *_ = union("t3")
    starts = []
    for i, row in enumerate(rows):
        like = resemblance(row.labels, new)
        if not row.tail or like < max(_LIKE_A_START, resemblance(row.labels, carried)):
            continue
        following = [after for after in rows[i + 1 : i + 5] if after.tail]
        if not following or any(
            max(resemblance(after.labels, carried), resemblance(after.labels, granted)) >= 0.8
            for after in following
        ):
            starts.append(i)
    if not starts:  # the first line's label may be lost: then the second one begins it
        second = (i for i, row in enumerate(rows) if row.tail)
        starts = [i for i in second if resemblance(rows[i].labels, carried) >= 0.8][:1]
    return starts
