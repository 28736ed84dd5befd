"""Figures of a region's agencies, year by year, and the errors that are planted into them.

Every identity of a report holds, each year follows from the one before, and a government
prints the sums of its region's other agencies: but where an error is planted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extract.forms import Form, forms
from extract.types import Figure, Value
from tests import synthetic
from tests.following import added, follow
from tests.scale.places import AGENCIES, GOVERNMENT

FIRST_YEAR = 2019
#: Years that a new country has; more of them come later, and there are numbers for so many.
YEARS, ROOM = 6, 16
#: One agency in so many prints nothing, or a sign, where it means none; and another commas.
_EMPTY_EVERY, _COMMAS_EVERY = 10, 7
_SIGNS = (("", "blank"), ("/", "slash"), ("—", "dash"))


@dataclass(frozen=True, slots=True)
class Planted:
    """An error that is planted in one report.

    Attributes:
        column: The figure that is printed too large.
        more: By how much.
        here: Codes of the checks that fail for it in this report.
        next: Codes of the checks that fail for it in the report of the next year.
    """

    column: str
    more: int
    here: tuple[str, ...]
    next: tuple[str, ...] = ()


#: A total that is not the sum of its row; documents in force that do not follow.
_TOTAL = Planted("t3_received_new_total", 1, ("C01", "C03"))
_STOCK = Planted("t2_normative_in_force", 7, ("C12",), ("C12",))


def planted(agency: int, year: int) -> Planted | None:
    """The error that is planted in a report of an agency, counted through the country."""
    if agency % AGENCIES == GOVERNMENT or agency % _EMPTY_EVERY == 0:
        return None
    if agency % 97 == 13 and year == FIRST_YEAR + agency % YEARS:
        return _TOTAL
    if agency % 211 == 17 and year == FIRST_YEAR + 4:
        return _STOCK
    return None


def failing(agency: int, year: int) -> tuple[str, ...]:
    """Codes of the checks that a report of an agency fails, in order."""
    here, before = planted(agency, year), planted(agency, year - 1)
    return (*(here.here if here else ()), *(before.next if before else ()))


def form_of(year: int) -> Form:
    """The form that a year is reported on."""
    return forms()["2019" if year <= 2020 else "2021"]


def region(number: int, years: int) -> list[list[dict[str, Value]]]:
    """True numbers of a region: of each agency, of each year, by column.

    Args:
        number: The region.
        years: How many years, from the first.
    """
    made = [form_of(FIRST_YEAR + each) for each in range(years)]
    found = []
    for agency in range(AGENCIES - 1):
        values = [
            synthetic._values(synthetic._dice("country", number, agency, year), form)
            for year, form in enumerate(made)
        ]
        follow(values, made)
        found.append(values)
    found.append([added(each) for each in zip(*found, strict=True)])
    return found


def printed(
    values: dict[str, Value], agency: int, year: int, more: tuple[str, int] | None = None
) -> tuple[Figure, ...]:
    """The cells of a report.

    Args:
        values: Its true numbers.
        agency: Whose it is, counted through the country.
        year: Its year.
        more: A figure that another edition prints larger, and by how much.
    """
    error = planted(agency, year)
    steps = [(error.column, error.more)] if error else []
    changed = {
        column: int(values[column] or 0) + step
        for column, step in (*steps, *([more] if more else []))
    }
    form = form_of(year)
    sign = _SIGNS[agency // _EMPTY_EVERY % 3] if agency % _EMPTY_EVERY == 0 else None
    commas = agency % _COMMAS_EVERY == 0
    unit = "万元" if form.code == "2021" or agency % 2 else None
    found = []
    for (table, line, measure), key, money, place in synthetic._slots(form.code):
        value = changed.get(key, values[key])
        if not value and sign and table != "t2":
            found.append(Figure(table, line, measure, sign[0], None, sign[1], None, place))
        else:
            said = f"{value:,}" if commas else str(value)
            own = unit if money else None
            found.append(Figure(table, line, measure, said, value, "reported", own, place))
    return tuple(found)


def filled(figures: Sequence[Figure]) -> dict[str, Value]:
    """What a release should hold: number by column, None where a cell has none."""
    return {figure.key: figure.value for figure in figures}
