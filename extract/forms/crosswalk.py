"""The crosswalk: with which cells of another form a cell can be compared, or why with none.

Each form's file says how it stands to the form before it; here that is turned round, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from . import Form, Slot, forms
from .wording import Relation, Side

#: Kind → the sentence for a cell of the form before, and for one of the later form.
_CHINESE = {
    "same": ("可比：{both} 年格式均有此列（{key}），逐格对应。",) * 2,
    "sum": (
        "可比：等于 {other} 年格式 {figures} 之和。",
        "不可单独比较：{other} 年格式只有 {figures}，等于本列与同组各列之和。",
    ),
    "unlike": ("不可比：{other} 年格式的 {figures} 所计不同。",) * 2,
    "none": ("不可比：{other} 年格式没有对应的列。",) * 2,
}
_ENGLISH = {
    "same": ("Comparable: one column ({key}) in the forms of {both}.",) * 2,
    "sum": (
        "Comparable: equals the sum of {figures} of the form of {other}.",
        "Not comparable by itself: the form of {other} has {figures} alone, which equals the "
        "sum of this column and its group.",
    ),
    "unlike": ("Not comparable: {figures} of the form of {other} counts something else.",) * 2,
    "none": ("Not comparable: the form of {other} has no such column.",) * 2,
}
#: Kind of a relation seen from the later form, where it has another name there.
_FROM_LATER = {"sum": "part"}


@dataclass(frozen=True, slots=True)
class Link:
    """How one cell stands to another form.

    Attributes:
        form: Code of the other form.
        relation: `same`, `sum` (it is the sum of the others), `part` (of the other),
            `unlike` (not comparable, though alike) or `none`.
        figures: Columns of the other form; with `unlike`, those not to be compared with.
        reason: Why, in Chinese, or "".
        sentence: What that means and why, in Chinese.
        sentence_en: The same in English.
    """

    form: str
    relation: str
    figures: tuple[str, ...]
    reason: str
    sentence: str
    sentence_en: str

    @property
    def comparable(self) -> bool:
        """Whether figures of the two forms may stand in one series."""
        return self.relation in ("same", "sum")


@cache
def links() -> dict[tuple[str, str], tuple[Link, ...]]:
    """Form and figure → how the cell stands to the forms before and after it."""
    found: dict[tuple[str, str], tuple[Link, ...]] = {}
    for before, after in pairwise(forms().values()):
        stated: dict[tuple[str, str], Link] = {}
        for relation in after.crosswalk:
            for form, key, link in _stated(before, after, relation):
                stated.setdefault((form, key), link)  # the first that names a cell holds
        for cell, link in stated.items():
            found[cell] = (*found.get(cell, ()), link)
    return found


def _stated(before: Form, after: Form, relation: Relation) -> Iterator[tuple[str, str, Link]]:
    """One relation, cell by cell, from both sides: form, figure, link."""
    rest = Side() if relation.kind == "same" else None
    older = _cells(before, relation.table, relation.before or rest)
    newer = _cells(after, relation.table, relation.after or rest)
    for slot, figures in _pairs(relation.kind, older, newer):
        yield before.code, slot.key, _link(relation, 0, (before, after), slot, figures)
    for slot, figures in _pairs(relation.kind, newer, older):
        yield after.code, slot.key, _link(relation, 1, (before, after), slot, figures)


def _pairs(
    kind: str, own: list[Slot], others: list[Slot]
) -> Iterator[tuple[Slot, tuple[str, ...]]]:
    """Cells of one side, each with its counterparts on the other."""
    for slot in own:
        figures = tuple(each.key for each in others if _is_pair(kind, slot, each))
        if figures or kind != "same":
            yield slot, figures


def _is_pair(kind: str, slot: Slot, other: Slot) -> bool:
    if kind == "same":
        return slot.key == other.key
    if kind == "sum":
        return slot.measure.code == other.measure.code
    return slot.line.code == other.line.code


def _link(
    relation: Relation, at: int, pair: tuple[Form, Form], slot: Slot, figures: tuple[str, ...]
) -> Link:
    """A link of a cell of `pair[at]` to the other form of the pair."""
    codes = [form.code for form in pair]
    said = {"other": codes[1 - at], "key": slot.key}
    chinese = _CHINESE[relation.kind][at].format(
        both="、".join(codes), figures="、".join(figures), **said
    )
    english = _ENGLISH[relation.kind][at].format(
        both=" and ".join(codes), figures=", ".join(figures), **said
    )
    return Link(
        form=codes[1 - at],
        relation=_FROM_LATER.get(relation.kind, relation.kind) if at else relation.kind,
        figures=figures,
        reason=relation.reason,
        sentence=chinese + relation.reason,
        sentence_en=f"{english} {relation.reason_en}".strip(),
    )


def _cells(form: Form, table: str, side: Side | None) -> list[Slot]:
    if side is None:
        return []
    return [slot for slot in form.slots(table) if side.has(slot.line.code, slot.measure.code)]
