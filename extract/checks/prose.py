"""C19–C21: what the prose states, held against the tables.

Only totals that are stated exactly are compared. Prose is often right in another sense than
the table (new requests or all that were handled, cases or decided cases), so that every sum
that the words may mean (`extract.facts.kinds`) is tried, and each is named where none agrees.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from ..facts.kinds import kinds
from ..forms import columns, forms
from ..types import Fact, Figure, Finding, Value
from . import wording
from .running import Result, Sheet, check, doubt, total
from .wording import say

#: Flags of statements that are no exact count of the report's own year.
_NOT_EXACT = frozenset({"approximate", "last_year"})
#: Statements that something did not occur, and counts that say the same where they state 0.
_NONE = ("app_none", "review_none", "suit_none")
_NONE_AS_COUNT = {"app_received": "app_none", "review_n": "review_none", "suit_n": "suit_none"}
_FEES = frozenset({"fee_collected", "fee_none"})
_NAMED = 2  # figures of a sum that a sentence names each


@dataclass(frozen=True, slots=True)
class Meaning:
    """One sum of the tables that a statement may mean."""

    figures: tuple[Figure, ...]

    @property
    def value(self) -> Value:
        """The sum of what is printed, or None where nothing is."""
        return total(self.figures)

    @property
    def is_known(self) -> bool:
        """Whether every figure of it has a number."""
        return all(figure.value is not None for figure in self.figures)

    def name(self) -> str:
        """What it is, in Chinese."""
        names = [_label(figure.key) for figure in self.figures]
        if len(names) > _NAMED:
            return f"“{names[0]}”至“{names[-1]}”{len(names)}项之和"
        return "加".join(f"“{name}”" for name in names)

    def name_en(self) -> str:
        """The same in English."""
        names = [_label_en(figure.key) for figure in self.figures]
        if len(names) > _NAMED:
            return f"the sum of {len(names)} lines from {names[0]} to {names[-1]}"
        return " plus ".join(names)


def _label(key: str) -> str:
    slot = columns()[key][-1]
    total_of = "" if slot.line.table == "t3" else f"·{slot.measure.label}"
    return f"{slot.line.name}{total_of}"


def _label_en(key: str) -> str:
    slot = columns()[key][-1]
    return f"{slot.line.label_en} ({slot.measure.label_en.lower()})"


def exact(sheet: Sheet) -> Iterator[Fact]:
    """Totals that the prose states exactly, with a number or by denying; each once."""
    said = set()
    for fact in sheet.facts:
        if fact.part != "total" or _NOT_EXACT & set(fact.flags):
            continue
        if (fact.code, fact.value) not in said:
            said.add((fact.code, fact.value))
            yield fact


def meanings(sheet: Sheet, code: str) -> list[Meaning]:
    """The sums that a kind of statement may mean, of the lines that the report's form prints."""
    sums = _sums(code, sheet.forms.get("t3"))
    return [Meaning(tuple([sheet.get(*each) for each in names])) for names in sums]


@cache
def _sums(code: str, form: str | None) -> tuple[tuple[tuple[str, str, str], ...], ...]:
    """Table, line and measure of each figure of each sum; of one form where it is known."""
    kind = kinds().get(code)
    printed = {slot.key for slot in forms()[form].slots()} if form in forms() else columns().keys()
    return tuple(
        tuple(_names(key) for key in keys)
        for keys in (kind.sums if kind else ())
        if printed >= set(keys)
    )


def _names(key: str) -> tuple[str, str, str]:
    slot = columns()[key][-1]
    return slot.line.table, slot.line.code, slot.measure.code


@check("C19")
def stated_counts(sheet: Sheet) -> Iterator[Result]:
    """A stated count is one of the sums of the tables that its words may mean."""
    for fact in exact(sheet):
        if _denied(fact) is None:
            possible = meanings(sheet, fact.code)
            if possible:
                yield _stated(fact, possible)


def _stated(fact: Fact, possible: list[Meaning]) -> Finding | None:
    if any(meaning.is_known and meaning.value == fact.value for meaning in possible):
        return None
    inputs = tuple(dict.fromkeys(figure for m in possible for figure in m.figures))
    first = possible[0].value
    unread = doubt(
        "C19", inputs, fact.value, first,
        f"正文称“{fact.quote}”，与表格", f"The prose says “{fact.quote}”, against the tables",
    )  # fmt: skip
    if unread:
        return unread
    sums = "，".join(f"{m.name()}为{say(m.value)}" for m in possible)
    sums_en = ", ".join(f"{m.name_en()} {say(m.value)}" for m in possible)
    return Finding(
        "C19", "fail", fact.value, first, tuple([figure.key for figure in inputs]),
        f"正文称“{fact.quote}”，读作{say(fact.value)}；表格所载{sums}，均与正文不相等。",
        f"The prose says “{fact.quote}”, read as {say(fact.value)}; none of the tables' "
        f"figures is equal to it: {sums_en}.",
    )  # fmt: skip


@check("C20")
def stated_none(sheet: Sheet) -> Iterator[Result]:
    """What the prose says did not occur, or states as 0, is zero in the tables.

    Of 办理0件 the words leave open what was not there: one sum that is zero is enough (C19).
    """
    said = set()
    for fact in exact(sheet):
        code = _denied(fact)
        if code is not None and code not in said:
            said.add(code)
            for meaning in meanings(sheet, code):
                yield _none(fact, meaning)


def _denied(fact: Fact) -> str | None:
    """The kind of statement by which a fact says that something did not occur, or None."""
    if fact.code in _NONE:
        return fact.code
    return None if fact.value else _NONE_AS_COUNT.get(fact.code)


def _none(fact: Fact, meaning: Meaning) -> Finding | None:
    found = meaning.value
    about = f"正文称“{fact.quote}”，与表格{meaning.name()}"
    about_en = f"The prose says “{fact.quote}”, against the tables' {meaning.name_en()}"
    unread = doubt("C20", meaning.figures, fact.value, found, about, about_en)
    if unread and unread.status == "uncertain" and fact.value is None:
        blanks = sum(figure.value is None for figure in meaning.figures)
        return replace(
            unread,
            sentence=wording.blank_beside_words(about, blanks, found),
            sentence_en=wording.blank_beside_words_en(about_en, blanks, found),
        )
    if unread or not found:
        return unread
    return Finding(
        "C20", "fail", fact.value, found, tuple([figure.key for figure in meaning.figures]),
        f"正文称“{fact.quote}”，表格所载{meaning.name()}为{say(found)}。",
        f"The prose says “{fact.quote}”; the tables print {meaning.name_en()}: {say(found)}.",
    )  # fmt: skip


@check("C21")
def stated_fees(sheet: Sheet) -> Iterator[Result]:
    """Where requests ended because a charge was not paid, the prose speaks of charges.

    Charges for processing are no 行政事业性收费: table two is not asked.
    """
    facts = [fact for fact in exact(sheet) if fact.code in _FEES]
    collected = [fact for fact in facts if fact.code == "fee_collected" and fact.value]
    denied = [fact for fact in facts if fact.code == "fee_none"]
    if collected and denied:
        yield Finding(
            "C21", "fail", collected[0].value, denied[0].value, (),
            f"正文称“{collected[0].quote}”，又称“{denied[0].quote}”。",
            f"The prose says “{collected[0].quote}” and “{denied[0].quote}”.",
        )  # fmt: skip
    unpaid = sheet.get("t3", "other_fee_unpaid", "total")
    if not unpaid.value:
        return
    if facts:
        yield None
        return
    if not sheet.chapters.get("六"):
        yield Finding(
            "C21", "not_assessable", unpaid.value, None, (unpaid.key,),
            "未读到第六章，无法核对信息处理费情况。",
            "Chapter six was not read: what it says of charges is not assessable.",
        )  # fmt: skip
        return
    yield Finding(
        "C21", "fail", unpaid.value, None, (unpaid.key,),
        f"表格所载逾期未缴纳费用而不再处理的申请为{say(unpaid.value)}件，未从正文读到信息处理费情况。",
        f"Requests that ended because a charge was not paid: {say(unpaid.value)}; nothing on "
        f"charges was read in the prose.",
    )  # fmt: skip
