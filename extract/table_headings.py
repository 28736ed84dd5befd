"""Column headings of the tables: which columns are printed, in which order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from .forms import Form, Line, forms, measures
from .labels import core, flat, likeness
from .rows import Candidate

_UNIT = re.compile(
    r"[(（【\[](?:单位[:：]?)?(元|千元|万元|百万元|亿元)[)）】\]]"
    r"|单位[:：](元|千元|万元|百万元|亿元)|[/／](元|千元|万元|百万元|亿元)$"
)
_BLOCK = frozenset({"信息内容", "内容", "信息类别", "信息名称"})
#: Words that say only how something is counted: 本年度制发数 is 本年制发件数.
_COUNTING = re.compile("[度件数量]")
_LEAST_LIKENESS = 0.6
_LEGAL_PERSONS = "法人或其他组织"
#: Names too short to be told from others by likeness.
_PLAIN = frozenset({"其他", "总计"})
_FRAME = frozenset({"申请人情况", "申请人类别"})


# -- table two ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heading:
    """A printed column heading of table two.

    Attributes:
        codes: Form → the measure that it names there; empty for a column of the
            agency's own, which keeps its place.
        unit: Unit printed in it, or None.
    """

    codes: dict[str, str]
    unit: str | None


def begins_block(label: str) -> bool:
    """Whether a label is the heading 信息内容, with which each block of table two begins."""
    return core(label) in _BLOCK


@lru_cache(maxsize=4096)
def heading(label: str) -> Heading:
    """What a column heading of table two names."""
    codes = {}
    name = _COUNTING.sub("", core(label))
    for form in forms().values():
        scored = [
            (likeness(name, _COUNTING.sub("", core(measure.label))), measure.code)
            for measure in form.measures
            if measure.table == "t2"
        ]
        score, code = max(scored)
        if score >= _LEAST_LIKENESS:
            codes[form.code] = code
    if holds_two(label):
        codes = {}
    unit = _UNIT.search(flat(label))
    return Heading(codes, next(filter(None, unit.groups()), None) if unit else None)


def holds_two(label: str) -> bool:
    """Whether a heading is two that touch in print: which number is whose cannot be told."""
    name = _COUNTING.sub("", core(label))
    labels = {
        _COUNTING.sub("", core(measure.label))
        for form in forms().values()
        for measure in form.measures
        if measure.table == "t2"
    }
    found = {label for label in labels if label in name}
    return (
        len({label for label in found if not any(label in other != label for other in found)}) > 1
    )


def form_of_block(line: Line, headings: Sequence[Heading]) -> Form | None:
    """The form whose measures of this line are the printed headings, in any order."""
    for form in forms().values():
        own = next((own for own in form.table("t2") if own.code == line.code), None)
        named = [h.codes[form.code] for h in headings if form.code in h.codes]
        if own and sorted(named) == sorted(own.measures):
            return form
    return None


# -- table three -------------------------------------------------------------------


def request_columns(rows: Sequence[Candidate]) -> list[str | None] | None:
    """Columns of table three in printed order.

    The heading 法人或其他组织 stands for the five below it; a column of the agency's own
    (小计, 合计, 备注) keeps its place without a code.

    Args:
        rows: The rows between the table's caption and its first line.

    Returns:
        A code or None for each printed column; the statutory columns where no heading
        is printed at all; None where the headings cannot be understood.
    """
    lines = [[_name(label) for label in row.labels if _is_heading(label)] for row in rows]
    lines = [line for line in lines if line]
    known = {core(measure.label): measure.code for measure in measures("t3")}
    lines = _joined(lines, {*known, _LEGAL_PERSONS})
    labels = [label for line in lines for label in line]
    if not set(labels) & (set(known) - _PLAIN):
        return list(known.values())
    if _LEGAL_PERSONS in labels:
        unfolded = _unfolded(lines, known)
        if unfolded is None:
            return None
        labels = unfolded
    columns = [known.get(label) for label in labels]
    named = [code for code in columns if code]
    return columns if sorted(named) == sorted(known.values()) else None


def _joined(lines: list[list[str]], names: set[str]) -> list[list[str]]:
    """Rows of headings, with words that were broken over two rows (商业, 企业) joined."""
    joined: list[list[str]] = []
    for line in lines:
        whole = _with_rest(joined[-1], line, names) if joined else None
        if whole is None:
            joined.append(line)
        else:
            joined[-1] = whole
    return joined


def _with_rest(above: list[str], below: list[str], names: set[str]) -> list[str] | None:
    """`above` with each of its beginnings ended by the next label `below`, all used; or None."""
    rest = list(below)
    whole = []
    for label in above:
        if label not in names and rest and label + rest[0] in names:
            label += rest.pop(0)
        whole.append(label)
    return None if rest else whole


def is_heading_row(labels: Sequence[str]) -> bool:
    """Whether a row is one of table three's column headings, repeated."""
    return len(labels) > 1 and len(_column_names() & {core(label) for label in labels}) > 1


@cache
def _column_names() -> frozenset[str]:
    names = {core(measure.label) for measure in measures("t3")} - _PLAIN
    return frozenset(names | {_LEGAL_PERSONS})


def _is_heading(label: str) -> bool:
    text = core(label)
    return bool(text) and text not in _FRAME and "勾稽关系" not in text and len(text) <= 12


@cache
def _name(label: str) -> str:
    """The statutory name that a heading means, a typo allowed; else the label itself."""
    text = core(label)
    names = [core(measure.label) for measure in measures("t3")] + [_LEGAL_PERSONS]
    if text in names or text in _PLAIN:
        return text
    scored = sorted(((likeness(text, name), name) for name in names), reverse=True)
    return scored[0][1] if scored[0][0] >= _LEAST_LIKENESS > scored[1][0] else text


def _unfolded(lines: list[list[str]], known: dict[str, str]) -> list[str] | None:
    """Headings of two rows in one order: the legal persons in the place of their group.

    One cell a line, the rows cannot be told apart: then a column of the agency's own
    between the two is in neither for certain.
    """
    legal = {name for name, code in known.items() if code not in ("natural", "total")} - _PLAIN
    upper = next((line for line in lines if _LEGAL_PERSONS in line), [])
    lower = next((line for line in lines if set(line) & legal), [])
    if lower is upper:
        first = next(i for i, label in enumerate(upper) if label in legal)
        if first < upper.index(_LEGAL_PERSONS):
            return None
        if upper[first - 1] not in known and upper[first - 1] != _LEGAL_PERSONS:
            return None
        upper, lower = upper[:first], upper[first:]
        tail = [i for i, label in enumerate(lower) if known.get(label) in ("natural", "total")]
        if tail:
            upper, lower = [*upper, *lower[tail[0] :]], lower[: tail[0]]
    at = upper.index(_LEGAL_PERSONS)
    # What stands in the row of 申请人情况 stands behind it, and so behind all of these.
    above = lines[: _index(lines, _LEGAL_PERSONS)]
    return [*upper[:at], *lower, *upper[at + 1 :], *(label for line in above for label in line)]


def _index(lines: list[list[str]], name: str) -> int:
    return next(i for i, line in enumerate(lines) if name in line)
