"""The harmonised figures of a panel, made from the forms and their crosswalk.

Where a cell of one form is the sum of cells of the next (其他处理 of 2019), the panel's figure is
as printed in reports of the one and that sum in reports of the other. Nothing else is made
comparable: what only one form has stands in a column of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from extract.forms import columns as release_columns
from extract.forms.crosswalk import links
from extract.forms.meaning import of_figure, told

from ..schema import label_of
from .names import STATUS, UNIT, short


@dataclass(frozen=True, slots=True)
class Figure:
    """A harmonised figure.

    Attributes:
        name: Its column in the panel.
        key: The release's column of figures.
        table: `t2`, `t3` or `t4`.
        kind: `count`, `signed` or `money`.
        unit: What is counted; of money the form's unit, or "".
        forms: Forms that print it.
        parts: The release's columns whose sum it is, in reports of another form.
        parts_form: That other form, or "".
        label: In Chinese.
        label_en: In English.
    """

    name: str
    key: str
    table: str
    kind: str
    unit: str
    forms: frozenset[str]
    parts: tuple[str, ...]
    parts_form: str
    label: str
    label_en: str

    @property
    def status(self) -> str:
        """Name of the column with its status."""
        return self.name + STATUS

    @property
    def unit_name(self) -> str:
        """Name of the column with the unit printed; "" of what is no money."""
        return self.name + UNIT if self.kind == "money" else ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all its columns, in their order."""
        more = (self.unit_name,) if self.unit_name else ()
        return (self.name, self.status, *more)

    @property
    def definition(self) -> str:
        """What is counted, in Chinese, and how it was made."""
        return told(self.key, lambda entry: entry.definition)

    @property
    def definition_en(self) -> str:
        """The same in English."""
        return told(self.key, lambda entry: entry.definition_en)

    @property
    def comparable(self) -> str:
        """What the crosswalk says of it, in Chinese."""
        return told(self.key, lambda entry: entry.comparable)


@cache
def figures() -> tuple[Figure, ...]:
    """All harmonised figures, in statutory order."""
    found = []
    for key, slots in release_columns().items():
        slot = slots[-1]
        line, measure = slot.line, slot.measure
        forms = frozenset(of_figure(key))
        parts, parts_form = _parts(key)
        found.append(
            Figure(
                short(line.table, line.code, measure.code), key, line.table, measure.kind,
                measure.unit, forms, parts, parts_form,
                label_of(slots), label_of(slots, english=True),
            )
        )  # fmt: skip
    return tuple(found)


def _parts(key: str) -> tuple[tuple[str, ...], str]:
    """The columns of another form that a figure is the sum of, and that form."""
    for (_, figure), found in links().items():
        for link in found:
            if figure == key and link.relation == "sum":
                return link.figures, link.form
    return (), ""
