"""Office documents: what an office files is read back, and hostile files end in one error."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.cell import Cell

from extract import read
from tests.portal.layouts import Layout
from tests.portal.office import HABITS, docx, xls_of, xlsx
from tests.portal.reports import ZEROS, FictionalReport, make_report
from tests.readback import compare

_FEW = settings(
    max_examples=6, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


@st.composite
def reports(draw: st.DrawFn) -> FictionalReport:
    layout = Layout(
        spanned=draw(st.booleans()),
        half_width=draw(st.booleans()),
        numbering=draw(st.sampled_from([".", "、", ". "])),
        spaced=draw(st.booleans()),
        commas=draw(st.booleans()),
    )
    report, _ = make_report(
        "示例市示例局",
        f"99{draw(st.integers(0, 9999)):04d}",
        "finance",
        draw(st.integers(2019, 2025)),
        form=draw(st.sampled_from(["2019", "2021"])),
        busy=draw(st.booleans()),
        zero=draw(st.sampled_from(sorted(ZEROS))),
        layout=layout,
    )
    return report


@pytest.mark.parametrize("habits", sorted(HABITS))
@_FEW
@given(rendered=reports())
def test_a_docx_reads_back_as_it_was_written(rendered: FictionalReport, habits: str) -> None:
    report = read(docx(rendered, HABITS[habits]))
    assert compare(report, rendered).none
    assert {f.key: f.printed for f in report.figures} == rendered.cells
    assert report.kind == "docx"
    assert (report.title, report.agency, report.year) == (
        rendered.title,
        rendered.agency,
        rendered.year,
    )
    assert report.signed == rendered.signed.isoformat()
    for number in "一五六":
        said = "".join(report.chapters[number].split())
        assert said == "".join("".join(rendered.chapters[number]).split())


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("framed", [False, True])
@_FEW
@given(
    rendered=reports(),
    first_column=st.integers(1, 3),
    merged_prose=st.booleans(),
    sheets=st.booleans(),
)
def test_a_workbook_reads_back_as_it_was_written(
    rendered: FictionalReport,
    first_column: int,
    merged_prose: bool,
    sheets: bool,
    framed: bool,
    old: bool,
) -> None:
    body = xlsx(
        rendered,
        first_column=first_column,
        merged_prose=merged_prose,
        sheets=sheets,
        framed=framed,
        style=_with_commas if rendered.layout.commas else None,
    )
    report = read(xls_of(body, framed) if old else body)
    assert compare(report, rendered).none
    printed = {f.key: f.printed for f in report.figures}
    # Without a frame a row with nothing in it cannot be told from the end of its table.
    found = rendered.cells if framed else {key: rendered.cells[key] for key in printed}
    assert printed == found
    assert report.kind == "sheet"
    assert (report.title, report.agency, report.year) == (
        rendered.title,
        rendered.agency,
        rendered.year,
    )
    assert report.signed == rendered.signed.isoformat()
    for number in "一五六":
        said = "".join(report.chapters[number].split())
        assert said == "".join("".join(rendered.chapters[number]).split())


def _with_commas(cell: Cell, printed: str) -> None:
    if "," in printed and "." not in printed:
        cell.number_format = "#,##0"
    elif "," in printed:
        cell.number_format = "#,##0." + "0" * len(printed.partition(".")[2])
