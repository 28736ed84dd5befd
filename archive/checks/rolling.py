"""A report against the same agency's report of the year before: equations over both.

Reports that hold are never looked at one by one: SQL counts them. What does not hold comes
back with its numbers, and is told apart: it differs, has empty cells, or was not read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extract.types import Finding, Value

from . import wording
from .notes import Notes
from .running import Found, Passed

#: How the two sides should stand to each other, in SQL.
EQUAL, AT_LEAST, AT_MOST = "=", ">=", "<="


@dataclass(frozen=True, slots=True)
class Term:
    """A figure of one of the two reports, added or taken away.

    Attributes:
        figure: Its column.
        before: Whether it is the earlier report's.
        sign: 1 or -1.
    """

    figure: str
    before: bool = False
    sign: int = 1

    @property
    def column(self) -> str:
        """Its column in the query."""
        return f'{"b" if self.before else "f"}."{self.figure}"'


@dataclass(frozen=True, slots=True)
class Roll:
    """Two sums that should be equal, or one at least the other.

    Attributes:
        left: What this year's report prints.
        right: What it is held against.
        about: The two sides in Chinese; `{year}` stands for the earlier year.
        about_en: The same in English.
        relation: `EQUAL`, `AT_LEAST` or `AT_MOST`.
    """

    left: tuple[Term, ...]
    right: tuple[Term, ...]
    about: str
    about_en: str
    relation: str = EQUAL

    @property
    def terms(self) -> tuple[Term, ...]:
        """All figures of both sides."""
        return self.left + self.right

    @property
    def sql(self) -> str:
        """The condition; NULL where a figure has no number."""
        return f"({_sql(self.left)}) {self.relation} ({_sql(self.right)})"

    @property
    def figures(self) -> tuple[str, ...]:
        """The later report's figures that it is about."""
        return tuple(term.figure for term in self.terms if not term.before)


@dataclass(frozen=True, slots=True)
class Series:
    """Rolls of one check, over the reports that have the same form of a table.

    Attributes:
        code: The check.
        rolls: Its equations, the total first.
        where: Which pairs of reports, as SQL over `c` (this year) and `p` (the year before).
        about: What all rolls compare, where several have empty cells.
        about_en: The same in English.
    """

    code: str
    rolls: tuple[Roll, ...]
    where: str
    about: str
    about_en: str


@dataclass(frozen=True, slots=True)
class _Side:
    """One roll of one pair: the sums without empty cells, and how many cells lack a number."""

    roll: Roll
    left: Value
    right: Value
    blank: int
    unread: int


@dataclass(frozen=True, slots=True)
class _Pair:
    version_id: str
    n: int
    related: str
    related_n: int
    year: int


def run_series(db: sqlite3.Connection, series: Series) -> Iterator[Found | Passed]:
    """Hold each report against the one of the year before, where both are there.

    Args:
        db: The release, `prepared`.
        series: What is compared.
    """
    pairs = f"""FROM temp.current c JOIN temp.current p
ON p.agency_id = c.agency_id AND p.scope = c.scope AND p.year = c.year - 1
LEFT JOIN figures f ON f.version_id = c.version_id
LEFT JOIN figures b ON b.version_id = p.version_id
WHERE NOT c.is_legacy AND NOT p.is_legacy AND {series.where}"""
    held = " + ".join(f"(({roll.sql}) IS TRUE)" for roll in series.rolls)
    counts = f"SELECT version_id, held FROM (SELECT c.version_id, {held} AS held {pairs})"
    for version_id, count in db.execute(f"{counts} WHERE held > 0"):
        yield Passed(version_id, count)
    terms = list(dict.fromkeys(term for roll in series.rolls for term in roll.terms))
    columns = ", ".join(term.column for term in {t.column: t for t in terms}.values())
    names = list({t.column: t for t in terms})
    notes = Notes(db)
    sql = f"""SELECT c.version_id, c.n, p.version_id, p.n, p.year, {columns} {pairs}
AND ({held}) < {len(series.rolls)} ORDER BY c.n"""
    for row in db.execute(sql):
        values = dict(zip(names, row[5:], strict=True))
        for finding in _findings(series, _Pair(*row[:5]), values, notes):
            yield Found(row[0], finding)


def _findings(
    series: Series, pair: _Pair, values: dict[str, Value], notes: Notes
) -> Iterator[Finding]:
    """One finding a roll that differs; one for all with empty cells, one for all unread."""
    blank, unread = [], []
    for roll in series.rolls:
        side = _side(roll, pair, values, notes)
        if side.unread:
            unread.append(side)
        elif side.blank:
            blank.append(side)
        elif not _holds(side):
            yield _differing(series.code, side, pair)
    if blank:
        yield _uncertain(series, blank, pair)
    if unread:
        yield _unassessable(series, unread, pair)


def _side(roll: Roll, pair: _Pair, values: dict[str, Value], notes: Notes) -> _Side:
    lacking = [
        notes.status(pair.related_n if term.before else pair.n, term.figure, None)
        for term in roll.terms
        if values[term.column] is None
    ]
    left, right = (_sum(terms, values) for terms in (roll.left, roll.right))
    return _Side(roll, left, right, lacking.count("blank"), lacking.count("unread"))


def _holds(side: _Side) -> bool:
    left, right = side.left or 0, side.right or 0
    return {EQUAL: left == right, AT_LEAST: left >= right, AT_MOST: left <= right}[
        side.roll.relation
    ]


def _differing(code: str, side: _Side, pair: _Pair) -> Finding:
    said = wording.differ if side.roll.relation == EQUAL else wording.exceeds
    said_en = wording.differ_en if side.roll.relation == EQUAL else wording.exceeds_en
    about, about_en = (text.format(year=pair.year) for text in _about(side.roll))
    return Finding(
        code, "fail", side.left, side.right, side.roll.figures,
        said(about, side.left, side.right), said_en(about_en, side.left, side.right),
        related=pair.related,
    )  # fmt: skip


def _uncertain(series: Series, sides: Sequence[_Side], pair: _Pair) -> Finding:
    """What empty cells leave open: of one roll both sides, of several how many they are."""
    cells, places = sum(side.blank for side in sides), len(sides)
    texts = _about(sides[0].roll) if places == 1 else (series.about, series.about_en)
    about, about_en = (text.format(year=pair.year) for text in texts)
    if places > 1:
        said = wording.blanks(f"{about}，共{places}处", cells)
        said_en = wording.blanks_en(f"{about_en} ({places} places)", cells)
        return Finding(series.code, "uncertain", None, None, _figures(sides), said, said_en,
                       related=pair.related)  # fmt: skip
    left, right = sides[0].left, sides[0].right
    return Finding(
        series.code, "uncertain", left, right, _figures(sides),
        wording.blank(about, cells, left, right), wording.blank_en(about_en, cells, left, right),
        related=pair.related,
    )  # fmt: skip


def _unassessable(series: Series, sides: Sequence[_Side], pair: _Pair) -> Finding:
    cells = sum(side.unread for side in sides)
    about, about_en = (text.format(year=pair.year) for text in (series.about, series.about_en))
    return Finding(
        series.code, "not_assessable", None, None, _figures(sides),
        wording.unread(about, cells), wording.unread_en(about_en, cells), related=pair.related,
    )  # fmt: skip


def _about(roll: Roll) -> tuple[str, str]:
    return roll.about, roll.about_en


def _figures(sides: Sequence[_Side]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(figure for side in sides for figure in side.roll.figures))


def _sql(terms: tuple[Term, ...]) -> str:
    first, *rest = terms
    added = first.column + "".join(f" {'+' if t.sign > 0 else '-'} {t.column}" for t in rest)
    return f"round({added}, {wording.PLACES})" if rest else added


def _sum(terms: tuple[Term, ...], values: dict[str, Value]) -> Value:
    """The sum of what is printed; None if nothing is."""
    printed = [(term.sign, values[term.column]) for term in terms]
    found = [sign * value for sign, value in printed if value is not None]
    return wording.rounded(sum(found)) if found else None
