"""A place where a pattern matched, with everything that is asked about it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..types import Fact, Value
from .numbers import value_of
from .plain import Plain

_APPROXIMATE = re.compile(r"约|近|超过?|逾|不足|至少")
_ABOUT = re.compile(r"(?:以上|左右|上下)")
#: Groups that may hold a year: as printed, not masked.
_YEARS = ("from", "to", "later")


@dataclass(slots=True)
class Hit:
    """A match, and what it is taken for.

    Attributes:
        code: The kind.
        chapter: Number of the chapter.
        plain: The sentence, folded.
        start: Where the quotation begins in it.
        end: Where it ends.
        number: Where the number begins; `start` where there is none.
        value: The number, or None where it is none.
        unit: Its unit.
        verb: What stands before the number's gap, or behind the number.
        gap: What stands between verb and number.
        sentence: What stands before the match, masked.
        clause: The last clause of it.
        rest: What follows the match in its clause, masked.
        context: The paragraph before the sentence.
        groups: All named groups that matched.
        part: `total` or `part`.
        channel: What a part is limited to.
        flags: What is unusual about it.
    """

    code: str
    chapter: str
    plain: Plain
    start: int
    end: int
    number: int
    value: Value
    unit: str
    verb: str
    gap: str
    sentence: str
    clause: str
    rest: str
    context: str
    groups: dict[str, str] = field(default_factory=dict)
    part: str = "total"
    channel: str = ""
    flags: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, code: str, match: re.Match[str], sentence: Plain, chapter: str, context: str
    ) -> Hit:
        """The hit of a pattern in a sentence."""
        groups = {
            name: sentence.text[slice(*match.span(name))] if name in _YEARS else text
            for name, text in match.groupdict().items()
            if text is not None
        }
        letter = "a" if "an" in groups else "b" if "bn" in groups else ""
        masked, (start, end) = sentence.masked, match.span()
        before = masked[:start]
        clause = before[max(before.rfind(mark) for mark in ",;:") + 1 :]
        rest = re.split("[,;:]", masked[end : end + 60], maxsplit=1)[0]
        hit = cls(
            code, chapter, sentence, start, end, start, None, "",
            groups.get("verb") or groups.get("after", ""), groups.get("gap", ""),
            before, clause, rest, context, groups,
        )  # fmt: skip
        if letter:
            hit._count(match, letter)
        return hit

    def _count(self, match: re.Match[str], letter: str) -> None:
        self.number = match.start(f"{letter}n")
        self.value = value_of(match[f"{letter}n"], match[f"{letter}w"])
        self.unit = match[f"{letter}u"]
        about = _ABOUT.match(self.rest)
        if about:
            self.end += about.end()
            self.rest = self.rest[about.end() :]
        if match[f"{letter}a"] or about or _APPROXIMATE.search(match["gap"] or ""):
            self.flags = ("approximate",)

    def fact(self, text: str) -> Fact:
        """The fact, with its quotation from the chapter's text."""
        start, end = self.plain.starts[self.start], self.plain.ends[self.end - 1]
        return Fact(
            code=self.code,
            value=self.value,
            unit=self.unit,
            quote=text[start:end],
            chapter=self.chapter,
            start=start,
            end=end,
            part=self.part,
            channel=self.channel,
            flags=self.flags,
        )
