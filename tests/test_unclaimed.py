"""Rows that say they are reports are taken, whatever form their addresses have."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from crawler.families import Row
from crawler.registry import Portal
from crawler.unclaimed import unclaimed

COLUMN = "http://a.gov.cn/nb/"
PORTAL = Portal("any", "", "", "", COLUMN, "trs", ("a.gov.cn",))
TITLE = "示例县财政局2021年政府信息公开工作年度报告"
CLAIMED = Row("http://a.gov.cn/nb/202301/t20230101_1.html", TITLE.replace("2021", "2022"))


def found(text: str) -> list[str]:
    rows = unclaimed(f"<body>{text}</body>", COLUMN, PORTAL, (CLAIMED,))
    return [urlsplit(row.url)._replace(scheme="", netloc="").geturl() for row in rows]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (f'<div><a href="../art/2021/1.html">{TITLE}</a></div>', "/art/2021/1.html"),
        (f'<a href="/show.jsp?id=7" title="{TITLE}">示例县财…</a>', "/show.jsp?id=7"),
        (f"<a href=\"javascript:void(0)\" onclick=\"window.open('/s/1.html')\">{TITLE}</a>",
         "/s/1.html"),
        (f'<a href="#" onclick="location.href = \'/s/2.html\'">{TITLE}</a>', "/s/2.html"),
        (f'<a href="javascript:window.location.replace(\'/s/3.html\')">{TITLE}</a>', "/s/3.html"),
        (f'<li onclick="window.location=\'/s/4.html\';">{TITLE}</li>', "/s/4.html"),
        (f'<a href="/x/2021n/">{TITLE}</a>', "/x/2021n/"),
    ],
)  # fmt: skip
def test_what_says_that_it_is_a_report_is_taken(text: str, address: str) -> None:
    assert found(text) == [address]


@pytest.mark.parametrize(
    "text",
    [
        f"<!-- <a href='/1.html'>{TITLE}</a> -->",
        f"<div class='nav'><a href='/1.html'>{TITLE}</a></div>",
        f"<footer><p onclick=\"open('/1.html')\">{TITLE}</p></footer>",
        f"<a href='{CLAIMED.url}'>{TITLE}</a>",
        f"<a href='{COLUMN}index.html'>{TITLE}</a>",
        "<a href='/1.html'>政府信息公开年报</a>",
        "<a href='/1.html'>2021年示例县春节放假安排</a>",
        f"<a href='/1.html'>{TITLE}解读</a>",
        f"<a href='javascript:show(7)'>{TITLE}</a>",
        f"<li><a href='{CLAIMED.url}'>{CLAIMED.title}</a>"
        f"<a href='/show.jsp?id=1'>{CLAIMED.title}</a></li>",
    ],
)
def test_what_is_no_row_or_is_known_is_left(text: str) -> None:
    assert found(text) == []


def test_a_second_agency_s_report_of_the_same_title_is_a_row_of_its_own() -> None:
    assert found(f"<li><a href='/2.jsp?id=1'>{CLAIMED.title}</a></li>") == ["/2.jsp?id=1"]


def test_an_address_is_taken_once_and_with_its_date() -> None:
    text = f'<li><a href="/1.html">{TITLE}</a><i>2022-01-20</i></li><a href="/1.html">{TITLE}</a>'
    rows = unclaimed(text, COLUMN, PORTAL, ())
    assert [(row.url, row.date) for row in rows] == [("http://a.gov.cn/1.html", "2022-01-20")]


def test_data_is_no_page() -> None:
    assert unclaimed('{"a": "<a href=/1.html>' + TITLE + '</a>"}', COLUMN, PORTAL, ()) == ()
