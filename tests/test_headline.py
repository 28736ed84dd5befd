"""Title, agency, year and date of publication, from pages as they are really printed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from extract import read
from extract.dates import find_date, is_date_line
from extract.headline import agency_of_title, is_report_title, report_year_in
from extract.names import is_name
from extract.types import Report

HEADINGS = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
)
TITLE = "示例市示例局2021年政府信息公开工作年度报告"
BASIS = (
    "根据《中华人民共和国政府信息公开条例》（以下简称《条例》）和《国务院办公厅政府信息与政务公开办公室"
    "关于印发〈中华人民共和国政府信息公开工作年度报告格式〉的通知》（国办公开办函〔2021〕30号）要求，"
)
PERIOD = "所列数据的统计期限自{0}年1月1日起至{0}年12月31日止。"


def p(*lines: str) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def read_page(
    inside: str,
    *,
    before: str = "",
    tail: str = "",
    after: str = "",
    head: str = "",
    said: str = "我局认真贯彻条例。",
    first: str = HEADINGS[0],
) -> Report:
    """Read a page: `inside` stands before chapter one in the container, `tail` behind six."""
    chapters = [first, said]
    for heading in HEADINGS[1:]:
        chapters += [heading, "我局本年度的情况如上。"]
    body = f"{before}<div id='zoom'>{inside}{p(*chapters)}{tail}</div>{after}"
    return read(f"<html><head>{head}</head><body>{body}</body></html>".encode())


# -- the date of publication ----------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2022-1-2 10:12", "2022-01-02"),
        ("2022-1-1 0:30", "2022-01-01"),
        ("2022/1/5 9:00:00", "2022-01-05"),
        ("2022-01-2910:12", "2022-01-29"),
        ("2022 年 1 月 5 日", "2022-01-05"),
        ("二 0 二 二 年 一 月 二 十 日", "2022-01-20"),
        ("2022-1-210:12", None),
        ("202022年12月31日", None),
        ("20220105", None),
    ],
)
def test_the_hour_is_no_part_of_the_day(text: str, date: str | None) -> None:
    assert find_date(text) == date


@pytest.mark.parametrize("text", ["（2022年1月20日）", "2022.1.20", "二〇二二年一月二十日"])
def test_a_date_line_holds_nothing_else(text: str) -> None:
    assert is_date_line(text)
    assert not is_date_line(f"截至{text}")


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("发布时间：2022-1-2 10:12", "2022-01-02"),
        ("发布日期：20220105", "2022-01-05"),
        ("发 布 日 期：2022-01-05", "2022-01-05"),
        ("索引号：AB-12 成文日期：2022-01-05 公开日期：2022-01-20", "2022-01-20"),
        ("更新时间：2023-05-06 发布时间：2022-01-20", "2022-01-20"),
        ("来源：示例市示例局发布时间：2022-01-20", "2022-01-20"),
        ("来源：示例局 2022年01月20日 10:12", "2022-01-20"),
        ("2022-01-20 10:12 来源：示例局 浏览：12", "2022-01-20"),
        ("（2022年2月23日）", "2022-02-23"),
        ("[2022-01-20]", "2022-01-20"),
        ("</p><p>发布时间</p><p>2022-01-20", "2022-01-20"),
        ("<span>发布时间</span></p><p><span>2022-01-20</span>", "2022-01-20"),
        ("申请公开时间：2021-05-01", None),
        ("统计时间：2021年1月1日至2021年12月31日", None),
        ("制作时间：2022-01-02", None),
        ("发布日期：22-01-05", None),
    ],
)
def test_a_date_is_taken_from_its_own_label(line: str, date: str | None) -> None:
    assert read_page(f"<h1>{TITLE}</h1>{p(line)}").published == date


def test_the_label_nearest_after_the_title_wins() -> None:
    notices, label = p("通知公告发布时间：2024-09-09"), p("发布时间：2024-09-09")
    today, title = p("今天是2026年11月21日 星期六"), f"<h1>{TITLE}</h1>"
    own = title + p("发布日期：2022-01-20")
    assert read_page(own, before=notices + label + today).published == "2022-01-20"
    assert read_page(title, before=label + today).published == "2024-09-09"
    assert read_page(title, before=notices + today).published is None


def test_a_label_behind_the_report_counts_where_there_is_no_other() -> None:
    after = p("发布日期：2022-01-22")
    assert read_page(f"<h1>{TITLE}</h1>", after=after).published == "2022-01-22"
    page = f"<h1>{TITLE}</h1>{p('发布日期：2022-01-20')}"
    assert read_page(page, after=after).published == "2022-01-20"


@pytest.mark.parametrize("never", ["1970-01-01", "2020-12-31"])
def test_a_tag_that_was_never_filled_in_is_no_date(never: str) -> None:
    head = f'<meta name="PubDate" content="{never}">'
    page = f"<h1>{TITLE}</h1>{p('发布时间：2022-01-20')}"
    assert read_page(page, head=head).published == "2022-01-20"
    assert read_page(f"<h1>{TITLE}</h1>", head=head).published is None


def test_the_signature_is_not_the_publication() -> None:
    report = read_page(f"<h1>{TITLE}</h1>", tail=p("示例市示例局", "2022年1月20日"))
    assert (report.published, report.signed) == (None, "2022-01-20")


# -- the title -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "inside",
    [
        p("示例市示例局", "2021年政府信息公开工作年度报告"),
        "<h1>示例市示例局</h1><h1>2021年政府信息公开工作年度报告</h1>",
        "<h1>示例市示例局<br>2021年政府信息公开工作年度报告</h1>",
        p("示例市示例局", "&nbsp;", "2021年政府信息公开工作年度报告"),
        p("示例市示例局", "\u200b", "2021年政府信息公开工作年度报告"),
        p("示例市示例局", "2021年政府信息公开工作", "年度报告"),
        p("示例市示例局", "2021年政府", "信息公开工作年度报告"),
        p("示例市示例局2021年政府", "信息公开工作年度报告"),
        p("发布时间：2022-01-11", "示例市示例局", "2021年政府信息公开工作年度报告"),
        p(f"《{TITLE}》"),
        p(f"{TITLE}{BASIS}特编制本年度报告。"),
        p(f"{TITLE} 来源：示例市政务局 发布时间：2022-01-11"),
        f"<table><tr><td>名 称</td><td>{TITLE}</td></tr></table>",
    ],
)
def test_a_title_however_it_is_printed(inside: str) -> None:
    report = read_page(inside)
    assert "".join((report.title or "").split()) == TITLE
    assert (report.agency, report.year) == ("示例市示例局", 2021)


def test_a_title_that_has_its_name_takes_no_line_before_it() -> None:
    assert read_page(p("示例市人民政府", TITLE)).title == TITLE


def test_a_line_that_is_no_name_is_no_part_of_a_title() -> None:
    report = read_page(p("发布时间：2022-01-11", "2021年政府信息公开工作年度报告"))
    assert report.title == "2021年政府信息公开工作年度报告"


@pytest.mark.parametrize("own", [f"<h1>{TITLE}</h1>", p(TITLE)])
def test_a_link_to_another_year_is_not_the_title(own: str) -> None:
    links = "".join(
        f"<li><a>示例市{year}年政府信息公开工作年度报告</a></li>" for year in (2022, 2020)
    )
    assert read_page(own, before=f"<ul>{links}</ul>").title == TITLE


def test_a_title_above_the_container_counts_before_a_tag_without_a_name() -> None:
    head = "<title>2021年政府信息公开工作年度报告_示例市政府网</title>"
    assert read_page("", before=f"<div>{TITLE}</div>", head=head).title == TITLE


@pytest.mark.parametrize(
    "tag",
    [
        f"{TITLE}_示例市人民政府网站",
        f"示例市人民政府网站-{TITLE}",
        f"示例市政府网 | {TITLE}",
    ],
)
def test_the_page_title_without_the_site(tag: str) -> None:
    report = read_page("", head=f"<title>{tag}</title>")
    assert (report.title, report.agency, report.year) == (TITLE, "示例市示例局", 2021)


@pytest.mark.parametrize(
    "sentence",
    [
        "2021年示例市示例局政府信息公开工作年度报告根据《条例》要求编制，现予公布。",
        "根据《条例》规定，现公布2021年示例市示例局政府信息公开工作年度报告。",
        f"{BASIS}现将示例市示例局2021年政府信息公开工作年度报告公布如下。",
        f"{BASIS}示例市示例局编制2021年度报告。",
        f"{BASIS}示例市示例局编制了2021年度政府信息公开工作年度报告。",
        "本报告由示例市示例局根据《条例》编制。",
        "现将以示例市示例局名义制作的政府信息公开情况报告如下。",
        "如有疑问，请联系示例市示例局办公室，电话：0000-0000000。",
        "如有疑问，请与示例市示例局党政办公室联系（地址：示例市示例路1号）。",
        "联系单位：示例市示例局；联系电话：0000-0000000。",
    ],
)
def test_a_sentence_about_the_report_names_the_agency_and_is_no_title(sentence: str) -> None:
    report = read_page(p(sentence), said="2021年，我局认真贯彻条例。")
    assert (report.title, report.agency, report.year) == (None, "示例市示例局", 2021)


@pytest.mark.parametrize(
    ("title", "agency", "year"),
    [
        ("示例市示例局关于2021年度政府信息公开工作情况的报告", "示例市示例局", 2021),
        ("示例市示例局2021年政务公开工作年度报告", "示例市示例局", 2021),
        ("示例市政务公开办公室2021年政府信息公开工作年度报告", "示例市政务公开办公室", 2021),
        ("示例市示例局二〇二一年度政府信息公开工作年度报告", "示例市示例局", 2021),
        ("示例市示例局政府信息公开工作年度报告（2021年度）", "示例市示例局", 2021),
        ("关于发布2021年政府信息公开工作年度报告的公告", None, 2021),
        ("示例市示例局关于印发2021年政府信息公开工作年度报告的通知", "示例市示例局", 2021),
        ("示例市示例局关于印发示例区2021年政府信息公开年报的公告", "示例区", 2021),
        ("示例市级机关事务管理局2021年政府信息公开工作年度报告", "示例市级机关事务管理局", 2021),
        ("示例市人民政府网站-示例局2021年政府信息公开工作年度报告", "示例局", 2021),
        ("关于发布示例的2021年政府信息公开工作年度报告", None, 2021),
        ("示例镇_2017年_政府信息公开工作年度报告", "示例镇", 2017),
        ("2021年度政府信息公开工作年度报告（示例市示例局）", "示例市示例局", 2021),
        ("2021年度政府信息公开工作年度报告（公开版）", None, 2021),
    ],
)
def test_what_a_title_says(title: str, agency: str | None, year: int) -> None:
    assert is_report_title(title)
    assert (agency_of_title(title), report_year_in(title)) == (agency, year)


# -- the agency ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("示例区示例街道", True),
        ("示例市示例局(示例市示例办)", True),
        ("国家税务总局示例市税务局", True),
        ("我局", False),
        ("市政府", False),
        ("发布", False),
        ("示例市示例街道党政", False),
        ("社会", False),
    ],
)
def test_a_name_ends_as_agencies_and_places_do(text: str, name: bool) -> None:
    assert is_name(text) is name


def test_each_source_counts_only_where_the_better_ones_are_absent() -> None:
    bare = "2021年政府信息公开工作年度报告"
    source = p("来源：示例市政务服务局")
    signed = p("示例市示例局", "2022年1月20日")
    assert read_page(f"<h1>{bare}</h1>{source}").agency == "示例市政务服务局"
    assert read_page(f"<h1>{bare}</h1>{source}", tail=signed).agency == "示例市示例局"
    assert read_page(f"<h1>{bare}</h1>{source}", tail=p("示例市示例局 2022年1月20日")).agency == (
        "示例市示例局"
    )
    # The title's name wins as it is printed, though the signature's is fuller.
    report = read_page(f"<h1>示例局{bare}</h1>{source}", tail=signed)
    assert report.agency == "示例局"
    assert [piece.source for piece in report.evidence["agency"]] == [
        "title",
        "signature",
        "publisher",
    ]


def test_the_line_under_a_title_without_a_name_names_the_agency() -> None:
    report = read_page(f"<h1>2021年政府信息公开工作年度报告</h1>{p('示例市示例局')}")
    assert (report.title, report.agency) == ("2021年政府信息公开工作年度报告", "示例市示例局")


def test_a_format_that_is_cited_names_nobody() -> None:
    sentence = "按照示例市人民政府办公室2021年政府信息公开工作年度报告格式要求，编制本报告。"
    assert read_page(p(sentence), tail=p("示例市示例局", "2022年1月20日")).agency == "示例市示例局"


# -- the year --------------------------------------------------------------------------


def test_the_signature_votes_before_a_chapter_that_speaks_of_the_year_before() -> None:
    report = read_page(
        "",
        said="在巩固2019年成果的基础上，比2019年增加，2020年继续推进。",
        tail=p("示例市示例局", "2021年1月31日"),
    )
    assert report.year == 2020
    votes = {piece.source: piece.value for piece in report.evidence["year"]}
    assert votes == {"signature": "2020", "chapter_one": "2019"}


def test_the_printed_period_outvotes_a_title_copied_wrong() -> None:
    inside = f"<h1>{TITLE.replace('2021', '2022')}</h1>{p('发布时间：2022-01-20')}"
    report = read_page(inside + p(PERIOD.format(2021)))
    assert report.year == 2021
    assert [(piece.source, piece.value) for piece in report.evidence["year"]] == [
        ("period", "2021"),
        ("title", "2022"),
        ("published", "2021"),
    ]


# -- the twenty real headers of the corpus ---------------------------------------------


@dataclass(frozen=True, slots=True)
class Header:
    """How one page of `pages.jsonl` prints its head; {A}, {T} are its agency and title.

    The answers stand here, so that a wrong line of the list would be seen too.
    """

    inside: str
    agency: str
    year: int
    published: str | None = None
    title: str | None = None
    said: str = ""
    tail: str = ""
    first: str = HEADINGS[0]


_QUOTED = "".join(f"“{heading[2:]}”" for heading in HEADINGS)
HEADERS = [
    Header(
        p(f"{BASIS}现将{{A}}2021年政府信息公开工作年度报告公布如下。" + PERIOD.format(2021)),
        "宜城市财政局",
        2021,
        first="—、总体情况",
    ),
    Header(
        p(f"{BASIS}编制本报告。" + PERIOD.format(2021) + "如有疑问，请与{A}联系（电话：0000）。"),
        "马鞍山市花山区财政局",
        2021,
        first="一、政府信息公开工作总体情况",
    ),
    Header(
        p("{A}", "2021年政府信息公开工作年度报告"),
        "广元市利州区财政局",
        2021,
        title="广元市利州区财政局2021年政府信息公开工作年度报告",
    ),
    Header(
        p("根据《条例》规定，现公布2021年{A}政府信息公开工作年度报告。全文包括六个部分。"),
        "陇县财政局",
        2021,
    ),
    Header(
        "<h1>{T}</h1>", "古蔺县财政局", 2021, title="古蔺县财政局2021年政府信息公开工作年度报告"
    ),
    Header(
        p(f"本报告由{{A}}根据《条例》编制。全文包括{_QUOTED}六个部分。" + PERIOD.format(2021)),
        "厦门市海沧区财政局",
        2021,
    ),
    Header(
        p("本报告由{A}编制。" + PERIOD.format(2021)),
        "永安市财政局",
        2021,
        said="2021年主动公开信息104条，占41.35%。",
    ),
    Header(
        p("西咸新区底张街道办事处2024年度政府", "信息公开工作年度报告"),
        "西咸新区底张街道办事处",
        2024,
        title="西咸新区底张街道办事处2024年度政府信息公开工作年度报告",
    ),
    Header(
        "<h1>{T}</h1>" + p("发布日期：2025-01-16 浏览次数：12 字号：[大 中 小]"),
        "温州市鹿城区人民政府七都街道办事处",
        2024,
        "2025-01-16",
        "温州市鹿城区人民政府七都街道办事处2024年政府信息公开工作年度报告",
    ),
    Header(
        p("{T}"),
        "兴庆区前进街街道办事处",
        2024,
        title="兴庆区前进街街道办事处2024年政府信息公开工作年度报告",
    ),
    Header(
        p("如对本年度报告有任何疑问，请与{A}党政办公室联系（地址：常州市钟楼区）。"),
        "常州市钟楼区南大街街道",
        2024,
        said="2024年，街道认真贯彻条例。",
    ),
    Header(
        p("{T}"),
        "安吉县人民政府递铺街道办事处",
        2024,
        title="安吉县人民政府递铺街道办事处2024年政府信息公开工作年度报告",
    ),
    Header(
        p("{T}根据《条例》规定，特编制本年度报告。"),
        "安镇街道",
        2024,
        title="安镇街道2024年政府信息公开工作年度报告",
    ),
    Header(
        p("{T}", "永吉街道办事处成立于1986年，辖区面积3平方公里。"),
        "南关区永吉街道办事处",
        2024,
        title="2024年南关区永吉街道办事处政府信息公开工作年度报告",
        said="街道成立于1986年，1986年以来不断发展。2024年公开信息3条。",
    ),
    Header(
        "<h1>{T}</h1>"
        + p(
            "时间：2021-01-07 21:02 来源：{A}",
            "本报告所列数据的统计期限自202011日至20201231日。",
        ),
        "泉州市统计局",
        2020,
        "2021-01-07",
        "泉州市统计局2020年政府信息公开工作年度报告",
    ),
    Header(
        "",
        "息烽县统计局",
        2020,
        said="在巩固2019年政务公开工作成果的基础上，比2019年增加，2020年继续推进。",
        tail=p("{A}", "2021年1月31日"),
    ),
    Header(
        "<h1>{T}</h1>" + p("（2017年2月23日）"),
        "舒兰市市场监督管理局",
        2016,
        "2017-02-23",
        "舒兰市市场监督管理局2016年政务信息公开年度报告",
    ),
    Header(
        p("根据《条例》要求，{A}编制了2023年度政府信息公开工作年度报告。" + PERIOD.format(2023)),
        "国家税务总局珠海市香洲区税务局",
        2023,
        said="2023年，我局坚决落实国家税务总局工作部署。",
    ),
    Header(
        p("{T}"),
        "国家税务总局鄂州市税务局",
        2023,
        title="国家税务总局鄂州市税务局2023年政府信息公开工作年度报告",
    ),
    Header(
        p(f"{BASIS}{{A}}编制2022年度报告。"),
        "国家税务总局芜湖市镜湖区税务局",
        2022,
        said="2022年，我局认真贯彻条例。",
    ),
]


@pytest.mark.parametrize("number", range(20))
def test_a_real_header_comes_out_right(corpus: Path, number: int) -> None:
    listed = json.loads((corpus / "pages.jsonl").read_text("utf-8").splitlines()[number])
    header = HEADERS[number]
    answer = {
        "title": header.title,
        "agency": header.agency,
        "year": header.year,
        "published": header.published,
    }
    assert {key: listed[key] for key in answer} == answer

    def filled(text: str) -> str:
        return text.replace("{A}", header.agency).replace("{T}", header.title or "")

    said = header.said or f"{header.year}年，认真贯彻条例。"
    report = read_page(filled(header.inside), tail=filled(header.tail), said=said)
    if header.first != HEADINGS[0]:
        report = read_page(filled(header.inside), said=said, first=header.first)
        assert report.chapters["一"] == said
    assert {
        "title": re.sub(r"\s", "", report.title) if report.title else None,
        "agency": report.agency,
        "year": report.year,
        "published": report.published,
    } == answer
