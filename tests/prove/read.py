"""Many reports, layouts and oddities: never wrong, never invented, missing only what is lost."""

from __future__ import annotations

import itertools
from collections import Counter

from extract import read
from extract.forms import forms
from tests.formats import WRITERS
from tests.oddities import MARKS, ODDITIES, Page, scattered
from tests.portal.figures import dice
from tests.portal.pdf import Print, report_pdf
from tests.portal.render import text_dump
from tests.portal.reports import FictionalReport
from tests.readback import Difference, difference

_REPORTS = 12
_PRINTINGS = 4


def prove() -> bool:
    """Read every oddity of every report, and its text dumps; print what was not exact.

    Returns:
        Whether nothing was wrong or invented, and nothing missing that can be told.
    """
    tally: Counter[str] = Counter(read=0, wrong=0, invented=0, missing=0)
    for form, marks, number in itertools.product(forms(), MARKS, range(_REPORTS)):
        report = scattered(form, number, marks)
        pages = {name: oddity(report) for name, oddity in ODDITIES.items()} | _dumps(report)
        for name, page in pages.items():
            found = difference(read(page.text.encode()), page.want)
            tally["read"] += 1
            for kind in ("wrong", "invented", "missing") if page.kept else ("wrong", "invented"):
                keys = getattr(found, kind)
                tally[kind] += len(keys)
                if keys:
                    print(f"  {name} form {form} marks {marks} report {number}: {kind} {keys[:3]}")
    print(f"  {len(ODDITIES)} oddities: {dict(tally)}")
    return not (tally["wrong"] or tally["invented"] or tally["missing"]) and _prove_formats()


def _prove_formats() -> bool:
    """Read reports in every format that needs no converter, and PDFs that end anywhere."""
    tally: Counter[str] = Counter(read=0, wrong=0, invented=0, missing=0)
    for form, marks, number in itertools.product(forms(), MARKS, range(_REPORTS)):
        report = scattered(form, number, marks)
        for name, write in WRITERS.items():
            found = difference(read(write(report)), report.values())
            _count(tally, found, f"{name} form {form} marks {marks} report {number}", whole=True)
        for how, printing in enumerate(_printings(f"{form}{marks}{number}")):
            found = difference(read(report_pdf(report, printing)), report.values())
            _count(tally, found, f"printing {how} of {form} {marks} {number}: {printing}")
    print(f"  {len(WRITERS)} formats, {_PRINTINGS} printings: {dict(tally)}")
    return not (tally["wrong"] or tally["invented"] or tally["missing"])


def _count(tally: Counter[str], found: Difference, where: str, whole: bool = False) -> None:
    tally["read"] += 1
    for kind in ("wrong", "invented", "missing") if whole else ("wrong", "invented"):
        keys = getattr(found, kind)
        tally[kind] += len(keys)
        if keys:
            print(f"  {where}: {kind} {keys[:3]}")


def _printings(seed: str) -> list[Print]:
    """Ways to print at random: numbers may be cut by a page's end, which are then missing."""
    rng = dice("printing", seed)
    return [
        Print(
            ruled=rng.random() < 0.6,
            cut_rows=rng.random() < 0.5,
            bold=rng.random() < 0.3,
            upright=rng.random() < 0.5,
            middle=rng.random() < 0.5,
            narrow=rng.choice([17, 22, 28, 35, 40]),
            size=rng.choice([7.5, 9, 10.5]),
            offset=rng.random() * 600,
            page_numbers=rng.random() < 0.8,
        )
        for _ in range(_PRINTINGS)
    ]


def _dumps(report: FictionalReport) -> dict[str, Page]:
    """Blanks leave no trace where cells come one a line: what is missing then is rightly so."""
    styles = {"tika": True, "tsv": True, "lines": False}
    return {
        style: Page(text_dump(report, style), report.values(), keeps)
        for style, keeps in styles.items()
    }
