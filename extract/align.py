"""Monotone alignment of candidate rows to the lines of the statutory forms.

Labels anchor the lines; order decides between lines that are called alike. The
score is that of reading-tables §2, step 3.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache, lru_cache

from .forms import Line, union
from .labels import bare, core, flat, likeness
from .rows import Candidate

_MATCH_BASE = 0.55
_FULL_ROW = 0.35
_BROKEN_ROW = -0.5
_SKIP_ROW = -0.02
_SKIP_LINE = -0.3
#: Below this likeness a row is not that line, whatever the order says.
LEAST_LIKENESS = 0.6
_MOST_FRAGMENTS = 4
_TWICE = 3
_SHORT_NAME = 2
_NUMBER = re.compile(r"\(?(\d{1,2})(?:\)|[、.,])?")
_BEGINS_A_LINE = re.compile(r"\(?(?:\d{1,2}|[一二三四五六七八九十]{1,2})(?:\)|[、.,])")


@cache
def _spellings(table: str) -> dict[str, frozenset[str]]:
    """Every exact spelling of a table's lines → the codes it may stand for."""
    found: dict[str, set[str]] = {}
    for line in union(table):
        for text in _variants(line):
            found.setdefault(text, set()).add(line.code)
    return {text: frozenset(codes) for text, codes in found.items()}


@cache
def _lines(table: str) -> dict[str, Line]:
    return {line.code: line for line in union(table)}


@cache
def _variants(line: Line) -> tuple[str, ...]:
    texts = {bare(line.label), core(line.label), bare(line.name)}
    texts |= {bare(alias) for alias in line.aliases}
    if line.table == "t3":  # table two prints its clause in a row of its own: no part of a label
        texts.add(bare(line.group + line.label))
    return tuple(sorted(text for text in texts if text))


def resemblance(labels: Sequence[str], line: Line) -> float:
    """How like a row's labels are to a line, 0 to 1.

    The last label counts, and its joins with the ones before it, because groups and
    broken labels stand in cells of their own.
    """
    return _likest(tuple(labels[-_MOST_FRAGMENTS:]), line.table, line.code)


@lru_cache(maxsize=8192)
def _likenesses(labels: tuple[str, ...], table: str) -> tuple[float, ...]:
    """How like a row's last labels are to each line of the union of the forms."""
    return tuple([_likest(labels, table, line.code) for line in union(table)])


@lru_cache(maxsize=65536)
def _likest(labels: tuple[str, ...], table: str, code: str) -> float:
    """How like the line of a table the last of these labels and its joins are."""
    line = _lines(table)[code]
    if not labels or _contradicts(labels[-1], line):
        return 0.0
    spellings = _spellings(table)
    texts = _joins(labels, table)
    best = 0.0
    for text in texts:
        codes = spellings.get(text)
        if codes:
            if code in codes:
                return 1.0
            continue  # it is the exact name of another line
        # A name of two characters is another one with any typo: only the exact one counts.
        names = [variant for variant in _variants(line) if len(variant) > _SHORT_NAME]
        best = max([best, *(likeness(text, variant) for variant in names)])
    return best


def _contradicts(label: str, line: Line) -> bool:
    """Whether a label as short as 其他 bears another number than the line does.

    Agencies add lines of their own (6.其他 below 不予处理); a name that says something
    may be misnumbered, one that says nothing is told by its number alone.
    """
    if len(bare(label)) > _SHORT_NAME:
        return False
    own, other = _NUMBER.match(flat(line.label)), _NUMBER.match(flat(label))
    return own is not None and other is not None and own[1] != other[1]


@lru_cache(maxsize=8192)
def _joins(labels: tuple[str, ...], table: str) -> tuple[str, ...]:
    """The last label, and its joins with the ones before it, each in two spellings.

    A join stops before the exact name of a line, and never crosses an enumerator: what
    stands before `2.` is another line, whose values are blank.
    """
    joins: dict[str, None] = {}
    for count in range(1, len(labels) + 1):
        if count > 1 and (
            _BEGINS_A_LINE.match(flat(labels[1 - count]))
            or bare(labels[-count]) in _spellings(table)
        ):
            break
        text = "".join(labels[-count:])
        joins[bare(text)] = None
        joins[core(text)] = None
    return tuple(joins)


@lru_cache(maxsize=8192)
def _exact(labels: tuple[str, ...], table: str) -> str | None:
    """Code of the one line whose exact name the last label is, or None."""
    codes = _spellings(table).get(bare(labels[-1]), frozenset()) if labels else frozenset()
    if len(codes) != 1:
        return None
    (code,) = codes
    return None if _contradicts(labels[-1], _lines(table)[code]) else code


def named(labels: Sequence[str], table: str) -> str | None:
    """Code of the one line whose exact name a row's last label is, or None."""
    return _exact(tuple(labels[-1:]), table)


def best_line(labels: Sequence[str], table: str) -> tuple[Line | None, float]:
    """The line of a table that the labels resemble most, with its likeness; None if none does."""
    scores = _likenesses(tuple(labels[-_MOST_FRAGMENTS:]), table)
    score = max(scores)
    return (union(table)[scores.index(score)] if score >= LEAST_LIKENESS else None), score


def align(
    rows: Sequence[Candidate],
    table: str,
    is_full: Callable[[Candidate], bool],
) -> list[tuple[Candidate, Line]]:
    """Align rows to lines, both in order, each at most once.

    Args:
        rows: Candidate rows of one table.
        table: The table; its lines are those of the union of the forms.
        is_full: Whether a row holds as many values as the table has columns.

    Returns:
        The matched pairs in order. A row that resembles no line well enough, or
        would break the order, is in no pair.
    """
    lines = union(table)
    known = _in_order(rows, lines)
    if known is not None:
        return known
    likenesses = [_likenesses(tuple(row.labels[-_MOST_FRAGMENTS:]), table) for row in rows]
    full = [is_full(row) for row in rows]
    width = len(lines) + 1
    best = [[_SKIP_LINE * j for j in range(width)]]
    steps: list[list[str]] = [["line"] * width]
    for i in range(len(rows)):
        above, scores, step = best[-1], [best[-1][0] + _SKIP_ROW], ["row"]
        bonus = (_FULL_ROW if full[i] else _BROKEN_ROW) - _MATCH_BASE
        for j in range(1, width):
            score, how = above[j] + _SKIP_ROW, "row"
            without = scores[j - 1] + _SKIP_LINE
            if without > score:
                score, how = without, "line"
            like = likenesses[i][j - 1]
            if like >= LEAST_LIKENESS and above[j - 1] + 2 * like + bonus > score:
                score, how = above[j - 1] + 2 * like + bonus, "match"
            scores.append(score)
            step.append(how)
        best.append(scores)
        steps.append(step)
    return _trace(rows, lines, steps)


def _in_order(
    rows: Sequence[Candidate], lines: Sequence[Line]
) -> list[tuple[Candidate, Line]] | None:
    """The quick way: every row bears an exact name, and they stand in order. Else None."""
    places = {line.code: i for i, line in enumerate(lines)}
    pairs, last = [], -1
    for row in rows:
        code = _exact(row.labels[-1:], lines[0].table)
        at = places.get(code, -1) if code else -1
        if at <= last:
            return None
        pairs.append((row, lines[at]))
        last = at
    return pairs


def stands_twice(rows: Sequence[Candidate], table: str) -> bool:
    """Whether several lines of a table stand in these rows more than once."""
    codes = Counter(_exact(row.labels[-1:], table) for row in rows)
    return sum(count > 1 for code, count in codes.items() if code) >= _TWICE


def _trace(
    rows: Sequence[Candidate], lines: Sequence[Line], steps: list[list[str]]
) -> list[tuple[Candidate, Line]]:
    pairs = []
    i, j = len(rows), len(lines)
    while i or j:
        how = steps[i][j]
        if how == "match":
            pairs.append((rows[i - 1], lines[j - 1]))
        i -= how != "line"
        j -= how != "row"
    return pairs[::-1]
