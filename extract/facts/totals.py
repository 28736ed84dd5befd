"""Statements of one kind held against each other: which is the total."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .hits import Hit

_WHOLE = re.compile(r"全(?:市|区|县|省|州|盟|旗|镇|乡|街道|系统|局|委|办|院|校|厅|部|国)")
_SUM = re.compile(r"共|累计|总|全年|年度|Y年|合计")
#: None, and what it cannot stand beside.
_CONTRARY = {
    "app_none": ("app_received", "app_handled"),
    "review_none": ("review_n",),
    "suit_none": ("suit_n",),
    "fee_none": ("fee_collected",),
}


def settled(hits: Iterable[Hit]) -> list[Hit]:
    """The hits in the order of the text; of several totals of a kind the strongest stay."""
    kept = _apart(hits)
    by_code: dict[str, list[Hit]] = {}
    for hit in kept:
        if hit.part == "total":
            by_code.setdefault(hit.code, []).append(hit)
    for code, same in by_code.items():
        if len({_number(hit) for hit in same}) > 1:
            _settle(same)
        if any(hit.value for each in _CONTRARY.get(code, ()) for hit in by_code.get(each, ())):
            for hit in same:  # a member had none, or a part of the year
                hit.part = "part"
    return kept


def _apart(hits: Iterable[Hit]) -> list[Hit]:
    """One hit of a kind a number."""
    kept: dict[tuple[str, str, int], Hit] = {}
    for hit in hits:
        key = (hit.chapter, hit.code, hit.sentence.plain.starts[min(hit.number, hit.end - 1)])
        kept.setdefault(key, hit)
    places = {chapter: at for at, chapter in enumerate(dict.fromkeys(key[0] for key in kept))}
    return sorted(
        kept.values(),
        key=lambda hit: (places[hit.chapter], hit.place[0], hit.code),
    )


def _settle(same: list[Hit]) -> None:
    """The strongest is the total; where two such differ, each may be of another body: parts."""
    strongest = max(_strength(hit) for hit in same)
    best = {_number(hit) for hit in same if _strength(hit) == strongest}
    for hit in same:
        if len(best) > 1 or _number(hit) not in best:
            hit.part = "part"


def _number(hit: Hit) -> int | float:
    """What a statement comes to: words that deny print no number, and say the same as a 0."""
    return hit.value or 0


def _strength(hit: Hit) -> int:
    words = hit.before + hit.verb + hit.gap
    strength = 2 if _WHOLE.search(words) else 0
    strength += 1 if _SUM.search(hit.clause + hit.verb + hit.gap) else 0
    strength += 1 if hit.verb == "主动公开" else 0
    return strength - (1 if hit.verb == "受理" else 0)
