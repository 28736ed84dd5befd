"""All columns of a panel in their order, with what the formats and the codebook say of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from .about import about
from .columns import Figure, figures
from .statuses import WORDS, WORDS_EN


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        name: The same in all formats.
        kind: `text` (of others), `code` (of ours), `integer`, `date`, `count` (whole numbers,
            unless a report prints another), `money` or `status`.
        label: In Chinese, at most 80 characters.
        label_en: In English.
        unit: What is counted.
        definition: What it holds, in Chinese.
        definition_en: The same in English.
        forms: Forms that print it.
        figures: Columns of the table `figures` of nianbao.db that it comes from.
        made: How it is made where that is more than taking one of them.
    """

    name: str
    kind: str
    label: str
    label_en: str
    unit: str = ""
    definition: str = ""
    definition_en: str = ""
    forms: str = ""
    figures: str = ""
    made: str = ""


@cache
def columns() -> tuple[Column, ...]:
    """All columns, in the order of a row's values."""
    found = [
        Column(each.name, each.kind, each.label, each.label_en, definition=each.more)
        for each in about()
    ]
    for figure in figures():
        found += _of_figure(figure)
    return tuple(found)


def _of_figure(figure: Figure) -> list[Column]:
    forms, keys = sorted(figure.forms), [figure.key]
    made = ""
    if figure.parts:
        forms.append(figure.parts_form)
        keys += figure.parts
        made = (
            f"{'、'.join(sorted(figure.forms))} 年格式：所印之数；{figure.parts_form} 年格式："
            f"{' + '.join(figure.parts)}，有一项没有数即为空，"
            "状态为其中没有数的一项的状态（依次为未能对应、未读到、未能读作数字、空白、横线、斜线、“无”）"
        )
    found = [
        Column(
            figure.name, "money" if figure.kind == "money" else "count", figure.label,
            figure.label_en, figure.unit, figure.definition + figure.comparable,
            figure.definition_en, " ".join(forms), " ".join(keys), made,
        ),
        Column(
            figure.status, "status", f"状态：{figure.label}", f"Status of: {figure.label_en}",
            definition="见 README.txt 的“状态”", definition_en="See README.txt, Statuses",
            forms=" ".join(forms),
        ),
    ]  # fmt: skip
    if figure.unit_name:
        found.append(
            Column(
                figure.unit_name, "text", f"所印单位：{figure.label}",
                f"Unit printed: {figure.label_en}",
                definition="未印为空；单位不同、未印单位的金额不可直接相加",
                definition_en="Empty where none is printed; amounts of other units do not add up",
                forms=" ".join(forms),
            )
        )  # fmt: skip
    return found


def statuses() -> list[tuple[str, str, str]]:
    """Each status with its word in Chinese and in English."""
    return [(code, word, WORDS_EN[code]) for code, word in WORDS.items()]
