"""A reading with all its public text masked; its figures are as they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from extract.types import Cell, Evidence, Fact, Figure, Finding, Report

from ..figures import Figures
from ..report_copies import replaced
from .grids import masked_grid
from .masks import MASK, masked, masked_cell
from .view import view

#: Addresses that are a telephone number or an e-mail address themselves, and lead to no file.
_CALLING = ("mailto:", "tel:", "sms:", "callto:")


def masked_report(report: Report) -> Report:
    """A whole reading whose texts are masked.

    Counts stay as they are: a figure with a value is never touched, and places in a chapter's
    text stay the same, so that facts are cut out of the masked chapter anew.
    """
    return _masked(report, _words(report), _details(report))


def masked_texts(report: Report, *, words_are_clean: bool = False) -> Report:
    """A reading as `masked_report` gives it, without evidence, index block and files.

    Args:
        report: The reading.
        words_are_clean: Whether `masked_words` is known to find nothing in it.
    """
    words = {} if words_are_clean else _words(report)
    return _masked(report, words, {"evidence": {}, "attachments": (), "block": {}})


def _masked(report: Report, words: Mapping[str, Any], details: Mapping[str, Any]) -> Report:
    chapters = words.get("chapters", report.chapters)
    facts = tuple(_fact(fact, chapters) for fact in report.facts)
    more = {
        "title_derived": report.title_derived and masked(report.title_derived),
        "headings": _values(report.headings),
        "findings": _findings(report, facts),
        "facts": tuple(fact for old, fact in zip(report.facts, facts, strict=True)
                       if not _is_no_count(old, fact)),
        "leftovers": tuple(map(_cell, report.leftovers)),
    }  # fmt: skip
    return replaced(report, {**words, **details, **more})


def masked_words(report: Report) -> Report:
    """A reading of which only that is masked which its digests are made of.

    Title, agency, chapters, figures and raw tables. It is the reading itself if nothing is.
    """
    words = _words(report)
    is_same = all(getattr(report, name) == text for name, text in words.items())
    return report if is_same else replaced(report, words)


def masked_details(report: Report) -> Report:
    """A reading of which only that is masked which it rests on: evidence, index block, files."""
    return replaced(report, _details(report))


def _words(report: Report) -> dict[str, Any]:
    return {
        "title": report.title and masked(report.title),
        "agency": report.agency and masked(report.agency),
        "chapters": _values(report.chapters),
        "figures": _figures(report.figures),
        "grids": tuple(map(masked_grid, report.grids)),
    }


def _details(report: Report) -> dict[str, Any]:
    return {
        "evidence": {about: tuple(map(_piece, found)) for about, found in report.evidence.items()},
        "attachments": tuple((_address(href), masked(text)) for href, text in report.attachments),
        "block": {masked(label): behind(label, text) for label, text in report.block.items()},
    }


def behind(label: str, text: str) -> str:
    """A text masked as it is behind its label: of 联系电话 seven digits are a number.

    >>> behind("联系电话", "7022345"), behind("索引号", "07957022345")
    ('███████', '07957022345')
    """
    return masked(f"{label}：{text}")[len(label) + 1 :]


def _values(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: masked(text) for name, text in texts.items()}


def _figures(figures: tuple[Figure, ...]) -> tuple[Figure, ...]:
    """Figures; of those without a value the words are masked that stand in a number's place."""
    columns = Figures.of(figures)
    if not columns.has_blanks:
        return figures
    changed = {}
    for place, (value, printed) in enumerate(zip(columns.value, columns.printed, strict=True)):
        if value is None and printed:
            text = masked_cell(printed)
            if text != printed:
                changed[place] = text
    return cast("tuple[Figure, ...]", columns.with_printed(changed)) if changed else figures


def _cell(cell: Cell) -> Cell:
    text = masked(cell.text)
    return cell if text == cell.text else replace(cell, text=text)


def _piece(piece: Evidence) -> Evidence:
    text = masked(piece.value)
    return piece if text == piece.value else replace(piece, value=text)


def _address(href: str) -> str:
    """An attachment's address: one that calls or writes to somebody is masked, a file's stays."""
    scheme = href.strip().lower()
    if scheme.startswith(_CALLING):
        end = href.index(":") + 1
        return href[:end] + MASK * (len(href) - end)
    return href


def _fact(fact: Fact, chapters: Mapping[str, str]) -> Fact:
    """A fact with the words that stand at its place now."""
    quote = chapters.get(fact.chapter, "")[fact.start : fact.end]
    if MASK not in quote or len(quote) != len(fact.quote) or quote == fact.quote:
        return fact
    return replace(fact, quote=quote)


def _is_no_count(old: Fact, new: Fact) -> bool:
    """Whether the very number that was taken for a count is one of a telephone."""
    if old.quote == new.quote or not isinstance(old.value, int):
        return False
    digits = str(old.value)
    return digits in view(old.quote)[0] and digits not in view(new.quote)[0]


def _findings(report: Report, facts: tuple[Fact, ...]) -> tuple[Finding, ...]:
    """Findings, whose sentences quote facts; all other words and numbers in them are ours."""
    changed = {
        old.quote: new.quote
        for old, new in zip(report.facts, facts, strict=True)
        if old.quote != new.quote
    }
    if not changed:
        return report.findings
    found = []
    for finding in report.findings:
        sentence, sentence_en = finding.sentence, finding.sentence_en
        for old, new in changed.items():
            sentence, sentence_en = sentence.replace(old, new), sentence_en.replace(old, new)
        found.append(replace(finding, sentence=sentence, sentence_en=sentence_en))
    return tuple(found)
