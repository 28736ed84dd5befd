"""Statutory forms → tables as the forms print them. Pure: no database, no markup.

Labels of lines and measures come from the forms. Only the headings that belong to
no line or measure are written here (a form's data has no place for them).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import groupby

from archive.site.cells import Cell, Figures, Row, Table
from archive.site.words import FIGURE
from extract.forms import Form, Line, Measure, Slot, forms, union

CORNER = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
APPLICANTS = "申请人情况"
ORGANISATIONS = "法人或其他组织"
OUTCOMES = "三、本年度办理结果"
CONTENT = "信息内容"
#: Enumerators of table three's top level; every other line stands under `OUTCOMES`.
TOP_LEVEL = tuple(f"{number}、" for number in "一二四五六")


def lay_out(table: str, form_code: str | None, figures: Figures) -> Table | None:
    """One statutory table as its form prints it, or None if no cell of it was read.

    Lines of the other form that the report prints too (hybrid reports are real)
    are laid out where the merged order has them.
    """
    form = forms().get(form_code or "") or _best_form(table, figures)
    if form is None:
        return None
    if not any(figures.has(slot.key) for each in forms().values() for slot in each.slots(table)):
        return None
    head, body = {"t2": _table_two, "t3": _table_three, "t4": _table_four}[table](form, figures)
    return Table(table, form.titles[table], form.code, head, body)


def form_of(found: Mapping[str, object], table: str) -> str | None:
    """The form that a version's table follows."""
    code = found.get(f"form_{table}")  # table four is alike in every form
    return None if code is None else str(code)


def _best_form(table: str, figures: Figures) -> Form | None:
    """The form with the most cells, where the reader could not tell."""
    counts = {
        code: sum(figures.has(slot.key) for slot in form.slots(table))
        for code, form in forms().items()
    }
    code = max(counts, key=lambda each: counts[each])
    return forms()[code] if counts[code] else None


def _lines(table: str, form: Form, figures: Figures) -> list[Line]:
    """Lines of the form, and those of other forms that the report prints, in order."""
    own = {line.code: line for line in form.table(table)}
    printed = {
        slot.line.code
        for each in forms().values()
        for slot in each.slots(table)
        if figures.has(slot.key)
    }
    return [
        own.get(line.code, line)
        for line in union(table)
        if line.code in own or line.code in printed
    ]


def _slots(form: Form, line: Line) -> Sequence[Slot]:
    """Cells of a line of `_lines`, measured by the form that has it."""
    return _slots_by_line(form.code)[line.table, line.code]


@cache
def _slots_by_line(code: str) -> dict[tuple[str, str], list[Slot]]:
    """Table and line → cells: a form's own lines, and those that only other forms have."""
    found: dict[tuple[str, str], list[Slot]] = {}
    for each in (forms()[code], *forms().values()):
        for line in each.lines:
            slots = [Slot(line, each.measure(line.table, name)) for name in line.measures]
            found.setdefault((line.table, line.code), slots)
    return found


def _figure_cells(slots: Sequence[Slot], figures: Figures, width: int) -> Row:
    """Cells of one line over `width` columns; the last one takes what is left."""
    if not any(figures.has(slot.key) for slot in slots):
        word = FIGURE["absent"]
        return (Cell(word.word, colspan=width, state="absent", title=word.meaning),)
    spans = _spans(len(slots), width)
    return tuple(figures.cell(slot, span) for slot, span in zip(slots, spans, strict=True))


def _spans(count: int, width: int) -> list[int]:
    return [1] * (count - 1) + [width - count + 1]


# --- table two: one section a clause, each with its own headings -----------------


def _table_two(form: Form, figures: Figures) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    lines = [_slots(form, line) for line in form.table("t2")]
    own = {slot.key for slots in lines for slot in slots}
    for other in forms().values():
        foreign = [
            [slot for slot in other.slots("t2") if slot.line is line] for line in other.table("t2")
        ]
        lines += [
            [slot for slot in slots if slot.key not in own]
            for slots in foreign
            if any(slot.key not in own and figures.has(slot.key) for slot in slots)
        ]
    width = max(len(slots) for slots in lines)
    rows: list[Row] = []
    for (clause, measures), section in groupby(lines, key=_section):
        rows.append((Cell(clause, "colgroup", colspan=width + 1),))
        headings = [_heading(measure) for measure in measures]
        spans = _spans(len(headings), width)
        rows.append(
            (
                Cell(CONTENT, "col"),
                *(Cell(t, "col", colspan=s) for t, s in zip(headings, spans, strict=True)),
            )
        )
        for slots in section:
            label = Cell(slots[0].line.label, "row")
            rows.append((label, *_figure_cells(slots, figures, width)))
    return (), tuple(rows)


def _section(slots: Sequence[Slot]) -> tuple[str, tuple[Measure, ...]]:
    return slots[0].line.group, tuple(slot.measure for slot in slots)


def _heading(measure: Measure) -> str:
    # The form prints a unit only where money is asked for.
    if measure.kind == "money" and measure.unit:
        return f"{measure.label}（单位：{measure.unit}）"
    return measure.label


# --- table three: applicants across, outcomes down -------------------------------


def _table_three(form: Form, figures: Figures) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    measures = [m for m in form.measures if m.table == "t3"]
    first, *organisations, last = (m.label for m in measures)
    head: tuple[Row, ...] = (
        (
            Cell(CORNER, "col", colspan=3, rowspan=3),
            Cell(APPLICANTS, "colgroup", colspan=len(measures)),
        ),
        (
            Cell(first, "col", rowspan=2),
            Cell(ORGANISATIONS, "colgroup", colspan=len(organisations)),
            Cell(last, "col", rowspan=2),
        ),
        tuple(Cell(label, "col") for label in organisations),
    )
    rows: list[Row] = []
    lines = _lines("t3", form, figures)
    for top, chapter in groupby(lines, key=lambda line: line.label.startswith(TOP_LEVEL)):
        block = list(chapter)
        labels = _labels(block, top=top)
        for line, label in zip(block, labels, strict=True):
            cells = _figure_cells(_slots(form, line), figures, len(measures))
            rows.append((*label, *cells))
    return head, tuple(rows)


def _labels(block: Sequence[Line], *, top: bool) -> list[Row]:
    """Headings at the left of each line of a block of table three."""
    if top:
        return [(Cell(line.label, "row", colspan=3),) for line in block]
    found: list[Row] = []
    for group, members in groupby(block, key=lambda line: line.group):
        lines = list(members)
        if not group:
            found += [(Cell(line.label, "row", colspan=2),) for line in lines]
            continue
        labels = [(Cell(line.label, "row"),) for line in lines]
        found.append((Cell(group, "rowgroup", rowspan=len(lines)), *labels[0]))
        found += labels[1:]
    found[0] = (Cell(OUTCOMES, "rowgroup", rowspan=len(block)), *found[0])
    return found


# --- table four: one row of figures ----------------------------------------------


def _table_four(form: Form, figures: Figures) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    lines = [(line, _slots(form, line)) for line in _lines("t4", form, figures)]
    first: list[Cell] = []
    second: list[Cell] = []
    third: list[Cell] = []
    for group, members in groupby(lines, key=lambda pair: pair[0].group):
        block = list(members)
        width = sum(len(slots) for _, slots in block)
        if group:
            first.append(Cell(group, "colgroup", colspan=width))
        for line, slots in block:
            headings = [Cell(slot.measure.label, "col") for slot in slots]
            title = Cell(line.label, "colgroup", colspan=len(slots))
            if group:
                second.append(title)
                third += headings
            else:
                first.append(title)
                second += [replace(cell, rowspan=2) for cell in headings]
    body = _flat(_figure_cells(slots, figures, len(slots)) for _, slots in lines)
    return (tuple(first), tuple(second), tuple(third)), (body,)


def _flat(rows: Iterable[Row]) -> Row:
    return tuple(cell for row in rows for cell in row)
