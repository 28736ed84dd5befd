"""Which form table three is printed in: the forms differ in one place, （六）其他处理."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from .forms import Line, forms
from .labels import bare
from .rows import Candidate


@cache
def _groups() -> frozenset[str]:
    """Headings of groups of lines that only one form has: （六）其他处理."""
    tables = [form.table("t3") for form in forms().values()]
    shared = set.intersection(*({line.code for line in lines} for lines in tables))
    own = (line for lines in tables for line in lines if line.code not in shared)
    return frozenset(bare(line.group) for line in own if line.group)


def form_of(codes: set[str | None]) -> str | None:
    """The form whose own lines are among those found.

    The 2019 form's only own line, （六）其他处理, is the 2021 form's heading of three.
    """
    tables = {form.code: form.table("t3") for form in forms().values()}
    shared = set.intersection(*({line.code for line in lines} for lines in tables.values()))
    found = {
        code: [line for line in lines if line.code in codes - shared]
        for code, lines in tables.items()
    }
    if sum(map(bool, found.values())) > 1:
        found = {
            code: [line for line in lines if bare(line.label) not in _groups()]
            for code, lines in found.items()
        }
    best = max(found, key=lambda code: len(found[code]))
    return best if found[best] else None


def without_groups(
    pairs: Sequence[tuple[Candidate, Line]], body: Sequence[Candidate], form: str | None
) -> list[tuple[Candidate, Line]]:
    """The pairs without a row 其他处理 that is a heading: of three lines, or of lost ones."""
    own = {line.code for line in forms()[form].table("t3")} if form else None
    kept = []
    for number, (row, line) in enumerate(pairs):
        if own is not None and line.code not in own:
            continue
        after = pairs[number + 1][0].index if number + 1 < len(pairs) else row.index
        between = (r for r in body if row.index < r.index < after)
        if bare(line.label) in _groups() and any(c.text for r in between for c in r.tail):
            continue
        kept.append((row, line))
    return kept
