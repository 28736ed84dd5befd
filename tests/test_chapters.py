"""The six chapters: their headings in all wordings, and where the last one ends."""

from __future__ import annotations

import pytest

from extract import read
from extract.types import Report

H = {
    "一": "一、总体情况",
    "二": "二、主动公开政府信息情况",
    "三": "三、收到和处理政府信息公开申请情况",
    "四": "四、政府信息公开行政复议、行政诉讼情况",
    "五": "五、存在的主要问题及改进情况",
    "六": "六、其他需要报告的事项",
}
SAID = {
    "一": ["2021年，我局认真贯彻条例。"],
    "二": ["见附件中的统计数据。"],
    "三": ["本年收到0件。"],
    "四": ["本年无此类案件。"],
    "五": ["一是时效性不足。下一步将改进。"],
    "六": ["无其他需要报告的事项。"],
}
TITLE = "示例市示例局2021年政府信息公开工作年度报告"
SIGNED = ["示例市示例局", "2022年1月20日"]


def p(*lines: str) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def read_page(
    headings: dict[str, str] | None = None,
    said: dict[str, list[str]] | None = None,
    *,
    title: str = TITLE,
    before: str = "",
    tail: str = "",
    after: str = "",
) -> Report:
    body = f"<h1>{title}</h1>{before}"
    for number in H:
        body += p({**H, **(headings or {})}[number], *{**SAID, **(said or {})}[number])
    return read(f"<html><body><div id='zoom'>{body}{tail}</div>{after}</body></html>".encode())


def texts(said: dict[str, list[str]] | None = None) -> dict[str, str]:
    return {k: "\n".join(lines) for k, lines in {**SAID, **(said or {})}.items() if lines}


# -- what is a heading -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "heading"),
    [
        ("一", "—、总体情况"),
        ("一", "一、2021年总体情况"),
        ("一", "一、概况"),
        ("一", "一、工作情况"),
        ("一", "一、总体情况（2021年度）"),
        ("一", "壹、总体情况"),
        ("一", "1、 总体情况"),
        ("二", "一、主动公开政府信息情况"),
        ("二", "二、政府信息主动公开情况"),
        ("二", "二、主动公开工作情况"),
        ("三", "三、依申请公开工作情况"),
        ("三", "四、收到和处理政府信息公开申请情况"),
        ("四", "四、政府信息公开复议、诉讼情况"),
        ("四", "四、因政府信息公开申请引发的复议诉讼"),
        ("四", "四、收到和处理政府信息公开申请情况"),
        ("五", "五、存在的主要问题及下一步改进措施"),
        ("五", "五、存在的不足及整改情况"),
        ("五", "五 存在的主要问题及改进情况"),
        ("五", "第五部分 主要问题与改进"),
        ("五", "5.存在的主要问题及改进情况"),
        ("五", "**五、存在的主要问题及改进情况**"),
        ("六", "六、需要报告的其他事项"),
        ("六", "六、其他应报告的事项。"),
        ("六", "六、其他"),
        ("六", "其他需要报告的事项"),
    ],
)
def test_a_heading_in_other_words(number: str, heading: str) -> None:
    assert read_page({number: heading}).chapters == texts()


def test_headings_in_brackets_count_where_all_six_have_them() -> None:
    bracketed = {k: f"（{k}）{v[2:]}" for k, v in H.items()}
    assert read_page(bracketed).chapters == texts()
    loose = {**bracketed, "五": "（五）存在的不足", "一": "（一）概况"}
    assert read_page(loose).chapters == texts()


@pytest.mark.parametrize(
    ("number", "lines"),
    [
        (
            "一",
            ["2021年。", "（一）主动公开政府信息情况", "3条。", "（二）依申请公开情况", "3件。"],
        ),
        ("一", ["2021年。", "一、主动公开情况", "3条。", "二、依申请公开情况", "3件。"]),
        ("一", ["2021年。", "1.主动公开情况", "3条。", "2.依申请公开情况", "3件。"]),
        ("一", ["2021年。", "主动公开情况", "3条。", "依申请公开情况", "3件。"]),
        ("五", ["（一）存在问题", "问题。", "（二）改进措施", "改进。"]),
        ("五", ["1.存在的问题", "问题。", "2.其他情况", "改进。"]),
        ("五", ["一、存在的问题", "问题。", "二、改进措施", "改进。"]),
        ("六", ["（一）其他情况", "三、依申请公开情况", "无。"]),
    ],
)
def test_a_part_of_a_chapter_begins_no_other(number: str, lines: list[str]) -> None:
    assert read_page(said={number: lines}).chapters == texts({number: lines})


PARTS = ["一、主动公开情况", "3条。", "二、依申请公开情况", "3件。", "三、信息管理情况", "好。"]


@pytest.mark.parametrize(
    "headings",
    [
        {n: f"{i}、 {h[2:]}" for i, (n, h) in enumerate(H.items(), 1)},
        {n: f"第{n}部分：{h[2:]}" for n, h in H.items()},
        {n: f"## {h}" for n, h in H.items()},
        {n: f"### **{h}**" for n, h in H.items()},
        {n: f"　{'  '.join(h)}" for n, h in H.items()},
        {n: n + h[2:] for n, h in H.items()},
        {n: f"</p><h2>{h[2:]}</h2><p>" for n, h in H.items()},
        {n: f"</p><ol><li>{h[2:]}</li></ol><p>" for n, h in H.items()},
        {n: f"一、{h[2:]}" for n, h in H.items()},
        {n: f"{o}、{h[2:]}" for o, (n, h) in zip("二三四五六七", H.items(), strict=True)},
        {"四": f"三、{H['四'][2:]}", "五": f"四、{H['五'][2:]}", "六": f"五、{H['六'][2:]}"},
        {"一": "一、前言</p><p>编制说明。</p><p>二、总体情况", "二": f"三、{H['二'][2:]}"},
        {"三": "三、收到和处理政府信息</p><p>公开申请情况"},
    ],
)
def test_all_headings_numbered_otherwise(headings: dict[str, str]) -> None:
    report = read_page(headings)
    assert report.chapters == texts()
    assert list(report.headings) == list(H)


def test_a_chapter_that_is_not_printed_shifts_the_numbers() -> None:
    body = f"<h1>{TITLE}</h1>"
    for ordinal, number in zip("一二三四五", "二三四五六", strict=True):
        body += p(f"{ordinal}、{H[number][2:]}", *SAID[number])
    report = read(f"<html><body><div>{body}</div></body></html>".encode())
    assert report.chapters == {n: SAID[n][0] for n in "二三四五六"}
    assert report.headings["二"] == "一、主动公开政府信息情况"


@pytest.mark.parametrize("lines", [["2021年。", *PARTS], PARTS])
def test_two_systems_of_numbers(lines: list[str]) -> None:
    assert read_page(said={"一": lines}).chapters == texts({"一": lines})


def test_headings_are_kept_as_printed() -> None:
    report = read_page({"一": "1、 总体情况", "六": f"{H['六']}：无其他。"}, {"六": []})
    assert report.headings == {**H, "一": "1、 总体情况"}


def test_a_statutory_table_is_no_text_where_its_heading_is_lost() -> None:
    row = "<table><tr><td>行政许可</td><td>本年处理决定数量</td><td>88</td></tr></table>"
    other = "<table><tr><td>场次</td><td>88</td></tr></table>"
    report = read_page({"二": row + other})
    assert report.chapters["一"] == f"{SAID['一'][0]}\n场次 88\n{SAID['二'][0]}"


@pytest.mark.parametrize(
    ("tail", "text"),
    [("  无", "无"), ("。无。", "无。"), ("：无其他。", "无其他。"), ("无其他。", "无其他。")],
)
def test_text_on_the_heading_s_line_is_the_chapter_s(tail: str, text: str) -> None:
    chapters = read_page({"六": H["六"] + tail}, {"六": []}).chapters
    assert chapters == texts({"六": [text]})


def test_text_on_the_heading_s_line_may_be_long() -> None:
    text = "2021年，我局认真贯彻条例，" + "主动公开政府信息，" * 10 + "成效明显。"
    assert read_page({"一": f"{H['一']}：{text}"}, {"一": []}).chapters == texts({"一": [text]})


@pytest.mark.parametrize(
    "lines", ["五、存在的主要问题</p><p>及改进情况", "五、</p><p>存在的主要问题及改进情况"]
)
def test_a_heading_over_two_lines(lines: str) -> None:
    assert read_page({"五": lines}).chapters == texts()


# -- lists of headings ---------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["", "……{0}", " {0}"])
def test_a_table_of_contents_is_no_report(mark: str) -> None:
    contents = p(*(heading + mark.format(i) for i, heading in enumerate(H.values(), 1)))
    assert read_page(before=contents).chapters == texts()


@pytest.mark.parametrize(
    "links", [list(H.values()), ["总体情况", "其他事项", "基本情况"], ["其他事项"], ["基本情况"]]
)
def test_a_list_of_headings_after_the_report_erases_nothing(links: list[str]) -> None:
    items = "".join(f"<li><a>{link}</a></li>" for link in links)
    footer = f"<ul>{items}</ul><div>版权所有：示例市人民政府</div>"
    assert read_page(after=footer).chapters == texts()
    assert read_page(tail=p(*SIGNED), after=footer).chapters == texts()
    assert read_page(before="", after="", tail=p(*SIGNED) + footer).chapters == texts()


def test_a_list_of_headings_after_a_text_dump_erases_nothing() -> None:
    report = [TITLE]
    for number, heading in H.items():
        report += [heading, *SAID[number]]
    dump = "\n".join([*report, *H.values(), "主办：示例市人民政府"])
    assert read(dump.encode()).chapters == texts()


# -- the end -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tail",
    [
        SIGNED,
        ["示例市示例局 2022年1月20日"],
        ["2022年1月20日"],
        ["2022年1月20日", "示例市示例局"],
        ["示例市示例局办公室", *SIGNED],
        ["示例市示例局（盖章）", "二〇二二年一月二十日"],
        ["示例镇人民政府", "2022.1.20"],
        ["（此件公开发布）", *SIGNED],
        [*SIGNED, "（此件公开发布）"],
        [*SIGNED, "主办单位：示例市人民政府", "版权所有"],
        [*SIGNED, "扫码在手机上看"],
        ["附件：1.示例.pdf", *SIGNED],
    ],
)
def test_the_signature_is_no_text(tail: list[str]) -> None:
    report = read_page(tail=p(*tail))
    assert report.chapters == texts()
    assert report.signed == "2022-01-20"


@pytest.mark.parametrize(
    "tail",
    [
        ["示例市示例局"],
        ["附件：1.示例.pdf", "打印 关闭"],
        ["您是第 12345 位访客"],
        ["主办单位：示例市人民政府"],
    ],
)
def test_an_end_without_a_date_is_no_text_either(tail: list[str]) -> None:
    report = read_page(tail=p(*tail))
    assert (report.chapters, report.signed) == (texts(), None)


FURNITURE = [
    "打印 关闭",
    "【打印本页】 【关闭窗口】",
    "| 打印 | 关闭 |",
    "备案号：示ICP备12345678号",
    "Copyright © 2022 示例市",
    "扫一扫在手机打开当前页",
    "责任编辑：示例人",
    "（责任编辑：示例人）",
    "审核：示例人",
    "相关附件",
    "附件下载",
    "上一篇：没有了",
    ">> 下一篇",
    "■ 相关链接",
    "分享到：",
    "【字体：大 中 小】",
    "浏览次数：123",
    "来源：示例市示例局",
    "发布时间：2022-01-21",
    "您的位置：首页",
    "地址：示例路1号 邮编：000000",
    "友情链接",
    "【我要纠错】",
    "二维码",
    "建议使用1024*768分辨率浏览",
]


@pytest.mark.parametrize("line", FURNITURE)
def test_site_furniture_is_no_text(line: str) -> None:
    assert read_page(tail=p(line)).chapters == texts()
    assert read_page(after=f"<div>{p(line)}</div>").chapters == texts()
    signed = read_page(tail=p(*SIGNED, line))
    assert (signed.chapters, signed.signed) == (texts(), "2022-01-20")


@pytest.mark.parametrize("line", ["来源：示例市示例局", "附件下载", "分享"])
def test_furniture_before_a_sentence_is_text(line: str) -> None:
    said = {"六": ["无收费。", line, "以上为全部事项。"]}
    assert read_page(said=said).chapters == texts(said)


@pytest.mark.parametrize("number", ["- 4 -", "— 5 —", "第4页 共6页"])
def test_page_numbers_are_no_text(number: str) -> None:
    said = {n: [lines[0], number] for n, lines in SAID.items()}
    assert read_page(said=said).chapters == texts()


@pytest.mark.parametrize(
    "lines",
    [
        ["本局按期报送。", "2021年12月31日", "前无收费。"],
        ["我局主办单位：示例网站，由技术支持单位维护。", "（二）附件：见目录。", "无其他事项。"],
        ["主办单位按要求公开了信息，附件：见目录，技术支持到位。", "无其他事项。"],
        ["无其他事项。", "责任部门：办公室"],
        ["本年度收费的单位有：", "示例市示例局"],
        ["无其他事项。", "示例县示例馆"],
    ],
)
def test_a_chapter_that_looks_like_an_end_is_kept(lines: list[str]) -> None:
    assert read_page(said={"六": lines}).chapters == texts({"六": lines})


def test_without_a_name_in_the_title_an_undated_last_line_is_kept() -> None:
    report = read_page(title="2021年政府信息公开工作年度报告", tail=p("示例市示例局"))
    assert report.chapters["六"].endswith("示例市示例局")


def test_an_empty_last_chapter_stays_empty_and_none_stays_none() -> None:
    assert read_page(said={"六": []}, tail=p(*SIGNED)).chapters == texts({"六": []})
    assert read_page(said={"六": []}, tail=p(SIGNED[0])).chapters == texts({"六": []})
    assert read_page(said={"六": ["无"]}, tail=p(*SIGNED)).chapters == texts({"六": ["无"]})


@pytest.mark.parametrize("debris", ["[bookmark: _GoBack]", "[image: 1.png]"])
def test_a_word_processor_s_debris_is_no_text(debris: str) -> None:
    said = {"一": [f"{debris}{SAID['一'][0]}"], "六": [f"{SAID['六'][0]}{debris}", debris]}
    assert read_page({"五": f"{debris}{H['五']}"}, said).chapters == texts()
