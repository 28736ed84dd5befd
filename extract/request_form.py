"""Which form table three is printed in: the forms differ in one place, （六）其他处理."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from .forms import Line, forms
from .labels import bare
from .rows import Candidate


@cache
def _own() -> dict[str, frozenset[str]]:
    """Codes of the lines that only one form has, by form."""
    codes = {form.code: {line.code for line in form.table("t3")} for form in forms().values()}
    shared = set.intersection(*codes.values())
    return {form: frozenset(own - shared) for form, own in codes.items()}


@cache
def _headings() -> frozenset[str]:
    """Codes of lines that are called as a group of another form's lines: （六）其他处理."""
    own = set().union(*_own().values())
    lines = [line for form in forms().values() for line in form.table("t3") if line.code in own]
    groups = {bare(line.group) for line in lines if line.group}
    return frozenset(line.code for line in lines if bare(line.label) in groups)


def form_of(codes: set[str | None]) -> str | None:
    """The form whose own lines are among those found.

    The 2019 form's only own line, （六）其他处理, is the 2021 form's heading of three.
    """
    found = {form: own & codes for form, own in _own().items()}
    if sum(map(bool, found.values())) > 1:
        found = {form: own - _headings() for form, own in found.items()}
    best = max(found, key=lambda form: len(found[form]))
    return best if found[best] else None


def without_groups(
    pairs: Sequence[tuple[Candidate, Line]], body: Sequence[Candidate], form: str | None
) -> list[tuple[Candidate, Line]]:
    """The pairs without a row 其他处理 that is a heading: of three lines, or of lost ones."""
    others = set().union(*(own for other, own in _own().items() if form and other != form))
    kept = []
    for number, (row, line) in enumerate(pairs):
        if line.code in others:
            continue
        if line.code in _headings():
            after = pairs[number + 1][0].index if number + 1 < len(pairs) else row.index
            between = (r for r in body if row.index < r.index < after)
            if any(cell.text for r in between for cell in r.tail):
                continue
        kept.append((row, line))
    return kept
