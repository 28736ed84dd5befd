"""Indicators as data: what a rate is made of, and the SQL that works it out.

Each is defined once in indicators.toml; the views (`archive.schema.rates`), the dictionary
(table `indicators`) and the descriptions of columns are made from it.
"""

from __future__ import annotations

import sqlite3
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from extract.forms import columns
from extract.types import BLANK_STATUSES

#: What a variant is called that counts a printed blank as 0.
BLANK0 = "_blank0"
#: Filled by `note_blanks`.
BLANKS = """
CREATE TABLE _blanks (              -- current reports with blanks among the figures of indicators
  n            INTEGER PRIMARY KEY REFERENCES _versions(n),
  bits         INTEGER NOT NULL     -- a bit a figure: see archive.schema.indicators
) STRICT;
"""
#: Gives the SQL of a figure's value.
Value = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Component:
    """A sum of figures that indicators are made of.

    Attributes:
        code: Name of its column.
        title: What it counts, in Chinese.
        title_en: The same in English.
        figures: Figures that add up to it.
        alternative: Figures that say the same in a form that prints it in fewer lines.
        plus: Components that add up to it, in the place of figures.
        less: Components that are taken away from those.
    """

    code: str
    title: str
    title_en: str
    figures: tuple[str, ...] = ()
    alternative: tuple[str, ...] = ()
    plus: tuple[str, ...] = ()
    less: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Indicator:
    """A rate: one component over another.

    Attributes:
        code: Name of its column, the denominator in it.
        title: What it is, in Chinese.
        title_en: The same in English.
        numerator: Code of a component.
        denominator: Code of a component.
        note: What must be known before it is used.
        legal: What the law says of it.
    """

    code: str
    title: str
    title_en: str
    numerator: str
    denominator: str
    note: str
    legal: str


@dataclass(frozen=True, slots=True)
class Break:
    """A year from which a series does not go on as before.

    Attributes:
        year: First report year of the new state.
        code: Name of the break.
        title: What changed, in Chinese.
        title_en: The same in English.
    """

    year: int
    code: str
    title: str
    title_en: str


@cache
def _said() -> dict[str, list[dict[str, Any]]]:
    with Path(__file__).with_name("indicators.toml").open("rb") as handle:
        return tomllib.load(handle)


@cache
def components() -> Mapping[str, Component]:
    """All components by code."""
    return {each["code"]: _component(each) for each in _said()["component"]}


def _component(said: Mapping[str, Any]) -> Component:
    return Component(
        code=said["code"],
        title=said["title"],
        title_en=said["title_en"],
        figures=tuple(said.get("figures", ())),
        alternative=tuple(said.get("or", ())),
        plus=tuple(said.get("plus", ())),
        less=tuple(said.get("less", ())),
    )


@cache
def indicators() -> Mapping[str, Indicator]:
    """All indicators by code."""
    return {each["code"]: Indicator(**each) for each in _said()["indicator"]}


@cache
def breaks() -> tuple[Break, ...]:
    """The breaks of the series, by year."""
    return tuple(Break(**each) for each in _said()["break"])


def figures_of(code: str) -> tuple[str, ...]:
    """All figures that a component is made of, those of both forms, in their order."""
    own = components()[code]
    deeper = [figure for part in (*own.plus, *own.less) for figure in figures_of(part)]
    return tuple(dict.fromkeys((*own.figures, *own.alternative, *deeper)))


def formula(code: str, value: Value = str) -> str:
    """SQL of a component: NULL where one of its figures is NULL.

    A form prints either the figures or the alternative; the others are NULL in its reports.

    Args:
        code: Of a component.
        value: Gives the SQL of a figure; its name for people.
    """
    own = components()[code]
    sums = [" + ".join(map(value, each)) for each in (own.alternative, own.figures) if each]
    if len(sums) > 1:
        return f"coalesce({', '.join(sums)})"
    added = sums or [" + ".join(_inner(part, value) for part in own.plus)]
    taken = [f" - {_inner(part, value)}" for part in own.less]
    return "".join((*added, *taken))


def _inner(code: str, value: Value) -> str:
    """A component as a part of another; a sum in brackets, for a minus may stand before it."""
    own = components()[code]
    is_sum = len(own.figures) + len(own.plus) + len(own.less) > 1 and not own.alternative
    return f"({formula(code, value)})" if is_sum else formula(code, value)


def printed(key: str) -> str:
    """SQL of a figure of `figures f`: NULL where it is blank or was not read."""
    return f'f."{key}"'


def blank_as_zero(key: str) -> str:
    """SQL of a figure of `figures f`: 0 where its cell is blank, NULL where it was not read.

    Asks `_blanks b`, one number a report: to ask the notes takes a hundred times as long.
    """
    return f'coalesce(f."{key}", iif(b.bits & {_bits()[key]}, 0, NULL))'


def break_before(year: str) -> str:
    """SQL that names the break with which a year begins; NULL where the series goes on."""
    arms = " ".join(f"WHEN {each.year} THEN '{each.code}'" for each in breaks())
    return f"CASE {year} {arms} END"


def rows() -> list[dict[str, object]]:
    """Rows of the table `indicators`."""
    return [
        {
            "indicator": each.code,
            "position": position,
            "title": each.title,
            "title_en": each.title_en,
            "numerator": formula(each.numerator),
            "denominator": formula(each.denominator),
            "numerator_title": components()[each.numerator].title,
            "denominator_title": components()[each.denominator].title,
            "note": each.note,
            "legal": each.legal,
        }
        for position, each in enumerate(indicators().values())
    ]


def note_blanks(db: sqlite3.Connection, above: int = 0) -> None:
    """Fill `_blanks`: which figures of indicators are blank in a current report.

    Args:
        db: nianbao.db, the notes of its reports written.
        above: Only of reports whose versions have higher numbers.
    """
    positions = {key: position for position, key in enumerate(columns())}
    bits = ", ".join(f"({positions[key]}, {bit})" for key, bit in _bits().items())
    statuses = ", ".join(f"'{status}'" for status in BLANK_STATUSES)
    with db:
        db.execute(
            f"""WITH bits(position, bit) AS (VALUES {bits})
            INSERT INTO _blanks SELECT r.n, sum(bits.bit)
            FROM _reports r JOIN _notes n ON n.version = r.n
            JOIN _said s ON s.n = n.said AND s.status IN ({statuses})
            JOIN bits ON bits.position BETWEEN n.first AND n.last
            WHERE r.n > ? GROUP BY r.n""",
            (above,),
        )


@cache
def _bits() -> Mapping[str, int]:
    """A bit for each figure that indicators are made of; SQLite's numbers have 63 for them."""
    figures = dict.fromkeys(figure for code in components() for figure in figures_of(code))
    return {figure: 1 << number for number, figure in enumerate(figures)}
