"""Own and aggregate reports told apart, with what speaks for it."""

from __future__ import annotations

import pytest

from archive.agencies import resolve
from archive.gather import with_build_evidence
from extract.scope import read_scope, scope_of_name
from extract.types import Evidence, Report


@pytest.mark.parametrize(
    ("name", "scope"),
    [
        ("示例市人民政府", "aggregate"),
        ("示例自治区人民政府", "aggregate"),
        ("示例市示例区", "aggregate"),
        ("示例市人民政府办公室", "own"),
        ("示例省人民政府办公厅", "own"),
        ("示例县示例镇人民政府", "own"),
        ("示例县示例乡", "own"),
        ("示例旗示例苏木人民政府", "own"),
        ("示例区示例街道办事处", "own"),
        ("示例市示例局", "own"),
        ("示例市公安局示例分局", "own"),
        ("国家税务总局示例市税务局", "own"),
        ("示例部", "own"),
        ("示例市示例局（示例市样板局）", "own"),
        ("示例系统", "unknown"),
    ],
)
def test_a_name_alone(name: str, scope: str) -> None:
    assert scope_of_name(name) == scope


@pytest.mark.parametrize(
    ("agency", "preamble", "first", "scope"),
    [
        # A government's office that collects is its own body and a whole: doubt.
        (
            "示例市人民政府办公室",
            "本报告由示例市人民政府办公室汇总各县和各部门报告编制。",
            "",
            "unknown",
        ),
        ("示例市", "本报告由示例市人民政府办公室综合各县区、各部门年度报告编制。", "", "aggregate"),
        ("示例市", "", "", "aggregate"),
        (None, "本报告由各县（市、区）人民政府和市政府各部门的年度报告汇总而成。", "", "aggregate"),
        (None, "统计范围为全市各级行政机关。", "", "aggregate"),
        (None, "如有疑问请与我局联系。", "", "own"),
        (None, "", "我局主动公开信息3条，我局收到申请1件。", "own"),
        (None, "", "全市主动公开信息3条，全市收到申请1件。", "aggregate"),
        (None, "", "主动公开信息3条。", "unknown"),
        ("示例市示例局", "推动全市各级行政机关公开。", "全市工作平稳，全市有序。", "own"),
        ("示例镇人民政府", "", "全镇平稳。", "own"),
        # The regulations speak of all agencies; that says nothing of this one.
        (None, "根据《示例省各级行政机关汇总各部门报告办法》编制。", "", "unknown"),
    ],
)
def test_what_a_report_says(agency: str | None, preamble: str, first: str, scope: str) -> None:
    found, signs = read_scope(agency, [preamble], first)
    assert found == scope
    assert bool(signs) is (scope != "unknown" or agency is not None)


ENTRY = {"region": "990100", "region_name": "示例市", "agency": ""}


def test_the_registry_s_word_wins() -> None:
    settled = resolve("示例市人民政府", "shili", ENTRY, "own")
    assert (settled.resolved, settled.scope) == (True, "aggregate")
    assert settled.report_id(2020).endswith("-2020-agg")
    unsettled = resolve("样板市人民政府", "shili", ENTRY, "own")
    assert (unsettled.resolved, unsettled.scope) == (False, "own")
    assert resolve("样板市人民政府", "shili", ENTRY).scope == "aggregate"


CAPTURE = {"list_title": "", "list_date": "", "role": "article", "url": "http://x.invalid/a/b"}


def test_the_build_elects_scope_title_and_flags_again() -> None:
    bare = Report(
        status="read",
        forms={"t2": "2019"},
        flags=("grids_cut",),
        evidence={"year": (Evidence("chapter_one", "2020", 2),)},
    )
    entry = {"agency": "样板市样板局"}
    title = "样板市样板局2023年政府信息公开工作年度报告"
    listed = {**CAPTURE, "list_title": title, "list_date": "2024-01-09"}
    report = with_build_evidence(bare, listed, entry)
    assert (report.agency, report.year, report.scope) == ("样板市样板局", 2023, "own")
    assert report.title_derived == title
    assert report.flags == ("year_conflict", "form_year_conflict", "grids_cut")
    titled = with_build_evidence(Report(status="read", title="题"), listed, entry)
    assert titled.title_derived is None


def test_evidence_without_weight_names_no_agency() -> None:
    weightless = {"agency": (Evidence("meta sitename", "样板市人民政府", 0),)}
    report = Report(status="read", evidence=weightless)
    assert with_build_evidence(report, CAPTURE, {}).agency is None
    assert with_build_evidence(report, CAPTURE, {"agency": "样板局"}).agency == "样板局"
