"""The odd forms of the families in `test_families_a`, read without a network."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.families import FAMILIES, ListError, ListPage, ListRequest
from crawler.registry import Portal as Entry
from extract.decode import decode
from tests.portal.counties import SKELETONS
from tests.portal.counties.families import hanweb, jpaas
from tests.test_families_a import column


def entry(family: str, column: str = "http://a.gov.cn/x/nb/", **more: Any) -> Entry:
    return Entry("any", "", "", "", column, family, (urlsplit(column).hostname or "",), **more)


def read(family: str, text: str, asked: ListRequest | str = "", **params: Any) -> ListPage:
    portal = entry(family, params=params)
    asked = asked or portal.column
    request = ListRequest(asked) if isinstance(asked, str) else asked
    return FAMILIES[family].parse_list(text, request, portal)


TRS_ROW = '<li><a href="./202101/t20210129_1.html">甲</a></li>'


@pytest.mark.parametrize(
    ("script", "column", "names"),
    [
        ("var countPage = 3;", "index.shtml",
         ["index_1.shtml?", "index_2.shtml", "index_3.shtml?"]),
        ("var countPage = 2;", "", ["index_1.html"]),
        ("x({pageCount:2})", "", ["index_1.html"]),
        ("x({'totalPage': 2})", "", ["index_1.html"]),
        ("var maxPage = parseInt('2')", "", ["index_1.html"]),
        ("go('index_'+n+'.shtml');var totalPages=2", "", ["index_1.shtml?", "index_2.shtml?"]),
        ("x({pageCount:3})", "1.html", ["2.html", "3.html"]),
        ('createPageHTML(parseInt("2"),0,"list","htm")', "", ["list_1.htm"]),
        ('/* createPageHTML(9,0,"old","html") */ createPage(2,0,"index","html")', "",
         ["index_1.html"]),
        ('<!--\ncreatePageHTML(2,0,"index","html");\n//-->', "", ["index_1.html"]),
        ("createPageHTML(1,0,'index','html')", "", []),
        ("createPageHTML(0,0,'index','html')", "", ["index_1.html?"]),
        ("var n = parseInt('3', 10)", "", ["index_1.html?", "index_2.html?"]),
        ("", "", ["index_1.html?"]),
        ("", "index.shtml", ["index_1.shtml?", "index_2.shtml?"]),
        ("createPageHTML(2, 0, 'index-nb', 'html')", "", ["index-nb_1.html"]),
        ("Pager({size:3,current:0,prefix:'index',suffix:'shtml'})", "",
         ["index_1.shtml", "index_2.shtml"]),
        ("Pager({size:2,current:1,prefix:'list'})", "", ["list_2.html"]),
    ],
)  # fmt: skip
def test_trs_totals(script: str, column: str, names: list[str]) -> None:
    text = f"<ul>{TRS_ROW}</ul><script>{script}</script>"
    page = read("trs", text, f"http://a.gov.cn/x/nb/{column}")
    said = [each.url.rpartition("/")[2] + "?" * each.tentative for each in page.next]
    assert said == names


def test_trs_tries_on_only_after_rows_and_only_where_nobody_counts() -> None:
    later = ListRequest("http://a.gov.cn/x/nb/index_1.html", number=2, tentative=True)
    text = f"<ul>{TRS_ROW}</ul>"
    (following,) = read("trs", text, later).next
    assert (following.url, following.number, following.tentative) == (
        "http://a.gov.cn/x/nb/index_2.html", 3, True,
    )  # fmt: skip
    assert read("trs", "<p>没有</p>", later).next == ()
    known = ListRequest(later.url, number=2)
    assert read("trs", text, known).next == (), "page 1 said how many there are"


def test_trs_links_to_pages_are_followed_one_by_one() -> None:
    pager = "<a href='index_2.html'>2</a><a href='index_3.html'>3</a><a href='../index_9.html'>"
    (following,) = read("trs", f"<ul>{TRS_ROW}</ul>{pager}").next
    assert (following.url, following.tentative) == ("http://a.gov.cn/x/nb/index_2.html", False)
    # A list that counts from 0 must not seem to count from 1 on its later pages.
    third = ListRequest("http://a.gov.cn/x/nb/index_2.html", number=3)
    pager = "<a href='index_3.html'>下一页</a>"
    (following,) = read("trs", f"<ul>{TRS_ROW}</ul>{pager}", third).next
    assert (following.url, following.number) == ("http://a.gov.cn/x/nb/index_3.html", 4)
    assert read("trs", f"<ul>{TRS_ROW}</ul><a href='index_1.html'>上一页</a>", third).next == ()


def test_trs_pages_are_relative_to_the_base() -> None:
    text = f'<base href="/y/"><ul>{TRS_ROW}</ul><script>createPage(2,0,"index","html")</script>'
    assert [each.url for each in read("trs", text).next] == ["http://a.gov.cn/y/index_1.html"]


def test_a_mobile_copy_alone_is_the_article() -> None:
    wap = '<li><a href="./202101/t20210129_1_wap.html">甲</a></li>'
    assert [row.title for row in read("trs", wap).rows] == ["甲"]
    assert [row.url for row in read("trs", wap + TRS_ROW).rows] == [
        "http://a.gov.cn/x/nb/202101/t20210129_1.html"
    ]


def test_trs_articles_of_the_column_need_no_row() -> None:
    text = """<div class="item"><a href="./202101/t20210129_1.html">甲</a><i>2021-01-29</i></div>
    <div class="item"><a href="../zcwj/202101/t20210129_2.html">别的栏目</a></div>"""
    assert [(row.title, row.date) for row in read("trs", text).rows] == [("甲", "2021-01-29")]


def jcms(rows: int, call: str, following: str = "") -> str:
    link = f'<nextgroup><![CDATA[<a href="{following}"></a>]]></nextgroup>' if following else ""
    records = "".join(
        f"<record><![CDATA[<li><a href='/art/2021/1/29/art_1_{n}.html'>甲{n}</a>"
        "<span>2021-0\n1-29</span></li>]]></record>"
        for n in range(rows)
    )
    return (
        f'<div id="7"><script type="text/xml"><datastore>{link}<recordset>{records}</recordset>'
        f"</datastore></script></div><script>$('#7').jpage({{{call}}});</script>"
    )


FORM = "proxyUrl:'/module/web/jpage/dataproxy.jsp',ajaxParam:{col:1,columnid:'9',unitid:'7'}"


def test_hanweb_first_group_and_what_it_leaves() -> None:
    page = read("hanweb", jcms(4, f"totalRecord:11,perPage:2,groupSize:2,{FORM}"))
    assert page.total == 11
    assert [row.date for row in page.rows] == ["2021-01-29"] * 4
    assert [each.url.partition("?")[2] for each in page.next] == [
        "startrecord=5&endrecord=8&perpage=2", "startrecord=9&endrecord=11&perpage=2",
    ]  # fmt: skip
    assert {each.body for each in page.next} == {b"col=1&columnid=9&unitid=7"}
    assert [each.number for each in page.next] == [2, 3]
    whole_list = read("hanweb", jcms(4, f"totalRecord:4,perPage:2,{FORM}"))
    assert whole_list.next == ()


@pytest.mark.parametrize(("per_page", "group"), [(0, 3), (1, 0), (5000, 3), (60, 9)])
def test_hanweb_never_asks_for_more_than_a_hundred(per_page: int, group: int) -> None:
    call = f"totalRecord:999999999,perPage:{per_page},groupSize:{group},{FORM}"
    page = read("hanweb", jcms(1, call))
    assert 1 <= len(page.next) <= 62
    for each in page.next:
        query = dict(pair.split("=") for pair in each.url.partition("?")[2].split("&"))
        assert 1 <= int(query["endrecord"]) - int(query["startrecord"]) + 1 <= 100


def test_hanweb_follows_an_encrypted_address_verbatim() -> None:
    link = "./module/web/jpage/dataproxy.jsp?appid=1&amp;page=1&amp;webid=%2Fa%2B=="
    page = read("hanweb", jcms(2, "totalRecord:5,perPage:2", link))
    assert [(each.url, each.tentative) for each in page.next] == [
        (f"http://a.gov.cn/x/nb/module/web/jpage/dataproxy.jsp?appid=1&page={n}&webid=%2Fa%2B==",
         True)
        for n in (2, 3)
    ]  # fmt: skip
    unknown = read("hanweb", jcms(2, "perPage:2", link))
    assert [each.number for each in unknown.next] == [2]
    more = "<datastore><record><![CDATA[<a href='/art/1.html'>乙</a>]]></record></datastore>"
    assert [each.number for each in read("hanweb", more, unknown.next[0]).next] == [3]
    assert read("hanweb", hanweb.EMPTY, unknown.next[0]) == ListPage(())


def test_hanweb_answers_that_are_none() -> None:
    assert len(hanweb.EMPTY) == 54
    asked = ListRequest("http://a.gov.cn/module/web/jpage/dataproxy.jsp", (("col", "1"),))
    assert read("hanweb", hanweb.EMPTY, asked) == ListPage(())
    assert read("hanweb", "", asked) == ListPage(())
    with pytest.raises(ListError, match="without a datastore: '<html>系统错误'"):
        read("hanweb", "<html>系统错误", asked)


def test_hanweb_reads_the_longest_list_of_a_page_or_the_one_told() -> None:
    text = jcms(1, "totalRecord:1,perPage:1").replace("7", "8") + jcms(3, "totalRecord:3")
    assert len(read("hanweb", text).rows) == 3
    assert len(read("hanweb", text, unitid="8").rows) == 1


def test_hanweb_pages_that_call_themselves_by_pagenum() -> None:
    row = '<li><a href="/art/2022/art_0123456789abcdef0123456789abcdef.html">甲</a></li>'
    pager = "".join(
        f'<a href="/col/col3/index.html?uid=5&pageNum={n}">{t}</a>'
        for n, t in ((2, "2"), (4, "尾页"))
    )
    asked = ListRequest("http://a.gov.cn/col/col3/index.html")
    page = read("hanweb", row + pager, asked)
    assert [each.url.partition("?")[2] for each in page.next] == [
        f"uid=5&pageNum={n}" for n in (2, 3, 4)
    ]
    assert len(page.rows) == 1


def test_xxgk_years_come_from_the_page_or_the_registry() -> None:
    url = "http://a.gov.cn/module/xxgk/xxgkAnnualReport.jsp?area=1"
    text = (
        "<select name='fbtime'><option value=''>年</option><option>2021</option></select>"
        "<li><a href='?fbtime=2020&area=1'>2020年</a><a href='?fbtime=2020&area=2'>别家</a></li>"
        "<li><a href='http://b.gov.cn/module/xxgk/xxgkAnnualReport.jsp?fbtime=2019&area=1'>x</a>"
    )
    assert [row.url.partition("?")[2] for row in read("hanweb_xxgk", text, url).rows] == [
        "fbtime=2020&area=1", "area=1&fbtime=2021",
    ]  # fmt: skip
    told = read("hanweb_xxgk", "<p>", url, first_year=2018, last_year="2019")
    assert [row.url[-4:] for row in told.rows] == ["2018", "2019"]
    assert read("hanweb_xxgk", "<p>", url).rows == (), "no year is invented"
    own = read("hanweb_xxgk", "<title>某局年报</title><p>", f"{url}&fbtime=2017")
    assert [(row.url[-4:], row.title) for row in own.rows] == [("2017", "某局年报")]


QUERY_DATA = (
    "<div queryData=\"{'webId':'1','pageId':'2','tagId':'列表','tplSetId':'3'}\" "
    'url="/api-gateway/jpaas-publish-server/front/page/build/unit"></div>'
)


def test_jpaas_asks_and_turns() -> None:
    (asked,) = read("jpaas", QUERY_DATA).next
    assert (
        "webId=1&pageId=2&tagId=%E5%88%97%E8%A1%A8&tplSetId=3&paramJson=%7B%22pageNo" in asked.url
    )
    assert dict(asked.headers)["Referer"] == "http://a.gov.cn/x/nb/"
    html = (
        '<ul><li><a href="../art/1.html">甲</a> 2021-01-29</li></ul>'
        '<div class="pagination" rows="10" count="23"><a href="?p=2">2</a></div>'
    )
    page = read("jpaas", json.dumps({"data": {"html": html}}), asked)
    assert [(r.url, r.title, r.date) for r in page.rows] == [
        ("http://a.gov.cn/x/art/1.html", "甲", "2021-01-29")
    ]
    assert page.total == 23
    assert [each.number for each in page.next] == [2, 3]
    assert all(
        each.url.endswith(f"paramJson=%7B%22pageNo%22%3A{each.number}%2C%22pageSize%22%3A10%7D")
        for each in page.next
    )
    assert read("jpaas", json.dumps({"data": {"html": html}}), page.next[0]).next == ()
    assert read("jpaas", QUERY_DATA, tagId="列表").next == (asked,)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("<html>", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "no data.html"),
        ('{"data": null}', "no data.html"),
        ('{"success":false,"message":"参数错误","data":{}}', "no data.html 参数错误"),
        ('{"data": {"html": 7}}', "no data.html"),
    ],
)
def test_jpaas_names_what_an_answer_lacks(answer: str, said: str) -> None:
    (asked,) = read("jpaas", QUERY_DATA).next
    with pytest.raises(ListError, match=said):
        read("jpaas", answer, asked)


def test_jpaas_needs_its_list_named() -> None:
    for text in ("", "<p>", QUERY_DATA.replace("pageId", "x"), f"<!-- {QUERY_DATA} -->"):
        with pytest.raises(ListError, match="queryData"):
            read("jpaas", text)
    with pytest.raises(ListError, match="tagId 别的"):
        read("jpaas", QUERY_DATA, tagId="别的")


def test_vsb_follows_the_link_and_counts_down_without_one() -> None:
    def page(pager: str, url: str = "http://a.gov.cn/x/nb.htm") -> ListPage:
        return read("vsb", f"<ul></ul>{pager}", ListRequest(url, number=int("/" in url[20:]) + 1))

    link = '<span class="p_next p_fun"><a href="nb/odd.htm">下页</a></span>'
    assert [n.url for n in page(link + '<span class="p_t">1/11</span>').next] == [
        "http://a.gov.cn/x/nb/odd.htm"
    ]
    lost = '<span class="p_t">共52条</span><span class="p_t">{}/11</span>'
    assert [n.url for n in page(lost.format(1)).next] == ["http://a.gov.cn/x/nb/10.htm"]
    second = page(lost.format(2), "http://a.gov.cn/x/nb/10.htm")
    assert [n.url for n in second.next] == ["http://a.gov.cn/x/nb/9.htm"]
    assert page(lost.format(11)).next == ()
    assert page(lost.format(1)).total is None, "without marked rows nobody can compare"


def test_vsb_rows_by_their_marks_lead_anywhere() -> None:
    text = """<li id="line_u3_0"><a href="https://b.gov.cn/1.pdf">甲</a>2024.01.20</li>
    <li id="line_u3_1"><a href="javascript:x()">？</a>
    <a href="info/1/2.htm" title="乙（全）">乙</a></li>
    <li><a href="/info/1/3.htm">菜单</a></li><span class="p_t">共2条</span>"""
    page = read("vsb", text)
    assert [(row.url, row.title, row.date) for row in page.rows] == [
        ("https://b.gov.cn/1.pdf", "甲", "2024.01.20"),
        ("http://a.gov.cn/x/nb/info/1/2.htm", "乙（全）", ""),
    ]
    assert page.total == 2
    assert [row.title for row in read("vsb", text.replace("line_", "x")).rows] == [
        "甲", "乙（全）", "菜单",
    ]  # fmt: skip


def test_henan_without_the_template() -> None:
    text = '<ul><li><a href="/2023/01-19/2677014.html">甲</a> 2023-01-19</li><li><a href="/x/">'
    assert [(row.url, row.date) for row in read("henan", text).rows] == [
        ("http://a.gov.cn/2023/01-19/2677014.html", "2023-01-19")
    ]
    assert read("henan", "").rows == ()


def asp(
    pager: str, url: str = "http://a.gov.cn/x/i.aspx?cid=1&page=1&kw=%C4%EA", **p: Any
) -> list[str]:
    text = f"<p><a href='show.aspx?id=3'>甲</a>2021-01-29</p><p><a href='/m'>菜单</a></p>{pager}"
    number = int(dict(f.split("=") for f in urlsplit(url).query.split("&")).get("page", 1))
    page = read("query_list", text, ListRequest(url, number=number), **p)
    assert [row.title for row in page.rows] == ["甲"]
    return [urlsplit(each.url).query for each in page.next]


def test_query_pages() -> None:
    def link(n: int, text: str = "", name: str = "page") -> str:
        return f'<a href="i.aspx?cid=1&{name}={n}&kw=%C4%EA">{text or n}</a>'

    three = [f"cid=1&page={n}&kw=%C4%EA" for n in (2, 3)]
    assert asp(link(1) + link(2) + link(3, "尾页")) == three
    assert asp(link(2) + "<b>共3页</b>") == three
    assert asp(link(2) + "<b>1 / 3页</b>") == three
    assert asp(link(2)) == three[:1], "one by one where no pager tells the last"
    assert asp(link(1) + link(3), "http://a.gov.cn/x/i.aspx?cid=1&page=2&kw=%C4%EA") == three[1:]
    assert asp(link(1) + link(3, "尾页"), "http://a.gov.cn/x/i.aspx?cid=1&page=3&kw=%C4%EA") == []
    assert asp('<a href="i.aspx?cid=2&page=9&kw=%C4%EA">邻</a>') == [], "another column's pager"
    assert asp('<a href="other.aspx?cid=1&page=9">尾页</a>') == []
    odd = "http://a.gov.cn/x/i.aspx?cid=1"
    assert asp('<a href="?cid=1&ye=2">末页</a>', odd) == []
    assert asp('<a href="?cid=1&ye=2">末页</a>', odd, page_param="ye") == ["cid=1&ye=2"]
    assert asp('<a href="?cid=1&page=0">1</a><a href="?cid=1&page=2">尾页</a>', odd) == [
        "cid=1&page=1", "cid=1&page=2",
    ], "a pager that counts from 0"  # fmt: skip


@pytest.mark.parametrize(
    ("family", "text"),
    [
        ("trs", TRS_ROW + "<script>var countPage = {}</script>"),
        ("henan", "<script>createPageHTML({},0,'index','html')</script>"),
        ("hanweb", jcms(1, "totalRecord:{},perPage:2", "/dataproxy.jsp?page=1").replace("{{", "{")),
        ("query_list", '<a href="?page={}">尾页</a>'),
        ("query_list", '<a href="?page=2">2</a>共{}页'),
    ],
)
@pytest.mark.parametrize("claim", ["999999999", "9" * 5000])
def test_a_claim_of_many_pages_is_capped(family: str, text: str, claim: str) -> None:
    for limit in (60, 3):
        portal = entry(family, max_pages=limit)
        page = FAMILIES[family].parse_list(
            text.replace("{}", claim), ListRequest(portal.column), portal
        )
        numbers = [each.number for each in page.next]
        assert numbers == list(range(2, limit + 2)) or (len(claim) > 9 and len(numbers) <= limit)


def test_jpaas_is_capped() -> None:
    (asked,) = read("jpaas", QUERY_DATA).next
    html = '<div class="pagination" rows="1" count="99999999999999999999"></div>'
    page = read("jpaas", json.dumps({"data": {"html": html}}), asked)
    assert len(page.next) == 60
    assert page.rows == ()


# -- whatever the bytes ---------------------------------------------------------------------


def attempt(family: str, text: str, asked: ListRequest) -> None:
    """Reading ends with a page or a ListError, and every address is one."""
    portal = entry(family, params={"webSiteCode": "a", "channelCode": "b"})
    FAMILIES[family].detect(text, asked.url)
    try:
        page = FAMILIES[family].parse_list(text, asked, portal)
    except ListError:
        return
    for address in (*(r.url for r in page.rows), *(n.url for n in page.next)):
        assert urlsplit(address).hostname
        address.encode()


#: Where pages come from: columns and endpoints of all families.
ADDRESSES = (
    "http://a.gov.cn/x/nb/", "http://a.gov.cn/x/nb/1.html", "http://a.gov.cn/i.aspx?page=1&cid=",
    "http://a.gov.cn/module/xxgk/xxgkAnnualReport.jsp?area=1&fbtime=2020",
    f"http://a.gov.cn{hanweb.PROXY}?page=2", f"http://a.gov.cn{jpaas.UNIT}?paramJson=%7B%7D",
    "http://a.gov.cn/queryList", "http://a.gov.cn/gkmlpt/api/all/1?page=1&sid=1",
)  # fmt: skip
REQUESTS = st.builds(
    ListRequest,
    st.sampled_from(ADDRESSES),
    st.sampled_from(((), (("current", "1"),))),
    number=st.integers(1, 61),
    tentative=st.booleans(),
)
PIECES = st.sampled_from(
    [column(kind)[0] for kind in SKELETONS]
    + [jcms(2, f"totalRecord:5,perPage:2,{FORM}", "dataproxy.jsp?page=1"), QUERY_DATA,
       '{"data":{"html":"<a href=//[>x</a>"}}', '<base href="http://[">',
       "<a href='http://x:99999/'>",
       '<span class="p_next"><a href="//["></a></span><span class="p_t">1/9</span>',
       "<a href='?page=٣'>٣</a>共٣页", "\x00", "\ud800", "<record>", "<datastore>",
       "<select name=fbtime>",
       "<div class='pagination' rows='²' count='²'>", "createPageHTML(²,²,'a','b')"]
)  # fmt: skip


@settings(
    max_examples=60, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(st.data(), REQUESTS)
@pytest.mark.parametrize("family", FAMILIES)
def test_mutilated_pages_are_pages_or_errors(family: str, data: Any, asked: ListRequest) -> None:
    """Pages cut anywhere, joined to others, with garbage between."""
    first, second = data.draw(PIECES), data.draw(PIECES)
    cut, to = data.draw(st.integers(0, len(first))), data.draw(st.integers(0, len(second)))
    garbage = data.draw(st.text(max_size=8) | st.binary(max_size=12).map(lambda b: decode(b)[0]))
    attempt(family, first[:cut] + garbage + second[to:], asked)


# -- pagers that are not the family's own -------------------------------------------------


def onward(family: str, pager: str, column: str = "", rows: str = "", number: int = 1) -> list[str]:
    """The pages that a page with such a pager makes known, the guessed ones with a `?`."""
    own = {"vsb": "/info/1/2.htm", "trs": "./202101/t20210129_1.html"}.get(family, "/x.html")
    row = rows or f'<li><a href="{own}">甲</a>2021-01-29</li>'
    if family in ("national", "henan"):
        row = f'<div class="zfxxgk_zdgkc"><ul>{row}</ul></div>'
    url = f"http://a.gov.cn/x/{column or 'nb/'}"
    page = read(family, f"{row}{pager}", ListRequest(url, number=number))
    names = (each.url.removeprefix("http://a.gov.cn/x/") for each in page.next)
    return [name + "?" * each.tentative for name, each in zip(names, page.next, strict=True)]


FANYE = "<td id=fanye195>共9条&nbsp;&nbsp;{}/3&nbsp;{}</td>"


@pytest.mark.parametrize(
    ("pager", "column", "number", "found"),
    [
        (FANYE.format(1, "<a href='nb/2.htm' class='Next'>下页</a>"), "nb.htm", 1, "nb/2.htm"),
        (FANYE.format(3, "<span class='NextDisabled'>下页</span>"), "nb/1.htm", 3, ""),
        (FANYE.format(1, "<a href='javascript:void(0)' class='Next'>下页</a>"), "nb.htm", 1,
         "nb/2.htm"),
        ("<div>共9条 2/3 <a>下页</a></div>", "nb/2.htm", 2, "nb/1.htm"),
        (FANYE.format(1, "<a onclick='a195_p(2)'>下页</a>"), "list.jsp?wbtreeid=7", 1,
         "list.jsp?wbtreeid=7&a195t=3&a195p=2"),
        (FANYE.format(2, ""), "list.jsp?wbtreeid=7&a195t=3&a195p=2", 2,
         "list.jsp?wbtreeid=7&a195t=3&a195p=3"),
        ("<div>1/3</div><p>2021/1/29</p>", "nb.htm", 1, ""),
    ],
)  # fmt: skip
def test_vsb_classic_pagers(pager: str, column: str, number: int, found: str) -> None:
    assert onward("vsb", pager, column, number=number) == ([found] if found else [])


MADE = "laypage.render({{count:9,limit:3,jump:function(o){{location.href='{}'+{}+'.html'}}}})"


@pytest.mark.parametrize("family", ["trs", "national", "henan"])
@pytest.mark.parametrize(
    ("pager", "number", "found"),
    [
        ("共3页 <a href='2.html'>下一页</a>", 1, "nb/2.html"),
        ("共3页 <a href='?page=2'>下一页</a>", 1, "nb/?page=2"),
        ("<a href='list_3.html'>下一页</a>", 2, "nb/list_3.html"),
        ("<a onclick=\"window.location='list_2.html'\">下一页</a>", 1, "nb/list_2.html"),
        ("<a href=\"javascript:location.href='list_2.html'\">2</a>", 1, "nb/list_2.html"),
        (f"<script>{MADE.format('list_', 'o.curr')}</script>", 1, "nb/list_2.html?"),
        (f"<script>{MADE.format('list_', '(o.curr - 1)')}</script>", 1, "nb/list_1.html?"),
        ("<script>createPageHTML(2, 0, 'index-nb', 'html')</script>", 1, "nb/index-nb_1.html"),
    ],
)
def test_pagers_of_static_lists(family: str, pager: str, number: int, found: str) -> None:
    assert onward(family, pager, number=number) == [found]


def test_the_template_without_a_pager_has_one_page() -> None:
    assert onward("national", "<a href='javascript:go(2)'>下一页</a>共3页") == []
    assert onward("national", "<script src='/js/page.js'></script>") == ["nb/index_1.html?"]
    assert onward("national", "<p>共3页</p><a href='list_4.html'>下一页</a>", number=3) == []
    assert onward("national", "<a class='disabled' href='list_2.html'>下一页</a>") == []
    assert onward("national", "<a onclick=\"location='/so/list_2.html'\">下一页</a>") == []


SHTML = '<li><a href="./202101/t20210129_1.shtml">甲</a></li>'


def test_trs_tries_every_name_that_a_page_may_have() -> None:
    assert onward("trs", "", rows=SHTML) == [
        "nb/index_1.html?", "nb/index_1.shtml?", "nb/index_2.shtml?",
    ]  # fmt: skip
    counted = "<script>var countPage = 3</script>"
    assert onward("trs", counted, rows=SHTML) == [
        "nb/index_1.html?", "nb/index_2.html?",
        "nb/index_1.shtml?", "nb/index_2.shtml?", "nb/index_3.shtml?",
    ]  # fmt: skip
    assert read("trs", SHTML + counted).total == 3, "two pages of one row, and one more"
    later = ListRequest("http://a.gov.cn/x/nb/index_1.shtml", number=2, tentative=True)
    assert read("trs", SHTML, later).next == (), "index_2 was asked for at once"
    third = ListRequest("http://a.gov.cn/x/nb/index_2.shtml", number=3, tentative=True)
    assert [each.url[-13:] for each in read("trs", SHTML, third).next] == ["index_3.shtml"]
    told = read("trs", SHTML, "http://a.gov.cn/x/nb/index.shtml", page_start=1)
    assert [each.url[-13:] for each in told.next] == ["index_2.shtml"]


@pytest.mark.parametrize(
    ("pager", "column", "found"),
    [
        ("<a onclick='gotoPage(2)'>下一页</a>", "c.jsp?id=1&current=1", "c.jsp?id=1&current=2"),
        ("<a onclick='gotoPage(1)'>下一页</a>", "c.jsp?id=1&current=0", "c.jsp?id=1&current=1"),
        ("<a onclick='gotoPage(9)'>下一页</a>", "c.jsp?id=1&current=1", ""),
        ("<a onclick='gotoPage(2)'>下一页</a>", "c.jsp?id=1", ""),
        ("<a href=\"javascript:__doPostBack('p','2')\">下一页</a>", "c.aspx?id=1&page=1", ""),
        ("共3页<script>function f(n){location.href='c.jsp?id=1&page='+n}</script>", "c.jsp?id=1",
         "c.jsp?id=1&page=2?"),
        ("<script>function f(n){location.href='c.jsp?id=1&page='+n}</script>", "c.jsp?id=1", ""),
        ("共3页<script>location.href='so.jsp?id=1&page='+n</script>", "c.jsp?id=1", ""),
        ("共3页<script>location.href='c.jsp?id=1&kw='+n</script>", "c.jsp?id=1", ""),
        ("1/3页<select onchange=\"location='c.jsp?id=1&page='+this.value\">", "c.jsp?id=1",
         "c.jsp?id=1&page=2?"),
        ("<select><option value='c.jsp?id=1&p=1'>1<option value='c.jsp?id=1&p=2'>第2页</select>",
         "c.jsp?id=1", "c.jsp?id=1&p=2"),
        ("<select name=page><option value=2>2</option></select>", "c.jsp?id=1",
         "c.jsp?id=1&page=2"),
        ("<select name=year><option value=2>2</option></select>", "c.jsp?id=1", ""),
    ],
)  # fmt: skip
def test_pagers_of_query_lists(pager: str, column: str, found: str) -> None:
    assert onward("query_list", pager, column) == ([found] if found else [])


def test_hanweb_reads_the_lists_of_reports() -> None:
    def rows(named: str) -> str:
        return jcms(3, "totalRecord:3").replace(">甲", f">{named}")

    reports, notices = "某局政府信息公开年度报告202", "关于春节放假的公告"
    both = rows(reports) + rows(notices).replace("7", "8").replace("art_1", "art_9") * 2
    assert [row.title for row in read("hanweb", both).rows] == [f"{reports}{n}" for n in range(3)]
    neither = rows(notices) + rows(notices).replace("7", "8").replace("art_1", "art_9")
    assert (len(read("hanweb", neither).rows), read("hanweb", neither).total) == (6, 6)


def test_hanweb_rows_in_an_array_of_a_script() -> None:
    rows = "', '".join(
        rf'<li><a href="\/art\/2011\/1\/29\/art_1_{n}.html">甲{n}</a>2011-01-29</li>'
        for n in range(2)
    )
    page = read("hanweb", f"<div id='7'></div><script>var list = ['{rows}'];</script>")
    assert [(urlsplit(row.url).path, row.title, row.date) for row in page.rows] == [
        ("/art/2011/1/29/art_1_0.html", "甲0", "2011-01-29"),
        ("/art/2011/1/29/art_1_1.html", "甲1", "2011-01-29"),
    ]  # fmt: skip


def test_jpaas_lists_are_told_by_their_names() -> None:
    def tags(*names: str) -> list[str]:
        text = "".join(QUERY_DATA.replace("列表", name) for name in names)
        asked = (dict(parse_qsl(urlsplit(each.url).query)) for each in read("jpaas", text).next)
        return [each["tagId"] for each in asked]

    assert tags("通知公告列表", "信息公开年报", "导航") == ["信息公开年报"]
    assert tags("通知公告列表", "信息公开", "导航") == ["通知公告列表", "信息公开"]
    assert tags("甲", "乙") == ["甲", "乙"]


def test_jpaas_goes_on_after_a_full_page_that_counts_nothing() -> None:
    (asked,) = read("jpaas", QUERY_DATA).next
    for rows, numbers in ((15, [2]), (14, [])):
        html = "".join(f'<li><a href="/art/{n}.html">甲</a></li>' for n in range(rows))
        page = read("jpaas", json.dumps({"data": {"html": html}}), asked)
        assert [each.number for each in page.next if each.tentative] == numbers
        assert page.total is None
    (second,) = read("jpaas", json.dumps({"data": {"html": html + html.replace("art", "b")}}),
                     asked).next  # fmt: skip
    assert "%22pageNo%22%3A2%2C" in second.url
    assert second.headers == asked.headers
