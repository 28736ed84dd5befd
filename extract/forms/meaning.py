"""The codebook: what each printed cell counts, composed from its line and its measure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from . import Form, Slot, forms
from .crosswalk import Link, links

#: Ends a definition that says more than the printed form.
UNVERIFIED = "（通行理解，未见于通知原文。）"
UNVERIFIED_EN = "(General understanding, not seen in the notice.)"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the codebook says of one printed cell.

    Attributes:
        definition: What is counted.
        definition_en: The same in English.
        unsaid: What the form leaves unsaid.
        basis: Legal basis of the line, or "" where none is known.
        basis_printed: Whether the form itself prints the basis.
        links: How it stands to other forms.
    """

    definition: str
    definition_en: str
    unsaid: str
    basis: str
    basis_printed: bool
    links: tuple[Link, ...]

    @property
    def comparable(self) -> str:
        """With which figure of another form it compares, or why with none."""
        return "".join(link.sentence for link in self.links)

    @property
    def comparable_en(self) -> str:
        """The same in English."""
        return " ".join(link.sentence_en for link in self.links)


@cache
def entries(code: str) -> dict[str, Entry]:
    """Figure → entry, of every printed cell of a form, in statutory order.

    Args:
        code: Code of the form; raises KeyError if there is none.
    """
    form = forms()[code]
    return {slot.key: _entry(form, slot) for slot in form.slots()}


def of_figure(key: str) -> dict[str, Entry]:
    """Form → entry, of each form that prints a figure."""
    return {code: entries(code)[key] for code in forms() if key in entries(code)}


def told(key: str, part: Callable[[Entry], str]) -> str:
    """What the forms that print a figure say of it: once if they agree, else form by form."""
    said = {code: part(entry) for code, entry in of_figure(key).items()}
    if len(set(said.values())) == 1:
        return next(iter(said.values()))
    return "".join(f"{code} 年格式：{text}" for code, text in said.items() if text)


def _entry(form: Form, slot: Slot) -> Entry:
    line, measure = slot.line, slot.measure
    sure = line.text.verified and measure.text.verified
    group = form.groups.get((line.table, line.group), "")
    return Entry(
        definition=_whole(
            (line.text.definition, measure.text.definition, "" if sure else UNVERIFIED), ""
        ),
        definition_en=_whole(
            (line.text.definition_en, measure.text.definition_en, "" if sure else UNVERIFIED_EN),
            " ",
        ),
        unsaid=_whole((line.text.unsaid, group, measure.text.unsaid), ""),
        basis=line.basis,
        basis_printed=form.basis_printed[line.table],
        links=links().get((form.code, slot.key), ()),
    )


def _whole(parts: Iterable[str], space: str) -> str:
    return space.join(part for part in parts if part)
