"""Many reports, layouts and oddities: never wrong, never invented."""

from __future__ import annotations

import itertools

from extract import read
from tests.oddities import CHANGES
from tests.portal.figures import dice
from tests.portal.render import article_html, text_dump
from tests.portal.reports import ZEROS, make_report
from tests.readback import Difference, compare

_REPORTS = 12


def prove() -> bool:
    """Read every change of every report; print what was not exact.

    Returns:
        Whether nothing was wrong or invented, and nothing missing that was printed.
    """
    tally = {"read": 0, "wrong": 0, "invented": 0, "missing": 0}
    for form, zero, number in itertools.product(("2019", "2021"), sorted(ZEROS), range(_REPORTS)):
        rendered, _ = make_report(
            "示例市示例局", f"99{number:04d}", "finance", 2019 + number % 6,
            form=form, busy=dice(form, zero, number).random() < 0.5, zero=zero,
        )  # fmt: skip
        page = article_html(rendered, "trs")
        documents = {name: change(page) for name, change in CHANGES.items()}
        documents |= {style: text_dump(rendered, style) for style in ("tika", "tsv", "lines")}
        for name, text in documents.items():
            difference = compare(read(text.encode()), rendered)
            if name == "lines" and "" in rendered.cells.values():
                # Blanks leave no trace in this dump: what is missing is rightly so.
                difference = Difference(difference.wrong, difference.invented, ())
            tally["read"] += 1
            for kind in ("wrong", "invented", "missing"):
                keys = getattr(difference, kind)
                tally[kind] += len(keys)
                if keys:
                    print(f"  {name} form {form} zero {zero} report {number}: {kind} {keys[:3]}")
    print(f"  {tally}")
    return not (tally["wrong"] or tally["invented"] or tally["missing"])
