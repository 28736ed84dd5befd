"""Reports of 2008–2018: recognised, chapters and raw tables kept, no modern figure made."""

from __future__ import annotations

import json

import pytest

from extract import read
from extract.annex import is_statistic
from extract.codec import pack, unpack
from extract.errors import NotAReport
from extract.exchange import exchange
from extract.legacy_outline import topic_of
from extract.types import Report

TITLE = "示例市示例局2013年政府信息公开工作年度报告"
CHAPTERS = {
    "一、概述": "2013年，我局按照条例要求开展工作，机构健全，制度完善，人员到位。",
    "二、主动公开政府信息情况": "全年主动公开政府信息137条，其中政策法规类29条。",
    "三、依申请公开政府信息情况": "全年收到申请11件，均已答复，其中同意公开7件。",
    "四、政府信息公开的收费及减免情况": "2013年未向申请人收取任何费用。",
    "五、因政府信息公开申请行政复议、提起行政诉讼的情况": "未发生行政复议、行政诉讼。",
    "六、政府信息公开工作存在的主要问题及改进措施": "公开内容还不够全面，将进一步完善。",
    "七、其他需要说明的事项": "无其他需要说明的事项。",
}
STATISTICS = [
    ("一、主动公开情况", "——", ""),
    ("（一）主动公开政府信息数（不同渠道和方式公开相同信息计1条）", "条", "4201"),
    ("其中：主动公开规范性文件数", "条", "4202"),
    ("制发规范性文件总数", "件", "4203"),
    ("1.政府公报公开政府信息数", "条", "4204"),
    ("2.政府网站公开政府信息数", "条", "4205"),
    ("三、依申请公开情况", "——", ""),
    ("（一）收到申请数", "件", "4206"),
    ("1.当面申请数", "件", "4207"),
    ("（二）申请办结数", "件", "4208"),
    ("（三）申请答复数", "件", "4209"),
    ("1.属于已主动公开范围数", "件", "4210"),
    ("2.同意公开答复数", "件", "4211"),
    ("3.同意部分公开答复数", "件", "4212"),
    ("4.不同意公开答复数", "件", "4213"),
    ("其中：涉及国家秘密", "件", "4214"),
    ("5.不属于本行政机关公开数", "件", "4215"),
    ("6.申请信息不存在数", "件", "4216"),
    ("四、行政复议数量", "件", "4217"),
    ("（一）维持具体行政行为数", "件", "4218"),
    ("（二）被依法纠错数", "件", "4219"),
    ("（三）其他情形数", "件", "4220"),
    ("五、行政诉讼数量", "件", "4221"),
    ("（二）被依法纠错数", "件", "4222"),
    ("七、依申请公开信息收取的费用", "万元", "0.4223"),
]


def p(*lines: str) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


HEADS = ("统计指标", "单位", "统计数")


def table(rows: list[tuple[str, ...]], heads: tuple[str, ...] = HEADS) -> str:
    made = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in [heads, *rows]
    )
    return f"<table>{made}</table>"


def report_of(
    chapters: dict[str, str] | None = None,
    *,
    title: str = f"<h1>{TITLE}</h1>",
    tail: str = "",
    after: str = "",
    before: str = "",
) -> Report:
    lines = "".join(p(head, text) for head, text in (chapters or CHAPTERS).items())
    page = f"<html><body>{before}<div id='zoom'>{title}{lines}{tail}</div>{after}</body></html>"
    return read(page.encode())


def texts(chapters: dict[str, str] | None = None) -> dict[str, str]:
    return dict(zip("一二三四五六七八", (chapters or CHAPTERS).values(), strict=False))


def test_the_chapters_of_the_2007_regulations_are_kept_as_printed() -> None:
    report = report_of(tail=p("示例市示例局", "2014年3月20日"))
    assert (report.form, report.status) == ("legacy", "read")
    assert report.chapters == texts()
    assert list(report.headings.values()) == list(CHAPTERS)
    assert (report.figures, report.findings, report.forms) == ((), (), {})
    assert (report.title, report.agency, report.year) == (TITLE, "示例市示例局", 2013)
    assert report.signed == "2014-03-20"


@pytest.mark.parametrize("place", ["tail", "after"])
def test_the_table_of_2014_stays_a_raw_grid(place: str) -> None:
    annex = p("附表：政府信息公开情况统计表") + table(STATISTICS)
    signed = p("示例市示例局", "2014年3月20日")
    parts = {"tail": signed + annex} if place == "tail" else {"tail": signed, "after": annex}
    report = report_of(**parts)  # type: ignore[arg-type]
    assert report.form == "legacy"
    assert report.figures == ()
    assert report.grids == ((HEADS, *STATISTICS),)
    assert report.chapters == texts()


def test_the_table_alone_under_a_report_s_title_is_a_legacy_report() -> None:
    page = f"<html><body><div><h1>{TITLE}</h1>{table(STATISTICS)}</div></body></html>"
    report = read(page.encode())
    assert (report.form, report.figures, report.chapters) == ("legacy", (), {})
    assert report.grids == ((HEADS, *STATISTICS),)


@pytest.mark.parametrize("mark", ["\t", " | ", ",", "\n"])
def test_a_text_dump_of_the_table_makes_no_figure(mark: str) -> None:
    lines = [TITLE]
    for head, text in CHAPTERS.items():
        lines += [head, text]
    lines += ["附表", *(mark.join(row) for row in STATISTICS)]
    report = read("\n".join(lines).encode())
    assert (report.form, report.figures) == ("legacy", ())
    chapters = {key: text for key, text in report.chapters.items() if key != "附表"}
    assert chapters == texts()
    kept = report.chapters.get("附表", "") or "".join(map(str, report.grids))
    assert all(row[2] in kept for row in STATISTICS)


@pytest.mark.parametrize(
    "title",
    [
        "示例市示例局2008年政府信息公开年度报告",
        "示例市2010年信息公开工作报告",
        "2016年示例市示例局政务信息公开年度报告",
        "示例镇2011年政府信息公开工作总结",
    ],
)
def test_titles_of_those_years(title: str) -> None:
    report = report_of(title=p(title))
    assert (report.form, report.title) == ("legacy", title)


@pytest.mark.parametrize(
    "heads",
    [
        [f"（{n}）{t[2:]}" for n, t in zip("一二三四五六七", CHAPTERS, strict=True)],
        [f"{i}、{t[2:]}" for i, t in enumerate(CHAPTERS, 1)],
        [f"第{n}部分 {t[2:]}" for n, t in zip("一二三四五六七", CHAPTERS, strict=True)],
        [f"**{t}**" for t in CHAPTERS],
        [f"## {t}" for t in CHAPTERS],
    ],
)
def test_numbers_in_any_style(heads: list[str]) -> None:
    chapters = dict(zip(heads, CHAPTERS.values(), strict=True))
    report = report_of(chapters)
    assert (report.form, report.chapters) == ("legacy", texts())
    assert list(report.headings.values()) == [head.strip("#* ") for head in heads]


def test_parts_of_a_chapter_begin_no_other() -> None:
    parts = "</p><p>".join(
        ["共公开137条。", "（一）公开的主要内容", "甲。", "1.政策", "乙。", "一、网站", "二、公报"]
    )
    chapters = {**CHAPTERS, "二、主动公开政府信息情况": parts}
    report = report_of(chapters)
    assert report.chapters == {**texts(), "二": parts.replace("</p><p>", "\n")}


def test_a_number_left_out_and_one_printed_twice_are_kept_as_printed() -> None:
    heads = list(CHAPTERS)
    heads[3] = "三、政府信息公开的收费及减免情况"
    heads[6] = "八、其他需要说明的事项"
    report = report_of(dict(zip(heads, CHAPTERS.values(), strict=True)))
    assert list(report.headings) == ["一", "二", "三", "三（2）", "五", "六", "八"]
    assert report.chapters["三（2）"] == CHAPTERS["四、政府信息公开的收费及减免情况"]
    assert report.form == "legacy"


def test_headings_without_numbers() -> None:
    chapters = {head[2:]: text for head, text in CHAPTERS.items()}
    report = report_of(chapters)
    assert report.form == "legacy"
    assert list(report.headings.values()) == list(chapters)
    assert report.chapters == texts()


def test_text_on_the_heading_s_line() -> None:
    chapters = dict(CHAPTERS)
    del chapters["一、概述"]
    chapters = {"一、概述。2013年工作平稳。": "", **chapters}
    report = report_of(chapters)
    assert report.chapters["一"] == "2013年工作平稳。"
    assert report.headings["一"] == "一、概述"


def test_text_behind_a_colon_of_a_short_heading() -> None:
    chapters = {
        (f"{head}：无。" if head.startswith("四") else head): ("" if head[0] == "四" else text)
        for head, text in CHAPTERS.items()
    }
    report = report_of(chapters)
    assert report.chapters == {**texts(), "四": "无。"}
    assert list(report.headings.values()) == list(CHAPTERS)


@pytest.mark.parametrize("mark", [",", "\t", "  "])
def test_a_signed_report_with_its_statistics_in_lines_loses_none(mark: str) -> None:
    lines = [TITLE]
    for head, text in CHAPTERS.items():
        lines += [head, text]
    lines += ["示例市示例局", "2014年3月20日", "附件", "政府信息公开情况统计表", "（2013年度）"]
    lines += [mark.join(row) for row in [HEADS, *STATISTICS]]
    report = read("\n".join(lines).encode())
    assert report.signed == "2014-03-20"
    assert {k: v for k, v in report.chapters.items() if k != "附表"} == texts()
    if mark == ",":
        assert report.headings["附表"] == "附件"
        assert report.chapters["附表"].splitlines()[-1] == ",".join(STATISTICS[-1])
        assert list(exchange(report)["sections"])[-1] == "附表"
    else:
        (grid,) = report.grids
        filled = [[cell for cell in row if cell] for row in grid]
        assert filled == [[cell for cell in row if cell] for row in [HEADS, *STATISTICS]]


def test_a_table_of_contents_and_site_furniture_are_no_text() -> None:
    contents = p("目录", *(f"{head}……{i}" for i, head in enumerate(CHAPTERS, 1)))
    nav = "<table><tr><td>首页</td><td>政务公开</td><td>88</td></tr></table>"
    foot = p("上一篇：示例", "版权所有：示例市人民政府") + table([("友情", "链接", "99")])
    report = report_of(title=f"<h1>{TITLE}</h1>{contents}", before=nav, after=foot)
    assert report.chapters == texts()
    assert report.grids == ()


def test_the_index_block_is_no_grid() -> None:
    block = table([("索引号", "00-13", "x"), ("发布机构", "示例局", "y")], ("名称", TITLE, "z"))
    report = report_of(title=f"{block}<h1>{TITLE}</h1>")
    assert report.grids == ()
    assert report.block["索引号"] == "00-13"


def test_a_table_in_a_chapter_is_a_grid_and_no_text() -> None:
    inside = "分类如下：" + table([("政策法规", "29", "21%")], ("类别", "条数", "占比"))
    report = report_of({**CHAPTERS, "二、主动公开政府信息情况": inside})
    assert report.chapters["二"] == "分类如下："
    assert report.grids == ((("类别", "条数", "占比"), ("政策法规", "29", "21%")),)


def test_the_labels_decide_and_not_the_year() -> None:
    late = {head: text.replace("2013", "2019") for head, text in CHAPTERS.items()}
    report = report_of(late, title=f"<h1>{TITLE.replace('2013', '2019')}</h1>")
    assert (report.form, report.year) == ("legacy", 2019)


@pytest.mark.parametrize("first", ["一、总体情况", "一、概述"])
def test_modern_chapters_without_their_tables_are_not_legacy(first: str) -> None:
    modern = {
        first: "2021年，我局认真贯彻条例。",
        "二、主动公开政府信息情况": "见附件。",
        "三、收到和处理政府信息公开申请情况": "见附件。",
        "四、政府信息公开行政复议、行政诉讼情况": "见附件。",
        "五、存在的主要问题及改进情况": "时效性不足。",
        "六、其他需要报告的事项": "收费情况：无。",
    }
    report = report_of(modern, title="<h1>示例市示例局2021年政府信息公开工作年度报告</h1>")
    assert (report.form, report.grids) == (None, ())
    assert list(report.headings.values()) == list(modern)


GUIDE = {
    "一、信息分类": "本机关负责向社会主动公开的信息分为十类。",
    "二、主动公开": "通过网站主动公开。",
    "三、依申请公开": "公民可以申请公开。",
    "四、收费标准": "不收费。",
    "五、监督和救济": "可以申请复议。",
}
PLAN = {
    "一、总体要求": "以条例为指导。",
    "二、主动公开重点": "推进主动公开。",
    "三、依申请公开": "规范依申请公开办理。",
    "四、保障措施": "加强培训，改进工作。",
}
LINKS = f"<ul><li><a>{TITLE}</a></li><li><a>{TITLE.replace('2013', '2012')}</a></li></ul>"


@pytest.mark.parametrize(
    ("title", "chapters", "before"),
    [
        ("<h1>示例市示例局政府信息公开指南</h1>", GUIDE, ""),
        ("<h1>示例市示例局政府信息公开指南</h1>", GUIDE, LINKS),
        ("<h1>示例市示例局政府信息公开指南</h1>", GUIDE, f"<ul><li>{TITLE}</li></ul>"),
        ("<h1>示例市2014年政府信息公开工作要点</h1>", PLAN, LINKS),
        ("<h1>示例市2014年政府信息公开工作计划</h1>", PLAN, ""),
        (
            "<h1>关于编制2013年政府信息公开工作年度报告的通知</h1>"
            + p("现将编制本年度政府信息公开工作年度报告的要求通知如下。"),
            CHAPTERS,
            "",
        ),
        (
            "<h1>示例市召开2013年政府信息公开工作年度报告编制会</h1>",
            {"一、主动公开": "讲解。", "二、依申请公开": "讲解。", "三、存在问题": "讲解。"},
            "",
        ),
        ("<h1>图解：示例市示例局2013年政府信息公开工作年度报告</h1>", CHAPTERS, ""),
    ],
)
def test_a_notice_a_guide_or_a_plan_is_no_report(
    title: str, chapters: dict[str, str], before: str
) -> None:
    short = {head: chapters[head] for head in list(chapters)[:5]}
    with pytest.raises(NotAReport):
        report_of(short, title=title, before=before)


def test_the_exchange_form_says_legacy_with_empty_tables() -> None:
    answer = exchange(report_of(tail=table(STATISTICS)))
    assert answer["form"] == "legacy"
    assert (answer["proactive"], answer["requests"], answer["disputes"]) == ([], {"rows": {}}, {})
    assert answer["sections"]["七"] == CHAPTERS["七、其他需要说明的事项"]
    json.dumps(answer)


def test_a_legacy_report_survives_packing() -> None:
    report = report_of(tail=table(STATISTICS))
    assert unpack(pack(report)) == report


def test_very_long_tables_are_cut_and_say_so() -> None:
    rows = [(f"指标{i}", "条", str(i)) for i in range(9_000)]
    report = report_of(tail=table(STATISTICS) + table(rows))
    assert len(report.grids) == 1
    assert "grids_cut" in report.flags


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("（一）主动公开政府信息数（不同渠道和方式公开相同信息计1条）", True),
        ("其中：1.涉及国家秘密", True),
        ("1. 属于国家秘密", False),
        ("行政复议", False),
        ("四、行政复议数量", True),
        ("总计", False),
    ],
)
def test_labels_of_the_2014_table(text: str, known: bool) -> None:
    assert is_statistic(text) is known


@pytest.mark.parametrize(
    ("title", "topic"),
    [
        ("概述", "overview"),
        ("依申请公开工作情况", "requests"),
        ("公开政府信息的主要情况", "proactive"),
        ("收费及减免情况", "fees"),
        ("申请行政复议、提起行政诉讼和申诉情况", "disputes"),
        ("存在的主要问题及改进措施", "problems"),
        ("地理位置", ""),
    ],
)
def test_topics_of_headings(title: str, topic: str) -> None:
    assert topic_of(title) == topic


def test_a_stray_row_of_a_later_table_beside_that_of_2014_is_no_figure() -> None:
    marks = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
    heads = ("未经复议直接起诉",) * 5 + ("复议后起诉",) * 5
    numbers = (*"123456789", *("10",) * 6)
    later = table([heads, marks * 3, numbers], ("行政复议", "行政诉讼"))
    chapters = "".join(p(head, text) for head, text in CHAPTERS.items())
    alone = f"<html><body><h1>{TITLE}</h1>{chapters}{later}</body></html>"
    assert read(alone.encode()).figures  # else the case below would show nothing
    report = report_of(tail=later + table(STATISTICS))
    assert (report.form, report.figures, len(report.grids)) == ("legacy", (), 2)
