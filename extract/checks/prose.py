"""C19–C21: what the prose states, held against the tables.

Only totals that are stated exactly are compared. Prose is often right in another sense than
the table (new requests or all that were handled, cases or decided cases), so that every sum
that the words may mean is tried, and each of them is named where none agrees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..types import Fact, Figure, Finding, Value
from .running import Result, Sheet, check, doubt, say, total

#: Flags of statements that are no exact count of the report's own year.
_NOT_EXACT = frozenset({"approximate", "last_year"})
_OTHER = ("other_handling", "other_no_correction", "other_fee_unpaid", "other_misc")
_FEES = frozenset({"fee_collected", "fee_none"})


@dataclass(frozen=True, slots=True)
class Meaning:
    """One sum of the tables that a statement may mean.

    Attributes:
        label: What it is, in Chinese.
        label_en: The same in English.
        plus: Figures that are added.
        minus: Figures that are subtracted.
    """

    label: str
    label_en: str
    plus: tuple[Figure, ...]
    minus: tuple[Figure, ...] = ()

    @property
    def inputs(self) -> tuple[Figure, ...]:
        """All figures of the sum."""
        return self.plus + self.minus

    @property
    def value(self) -> Value:
        """The sum of what is printed, or None where nothing is."""
        plus, minus = total(self.plus), total(self.minus)
        return plus if plus is None or minus is None else plus - minus

    @property
    def is_known(self) -> bool:
        """Whether every figure of it has a number."""
        return all(figure.value is not None for figure in self.inputs)


def exact(sheet: Sheet) -> Iterator[Fact]:
    """Totals that the prose states exactly; the same statement once."""
    said = set()
    for fact in sheet.facts:
        if fact.part != "total" or fact.value is None or _NOT_EXACT & set(fact.flags):
            continue
        if (fact.code, fact.value) not in said:
            said.add((fact.code, fact.value))
            yield fact


def _requests(sheet: Sheet, *lines: str) -> tuple[Figure, ...]:
    return tuple([sheet.get("t3", line, "total") for line in lines])


def _received(sheet: Sheet) -> list[Meaning]:
    """收到, 受理, 办理 n 件: with or without what was carried over (forms-and-rules §0.6)."""
    new, carried, done, left = _requests(
        sheet, "received_new", "carried_in", "processed_total", "carried_out"
    )
    return [
        Meaning("本年新收", "received", (new,)),
        Meaning("新收加上年结转", "received plus carried in", (new, carried)),
        Meaning("办理总计", "handled", (done,)),
        Meaning("总计加结转下年度", "handled plus carried over", (done, left)),
    ]


def _replied(sheet: Sheet) -> list[Meaning]:
    """答复 n 件: 其他处理 may not be counted as a reply."""
    done = _requests(sheet, "processed_total")
    printed = frozenset(sheet.lines("t3"))
    other = _requests(sheet, *(line for line in _OTHER if line in printed))
    return [
        Meaning("办理总计", "handled", done),
        Meaning("总计减其他处理", "handled without other handling", done, other),
    ]


def _cases(*lines: tuple[str, str, str]) -> Callable[[Sheet], list[Meaning]]:
    """All cases of some lines of table four, and those that were decided."""

    def meanings(sheet: Sheet) -> list[Meaning]:
        found = []
        for line, label, label_en in lines:
            every = tuple([sheet.get("t4", code, "total") for code in line.split()])
            pending = tuple([sheet.get("t4", code, "pending") for code in line.split()])
            found.append(Meaning(f"{label}总计", f"{label_en}, all", every))
            found.append(Meaning(f"{label}已审结", f"{label_en}, decided", every, pending))
        return found

    return meanings


#: What a statement may mean, by its code.
MEANINGS: dict[str, Callable[[Sheet], list[Meaning]]] = {
    "app_received": _received,
    "app_replied": _replied,
    "app_carried_in": lambda sheet: [
        Meaning("上年结转", "carried in", _requests(sheet, "carried_in"))
    ],
    "app_carried_out": lambda sheet: [
        Meaning("结转下年度", "carried over", _requests(sheet, "carried_out"))
    ],
    "review_n": _cases(("review", "行政复议", "reviews")),
    "suit_n": _cases(
        ("suit_direct suit_after_review", "行政诉讼", "suits"),
        ("suit_direct", "未经复议直接起诉", "suits without review"),
        ("suit_after_review", "复议后起诉", "suits after review"),
    ),
}
#: What is zero where the prose says that there was none: lines of a table, their names.
NONE = {
    "app_none": ("t3", ("received_new",), "本年新收", "received"),
    "review_none": ("t4", ("review",), "行政复议总计", "reviews"),
    "suit_none": ("t4", ("suit_direct", "suit_after_review"), "行政诉讼总计", "suits"),
}


@check("C19")
def stated_counts(sheet: Sheet) -> Iterator[Result]:
    """A stated count is one of the sums of the tables that its words may mean."""
    for fact in exact(sheet):
        if fact.code in MEANINGS:
            yield _stated(fact, MEANINGS[fact.code](sheet))


def _stated(fact: Fact, meanings: list[Meaning]) -> Finding | None:
    if any(meaning.is_known and meaning.value == fact.value for meaning in meanings):
        return None
    inputs = tuple(dict.fromkeys(figure for m in meanings for figure in m.inputs))
    first = meanings[0].value
    unread = doubt(
        "C19", inputs, fact.value, first,
        f"正文称“{fact.quote}”，与表格", f"The prose says “{fact.quote}”, against the tables",
    )  # fmt: skip
    if unread:
        return unread
    sums = "，".join(f"{m.label}{say(m.value)}" for m in meanings)
    sums_en = ", ".join(f"{m.label_en} {say(m.value)}" for m in meanings)
    return Finding(
        "C19", "fail", fact.value, first, tuple([figure.key for figure in inputs]),
        f"正文称“{fact.quote}”，即{say(fact.value)}；表格所载{sums}，均与正文不相等。",
        f"The prose says “{fact.quote}”, that is {say(fact.value)}; none of the tables' "
        f"figures is equal to it: {sums_en}.",
    )  # fmt: skip


@check("C20")
def stated_none(sheet: Sheet) -> Iterator[Result]:
    """What the prose says did not occur is zero in the tables."""
    for fact in exact(sheet):
        if fact.code not in NONE:
            continue
        table, lines, name, name_en = NONE[fact.code]
        inputs = tuple([sheet.get(table, line, "total") for line in lines])
        found = total(inputs)
        about = f"正文称“{fact.quote}”，与表格“{name}”"
        about_en = f"The prose says “{fact.quote}”, against the table's {name_en}"
        unread = doubt("C20", inputs, 0, found, about, about_en)
        if unread or not found:
            yield unread
            continue
        yield Finding(
            "C20", "fail", 0, found, tuple([figure.key for figure in inputs]),
            f"正文称“{fact.quote}”，表格所载{name}为{say(found)}。",
            f"The prose says “{fact.quote}”; the tables print {name_en}: {say(found)}.",
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
            "C21", "fail", collected[0].value, 0, (),
            f"正文称“{collected[0].quote}”，又称“{denied[0].quote}”。",
            f"The prose says “{collected[0].quote}” and “{denied[0].quote}”.",
        )  # fmt: skip
    unpaid = sheet.get("t3", "other_fee_unpaid", "total")
    if not unpaid.value:
        return
    if facts:
        yield None
        return
    yield Finding(
        "C21", "fail", unpaid.value, None, (unpaid.key,),
        f"表格所载逾期未缴纳费用而不再处理的申请为{say(unpaid.value)}件，未从正文读到信息处理费情况。",
        f"Requests that ended because a charge was not paid: {say(unpaid.value)}; nothing on "
        f"charges was read in the prose.",
    )  # fmt: skip
