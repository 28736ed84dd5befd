"""A place where a pattern matched, with everything that is asked about it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..types import Fact, Value
from .numbers import value_of
from .sentences import Sentence

_APPROXIMATE = re.compile(r"约|近|超过?|逾|不足|至少")
_CLAUSE = re.compile("[^,;:(]*")
_ABOUT = re.compile(r"(?:以上|左右|上下)")
#: Groups that may hold a year: as printed, not masked.
_YEARS = ("from", "to", "later")


@dataclass(slots=True)
class Hit:
    """A match, and what it is taken for.

    Attributes:
        code: The kind.
        sentence: Where it stands.
        start: Where the quotation begins in the folded sentence.
        end: Where it ends.
        number: Where the number begins; the quotation's end where there is none.
        groups: Named groups that matched.
        verb: The words that say what is counted, before the number or behind it.
        gap: What stands between those words and a number behind them.
        value: The number, or None where it is none.
        unit: Its unit.
        before: The sentence up to the match, masked.
        clause: The last clause of that.
        rest: What follows the match in its clause, masked.
        part: `total` or `part`.
        channel: What a part is limited to.
        flags: What is unusual about it.
    """

    code: str
    sentence: Sentence
    start: int
    end: int
    number: int
    groups: dict[str, str]
    verb: str
    gap: str
    before: str = ""
    clause: str = ""
    value: Value = None
    unit: str = ""
    rest: str = ""
    part: str = "total"
    channel: str = ""
    flags: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, code: str, sentence: Sentence, match: re.Match[str], number: re.Match[str] | None
    ) -> Hit:
        """The hit of a pattern in a sentence.

        Args:
            code: The kind.
            sentence: The sentence.
            match: What matched.
            number: What matched the number: the same, or what stands before it, or nothing.
        """
        groups = {name: text for name, text in match.groupdict().items() if text is not None}
        text, (start, end) = sentence.plain.text, match.span()
        for name in _YEARS:
            if name in groups:
                groups[name] = text[slice(*match.span(name))]
        verb = groups.get("verb") or groups.get("after", "")
        hit = cls(code, sentence, start, end, end, groups, verb, groups.get("gap", ""))
        hit.rest = _CLAUSE.match(sentence.plain.masked, end, end + 60)[0]  # type: ignore[index]  # it may match nothing, but matches
        if number is not None:
            hit._count(number)
        hit.before = before = sentence.plain.masked[: hit.start]
        colon = before.rfind(":")
        if before.startswith("//", colon + 1):  # an address
            colon = before.rfind(":", 0, colon)
        hit.clause = before[max(before.rfind(","), before.rfind(";"), colon) + 1 :]
        return hit

    def _count(self, number: re.Match[str]) -> None:
        self.start = min(self.start, number.start())
        self.number = number.start("n")
        self.value = value_of(number["n"], number["w"])
        self.unit = number["u"]
        about = _ABOUT.match(self.rest)
        if about:
            self.end += about.end()
            self.rest = self.rest[about.end() :]
        if number["a"] or about or _APPROXIMATE.search(self.gap):
            self.flags = ("approximate",)

    @property
    def chapter(self) -> str:
        """Number of the chapter."""
        return self.sentence.chapter

    @property
    def place(self) -> tuple[int, int]:
        """Where the quotation begins and ends in the chapter."""
        starts = self.sentence.plain.starts
        return starts[self.start], starts[self.end - 1] + 1

    def fact(self) -> Fact:
        """The fact, with its quotation from the chapter's text."""
        start, end = self.place
        return Fact(
            code=self.code,
            value=self.value,
            unit=self.unit,
            quote=self.sentence.chapter_text[start:end],
            chapter=self.chapter,
            start=start,
            end=end,
            part=self.part,
            channel=self.channel,
            flags=self.flags,
        )
