"""Where two people read differently, and how often they read the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .entries import ABOUT, NOT_PRINTED, REPORT, UNIT, Entry, all_cells, keys_of
from .printed_words import bare, same, unit_of
from .transcript import Transcript

#: What about a document two people must agree on; its title only helps to find it again.
SETTLED = tuple(key for key in ABOUT if key != "title")


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that two people read differently.

    Attributes:
        key: Of the entry; `document` for what the document is.
        a: What one of them entered.
        b: What the other one entered.
    """

    key: str
    a: Entry
    b: Entry


@dataclass(frozen=True, slots=True)
class Compared:
    """Two transcripts of a document side by side.

    Attributes:
        number: The document.
        pair: The two, in an order that their names do not tell.
        differences: Where they differ.
        cells: How many cells at least one of them found.
        alike: In how many of these they read the same.
    """

    number: str
    pair: tuple[Transcript, Transcript]
    differences: tuple[Difference, ...]
    cells: int
    alike: int

    @property
    def digest(self) -> str:
        """Tells these differences from those of transcripts that were changed since."""
        said = [[each.key, each.a.as_json(), each.b.as_json()] for each in self.differences]
        return hashlib.sha256(json.dumps([self.number, said]).encode()).hexdigest()[:16]


def compare(pair: Sequence[Transcript], sample: str) -> Compared:
    """Compare two transcripts of one document.

    Args:
        pair: The two.
        sample: Tells the audit; it decides who of them is 甲 in this document.
    """

    def place(each: Transcript) -> str:
        return hashlib.sha256(f"{sample} {each.number} {each.by}".encode()).hexdigest()

    a, b = sorted(pair, key=place)
    cells = [key for key in all_cells() if not key.endswith(UNIT)]
    found = [key for key in cells if key in a.entries or key in b.entries]
    alike = [key for key in found if _alike(key, value(a, key), value(b, key))]
    return Compared(a.number, (a, b), tuple(_differences(a, b)), len(found), len(alike))


def value(transcript: Transcript, key: str) -> Entry:
    """What somebody entered for a cell; a cell of a form that is not there is not printed."""
    return transcript.entries.get(key, NOT_PRINTED)


def _differences(a: Transcript, b: Transcript) -> Iterator[Difference]:
    if a.document != b.document:
        yield Difference("document", Entry(a.document), Entry(b.document))
    if REPORT not in (a.document, b.document):
        return
    empty = Entry(mark="illegible")
    for key in SETTLED:
        first, second = a.entries.get(key, empty), b.entries.get(key, empty)
        if not _alike(key, first, second) or a.document != b.document:
            yield Difference(key, first, second)
    for key in all_cells():
        first, second = value(a, key), value(b, key)
        if not _alike(key, first, second):
            yield Difference(key, first, second)


def _alike(key: str, a: Entry, b: Entry) -> bool:
    if a.mark or b.mark:
        return (a.mark, a.text) == (b.mark, b.text) or _is_blank(key, a) == _is_blank(key, b) == 1
    return _how(key)(a, b)


def _is_blank(key: str, entry: Entry) -> bool:
    """A heading without a unit, or without a row: both say that no unit is printed."""
    return key.endswith(UNIT) and entry.mark in ("blank", "absent")


def _how(key: str) -> Callable[[Entry, Entry], bool]:
    if key.endswith(UNIT):
        return lambda a, b: unit_of(a.text) == unit_of(b.text)
    if key in ABOUT:
        return lambda a, b: bare(a.text) == bare(b.text)
    money = key + UNIT in keys_of("t2", "both")
    return lambda a, b: same(a, b, money=money)


@dataclass(frozen=True, slots=True)
class Truth:
    """What is printed in a document, as two people read it, or as a third settled it.

    Attributes:
        number: The document.
        document: One of `DOCUMENTS`.
        entries: All cells of all forms, and what is said about the document.
    """

    number: str
    document: str
    entries: Mapping[str, Entry]


def truth(compared: Compared, answers: Mapping[str, Entry]) -> Truth:
    """What is printed in a document.

    Args:
        compared: The two transcripts.
        answers: What the third person read where they differ; of what is no report after all
            only that.

    Raises:
        KeyError: A difference has no answer.
    """
    a, _ = compared.pair
    keys = [each.key for each in compared.differences]
    document = answers["document"].text if "document" in keys else a.document
    if document != REPORT:
        return Truth(compared.number, document, {})
    settled = {key: answers[key] for key in keys}
    entries = {key: value(a, key) for key in all_cells()}
    entries |= {key: a.entries[key] for key in ABOUT if key in a.entries}
    entries |= {key: entry for key, entry in settled.items() if key != "document"}
    return Truth(compared.number, document, entries)
