"""The end of a crawl in print: a table of all portals, a line for each that needs a look."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from .session import Result

_HEAD = ("portal", "outcome", "expected", "candidates", "new", "unchanged", "issues")


def table(results: Sequence[Result]) -> Iterator[str]:
    """Lines of the table; numbers are set to the right."""
    rows = [
        (
            result.portal.key,
            result.outcome,
            result.portal.outcome,
            str(result.candidates),
            str(result.captured),
            str(result.unchanged),
            str(result.issues),
        )
        for result in results
    ]
    widths = [max(map(_width, column)) for column in zip(_HEAD, *rows, strict=True)]
    for row in (_HEAD, *rows):
        cells = [
            text.rjust(width) if number > 2 else text.ljust(width)
            for number, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def remarks(results: Sequence[Result]) -> Iterator[str]:
    """A line for each portal that did not end as its registry declares: what and where."""
    for result in results:
        if result.outcome == result.portal.outcome:
            continue
        why = f" ({result.detail})" if result.detail else ""
        yield (
            f"{result.portal.key}: {result.outcome}{why}, "
            f"declared {result.portal.outcome}: {result.portal.column}"
        )


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
