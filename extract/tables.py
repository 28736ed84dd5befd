"""The three statutory tables of a document, wherever they stand, and the form of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

from .cells import agreed
from .disputes import read_disputes, starts_of_disputes
from .forms import TABLES, forms
from .leftovers import leftovers
from .proactive import read_proactive
from .requests import Requests, read_requests, starts_of_requests
from .rows import Candidate, candidates
from .table_headings import begins_block
from .types import Cell, Document, Figure

_HEADING_ROWS = 8  # that may stand above the first line of table three
_MOST_OF_TABLE_THREE, _EXCERPT = 12, 5  # lines


@dataclass(slots=True)
class Tables:
    """What was found.

    Attributes:
        figures: Figures in statutory order.
        forms: Form by table.
        leftovers: Numbers inside the tables that no figure took, in reading order.
    """

    figures: list[Figure] = field(default_factory=list)
    forms: dict[str, str] = field(default_factory=dict)
    leftovers: list[Cell] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether all three tables are there, with every line of a form and no cell missing."""
        lines = {(figure.table, figure.line) for figure in self.figures}
        whole = all(
            any({(t, line.code) for line in form.table(t)} <= lines for form in forms().values())
            for t in TABLES
        )
        return whole and all(figure.status != "missing_cell" for figure in self.figures)


def read_tables(document: Document) -> Tables:
    """Find and read the three tables of a report.

    Tables are told by what stands in them (本年新收… opens table three, a 尚未审结
    heading table four), never by headings, which real pages lose and move. Where a
    table stands twice and says two things, none of them is taken.
    """
    found = Tables()
    rows = candidates(document)
    starts = starts_of_requests(rows)
    disputes = starts_of_disputes(rows, starts[0] if starts else 0)
    end = disputes[0] if disputes else len(rows)
    requests = _without_excerpts(
        [
            read_requests(document, rows[max(0, at - _HEADING_ROWS) : at], rows[at:after])
            for at, after in _spans(starts, len(rows), end)
        ]
    )
    sound = bool(requests) and requests[0].sound
    first = starts[0] if starts else end
    blocks = [*rows[:first], *_later_blocks(rows[first:])]
    proactive = read_proactive(document, blocks, sound)
    settled = [
        read_disputes(document, rows[at:after], sound) for at, after in _spans(disputes, len(rows))
    ]
    found.figures += proactive.figures
    found.figures += agreed([reading.figures for reading in requests])
    found.figures += agreed([reading.figures for reading in settled])
    if proactive.form:
        found.forms["t2"] = proactive.form
    if requests and requests[0].form and len({reading.form for reading in requests}) == 1:
        found.forms["t3"] = requests[0].form
    used = [proactive.rows, *(r.rows for r in requests), *(r.rows for r in settled)]
    found.leftovers += leftovers(document, chain.from_iterable(used), found.figures)
    return found


def _without_excerpts(readings: list[Requests]) -> list[Requests]:
    """Readings of table three without tables that have a few of its lines (近三年 …)."""
    lines = [len({figure.line for figure in reading.figures}) for reading in readings]
    if max(lines, default=0) < _MOST_OF_TABLE_THREE:
        return readings
    return [r for r, count in zip(readings, lines, strict=True) if count > _EXCERPT]


def _later_blocks(rows: Sequence[Candidate]) -> Sequence[Candidate]:
    """Rows behind table three from a block of table two on: last year's report, say."""
    for i, row in enumerate(rows):
        if any(map(begins_block, row.labels[:2])):
            return rows[i:]
    return ()


def _spans(starts: Sequence[int], end: int, first_end: int | None = None) -> list[tuple[int, int]]:
    """(begin, end) of each table; the first may end earlier."""
    spans = []
    for number, at in enumerate(starts):
        after = starts[number + 1] if number + 1 < len(starts) else end
        if first_end is not None and at < first_end:
            after = min(after, first_end)
        spans.append((at, after))
    return spans
