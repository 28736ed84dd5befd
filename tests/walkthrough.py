"""`python -m tests.walkthrough`: one difficult report, each step from bytes to figures.

Prints docs/from-bytes-to-figures.md. A test compares the two, so that the page stays true.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from itertools import pairwise

from extract import read
from extract.align import align
from extract.formats import layouts
from extract.formats.pdf import read_pages
from extract.forms import union
from extract.paged.grid import GridRow, grid_rows
from extract.rows import Candidate, candidates
from extract.types import WRAP, Figure, Report
from tests.portal.pdf import Print, report_pdf
from tests.portal.reports import FictionalReport, make_report

_LINES = ("other_fee_unpaid", "other_no_correction")
_SHOWN = ("t3_other_no_correction", "t3_other_fee_unpaid", "t2_fee_charged")


def difficult() -> tuple[FictionalReport, bytes]:
    """A report of an agency that does not exist, printed so that much can go wrong."""
    report, _ = make_report(
        "示例市示例局", "990107", "justice", 2022, form="2021", busy=True, zero="blank",
        error="row_sum",
    )  # fmt: skip
    return report, report_pdf(report, Print(cut_rows=True, narrow=24, size=9, offset=72))


def page() -> str:
    """The page in docs/, whole."""
    rendered, body = difficult()
    report = read(body)
    steps: Iterable[Iterator[str]] = (
        _bytes(body), _pages(body), _rows(body), _candidates(body), _alignment(body),
        _figures(report), _checks(report), _headline(report, rendered),
    )  # fmt: skip
    return "\n".join(line for step in steps for line in step) + "\n"


def _prose(text: str) -> list[str]:
    return textwrap.wrap(text, 95, break_long_words=False)


def _bytes(body: bytes) -> Iterator[str]:
    yield "# From bytes to figures: one difficult report"
    yield ""
    yield from _prose(
        "This page is printed by `python -m tests.walkthrough`, and a test "
        "keeps it true. The "
        "report is fictional. Its PDF leaves zeros blank, breaks numbers in "
        "narrow cells, ends a "
        "page inside a row, and prints one total that does not add up."
    )
    yield ""
    yield "## 1. Bytes"
    yield from _prose(
        "The format follows from the first bytes "
        "(`extract/formats/__init__.py`), never from a name."
    )
    yield ""
    yield "```"
    yield f"{body[:8].decode()}…"
    yield "```"
    yield ""


def _pages(body: bytes) -> Iterator[str]:
    pages, pictures = read_pages(body)
    yield "## 2. Pages of glyphs and ruling lines"
    yield from _prose(
        "`extract/formats/pdf.py` takes each character's place and each line "
        "from pdfplumber. A "
        "page without a usable text layer would be counted as a picture, and not guessed."
    )
    yield ""
    yield "```"
    for each in pages:
        glyph = each.glyphs[0]
        yield (
            f"page {each.number}: {len(each.glyphs)} glyphs, {len(each.edges)} edges; the first is "
            f"{glyph.text} at {glyph.box.x0:.0f},{glyph.box.top:.0f}, size {glyph.size:g}"
        )
    yield f"pictures: {pictures}"
    yield "```"
    yield ""


def _cut(body: bytes) -> tuple[GridRow, GridRow]:
    """The two parts of the row in which a page ends."""
    pages, _ = read_pages(body)
    rows = [grid_rows(each)[0] for each in pages]
    for above, below in pairwise(rows):
        if above and below and above[-1].cells[-1].text and below[0].cells[-1].text == "":
            return above[-1], below[0]
    raise LookupError("no page ends inside a row: change the printing of this report")


def _rows(body: bytes) -> Iterator[str]:
    upper, lower = _cut(body)
    joined = next(
        row
        for row in next(layouts(body)).rows
        if row.tabular and row.cells[-1].place == upper.cells[-1].place
    )
    yield "## 3. Rows of cells"
    yield from _prose(
        "`extract/paged/grid.py` finds the cells between the lines; a number "
        "that its column was "
        "too narrow for is put together and remembers it (`⏎`). "
        "`paged/breaks.py` joins what a page's "
        "end has cut: the lower part begins no line of the form, and the "
        "joined label resembles one "
        "better than its upper half."
    )
    yield ""
    yield "```"
    yield f"page {upper.page}, last row:  {_cells(upper.cells)}"
    yield f"page {lower.page}, first row: {_cells(lower.cells)}"
    yield f"joined:             {_cells(joined.cells)}"
    yield "```"
    yield ""


def _cells(cells: Iterable[object]) -> str:
    texts = (getattr(cell, "text", "") for cell in cells)
    return " | ".join(text.replace(WRAP, "⏎").replace("\n", "") or "·" for text in texts)


def _body(body: bytes) -> list[Candidate]:
    rows = [row for row in candidates(next(layouts(body))) if row.structured and row.tail]
    first = next(i for i, row in enumerate(rows) if "本年新收" in "".join(row.labels))
    last = next(i for i, row in enumerate(rows) if "结转下年度" in "".join(row.labels))
    return rows[first : last + 1]


def _candidates(body: bytes) -> Iterator[str]:
    yield "## 4. Candidate rows"
    yield from _prose(
        "`extract/rows.py` splits each row into labels and what follows the "
        "last label. Nothing is "
        "known yet of what a row means. `·` is a blank cell: it stays one."
    )
    yield ""
    yield "```"
    for row in _body(body)[:5]:
        labels = " / ".join(label.replace("\n", "") for label in row.labels)
        yield f"{labels}  →  {_cells(row.tail)}"
    yield "…"
    yield "```"
    yield ""


def _alignment(body: bytes) -> Iterator[str]:
    rows = _body(body)
    pairs = align(rows, "t3", lambda row: len(row.tail) == 7)
    yield "## 5. Lines of the statutory form"
    lines = union("t3")
    yield from _prose(
        f"The {len(rows)} rows of table three are aligned in order with the "
        f"{len(lines)} lines of "
        "the union of both forms (`extract/align.py`). That the three lines "
        "under （六）其他处理 are "
        "found tells the form: 2021."
    )
    yield ""
    yield "```"
    for row, line in pairs:
        if line.code in _LINES or line is pairs[0][1]:
            label = row.labels[-1].replace("\n", "")
            yield f"{label}  →  {line.code}"
    yield "```"
    yield ""


def _figures(report: Report) -> Iterator[str]:
    yield "## 6. Figures"
    yield from _prose(
        "Each cell becomes a figure with what is printed, its value or none, a "
        "status, flags, and its "
        "place: page and box in points. The unit stands beside the number; "
        "nothing is converted in "
        "place."
    )
    yield ""
    yield "```"
    for figure in report.figures:
        if figure.key.startswith(_SHOWN):
            yield _figure(figure)
    yield "```"
    yield ""


def _figure(figure: Figure) -> str:
    printed = "(blank)" if figure.printed == "" else figure.printed
    unit = f" {figure.unit}" if figure.unit else ""
    flags = f" [{', '.join(figure.flags)}]" if figure.flags else ""
    return f"{figure.key} = {printed}{unit}  {figure.status}{flags}  {figure.place}"


def _checks(report: Report) -> Iterator[str]:
    shown = [finding for finding in report.findings if finding.status == "fail"]
    uncertain = sum(finding.status == "uncertain" for finding in report.findings)
    yield "## 7. Checks"
    yield from _prose(
        f"{report.passes} comparisons hold. Where a cell is blank the answer is uncertain "
        f"({uncertain} of "
        "them): a blank is no zero. What does not add up is said, and left as printed:"
    )
    yield ""
    yield "```"
    for finding in shown:
        yield f"{finding.check} {finding.status}: {finding.sentence}"
    yield "```"
    yield ""


def _headline(report: Report, rendered: FictionalReport) -> Iterator[str]:
    yield "## 8. Who and when"
    yield from _prose("Agency and year are elected from evidence, all of which is kept.")
    yield ""
    yield "```"
    yield f"title   {report.title}"
    yield f"agency  {report.agency}"
    for piece in report.evidence.get("year", ()):
        yield f"year    {piece.value}  by {piece.source}, weight {piece.weight}"
    yield f"signed  {report.signed}"
    yield f"chapters {' '.join(report.chapters)}"
    yield f"numbers left over in the tables: {len(report.leftovers)}"
    yield "```"
    yield ""
    exact = all(figure.value == rendered.values()[figure.key] for figure in report.figures)
    verdict = "as the report prints them" if exact else "NOT as printed"
    yield f"All {len(report.figures)} figures are {verdict}."


if __name__ == "__main__":
    print(page(), end="")
