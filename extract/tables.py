"""The three statutory tables: candidate rows to figures, the form found per table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .align import align, best_line, resemblance
from .forms import Form, Line, Measure, forms, measures, union
from .labels import core, flat, likeness
from .rows import Candidate, Placing, candidates
from .types import Cell, Document, Figure
from .values import read_value

_UNIT = re.compile(
    r"[(（【\[](?:单位[:：]?)?(元|千元|万元|百万元|亿元)[)）】\]]|单位[:：](元|千元|万元|百万元|亿元)"
)


@dataclass(slots=True)
class Tables:
    """What was found: figures in statutory order, and the form by table."""

    figures: list[Figure] = field(default_factory=list)
    forms: dict[str, str] = field(default_factory=dict)


def read_tables(document: Document) -> Tables:
    """Find and read the three tables of a report.

    Tables are told by what stands in them (本年新收… opens table three, a 尚未审结
    heading table four), never by headings, which real pages lose and move.
    """
    found = Tables()
    rows = candidates(document)
    start = _start_of_requests(rows)
    disputes = _start_of_disputes(rows, start or 0)
    _proactive(document, rows[:start], found)
    if start is not None:
        _requests(document, rows, start, disputes, found)
    if disputes is not None:
        _disputes(document, rows[disputes:], found)
    return found


def _start_of_requests(rows: Sequence[Candidate]) -> int | None:
    first = union("t3")[0]
    for i, row in enumerate(rows):
        if row.tail and resemblance(row.labels, first) >= 0.8:
            return i
    return None


def _start_of_disputes(rows: Sequence[Candidate], start: int) -> int | None:
    for i in range(start, len(rows)):
        labels = {core(label) for label in rows[i].labels}
        if "尚未审结" in labels and "结果维持" in labels:
            return i
    return None


# -- table two ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Heading:
    """A printed column heading of table two: the measures it may be, by form; its unit."""

    codes: dict[str, str]
    unit: str | None


def _proactive(document: Document, rows: Sequence[Candidate], found: Tables) -> None:
    lines = union("t2")
    headings: list[_Heading] | None = None
    read: dict[tuple[str, str], list[Figure]] = {}
    votes: Counter[str] = Counter()
    for row in rows:
        is_heading = not row.tail or "信息内容" in map(core, row.labels[:1])
        for label in row.labels if is_heading else row.labels[:-1]:
            headings = _with_heading(headings, label)
        if is_heading or headings is None or not row.labels:
            continue
        line, _ = best_line(row.labels[-1:], lines)
        form = _form_of_block(line, headings) if line else None
        if line is None or form is None or (form.code, line.code) in read:
            continue
        own = next(own for own in form.table("t2") if own.code == line.code)
        read[form.code, line.code] = list(_line_figures(document, row, own, form, headings))
        votes[form.code] += 1
    if votes:
        found.forms["t2"] = votes.most_common(1)[0][0]
    for form in forms().values():
        for line in form.table("t2"):
            found.figures.extend(read.get((form.code, line.code), ()))


def _with_heading(headings: list[_Heading] | None, label: str) -> list[_Heading] | None:
    """The headings after one more label: 信息内容 begins a block, a measure extends it."""
    if core(label) == "信息内容":
        return []
    if headings is None:
        return None
    codes = {}
    for form in forms().values():
        for measure in form.measures:
            if measure.table == "t2" and likeness(core(label), core(measure.label)) > 0.85:
                codes[form.code] = measure.code
    if codes:
        # An exact name wins over a likeness: 处理决定数量 is one form's, 本年处理决定数量
        # the other's, but a typo must not lose the column.
        unit = _UNIT.search(flat(label))
        headings.append(_Heading(codes, next(filter(None, unit.groups()), None) if unit else None))
    return headings


def _form_of_block(line: Line, headings: Sequence[_Heading]) -> Form | None:
    """The form whose measures of this line are exactly the printed headings."""
    for form in forms().values():
        own = next((own for own in form.table("t2") if own.code == line.code), None)
        if own and list(own.measures) == [heading.codes.get(form.code) for heading in headings]:
            return form
    return None


def _line_figures(
    document: Document, row: Candidate, line: Line, form: Form, headings: Sequence[_Heading]
) -> Iterator[Figure]:
    placing = Placing((row,), len(headings), blanks_kept=document.blanks_kept)
    cells = placing.cells(row)
    if cells is None and document.blanks_kept and row.structured:
        # Padding of table two stands to the right: its rows have one label, first.
        head, rest = row.tail[: len(headings)], row.tail[len(headings) :]
        if len(head) == len(headings) and not any(cell.text for cell in rest):
            cells = head
    for i, (code, heading) in enumerate(zip(line.measures, headings, strict=True)):
        yield _figure(line, form.measure("t2", code), cells[i] if cells else None, heading.unit)


# -- table three ------------------------------------------------------------------


def _requests(
    document: Document,
    rows: Sequence[Candidate],
    start: int,
    end: int | None,
    found: Tables,
) -> None:
    lines = union("t3")
    headings = rows[max(0, start - 6) : start]
    columns = _columns([*headings, rows[start]])
    body = [row for row in rows[start:end] if row.tail]
    placing = Placing(
        body, len(columns), blanks_kept=document.blanks_kept, padding=_padding(headings)
    )
    pairs = align(body, lines, lambda row: placing.cells(row) is not None)
    if not pairs:
        return
    codes = {line.code for _, line in pairs}
    for form in forms().values():
        own = {line.code for line in form.table("t3")}
        others = {line.code for line in lines} - own
        if codes & own - _shared_codes() and not codes & others:
            found.forms["t3"] = form.code
    by_code = {measure.code: measure for measure in measures("t3")}
    for row, line in pairs:
        cells = placing.cells(row)
        placed = dict(zip(columns, cells, strict=True)) if cells else {}
        for code in line.measures:
            found.figures.append(_figure(line, by_code[code], placed.get(code)))


def _shared_codes() -> set[str]:
    tables = [{line.code for line in form.table("t3")} for form in forms().values()]
    return set.intersection(*tables)


def _columns(header: Sequence[Candidate]) -> list[str]:
    """Codes of table three's printed columns, in the order of the row that names them.

    小计, an extra column that some agencies add, is kept as a place without a code.
    """
    line = union("t3")[0]
    known = {core(measure.label): measure.code for measure in measures("t3")}
    statutory = list(line.measures)
    labels = [core(label) for row in header for label in row.labels]
    if "商业企业" not in labels:
        return statutory
    at = labels.index("商业企业")
    while at > 0 and labels[at - 1] in ("小计", "自然人"):
        at -= 1
    named = []
    for label in labels[at:]:
        if label not in known and label != "小计":
            break
        named.append(known.get(label, "小计"))
    legal = [code for code in named if code not in ("natural", "total")]
    if set(legal) - {"小计"} != set(statutory) - {"natural", "total"}:
        return statutory
    return ["natural", *legal, "total"]


# -- table four -------------------------------------------------------------------


def _disputes(document: Document, rows: Sequence[Candidate], found: Tables) -> None:
    slots = [(line, measure) for line in union("t4") for measure in measures("t4")]
    row = _dispute_row(rows, len(slots))
    if row is None:
        return
    padding = _padding(rows[: rows.index(row)])
    cells = Placing((row,), len(slots), blanks_kept=document.blanks_kept, padding=padding).cells(
        row
    )
    for i, (line, measure) in enumerate(slots):
        found.figures.append(_figure(line, measure, cells[i] if cells else None))


def _padding(headings: Sequence[Candidate]) -> int | None:
    """Empty cells behind the headings' last column 总计, which its values share; or None."""
    for row in reversed(headings):
        if row.structured and row.labels and core(row.labels[-1]) == "总计":
            return None if any(cell.text for cell in row.tail) else len(row.tail)
    return None


def _dispute_row(rows: Sequence[Candidate], width: int) -> Candidate | None:
    """The row of values: no label of its own, or right after the headings' last 总计."""
    blank = None
    for row in rows:
        labels = {core(label) for label in row.labels}
        if any("存在" in label and "问题" in label for label in labels):
            break
        if row.structured and row.labels:
            continue
        if any(cell.text for cell in row.tail):
            return row if row.structured or "总计" in labels else None
        if row.structured and len(row.tail) >= width:
            blank = blank or row
    return blank


def _figure(line: Line, measure: Measure, cell: Cell | None, unit: str | None = None) -> Figure:
    if cell is None:
        return Figure(line.table, line.code, measure.code, None, None, "missing_cell", unit)
    reading = read_value(cell.text, measure.kind)
    flags = reading.flags
    if reading.unit and unit and reading.unit != unit:
        flags = (*flags, "unit_conflict")
    return Figure(
        table=line.table,
        line=line.code,
        measure=measure.code,
        printed=cell.text,
        value=reading.value,
        status=reading.status,
        unit=reading.unit or unit,
        place=cell.place,
        flags=flags,
    )
