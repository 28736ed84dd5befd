"""A report as the flat text that converters and careless editors make of it."""

from __future__ import annotations

from dataclasses import replace

from tests.portal.layouts import halved
from tests.portal.reports import FictionalReport
from tests.portal.tables import Box, Grid, grids

STYLES = ("tika", "lines", "tsv")


def text_dump(report: FictionalReport, style: str) -> str:
    """Print the whole report as text.

    Args:
        report: The report.
        style: `tika` (one cell a line behind a tab, an empty line after a row; cells
            under a row span are tabs alone), `lines` (one cell a line, empty lines
            between, half-width brackets; blank cells leave no trace) or `tsv` (one
            row a line, cells joined by tabs and padded to ten columns).
    """
    table = {"tika": _tika, "lines": _lines, "tsv": _tsv}[style]
    gap = "\n" if style == "tika" else "\n\n"
    indent = "　　　" if style == "tika" else ""
    parts = [report.title, f"发布日期：{report.published}", report.preamble]
    tables = grids(report)
    for chapter, paragraphs in report.chapters.items():
        parts += [f"{indent}{report.heading(chapter)}", *paragraphs]
        if chapter in tables:
            parts.append(table(tables[chapter]))
    parts += signature(report)
    text = gap.join(parts) + "\n"
    return halved(text) if style == "lines" else text


def signature(report: FictionalReport) -> tuple[str, str]:
    """The two lines at a report's end: agency and date."""
    day = report.signed
    return report.agency, f"{day.year}年{day.month}月{day.day}日"


def unrolled(grid: Grid) -> list[list[Box]]:
    """Rows in which cells that span rows are repeated as empty cells."""
    rows: list[list[Box]] = []
    below: list[tuple[int, Box, int]] = []  # first column, cell, rows left
    for row in grid:
        out: list[Box] = []
        at, left = 0, list(row)
        hanging = {column: box for column, box, _ in below}
        below = [(column, box, n - 1) for column, box, n in below if n > 1]
        while left or at in hanging:
            box = hanging[at] if at in hanging else left.pop(0)
            if at in hanging:
                box = replace(box, text="")
            elif box.down > 1:
                below.append((at, box, box.down - 1))
            out.append(box)
            at += box.across
        rows.append(out)
    return rows


def _tika(grid: Grid) -> str:
    rows = ("".join(f"\t{box.text}\n" for box in row) for row in unrolled(grid))
    return "\n".join(rows) + "\n"


def _lines(grid: Grid) -> str:
    return "\n\n".join(box.text for row in grid for box in row if box.text)


def _tsv(grid: Grid) -> str:
    lines = []
    for row in unrolled(grid):
        cells = [text for box in row for text in (box.text, *[""] * (box.across - 1))]
        lines.append("\t".join(cells + [""] * (10 - len(cells))))
    return "\n".join(lines)
