"""Which links of a hub are an agency's, and which years stand beside a column."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from crawler.hubs import branches, years_beside
from crawler.names import is_agency
from crawler.probe.links import Link, links
from crawler.probe.ranking import rank
from crawler.registry import Portal

AGENCIES = (
    "城东街道办事处", "街道办事处", "大数据局", "数据局", "新闻出版局", "新闻办公室", "总工会",
    "残联", "妇联", "文联", "工商联", "科协", "红十字会", "供销社", "农村信用联社", "档案馆",
    "图书馆", "党校", "县委党校", "管理处", "林场管理处", "海关", "国家统计局示例调查队", "团委",
    "政府办", "医保局", "财政局", "政务服务局", "信访局", "网信办", "宣传部", "人民法院",
    "气象台", "广播电视台", "融媒体中心", "大数据中心", "公安局交警大队", "示例农场",
    "领导小组办公室", "智慧城市局", "旅游局", "司法所", "供电公司", "样板镇", "样板镇（街道）",
    "高新区", "部门", "直属机构", "县市区", "部门年报", "示例县人民政府信息公开年报",
    "示例县残联信息公开年度报告",
)  # fmt: skip
OTHERS = (
    "办事大厅", "政务服务大厅", "政务中心", "便民服务中心", "办事指南", "数据开放", "新闻中心",
    "新闻发布会", "互动交流", "网上信访", "领导之窗", "领导机构", "组织机构", "地图", "网站地图",
    "政府网站", "一网通办", "掌上办", "信息公开平台", "下载中心", "数字博物馆", "网上展馆",
    "魅力示例县", "走进示例县", "招商引资开发区", "智慧城市", "县长信箱", "首页", "政府信息公开",
    "政务公开",
)  # fmt: skip


@pytest.mark.parametrize("name", AGENCIES)
def test_an_agency_is_known_by_its_name(name: str) -> None:
    assert is_agency(name)
    assert branches_of(f"<div><a href='/bm/x/nb/'>{name}</a></div>", "hub") == ["/bm/x/nb/"]
    assert rank(Link("http://a.gov.cn/bm/x/", name), "directory").score


@pytest.mark.parametrize("name", OTHERS)
def test_a_service_is_no_agency(name: str) -> None:
    assert not is_agency(name)
    assert branches_of(f"<div><a href='/bm/x/nb/'>{name}</a></div>", "hub") == []


def portal(kind: str, column: str = "http://a.gov.cn/zw/nb/") -> Portal:
    return Portal("x", "", "", "", column, "trs", ("a.gov.cn",), kind=kind)


def branches_of(text: str, kind: str, column: str = "/zw/nb/") -> list[str]:
    url = f"http://a.gov.cn{column}"
    found = branches(text, url, portal(kind, url), 0)
    return [row.url.removeprefix("http://a.gov.cn") for row in found]


def items(*names: str) -> str:
    return "".join(
        f"<li><a href='/b{chr(97 + at)}/'>{name}</a></li>" for at, name in enumerate(names)
    )


def test_who_stands_in_a_list_with_agencies_is_followed() -> None:
    names = ("示例县财政局", "样板老干部活动基地", "样板镇", "办事指南")
    assert branches_of(f"<ul>{items(*names)}</ul>", "hub") == ["/ba/", "/bb/", "/bc/"]
    cells = items(*names).replace("li>", "td>")
    assert branches_of(f"<table><tr>{cells}</tr></table>", "hub") == ["/ba/", "/bb/", "/bc/"]
    boxes = items(*names).replace("li>", "div>")
    assert branches_of(f"<div>{boxes}</div>", "hub") == ["/ba/", "/bb/", "/bc/"]
    assert branches_of(f"<ul>{items(*names)}</ul>", "list") == []


def test_a_menu_with_an_agency_in_it_is_no_list_of_agencies() -> None:
    menu = f"<ul>{items('样板风光', '样板故事', '示例县财政局', '样板美食')}</ul>"
    assert branches_of(menu, "hub") == ["/bc/"]
    apart = f"<ul>{items('样板风光')}</ul><ul>{items('', '示例县财政局')}</ul>"
    assert branches_of(apart, "hub") == ["/bb/"]
    assert branches_of(f"<ul class='menu'>{items('示例县财政局', '样板故事')}</ul>", "hub") == []


@pytest.mark.parametrize(
    ("column", "link", "is_followed"),
    [
        ("/ycs/2023nb/list.shtml", "<a href='/ycs/2022nb/list.shtml'>2022年</a>", True),
        ("/ycs/2023nb/list.shtml", "<a href='/ycs/2022nb/list.shtml'>2022年度年报</a>", True),
        ("/ycs/2023nb/list.shtml", "<a href='/ycs/2022tz/list.shtml'>2022年</a>", False),
        ("/ycs/2023nb/list.shtml", "<a href='/ycs/2022nb/list.shtml'>2022年通知公告</a>", False),
        ("/ycs/2023nb/list.shtml", "<a href='/other/2022nb/list.shtml'>2022年</a>", False),
        ("/gk/gknb2019/", "<a href='../gknb2018/'>2018</a>", True),
        ("/gk/2023n/", "<a href='../2024n78/'>2024年</a>", True),
        ("/gk/nb/", "<a href='../2018/'>2018年</a>", False),
        ("/list.aspx?cid=10", "<a href='list.aspx?cid=2022'>2022年</a>", True),
        ("/list.aspx?cid=10", "<a href='list.aspx?cid=10&amp;y=1'>2022年</a>", True),
        ("/list.aspx?cid=10", "<a href='list.aspx?cid=11&amp;y=1'>2022年</a>", False),
        ("/list.aspx?cid=10", "<a href='list.aspx?cid=11'>通知公告</a>", False),
        ("/list.aspx?cid=10", "<a href='other.aspx?cid=2022'>2022年</a>", False),
        ("/gk/nb/", "<a href='2022n/'><img src='a.jpg' alt='2022年'></a>", True),
        ("/gk/nb/", "<a href='2022n/'><img src='a.jpg' title='2022年'></a>", True),
        ("/gk/nb/", "<a href='2022n/'><img src='a.jpg'></a>", True),
        ("/gk/nb/", "<a href='n/'><img src='a.jpg'></a>", False),
    ],
)
def test_years_of_a_plain_column(column: str, link: str, is_followed: bool) -> None:
    assert bool(branches_of(f"<div>{link}</div>", "list", column)) is is_followed


def test_a_year_that_is_not_followed_is_named() -> None:
    def beside(text: str, kind: str = "list") -> list[str]:
        url = "http://a.gov.cn/gk/2023nb/"
        return [urlsplit(row.url).path for row in years_beside(text, url, portal(kind, url))]

    assert beside("<a href='../22/'>2022年</a><a href='../2021nb/'>2021年</a>") == ["/gk/22/"]
    assert beside("<a href='2022/'>2022年</a><a href='../tz/'>2022年通知</a>") == []
    assert beside("<div class='nav'><a href='../22/'>2022年</a></div>") == []
    assert beside("<select><option value='2022'>2022年</option></select>") == [], "a word"
    assert beside("<option value='../22/'>2022年</option>") == ["/gk/22/"]
    assert beside("<a href='../22/'>2022年</a>", "hub") == [], "a hub follows it"


@pytest.mark.parametrize(
    ("text", "path", "role"),
    [
        ("公开", "/xxgk/", "disclosure"),
        ("公 开", "/a/", "disclosure"),
        ("政务\xa0公开", "/a/", "disclosure"),
        ("年\u2002报", "/a/", "column"),
        ("政府 信息 公开\u3000年报", "/a/", "column"),
        ("阳光之窗", "/zfxxgk/index.html", "disclosure"),
        ("阳光之窗", "/zwgk/", "disclosure"),
        ("阳光之窗", "/zwgk/other/", ""),
        ("阳光之窗", "/a/", ""),
        ("示例新闻", "/xxgk/", ""),
    ],
)
def test_blanks_and_addresses_of_a_menu(text: str, path: str, role: str) -> None:
    assert rank(Link(f"http://a.gov.cn{path}", text), "").role == role


def test_a_name_in_a_name_is_said_once() -> None:
    text = """<a href="/a/" title="示例县财政局">财政局</a><a href="/b/">年&nbsp;报</a>"""
    assert [link.text for link in links(text, "http://a.gov.cn/")] == ["示例县财政局", "年 报"]
