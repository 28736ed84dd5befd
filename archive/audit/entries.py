"""What a person enters for one cell of a work sheet, and what may be entered for which document.

An entry is the printed text, or a mark. Nothing entered is no entry: a sheet with such a cell
is not complete, so that nobody's haste becomes a blank of the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from extract.forms import columns, forms

#: Mark → what it says.
BLANK, ABSENT, ILLEGIBLE = "blank", "absent", "illegible"
MARKS = {BLANK: "空白", ABSENT: "未印此格", ILLEGIBLE: "看不清"}
#: What a document is.
REPORT, OTHER = "report", "other"
DOCUMENTS = {REPORT: "是年度报告", OTHER: "不是年度报告", ILLEGIBLE: "看不清，无从判断"}
SCOPES = {
    "own": "本机关自己的数",
    "aggregate": "一级政府连同所属部门的汇总",
    "unclear": "页面未说明",
}
#: Entries about the whole document.
ABOUT = ("title", "agency", "region", "year", "scope")
#: Of a table: whose form it is printed in; `both` where lines of both stand in it.
TABLES: Mapping[str, tuple[str, ...]] = {
    "t2": ("2019", "2021", "both", "none"),
    "t3": ("2019", "2021", "both", "none"),
    "t4": ("2021", "none"),
}
#: Ends the key of the entry for the unit that stands in the heading of an amount.
UNIT = ".unit"
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """What was entered.

    Attributes:
        text: The printed text, as printed; "" of a mark.
        mark: One of `MARKS`, or "".
    """

    text: str = ""
    mark: str = ""

    def shown(self) -> str:
        """For people who compare two of them."""
        return f"〔{MARKS[self.mark]}〕" if self.mark else self.text

    def as_json(self) -> dict[str, str]:
        """As a transcript has it."""
        return {"mark": self.mark} if self.mark else {"text": self.text}


NOT_PRINTED = Entry(mark=ABSENT)


@cache
def keys_of(table: str, form: str) -> tuple[str, ...]:
    """Keys of the entries of a table that is printed in a form: cells, and units of amounts."""
    return tuple(_keys_of(table, form))


def _keys_of(table: str, form: str) -> Iterator[str]:
    for key, slots in columns().items():
        measures = {
            slot.measure.kind
            for code, each in forms().items()
            if form in (code, "both") or (table == "t4" and form != "none")
            for slot in each.slots(table)
            if slot in slots
        }
        if measures:
            yield key
        if "money" in measures:
            yield key + UNIT


def entries_of(tables: Mapping[str, str]) -> tuple[str, ...]:
    """Keys of all entries of a report whose tables are printed in these forms."""
    return ABOUT + tuple(key for table, form in tables.items() for key in keys_of(table, form))


@cache
def all_cells() -> tuple[str, ...]:
    """Keys of all cells and units that any form has, in statutory order."""
    return tuple(key for table in TABLES for key in keys_of(table, "both"))


def label_of(key: str) -> str:
    """What an entry is called for people."""
    about = {
        "document": "这份文件", "title": "标题", "agency": "机关名称", "region": "所在地区",
        "year": "报告年度", "scope": "范围",
    }  # fmt: skip
    if key in about:
        return about[key]
    slot = columns()[key.removesuffix(UNIT)][-1]
    label = f"{slot.line.name} · {slot.measure.label}"
    return f"{label}：表头所印单位" if key.endswith(UNIT) else label
