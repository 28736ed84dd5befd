"""Many reports, layouts and oddities: never wrong, never invented, missing only what is lost."""

from __future__ import annotations

import itertools
from collections import Counter

from extract import read
from extract.forms import forms
from tests.oddities import MARKS, ODDITIES, Page, scattered
from tests.portal.render import text_dump
from tests.portal.reports import FictionalReport
from tests.readback import difference

_REPORTS = 12


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
    return not (tally["wrong"] or tally["invented"] or tally["missing"])


def _dumps(report: FictionalReport) -> dict[str, Page]:
    """Blanks leave no trace where cells come one a line: what is missing then is rightly so."""
    styles = {"tika": True, "tsv": True, "lines": False}
    return {
        style: Page(text_dump(report, style), report.values(), keeps)
        for style, keeps in styles.items()
    }
