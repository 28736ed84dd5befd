"""A page that shows more pages than its family knows must not pass for a list's end."""

from __future__ import annotations

import pytest

from crawler.pagers import promise

URL = "http://a.gov.cn/nb/"


def pages(text: str, number: int = 1, rows: int = 3, known: str = "") -> int | None:
    page = f"<body><ul><li><a href=1.html>行</a></li></ul>{text}</body>"
    shown = promise(page, URL, number, rows, lambda address: address == URL + known)
    return shown and shown.pages


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("<td id=fanye195>共9条&nbsp;&nbsp;1/3&nbsp;</td>", 3),
        ("<div>共9条记录 第1/3页 <a href=\"javascript:__doPostBack('P','2')\">下一页</a></div>", 3),
        ("<div>共 3 页</div>", 3),
        ("<div>总记录数：9 总页数：3 当前页：1</div>", 3),
        ("<div>第1页/共3页 <select></select></div>", 3),
        ("<div>页次：1/3</div>", 3),
        ("<p><span>1/3</span><a href='javascript:;'>下一页</a></p>", 3),
        ("<div>共9条记录 每页3条</div>", 3),
        ("<script>laypage.render({elem:'p',count:9,limit:3})</script>", 3),
        ("<script>laypage({cont:'p',pages:3})</script>", 3),
        ("<script>createPageHTML(3,0,'index-nb','html')</script>", 3),
        ("<script>Pager({size:3,current:0,prefix:'index'})</script>", 3),
        ("<a href='2.html'>下一页</a>", 2),
        ("<a href='?page=2'>下页 ></a>", 2),
        ("<a href='9.html'>尾页</a>", 2),
        ("<a href='l_2.html'><img src=n.gif alt=下一页></a>", 2),
        ("<a href='javascript:void(0)' onclick='go(2)'>下一页</a>", 2),
        ("<a onclick=\"window.location='page_2.html'\">下一页</a>", 2),
        ("<a href='javascript:go(1)'>1</a><a href='javascript:go(2)'>2</a>", 2),
        ("<a href='javascript:void(0)' id=loadmore>加载更多</a>", 2),
        ("<div class=more onclick='more()'>点击加载更多</div>", 2),
    ],
)
def test_what_shows_more_pages_is_seen(text: str, last: int) -> None:
    assert pages(text) == last


def test_a_script_that_may_do_nothing_tells_only_of_a_full_page() -> None:
    text = "<a href='javascript:void(0)' onclick='next()'>下一页</a>"
    assert (pages(text, rows=9), pages(text, rows=15)) == (None, 2)


@pytest.mark.parametrize(
    "text",
    [
        "<div>共1页 <a href='javascript:go(2)'>下一页</a></div>",
        "<div>共3条 1/1 <a href='2.html'>下一页</a></div>",
        "<div>共3条 <a href='2.html'>下一页</a></div>",
        "<p><span>1/1</span><a href='2.html'>下一页</a></p>",
        "<span class=p_next_d>下一页</span><a class=disabled href='2.html'>尾页</a>",
        "<li class='disabled'><a href='2.html'>下一页</a></li>",
        "<a href='#'>下一页</a><a href='javascript:void(0)'>尾页</a><a>下一页</a>",
        f"<a href='{URL}'>下一页</a><a href='index.html'>尾页</a>",
        "<a href='javascript:go(1)'>尾页</a>",
        "<a href='index.html?uid=7&pageNum=1'>尾页</a>",
        "<span>2023-01/20</span><p>1/20</p>",
        "<a href='2.html'>下一篇</a>",
        "<script>createPageHTML(1,0,'index','html')</script>",
        "<script>/* createPageHTML(3,0,'index','html') */</script>",
        "<!-- <a href='2.html'>下一页</a> 共3页 -->",
        "".join(f"<a href='javascript:day({n})'>{n}</a>" for n in range(1, 31)),
        "<a href='javascript:;'>1</a><a href='javascript:;'>2</a>",
        "<div style='display:none'><a>加载更多</a></div>",
    ],
)
def test_what_shows_none_is_no_alarm(text: str) -> None:
    assert pages(text, known="index.html") is None


def test_the_last_page_shows_none() -> None:
    assert pages("第3/3页 <a href='?p=3'>尾页</a>", number=3) is None
    assert pages("<a href='?p=3'>尾页</a><a href='javascript:go(3)'>下一页</a>", number=3) is None
    assert pages("<a href='?p=4'>下一页</a>", number=3) == 4


def test_data_is_no_page() -> None:
    assert promise('{"html": "共3页"}', URL, 1, 3, lambda address: False) is None
