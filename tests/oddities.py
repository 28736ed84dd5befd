"""The oddities of real reports: how to print a report with one, and what must be read then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from extract.forms import forms
from tests import odd_pages, odd_tables
from tests.portal.figures import dice
from tests.portal.layouts import Layout
from tests.portal.render import article_html, body_html, dump_html, text_dump
from tests.portal.reports import FictionalReport, make_report
from tests.portal.tables import grids

Values = Mapping[str, int | float | None]
#: Marks of cells without a number, by how many of the cells.
MARKS = {"full": (), "few": ("",) * 8, "many": ("",) * 60, "mixed": ("", "", "/", "—") * 8}


@dataclass(frozen=True, slots=True)
class Page:
    """A printed report: what its figures are, and whether all of them can still be told."""

    text: str
    want: Values
    kept: bool = True


Oddity = Callable[[FictionalReport], Page]


def scattered(form: str, number: int, marks: str) -> FictionalReport:
    """A report with a number of its own in every cell, and marks anywhere among them.

    Args:
        form: Code of the form.
        number: Anything; each gives another report.
        marks: A key of `MARKS`: in how many cells of a hundred no number stands.
    """
    seed = f"99{number:04d}"
    report, _ = make_report("示例市示例局", seed, "finance", 2019 + number % 6, form=form)
    rng = dice("scattered", form, number, marks)
    numbers = rng.sample(range(11, 19_999), len(report.cells))
    layout = Layout.of(f"{seed}-{marks}")
    pool = [*MARKS[marks], *[None] * (100 - len(MARKS[marks]))]
    drawn = zip(report.cells, numbers, rng.choices(pool, k=len(numbers)), strict=True)
    cells = {
        key: mark if mark is not None else f"{value:,}" if layout.commas else str(value)
        for key, value, mark in drawn
    }
    return replace(report, cells=cells, layout=layout)


def _of_page(change: odd_pages.Change, kept: bool, report: FictionalReport) -> Page:
    return Page(change(article_html(report)), report.values(), kept)


def _of_tables(change: odd_tables.Odd, kept: str, report: FictionalReport) -> Page:
    tables = grids(report)
    change(report, tables)
    text = article_html(report, body=body_html(report, tables))
    whole = kept == "always" or (kept == "full" and "" not in report.cells.values())
    return Page(text, report.values(), whole)


def hybrid(report: FictionalReport) -> Page:
    """Table three of the other form."""
    other = scattered(next(code for code in forms() if code != report.form), 7, "mixed")
    tables = grids(report) | {"三": grids(other)["三"]}
    want = {key: value for key, value in report.values().items() if not key.startswith("t3")}
    want |= {key: value for key, value in other.values().items() if key.startswith("t3")}
    return Page(article_html(report, body=body_html(report, tables)), want)


def preformatted(style: str, report: FictionalReport) -> Page:
    """The whole page as one pre."""
    text = dump_html(text_dump(report, style), "pre")
    return Page(article_html(report, body=text), report.values())


ODDITIES: dict[str, Oddity] = {
    **{change.__name__: partial(_of_page, change, True) for change in odd_pages.KEPT},
    **{change.__name__: partial(_of_page, change, False) for change in odd_pages.LOST},
    **{odd.__name__: partial(_of_tables, odd, "always") for odd in odd_tables.KEPT},
    **{odd.__name__: partial(_of_tables, odd, "full") for odd in odd_tables.KEPT_IN_FULL_ROWS},
    **{odd.__name__: partial(_of_tables, odd, "never") for odd in odd_tables.LOST},
    "hybrid": hybrid,
    "preformatted_tika": partial(preformatted, "tika"),
    "preformatted_tsv": partial(preformatted, "tsv"),
}
