"""The 索引号 block in tables and lines, with its labels as portals print them."""

from __future__ import annotations

import pytest

from extract import read
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


def p(*lines: str) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def read_page(before: str = "", *, under: str = "", inside: str = "", after: str = "") -> Report:
    chapters = "".join(p(heading, f"情况如上。{inside}") for heading in HEADINGS)
    body = f"{before}<div><h1>{TITLE}</h1>{under}{chapters}</div>{after}"
    return read(f"<html><body>{body}</body></html>".encode())


def rows(*lines: str) -> str:
    cells = ("".join(f"<td>{cell}</td>" for cell in line.split("|")) for line in lines)
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in cells) + "</table>"


WANT = {
    "索引号": "A/22-12",
    "发布机构": "示例局",
    "发布日期": "2022-01-20",
    "文号": "示〔22〕1号",
}


@pytest.mark.parametrize(
    "block",
    [
        rows("索引号|A/22-12|发布机构|示例局", "发布日期|2022-01-20|文号|示〔22〕1号"),
        rows("索 引 号：|A/22-12", "发布机构:|示例局", "发布日期|2022-01-20", "文　号|示〔22〕1号"),
        rows("索引号：A/22-12|发布机构：示例局", "发布日期：2022-01-20|文号：示〔22〕1号"),
        p("索引号：A/22-12 发布机构：示例局 发布日期：2022-01-20 文号：示〔22〕1号"),
        p("索 引 号: A/22-12", "发布机构:示例局", "发布日期： 2022-01-20", "文 号：示〔22〕1号"),
        p("[索引号] A/22-12", "【发布机构】示例局", "[发布日期]2022-01-20", "[文号]示〔22〕1号"),
        p(
            "索引号",
            "A/22-12",
            "发布机构：",
            "示例局",
            "发布日期",
            "2022-01-20",
            "文号",
            "示〔22〕1号",
        ),
        p("索引号：A/22-12发布机构：示例局发布日期：2022-01-20 文号：示〔22〕1号"),
        p(
            "索引号：A/22-12 | 发布机构：示例局 | 发布日期：2022-01-20 | 文号：示〔22〕1号"
            " 浏览次数：31 【字体：大 中 小】"
        ),
    ],
)
def test_a_block_however_it_is_printed(block: str) -> None:
    assert read_page(block).block == WANT
    assert read_page(under=block).block == WANT


def test_empty_fields_are_kept_empty() -> None:
    block = rows("信息索引号||文号|", "生成日期|2022-01-19|有效性|有效")
    assert read_page(block).block == {
        "信息索引号": "",
        "文号": "",
        "生成日期": "2022-01-19",
        "有效性": "有效",
    }


def test_a_block_printed_twice_is_one() -> None:
    block = p("索引号：A-1 文号：") + rows("索引号|A-1|文号|示2号|关键词|年报")
    assert read_page(block).block == {"索引号": "A-1", "文号": "示2号", "关键词": "年报"}


@pytest.mark.parametrize(
    "line",
    [
        "发布时间：2022-01-20 来源：示例市示例局 浏览次数：12",
        "本局的公开方式包括网站和公告栏，关键词检索方便。",
        "申请公开时间：2021-05-01",
    ],
)
def test_a_page_without_a_label_of_its_own_has_no_block(line: str) -> None:
    assert read_page(under=p(line)).block == {}


def test_the_chapters_and_tables_never_enter_it() -> None:
    inside = "索引号：X-9" + rows("公开方式|网站", "文号|示9号", "主题分类|88")
    assert read_page(inside=inside).block == {}
    own = p("索引号：A-1")
    assert read_page(own, inside=inside).block == {"索引号": "A-1"}


def test_a_block_behind_the_report() -> None:
    block = rows("索引号|A-1|发布机构|示例局", "发布日期|2022-01-20|文号|无")
    assert read_page(after=f"<div>{block}</div>").block["索引号"] == "A-1"
    assert read_page(after=p("关键词：年报")).block == {}


def test_the_block_dates_the_report_by_its_publication() -> None:
    block = rows("索引号|A-1|生成日期|2022-01-05", "发布机构|示例市政务局|发布日期|2022-01-26")
    report = read_page(block)
    assert (report.published, report.agency) == ("2022-01-26", "示例市示例局")
    dates = {(piece.source, piece.value) for piece in report.evidence["published"]}
    assert dates == {("label", "2022-01-26"), ("label", "2022-01-05")}
