"""Properties: what the generator renders, the reader reads back."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extract import read
from extract.checks import rules
from extract.errors import NotAReport
from tests.portal.layouts import Layout
from tests.portal.render import article_html, text_dump
from tests.portal.reports import ZEROS, FictionalReport, make_report
from tests.readback import compare

_SLOW = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)

layouts = st.builds(
    Layout,
    heads=st.booleans(),
    spanned=st.booleans(),
    half_width=st.booleans(),
    numbering=st.sampled_from([".", "、", ". "]),
    spaced=st.booleans(),
    wrapped=st.booleans(),
    commas=st.booleans(),
    short_chapter=st.booleans(),
    year_first=st.booleans(),
)


@st.composite
def reports(draw: st.DrawFn) -> FictionalReport:
    number = draw(st.integers(0, 9999))
    year = draw(st.integers(2019, 2025))
    report, _ = make_report(
        "示例市示例局",
        f"99{number:04d}",
        "finance",
        year,
        form=draw(st.sampled_from(["2019", "2021"])),
        busy=draw(st.booleans()),
        zero=draw(st.sampled_from(sorted(ZEROS))),
        layout=draw(layouts),
    )
    return report


@_SLOW
@given(reports(), st.sampled_from(["trs", "jiangxi", "national", "generic"]))
def test_a_page_reads_back_as_it_was_rendered(rendered: FictionalReport, template: str) -> None:
    report = read(article_html(rendered, template).encode())
    assert compare(report, rendered).none
    assert report.form == rendered.form
    assert (report.title, report.agency, report.year) == (
        rendered.title,
        rendered.agency,
        rendered.year,
    )
    assert report.published == rendered.published.isoformat()
    assert report.signed == rendered.signed.isoformat()
    for number in "一五六":
        said = "".join(report.chapters[number].split())
        assert said == "".join("".join(rendered.chapters[number]).split())


@_SLOW
@given(reports(), st.sampled_from(["tika", "tsv"]))
def test_a_dump_that_keeps_blanks_reads_back(rendered: FictionalReport, style: str) -> None:
    assert compare(read(text_dump(rendered, style).encode()), rendered).none


@_SLOW
@given(reports())
def test_a_dump_without_blanks_is_read_or_left_alone(rendered: FictionalReport) -> None:
    report = read(text_dump(rendered, "lines").encode())
    difference = compare(report, rendered)
    assert not difference.wrong
    assert not difference.invented
    if "" not in rendered.cells.values():
        assert not difference.missing


@_SLOW
@given(reports(), st.integers(0, 3000))
def test_a_cut_page_never_gives_a_wrong_number(rendered: FictionalReport, cut: int) -> None:
    page = article_html(rendered, "trs").encode()
    body = page[: len(page) // 3 + cut * (len(page) * 2 // 3) // 3000]
    try:
        report = read(body)
    except NotAReport:
        return
    difference = compare(report, rendered)
    assert not difference.invented
    assert not difference.wrong  # the number in which the page was cut is not believed


@pytest.mark.parametrize("form", ["2019", "2021"])
@pytest.mark.parametrize("kind", ["row_sum", "balance", "result_sum", "dispute_sum", "not_whole"])
def test_a_planted_error_is_found_and_nothing_else(form: str, kind: str) -> None:
    rendered, _ = make_report(
        "示例市示例局", "990199", "audit", 2022, form=form, busy=True, error=kind
    )
    report = read(article_html(rendered, "national").encode())
    fails = {
        (f.check, frozenset(f.figures))
        for f in report.findings
        if f.status == "fail" and rules()[f.check].strength == "must"
    }
    planted = {(broken.check, frozenset(broken.keys)) for broken in rendered.planted}
    assert planted
    assert fails == planted
