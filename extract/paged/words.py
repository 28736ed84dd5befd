"""Tables without ruling lines: which words make a row, and in which column each stands.

Labels say which row a line of numbers belongs to, by height; columns follow from where
the numbers, or their headings, are set (reading-tables §2.1). A number whose row or
column is not certain is left without one: then its table is not read from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..forms import measures
from ..labels import core, flat, likeness
from ..types import Cell, Row
from .blocks import Span, block_spans
from .lines import Line, margins_of, paragraphs
from .segments import BEGINS, Columns, Segment, columns_of, segments

_FIRST = re.compile(r"本年新收")
_LAST = re.compile(r"结转下年度")
_PERSONS = tuple(core(measure.label) for measure in measures("t3"))
_RESULTS = tuple(core(measure.label) for measure in measures("t4")) * 3
_OVER = frozenset(
    {"申请人情况", "法人或其他组织", "行政复议", "行政诉讼", "未经复议直接起诉", "复议后起诉"}
)
_HEADING_LINES = 14  # that may stand above a table's first row
_LIKE = 0.6
_MOST_DIGITS = 9


def word_rows(lines: Sequence[Line]) -> Iterator[Row]:
    """Rows of the three tables where they stand, paragraphs of everything else."""
    entries = [segments(line) for line in lines]
    spans = sorted(
        found for found in (_requests(lines, entries), _disputes(lines, entries)) if found
    )
    spans = [*block_spans(entries, spans[0][0] if spans else len(lines)), *spans]
    margins, at = margins_of(lines), 0
    for begin, end, rows in spans:
        yield from _prose(lines[at:begin], margins)
        yield from rows
        at = end
    yield from _prose(lines[at:], margins)


def _prose(lines: Sequence[Line], margins: tuple[float, float]) -> Iterator[Row]:
    for paragraph in paragraphs(lines, margins):
        yield Row((Cell(paragraph.text, paragraph.place),))


# -- table three -------------------------------------------------------------------


def _requests(lines: Sequence[Line], entries: Sequence[list[Segment]]) -> Span | None:
    """Table three: first line, line behind the last, rows; None where it is not told."""
    begin = next((i for i, line in enumerate(lines) if _FIRST.search(flat(line.text))), None)
    if begin is None:
        return None
    last = next((i for i in range(begin, len(lines)) if _LAST.search(flat(lines[i].text))), None)
    if last is None:
        return None
    while begin and not _has_label(entries[begin - 1]):  # numbers above a label of two lines
        begin -= 1
    end = last + 1
    while end < len(lines) and _is_tail(entries[end]):
        end += 1
    body = [entry for line in entries[begin:end] for entry in line]
    first = _first_heading(entries, begin)
    columns = columns_of([entry for entry in body if entry.is_value], len(_PERSONS))
    columns = columns or _columns_above(entries[first:begin], body)
    if columns is None:
        return None
    heads = _named(_headings(entries[first:begin], columns), _PERSONS)
    rows = _labelled(body, columns)
    if heads is None or rows is None:
        return None
    over = [e.cell for i in range(first, begin) for e in entries[i] if core(e.text) in _OVER]
    return first, end, [Row((cell,)) for cell in over] + [Row(heads, tabular=True), *rows]


def _columns_above(heads: Sequence[list[Segment]], body: Sequence[Segment]) -> Columns | None:
    """The columns that the headings show, right of the labels: few numbers may be printed."""
    right = max((entry.box.x1 for entry in body if not entry.is_value), default=0.0)
    parts = [e for line in heads for e in line if e.box.x0 > right and core(e.text) not in _OVER]
    return columns_of(parts, len(_PERSONS))


def _first_heading(entries: Sequence[list[Segment]], begin: int) -> int:
    """Where the headings above a line begin: at 申请人情况, else at the first known one."""
    near = range(max(0, begin - _HEADING_LINES), begin)
    names = [{core(entry.text) for entry in entries[i]} for i in near]
    for wanted in ({"申请人情况"}, {*_OVER, *_PERSONS}):
        found = next((i for i, line in zip(near, names, strict=True) if line & wanted), None)
        if found is not None:
            return found
    return begin


def _has_label(line: Sequence[Segment]) -> bool:
    return any(not entry.is_value for entry in line)


def _is_tail(line: Sequence[Segment]) -> bool:
    """Whether a line still belongs to the last row: numbers, or the rest of its label."""
    return all(entry.is_value or core(entry.text) in ("办理", "继续办理", "理") for entry in line)


def _headings(lines: Sequence[list[Segment]], columns: Columns) -> list[Cell]:
    """What stands above each column, from the top down."""
    texts: list[list[Segment]] = [[] for _ in columns.places]
    centres = Columns(columns.places, lambda box: (box.x0 + box.x1) / 2)
    for line in lines:
        for entry in line:
            at = centres.of(entry.box)
            if at is not None and core(entry.text) not in _OVER and not entry.is_value:
                texts[at].append(entry)
    return [
        Cell("".join(e.text for e in column), column[0].cell.place if column else "")
        for column in texts
    ]


def _named(heads: Sequence[Cell], names: Sequence[str]) -> tuple[Cell, ...] | None:
    """The headings under their statutory names; None where they are not those, in order.

    Two may be lost in what stands beside them, but none may bear another's name.
    """
    told = [_name(head.text, sorted(set(names))) for head in heads]
    right = sum(name == wanted for name, wanted in zip(told, names, strict=True))
    other = any(name in names and name != wanted for name, wanted in zip(told, names, strict=True))
    if other or right < len(names) - 2:
        return None
    return tuple(Cell(name, head.place) for head, name in zip(heads, names, strict=True))


def _name(text: str, names: Sequence[str]) -> str:
    """The statutory heading that a text means, or the text."""
    text = core(text)
    best = max(names, key=lambda name: likeness(text, name))
    return best if likeness(text, best) >= _LIKE or text == best else text


def _labelled(body: Sequence[Segment], columns: Columns) -> list[Row] | None:
    """Rows of a label and one cell a column; None where a number has no certain row."""
    labels = _labels([entry for entry in body if not entry.is_value])
    numbers: dict[tuple[int, int], list[Segment]] = {}
    for entry in body:
        if not entry.is_value and entry.text[-1].isdigit():
            return None  # a number touches its label
        if entry.is_value:
            owner = _owner(entry, labels)
            column = columns.of(entry.box)
            if owner is None or column is None or _is_run(entry):
                return None
            numbers.setdefault((owner, column), []).append(entry)
    if any(len(found) > 1 for found in numbers.values()):
        return None
    rows = []
    owners = {owner for owner, _ in numbers}
    inner = max(label[0].box.x0 for label in labels)
    for i, label in enumerate(labels):
        # A label that no number stands beside heads a group, or its row is blank.
        if i in owners or label[0].box.x0 > inner - label[0].size:
            cells = [Cell("".join(part.text for part in label), label[0].cell.place)]
            for column in range(len(columns.places)):
                found = numbers.get((i, column))
                cells.append(found[0].cell if found else Cell("", ""))
            rows.append(Row(tuple(cells), tabular=True))
    return rows


def _is_run(entry: Segment) -> bool:
    """Whether the numbers of several columns touch: no count has so many digits."""
    return sum(char.isdigit() for char in entry.text) > _MOST_DIGITS


def _labels(parts: Sequence[Segment]) -> list[list[Segment]]:
    """Lines of labels put together: a label begins with its enumerator."""
    labels: list[list[Segment]] = []
    for part in sorted(parts, key=lambda part: (part.page, part.middle)):
        if not BEGINS.match(flat(part.text)):
            open_labels = [
                label
                for label in labels[-4:]
                if abs(label[-1].box.x0 - part.box.x0) < 1.5 * part.size
                and label[-1].page == part.page
                and 0 < part.middle - label[-1].middle < 2 * part.size
            ]
            if len(open_labels) == 1:
                open_labels[0].append(part)
                continue
            if part.box.x1 - part.box.x0 <= 1.2 * part.size:
                continue  # one character of a label set upright
        labels.append([part])
    return labels


def _owner(number: Segment, labels: Sequence[list[Segment]]) -> int | None:
    """The label beside which a number stands; of two, the one nearer to the numbers."""
    beside = [
        (label[0].box.x0, i)
        for i, label in enumerate(labels)
        if label[0].page == number.page
        and label[0].box.top - 0.3 * number.size <= number.middle
        and number.middle <= label[-1].box.bottom + 0.3 * number.size
    ]
    if not beside:
        return None
    beside.sort()
    near = [i for x0, i in beside if x0 > beside[-1][0] - number.size]
    return near[0] if len(near) == 1 else None


# -- table four --------------------------------------------------------------------


def _disputes(lines: Sequence[Line], entries: Sequence[list[Segment]]) -> Span | None:
    """Table four: one line of numbers below fifteen headings."""
    for begin, line in enumerate(entries):
        if not {"行政复议", "行政诉讼"} <= {core(entry.text) for entry in line}:
            continue
        for at in range(begin + 1, min(begin + _HEADING_LINES, len(lines))):
            numbers = entries[at]
            if not numbers or not all(entry.is_value for entry in numbers):
                continue
            heads = _columns_below([e for row in entries[begin:at] for e in row])
            if heads is None:
                return None
            columns, names = heads
            if _has_more(numbers, entries[at + 1 : at + 3]) or any(map(_is_run, numbers)):
                return None
            found = {columns.of(entry.box): entry for entry in numbers}
            if None in found or len(found) != len(numbers):
                return None
            cells = [found[i].cell if i in found else Cell("", "") for i in range(len(_RESULTS))]
            head = Row(names, tabular=True)
            return begin, at + 1, [head, Row(tuple(cells), tabular=True)]
    return None


def _has_more(numbers: Sequence[Segment], below: Sequence[list[Segment]]) -> bool:
    """Whether numbers right below show that the row is more than one line of them."""
    low = max(entry.box.bottom for entry in numbers)
    return any(
        line
        and all(entry.is_value for entry in line)
        and line[0].page == numbers[0].page
        and line[0].box.top - low < line[0].size
        for line in below
    )


def _columns_below(heads: Sequence[Segment]) -> tuple[Columns, tuple[Cell, ...]] | None:
    """The fifteen columns that headings of one or two lines show."""
    parts = [entry for entry in heads if core(entry.text) not in _OVER]
    columns = columns_of(parts, len(_RESULTS))
    if columns is None:
        return None
    names = _named(_headings([parts], columns), _RESULTS)
    return (columns, names) if names else None
