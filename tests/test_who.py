"""Who and when beyond the title: derived titles, conflicts, national tags, breadcrumbs, PDFs."""

from __future__ import annotations

import pytest

from extract import read
from extract.chapters import read_chapters
from extract.headline import Headline, read_headline, year_flags
from extract.types import Cell, Document, Evidence, Report, Row

HEADINGS = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
)
TITLE = "示例市示例局2021年政府信息公开工作年度报告"


def p(*lines: str) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def read_page(
    inside: str = "", *, before: str = "", tail: str = "", head: str = "", said: str = "工作平稳。"
) -> Report:
    chapters = p(HEADINGS[0], said) + "".join(p(h, "情况如上。") for h in HEADINGS[1:])
    body = f"{before}<div id='zoom'>{inside}{chapters}{tail}</div>"
    return read(f"<html><head>{head}</head><body>{body}</body></html>".encode())


def of_lines(*lines: str, kind: str = "pdf") -> Headline:
    """The headline of a document without markup: its lines, then the chapters."""
    told = [*lines, HEADINGS[0], "2021年工作平稳。"]
    for heading in HEADINGS[1:]:
        told += [heading, "情况如上。"]
    rows = tuple(Row((Cell(line, f"L{i}"),)) for i, line in enumerate(told, 1))
    document = Document(rows, kind)
    return read_headline(document, read_chapters(document))


# -- the derived title ------------------------------------------------------------------


def test_a_title_is_derived_only_where_none_is_printed() -> None:
    signed = p("示例市示例局", "2022年1月20日")
    untitled = read_page(tail=signed)
    assert (untitled.title, untitled.title_derived) == (None, TITLE)
    titled = read_page(f"<h1>{TITLE}</h1>", tail=signed)
    assert (titled.title, titled.title_derived) == (TITLE, None)
    partly = read_page("<h1>政府信息公开工作年度报告</h1>", tail=signed)
    assert partly.title_derived == (None if partly.title else TITLE)


def test_without_agency_or_year_no_title_is_derived() -> None:
    nameless = read_page(tail=p("2022年1月20日"))
    assert (nameless.year, nameless.agency, nameless.title_derived) == (2021, None, None)


def test_a_list_of_other_reports_titles_nothing() -> None:
    links = "".join(f"<li><a>示例市{y}年政府信息公开工作年度报告</a></li>" for y in (2019, 2020))
    report = read_page(before=f"<ul>{links}</ul>", tail=p("示例市示例局", "2022年1月20日"))
    assert (report.title, report.title_derived) == (None, TITLE)


# -- the year -----------------------------------------------------------------------------


def test_sources_that_disagree_are_flagged_and_kept() -> None:
    period = p("所列数据的统计期限自2020年1月1日起至2020年12月31日止。")
    report = read_page(f"<h1>{TITLE}</h1>{period}")
    assert report.flags[0] == "year_conflict"
    assert report.year == 2020
    assert {(e.source, e.value) for e in report.evidence["year"]} == {
        ("period", "2020"),
        ("title", "2021"),
    }
    assert "year_conflict" not in read_page(f"<h1>{TITLE}</h1>").flags


def test_a_weak_source_makes_no_conflict() -> None:
    votes = [Evidence("title", "2021", 3), Evidence("published", "2022", 1)]
    assert year_flags(votes, 2021, {}) == ()


@pytest.mark.parametrize(
    ("form", "year", "flagged"),
    [
        ("2019", 2018, True),
        ("2019", 2019, False),
        ("2019", 2020, False),
        ("2019", 2023, True),
        ("2021", 2020, True),
        ("2021", 2021, False),
        ("2021", 2030, False),
        ("2021", None, False),
    ],
)
def test_a_form_of_another_year_is_flagged(form: str, year: int | None, flagged: bool) -> None:
    assert ("form_year_conflict" in year_flags([], year, {"t3": form})) is flagged


@pytest.mark.parametrize(
    ("sentence", "year"),
    [
        ("所列数据的统计期限自2020年1月1日起至2020年12月31日止。", "2020"),
        ("本报告中所列数据的统计期限为2008年5月1日至2008年12月31日。", "2008"),
        ("统计期限自2008年5月1日起至12月31日止。", "2008"),
        ("统计数据截止2010年12月31日。", "2010"),
        ("统计期限为202020年1月1日至2020年12月31日。", None),
        ("统计期限自202011日至20201231日。", None),
    ],
)
def test_the_period_names_the_year(sentence: str, year: str | None) -> None:
    votes = {e.source: e.value for e in of_lines("年报", sentence).evidence["year"]}
    assert votes.get("period") == year


# -- the agency ---------------------------------------------------------------------------


def meta(name: str, content: str) -> str:
    return f'<meta name="{name}" content="{content}">'


def test_the_national_tags_name_title_date_and_source() -> None:
    head = (
        meta("ArticleTitle", TITLE)
        + meta("PubDate", "2022-01-20 10:30")
        + meta("ContentSource", "示例市政务局")
        + meta("SiteName", "示例市人民政府门户网站")
        + meta("ColumnName", "示例局")
    )
    report = read_page(head=head)
    assert (report.title, report.published, report.agency) == (TITLE, "2022-01-20", "示例市示例局")
    weights = {e.source: (e.value, e.weight) for e in report.evidence["agency"]}
    assert weights == {
        "title": ("示例市示例局", 6),
        "page title": ("示例市示例局", 2),
        "meta contentsource": ("示例市政务局", 1),
        "meta columnname": ("示例局", 0),
        "meta sitename": ("示例市人民政府", 0),
    }


def test_the_portal_never_names_the_agency() -> None:
    report = read_page(head=meta("SiteName", "示例市人民政府"), said="2021年工作平稳。")
    assert (report.agency, report.title_derived) == (None, None)
    assert [e.source for e in report.evidence["agency"]] == ["meta sitename"]


@pytest.mark.parametrize(
    ("crumbs", "agency"),
    [
        ("您当前的位置：首页 > 示例区财政局 > 政务公开 > 政府信息公开年报", "示例区财政局"),
        ("当前位置: 首页>街镇>示例镇>信息公开年报", "示例镇"),
        ("您现在的位置：示例市人民政府 » 政务公开 » 年报", None),
        ("当前位置：首页 > 部门街道 > 乡镇街道 > 年报", None),
    ],
)
def test_a_breadcrumb_names_the_agency_of_its_column(crumbs: str, agency: str | None) -> None:
    report = read_page(before=p(crumbs), said="2021年工作平稳。")
    assert report.agency == agency
    publisher = read_page(before=p(crumbs), inside=p("来源：示例市政务局"))
    assert publisher.agency == (agency or "示例市政务局")


def test_every_name_is_kept_the_title_s_first() -> None:
    inside = f"<h1>{TITLE}</h1>" + p("发布机构：示例市政务局", "如有疑问请与样板市样板局联系。")
    report = read_page(inside, tail=p("范例市范例局", "2022年1月20日"))
    assert [(e.source, e.value) for e in report.evidence["agency"]] == [
        ("title", "示例市示例局"),
        ("signature", "范例市范例局"),
        ("contact", "样板市样板局"),
        ("publisher", "示例市政务局"),
    ]


# -- documents without markup -----------------------------------------------------------


@pytest.mark.parametrize(
    "lines",
    [
        [TITLE],
        ["示例市示例局", "2021年政府信息公开工作年度报告"],
        ["示例市示例局2021年", "政府信息公开工作年度报告"],
        ["示例市示例局", "2021年", "政府信息公开工作年度报告"],
        ["示 例 市 示 例 局", "2021年政府信息公开工作", "年 度 报 告"],
        ["示例市", "示例局2021年政府信息", "公开工作年度报告"],
        ["示例市示例局2021年政府信息公开工作年度报", "告"],
        ["附件2", "示例市示例局", "2021年政府信息公开工作年度报告"],
    ],
)
def test_a_title_over_the_lines_of_a_pdf(lines: list[str]) -> None:
    headline = of_lines(*lines, "根据《条例》要求，编制本报告。")
    assert "".join((headline.title or "").split()) == TITLE
    assert (headline.agency, headline.year) == ("示例市示例局", 2021)


@pytest.mark.parametrize(
    ("lines", "agency"),
    [
        (
            ["国家税务总局", "示例市税务局", "2021年政府信息公开", "工作年度报告"],
            "国家税务总局示例市税务局",
        ),
        (["示例县", "示例镇人民政府", "2021年政府信息公开工作年度报告"], "示例县示例镇人民政府"),
    ],
)
def test_a_name_over_two_lines_of_a_pdf(lines: list[str], agency: str) -> None:
    headline = of_lines(*lines)
    assert (headline.title, headline.agency) == ("".join(lines), agency)


def test_a_place_above_a_web_page_s_title_is_not_its_agency_s() -> None:
    lines = ["示例县", "示例镇2021年政府信息公开工作年度报告"]
    assert of_lines(*lines, kind="text").agency == "示例镇"
    assert read_page(p(*lines)).agency == "示例镇"
    same = ["示例县", "示例县示例镇2021年政府信息公开工作年度报告"]
    assert of_lines(*same).agency == "示例县示例镇"
