"""Work sheets of documents that no machine reads: one for each of two people, then compared."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import groupby
from pathlib import Path
from typing import Any

from extract.forms import Slot, columns, forms
from extract.labels import flat

from ..curation.strict import StrictFile, plain, tables_of
from ..errors import CurationRefused
from ..schema import label_of
from .cells import is_readable
from .correction import ANONYMOUS

#: Not filled in yet; and what stands for a cell that the document does not print.
OPEN, NO_CELL = "?", "!"
_YEAR = re.compile(r"20[0-9]{2}")
_ABOUT = ("agency", "year", "scope", "title", "published")
_HOW = f"""\
# 录入表。两人各填一份，互不相看；填好后比对：python -m archive enter compare 甲.toml 乙.toml
# 每格照原件所印填写，替换引号中的 "{OPEN}"：
#   数字照印（"1,234"、"12.50"）；空白格填 ""；横线、斜线、“无”照印（"—"、"/"、"无"）；
#   原件没有印这一格，填 "{NO_CELL}"。看不清的，留 "{OPEN}"，不要猜。
"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one person read in a document; `OPEN` where it is not filled in yet.

    Attributes:
        printed: Figure → text as printed; a cell that is not printed has `NO_CELL`.
        units: Amount → unit printed in its heading.
    """

    sha256: str
    contributor: str
    form: str
    agency: str
    year: str
    scope: str
    title: str
    published: str
    printed: Mapping[str, str]
    units: Mapping[str, str]
    path: Path


def blank_sheet(sha256: str, url: str, form: str) -> str:
    """An empty work sheet of a document.

    Args:
        sha256: Its digest.
        url: Where it was obtained.
        form: The form in which its tables are printed.
    """
    made = [_HOW, f"# 文件：{_said(url)}"]
    made += [f"sha256 = {_text(sha256)}", f"form = {_text(form)}  # 各表所用格式"]
    made += [
        f'contributor = ""  # 姓名；不愿具名的填 {ANONYMOUS}',
        f'agency = "{OPEN}"  # 机关名称，照印',
        f'year = "{OPEN}"  # 年报所述年度',
        f'scope = "{OPEN}"  # own 机关本身，aggregate 一级政府汇总，unknown 看不出',
        f'title = "{OPEN}"  # 标题，照印；没有印的填 ""',
        f'published = "{OPEN}"  # 文件所印的公布日期，如 2023-01-31；没有印的填 ""',
    ]
    made += ["", "[printed]"]
    slots = forms()[form].slots()
    for (table, name), group in groupby(slots, lambda slot: (slot.line.table, slot.line.name)):
        made.append(f"# {forms()[form].titles[table]} · {name}")
        made += [f'{slot.key} = "{OPEN}"  # {slot.measure.label}' for slot in group]
    made += ["", '[units]  # 表头所印的金额单位，如 "万元"；没有印的填 ""']
    made += [f'{slot.key} = "{OPEN}"' for slot in slots if slot.measure.kind == "money"]
    return "\n".join(made) + "\n"


def read_sheet(path: Path) -> Sheet:
    """A work sheet that somebody filled in.

    Raises:
        CurationRefused: It cannot be read, is not of its form, or names nobody.
    """
    tables = tables_of(path)
    if tables is None:
        raise CurationRefused(f"{path} is not there; `python -m archive enter blank` makes one")
    return _Reader(path).read(tables)


class _Reader(StrictFile):
    def read(self, tables: dict[str, Any]) -> Sheet:
        cells = {name: tables.pop(name, None) for name in ("printed", "units")}
        others = {*cells, "path"}
        names = [each.name for each in fields(Sheet) if each.name not in others]
        said = self.strings("the sheet", tables, names, (), ("title", "published"))
        form = forms().get(said["form"])
        if form is None:
            self.refuse("the sheet", f"there is no form {plain(said['form'])}", "make it anew")
        slots = form.slots()
        wanted = {"printed": slots, "units": [s for s in slots if s.measure.kind == "money"]}
        self.must(
            "the sheet", "year", said["year"] == OPEN or bool(_YEAR.fullmatch(said["year"])),
            "four digits, or leave the ?",
        )  # fmt: skip
        printed, units = (self._cells(name, cells[name], wanted[name]) for name in cells)
        about = {name: text.strip() for name, text in said.items()}
        return Sheet(printed=printed, units=units, path=self.path, **about)

    def _cells(self, name: str, given: object, slots: Iterable[Slot]) -> Mapping[str, str]:
        keys = [slot.key for slot in slots]
        if not isinstance(given, dict):
            self.refuse(f"[{name}]", "it is not there", "make the sheet anew")
        said = self.strings(f"[{name}]", given, keys, (), keys)
        return {key: text.strip() for key, text in said.items()}


def left_open(sheet: Sheet) -> Iterator[str]:
    """Lines on what a sheet leaves open."""
    told = [name for name in _ABOUT if getattr(sheet, name) == OPEN]
    told += [key for key, text in sheet.printed.items() if text == OPEN]
    told += [f"unit of {key}" for key, text in sheet.units.items() if text == OPEN]
    yield from (f"{sheet.path}: {each} is not filled in" for each in told)


def differences(one: Sheet, other: Sheet) -> Iterator[str]:
    """Lines on what two people read otherwise.

    Raises:
        CurationRefused: The sheets are of two documents or forms, or one person filled both.
    """
    if (one.sha256, one.form) != (other.sha256, other.form):
        raise CurationRefused(f"{one.path} and {other.path} are of two documents or forms")
    if flat(one.contributor).casefold() == flat(other.contributor).casefold():
        raise CurationRefused(
            f"{one.path} and {other.path} name the same person; two must enter a document"
        )
    for name in _ABOUT:
        yield from _difference(name, getattr(one, name), getattr(other, name))
    for key, text in one.printed.items():
        yield from _difference(f"{key} ({_label(key)})", text, other.printed[key])
    for key, text in one.units.items():
        yield from _difference(f"unit of {key}", text, other.units[key])


def doubtful(sheet: Sheet) -> Iterator[str]:
    """Lines on cells whose text is no number, nor a mark in the place of one."""
    for key, text in sheet.printed.items():
        if text not in (OPEN, NO_CELL) and not is_readable(key, text):
            yield f"{key} ({_label(key)}): “{plain(text)}” is no number, and will have no value"


def joint_entry(one: Sheet, other: Sheet, date: str) -> str:
    """The entry of a document in which two sheets agree.

    Args:
        one: A sheet.
        other: One that does not differ from it.
        date: The day, ISO.
    """
    who, second = one.contributor, other.contributor
    if flat(second).casefold() == ANONYMOUS:
        who, second = second, who
    about = {
        "sha256": one.sha256, "agency": one.agency, "form": one.form, "scope": one.scope,
        "title": one.title, "published": one.published,
        "reason": "No table of it is read by machine: entered by two people, who agree",
        "evidence": "The archived document itself",
        "contributor": who, "checked_by": second, "date": date,
    }  # fmt: skip
    made = ["[[document]]", f"year = {int(one.year)}"]
    made += [f"{name} = {_text(text)}" for name, text in about.items()]
    printed = {key: text for key, text in one.printed.items() if text != NO_CELL}
    made += ["", "[document.printed]"]
    made += [f"{key} = {_text(text)}" for key, text in printed.items()]
    units = {k: t for k, t in one.units.items() if k in printed and t not in ("", NO_CELL)}
    if units:
        made += ["", "[document.units]", *(f"{k} = {_text(t)}" for k, t in units.items())]
    return "\n".join(made) + "\n"


def _difference(what: str, one: str, other: str) -> Iterator[str]:
    if OPEN not in (one, other) and flat(one) != flat(other):
        yield f"{what}: “{plain(one)}”, “{plain(other)}”"


def _label(key: str) -> str:
    return label_of(columns()[key])


def _text(text: str) -> str:
    """A text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _said(text: str) -> str:
    """A text in a comment: in one line, and nothing that nobody sees."""
    return "".join(each if each.isprintable() else "�" for each in text)
