"""Office documents: what an office files is read back, and hostile files end in one error."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extract import read
from tests.portal.layouts import Layout
from tests.portal.office import HABITS, docx
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
