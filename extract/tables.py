"""The three statutory tables: candidate rows to figures, the form found per table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .align import align, best_line, resemblance, stands_twice
from .forms import Form, Line, Measure, forms, measures, union
from .labels import core
from .rows import Candidate, Placing, candidates, keeps_blanks
from .sound import sound_rows, sums_hold
from .table_headings import Heading, begins_block, form_of_block, heading, request_columns
from .types import Cell, Document, Figure
from .values import read_value

_LIKE_A_START = 0.6
_HEADING_ROWS = 8


@dataclass(slots=True)
class Tables:
    """What was found: figures in statutory order, and the form by table."""

    figures: list[Figure] = field(default_factory=list)
    forms: dict[str, str] = field(default_factory=dict)


def read_tables(document: Document) -> Tables:
    """Find and read the three tables of a report.

    Tables are told by what stands in them (本年新收… opens table three, a 尚未审结
    heading table four), never by headings, which real pages lose and move. Where a
    table stands twice and says two things, none of them is taken.
    """
    found = Tables()
    rows = candidates(document)
    starts = _starts_of_requests(rows)
    disputes = _starts_of_disputes(rows, starts[0] if starts else 0)
    start = starts[0] if starts else None
    end = disputes[0] if disputes else len(rows)
    requests = [
        _requests(document, rows[max(0, at - _HEADING_ROWS) : at], rows[at:after])
        for at, after in _spans(starts, len(rows), end)
    ]
    read = _agreed([r.figures for r in requests])
    sound = bool(requests) and requests[0].sound
    _proactive(document, rows[: start if start is not None else end], found, sound)
    if requests:
        found.figures.extend(read)
        if requests[0].form and all(r.form == requests[0].form for r in requests):
            found.forms["t3"] = requests[0].form
    found.figures.extend(
        _agreed(
            [
                _disputes(document, rows[at:after], sound)
                for at, after in _spans(disputes, len(rows))
            ]
        )
    )
    return found


def _starts_of_requests(rows: Sequence[Candidate]) -> list[int]:
    """Rows where table three begins: 本年新收, with 上年结转 or a result soon after it.

    A row 本年新收 alone may stand in a table of the narrative; nothing follows it only
    where the body breaks off.
    """
    new, carried, granted, *_ = union("t3")
    starts = []
    for i, row in enumerate(rows):
        if not row.tail or resemblance(row.labels, new) < _LIKE_A_START:
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


def _starts_of_disputes(rows: Sequence[Candidate], start: int) -> list[int]:
    """Heading rows of table four; the rows of one heading count once."""
    starts: list[int] = []
    for i in range(start, len(rows)):
        labels = {core(label) for label in rows[i].labels}
        if labels >= {"尚未审结", "结果维持"} and (
            not starts or any(cell.text for row in rows[starts[-1] : i] for cell in row.tail)
        ):
            starts.append(i)
    return starts


def _spans(starts: Sequence[int], end: int, first_end: int | None = None) -> list[tuple[int, int]]:
    """(begin, end) of each table; the first may end earlier."""
    spans = []
    for number, at in enumerate(starts):
        after = starts[number + 1] if number + 1 < len(starts) else end
        if first_end is not None and at < first_end:
            after = min(after, first_end)
        spans.append((at, after))
    return spans


def _agreed(readings: list[list[Figure]]) -> list[Figure]:
    """The figures of a table that stands once, or says the same each time it stands."""
    readings = [figures for figures in readings if figures]
    if not readings:
        return []
    first = readings[0]
    for other in readings[1:]:
        if [(f.key, f.printed) for f in other] != [(f.key, f.printed) for f in first]:
            return [_lost(figure, "two_tables") for figure in first]
    return first


# -- table two ------------------------------------------------------------------


def _proactive(document: Document, rows: Sequence[Candidate], found: Tables, sound: bool) -> None:
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
        read[key] = _agreed([read[key], figures]) if key in read else figures
        votes[form.code] += 1
    if votes:
        found.forms["t2"] = votes.most_common(1)[0][0]
    if not sound and loose and not _is_complete(read, found.forms.get("t2")):
        read = {key: [_lost(f, "blanks_lost") for f in figures] for key, figures in read.items()}
    for form in forms().values():
        for line in form.table("t2"):
            found.figures.extend(read.get((form.code, line.code), ()))


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
        yield _figure(document, line, form.measure("t2", code), cell, head.unit)


def _without_page_numbers(
    figures: list[Figure], row: Candidate, rows: Sequence[Candidate]
) -> list[Figure]:
    """Where blanks leave no trace, the last number before a heading may be the page's."""
    if row is not rows[-1] and row.index + 1 < rows[rows.index(row) + 1].index:
        return figures
    value = figures[-1].value
    if len(figures) > 1 or not isinstance(value, int) or value > 999 or row is not rows[-1]:
        return figures
    return [_lost(figure, "page_number") for figure in figures]


# -- table three ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Requests:
    """Table three as one of its places reads: figures, form, whether all of it is there."""

    figures: list[Figure]
    form: str | None
    sound: bool


def _requests(
    document: Document, above: Sequence[Candidate], rows: Sequence[Candidate]
) -> _Requests:
    lines = union("t3")
    heads = [*above, rows[0]] if not rows[0].structured else list(above)
    columns = request_columns(_below_caption(heads))
    body = [row for row in rows if row.tail]
    kept = document.blanks_kept or keeps_blanks(body)
    width = len(columns) if columns else len(lines[0].measures)
    placing = Placing(body, width, blanks_kept=kept, padding=_padding(above))
    pairs = align(body, lines, lambda row: placing.cells(row) is not None)
    codes = {line.code for _, line in pairs}
    form = _form_of(codes)
    # A row 其他处理 above its own three lines is their heading, or one whose label is lost.
    extra = (codes - {line.code for line in forms()[form].table("t3")}) if form else set()
    pairs = [(row, line) for row, line in pairs if line.code not in extra]
    cells = [placing.cells(row) if columns else None for row, _ in pairs]
    twice = stands_twice(body, "t3")  # last year's table, its first line lost
    loose = any(not row.structured for row, _ in pairs)
    sound = not loose or sound_rows([line for _, line in pairs], cells, form)
    by_code = {measure.code: measure for measure in measures("t3")}
    figures: list[Figure] = []
    for (_, line), found in zip(pairs, cells, strict=True):
        placed = dict(zip(columns, found, strict=True)) if columns and found else {}
        made = [_figure(document, line, by_code[m], placed.get(m)) for m in line.measures]
        if twice or (loose and not sound and not sums_hold(made)):
            made = [_lost(figure, "two_tables" if twice else "blanks_lost") for figure in made]
        figures.extend(made)
    return _Requests(figures, form, sound)


def _below_caption(rows: Sequence[Candidate]) -> list[Candidate]:
    """The headings of the table: what follows its caption or 申请人情况, first row excluded."""
    for i in range(len(rows) - 1, -1, -1):
        for number, label in enumerate(rows[i].labels):
            if "申请人情况" in core(label) or "勾稽关系" in label:
                first = Candidate(rows[i].labels[number + 1 :], (), 0, 0, structured=False)
                return _without_line([first, *rows[i + 1 :]])
    return _without_line(list(rows))


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


def _form_of(codes: set[str]) -> str | None:
    """The form whose own lines are among those found; the one with more of its own lines."""
    tables = {form.code: {line.code for line in form.table("t3")} for form in forms().values()}
    shared = set.intersection(*tables.values())
    own = {code: len(codes & lines - shared) for code, lines in tables.items()}
    best = max(own, key=lambda code: own[code])
    return best if own[best] else None


def _padding(headings: Sequence[Candidate]) -> int | None:
    """Empty cells behind the headings' last column 总计, which its values share; or None."""
    for row in reversed(headings):
        if row.structured and row.labels and core(row.labels[-1]) == "总计":
            return None if any(cell.text for cell in row.tail) else len(row.tail)
    return None


# -- table four -------------------------------------------------------------------


def _disputes(document: Document, rows: Sequence[Candidate], sound: bool) -> list[Figure]:
    slots = [(line, measure) for line in union("t4") for measure in measures("t4")]
    row = _dispute_row(rows, len(slots))
    if row is None:
        return []
    kept = document.blanks_kept or keeps_blanks(rows)
    padding = _padding(rows[: rows.index(row)])
    placing = Placing((row,), len(slots), blanks_kept=kept, padding=padding)
    cells = placing.cells(row)
    made = [
        _figure(document, line, measure, cells[i] if cells else None)
        for i, (line, measure) in enumerate(slots)
    ]
    if not row.structured and not sound:
        width = len(measures("t4"))
        blocks = [made[i : i + width] for i in range(0, len(made), width)]
        if not all(map(sums_hold, blocks)):
            return [_lost(figure, "blanks_lost") for figure in made]
    return made


def _dispute_row(rows: Sequence[Candidate], width: int) -> Candidate | None:
    """The row of values: the first one wide enough without a label of its own.

    One cell a line, it is what follows the headings' last 总计. A blank row is the row,
    too: a later one that is filled stands somewhere else.
    """
    for row in rows:
        labels = {core(label) for label in row.labels}
        if any("问题" in label and "存在" in label for label in labels):
            return None
        if row.structured and not row.labels and len(row.tail) >= width:
            return row
        if not row.structured and row.tail:
            return row if "总计" in labels else None
    return None


# -- figures ------------------------------------------------------------------------


def _figure(
    document: Document, line: Line, measure: Measure, cell: Cell | None, unit: str | None = None
) -> Figure:
    if cell is None:
        return Figure(line.table, line.code, measure.code, None, None, "missing_cell", unit)
    reading = read_value(cell.text, measure.kind)
    value, status, flags = reading.value, reading.status, reading.flags
    if reading.unit and unit and reading.unit != unit:
        flags = (*flags, "unit_conflict")
    if cell.place == document.cut and value is not None:
        value, status, flags = None, "unparsed", (*flags, "truncated")
    return Figure(
        table=line.table,
        line=line.code,
        measure=measure.code,
        printed=cell.text,
        value=value,
        status=status,
        unit=reading.unit or unit,
        place=cell.place,
        flags=flags,
    )


def _lost(figure: Figure, why: str) -> Figure:
    """The figure without its number: it cannot be told which cell is printed there."""
    return Figure(
        figure.table, figure.line, figure.measure, None, None, "missing_cell", figure.unit,
        flags=(why,),
    )  # fmt: skip
