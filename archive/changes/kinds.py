"""How two readings of a report differ: in their figures, their text, or hardly at all."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from extract.labels import flat
from extract.types import Figure, Report

from ..masking import masked_cell
from .change import COSMETIC, FIGURES, TEXT

#: Texts that are alike beyond this differ in appearance only (forms-and-rules §8).
ALIKE = 0.98
#: Longer than this, what differs is compared by clauses: characters take quadratic time.
_LONGEST = 3_000
_CLAUSE = re.compile(r"[^,。;:!?、]*[,。;:!?、]?")  # under NFKC, as `flat` gives it
_NUMBER = re.compile(r"\d+(?:\.\d+)?")

Cells = dict[str, tuple[str | None, str | None]]


@dataclass(frozen=True, slots=True)
class Difference:
    """The kind of a change, the cells that differ, and what else is to be said."""

    kind: str
    cells: Cells = field(default_factory=dict)
    detail: str = ""


def compare(old: Report, new: Report) -> Difference:
    """How a report's later reading differs from an earlier one.

    `figures` if printed figures differ, else `cosmetic` if the texts are alike beyond
    `ALIKE` and print the same numbers, else `text`. What was not read is not compared:
    a page that became a scan says nothing of its figures.
    """
    unread = [f"{name} {each.status}" for name, each in (("before", old), ("after", new))
              if each.status != "read"]  # fmt: skip
    if unread:
        return Difference(TEXT, {}, f"not compared: {', '.join(unread)}")
    cells = differing(old.figures, new.figures)
    if cells:
        return Difference(FIGURES, cells)
    if old.grids != new.grids:
        return Difference(FIGURES, {}, "raw tables differ")
    if _alike(old, new):
        return Difference(COSMETIC)
    return Difference(TEXT, {}, _where(old, new))


def differing(old: tuple[Figure, ...], new: tuple[Figure, ...]) -> Cells:
    """Figures whose printed text or unit differs: key → both as printed, None for no cell."""
    before, after = ({figure.key: figure for figure in figures} for figures in (old, new))
    cells: Cells = {}
    for key in dict.fromkeys((*before, *after)):
        one, other = before.get(key), after.get(key)
        if _said(one) != _said(other):
            cells[key] = shown(one, other)
    return cells


def shown(one: Figure | None, other: Figure | None) -> tuple[str | None, str | None]:
    """A cell before and after, as printed; with its unit where that differs."""
    with_unit = (one.unit if one else None) != (other.unit if other else None)
    return _printed(one, with_unit), _printed(other, with_unit)


def cells_json(cells: Cells) -> str:
    """Cells as they stand in a row, keys in the order of the form."""
    shown = {key: [text and masked_cell(text) for text in pair] for key, pair in cells.items()}
    return json.dumps(shown, ensure_ascii=False)


def _said(figure: Figure | None) -> tuple[str | None, str | None]:
    return (figure.printed, figure.unit) if figure else (None, None)


def _printed(figure: Figure | None, with_unit: bool) -> str | None:
    if figure is None or figure.printed is None:
        return None
    return f"{figure.printed} {figure.unit}" if with_unit and figure.unit else figure.printed


def _alike(old: Report, new: Report) -> bool:
    """Whether two texts are alike beyond `ALIKE`, and name the same numbers."""
    pairs = _texts(old, new)
    if any(_NUMBER.findall(one) != _NUMBER.findall(other) for one, other in pairs):
        return False
    total = sum(len(one) + len(other) for one, other in pairs)
    matching = sum(_matching(one, other) for one, other in pairs)
    return not total or 2 * matching / total > ALIKE


def _texts(old: Report, new: Report) -> list[tuple[str, str]]:
    """Title and chapters of both in pairs, without white space."""
    pairs = [(flat(old.title or ""), flat(new.title or ""))]
    for number in sorted({*old.chapters, *new.chapters}):
        one, other = old.chapters.get(number, ""), new.chapters.get(number, "")
        pairs.append((flat(one), flat(other)))
    return pairs


def _matching(one: str, other: str) -> int:
    """How many characters two texts have in common, in order."""
    if one == other:
        return len(one)
    start = _common(one, other)
    one, other = one[start:], other[start:]
    end = _common(one[::-1], other[::-1])
    one, other = one[: len(one) - end], other[: len(other) - end]
    if not one or not other:
        return start + end
    first: list[str] | str = one
    second: list[str] | str = other
    if max(len(one), len(other)) > _LONGEST:
        first, second = _CLAUSE.findall(one), _CLAUSE.findall(other)
    many = max(len(first), len(second)) > _LONGEST  # what recurs is passed over, for time's sake
    blocks = SequenceMatcher(None, first, second, autojunk=many).get_matching_blocks()
    return start + end + sum(len("".join(first[a : a + size])) for a, _, size in blocks)


def _common(one: str, other: str) -> int:
    """Length of the common beginning."""
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return index
    return min(len(one), len(other))


def _where(old: Report, new: Report) -> str:
    numbers = [
        number
        for number in sorted({*old.chapters, *new.chapters})
        if flat(old.chapters.get(number, "")) != flat(new.chapters.get(number, ""))
    ]
    parts = ["title"] if flat(old.title or "") != flat(new.title or "") else []
    return ", ".join([*parts, *(f"chapter {number}" for number in numbers)])
