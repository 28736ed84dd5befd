"""Odd forms of the lists of families gkmlpt … generic, parsed without a server."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest

from crawler.families import FAMILIES, ListError, ListPage, ListRequest
from crawler.families.base import MOST_LIST_PAGES
from crawler.pagers import promise
from crawler.registry import Portal as Entry
from tests.portal.figures import dice
from tests.test_families_b import COUNTIES, MINE, SKELETONS, column_page


def entry(family: str, column: str = "http://a.gov.cn/x/nb/", **params: str | int) -> Entry:
    return Entry("a", "甲", "990100", "", column, family, ("a.gov.cn",), params=params)


def read(family: str, text: str, url: str = "", number: int = 1, **params: str | int) -> ListPage:
    portal = entry(family, url or "http://a.gov.cn/x/nb/", **params)
    asked = ListRequest(url or "http://a.gov.cn/x/nb/", number=number)
    return FAMILIES[family].parse_list(text, asked, portal)


API = "http://a.gov.cn/jyj/gkmlpt/api/all/7?page=1&sid=9"
SEARCH = "http://a.gov.cn/common/search/abc?_isAgg=true&_isJson=true&_pageSize=20&page=1"
LABEL = "http://a.gov.cn/site/label/8888?pageIndex=1&catId=7"
BLOCK = "http://a.gov.cn/columns/{0}/templates/{0}/blocks/{0}?page=1&fix=0".format(
    "01234567-89ab-cdef-0123-456789abcdef"
)


@pytest.mark.parametrize(
    ("family", "url", "answer", "missing"),
    [
        ("gkmlpt", API, "<html>暂时无法访问</html>", "/gkmlpt/api is no JSON"),
        ("gkmlpt", API, "", "no JSON"),
        ("gkmlpt", API, '{"code": 500, "message": "系统错误"}', "articles"),
        ("gkmlpt", API, '{"articles": []}', "classify"),
        ("gkmlpt", API, '{"articles": [], "classify": {"post_count": "x"}}', "post_count"),
        ("gkmlpt", API, '{"articles": [{"url": [1]}], "classify": {"post_count": 1}}', "url"),
        ("gkmlpt", API, '{"articles": [{"url": "/1", "attachment": 7}], "classify": '
         '{"post_count": 1}}', r"articles\[0\].attachment"),
        ("gkmlpt", "http://a.gov.cn/x/", "<p>", "gkmlpt"),
        ("gkmlpt", "http://a.gov.cn/gkmlpt/index", "<p>", "SID"),
        ("gkmlpt", "http://a.gov.cn/gkmlpt/index", "SID: '9', TREE: [{", "catId"),
        ("gkmlpt", "http://a.gov.cn/gkmlpt/index", "SID: '9', TREE: {}", "catId"),
        ("ucap", SEARCH, "<html>", "no JSON"),
        ("ucap", SEARCH, '{"data": null}', "data"),
        ("ucap", SEARCH, '{"data": {"total": 3}}', "results"),
        ("ucap", SEARCH, '{"data": {"results": []}}', "total"),
        ("lonsun", LABEL, "<html><body>系统错误</body></html>", "暂无相关信息"),
        ("lonsun", "http://a.gov.cn/public/column/1?catId=2", "", "empty"),
        ("lonsun", "http://a.gov.cn/public/column/1?catId=2", "<p>", "SiteId"),
        ("lonsun", "http://a.gov.cn/public/column/1", "<p>", "catId"),
        ("jiangxi", "", "<p>栏目建设中</p>", "webSiteCode"),
        ("jiangxi", "", "<script>articleList = [{'id': 1}]</script>", "articleList"),
        ("jiangxi", "", '<script>articleList = [{"urls": 7}]</script>', "urls"),
    ],
)  # fmt: skip
def test_an_answer_that_is_none_says_what_it_lacks(
    family: str, url: str, answer: str, missing: str
) -> None:
    with pytest.raises(ListError, match=missing):
        read(family, answer, url)


@pytest.mark.parametrize(
    ("family", "url", "answer"),
    [
        ("gkmlpt", API, '{"articles": null, "classify": {"post_count": 0}}'),
        ("ucap", SEARCH, '{"data": {"total": 0, "results": null}}'),
        ("lonsun", LABEL, "<div>暂无相关信息</div>"),
        ("lonsun", LABEL, ""),
        ("hebei", BLOCK, ""),
        ("hebei", BLOCK, "<ul></ul>"),
        ("epoint", "", ""),
        ("nfcms", "", ""),
        ("ucap", "", ""),
        ("generic", "", "<!-- -->"),
        ("jiangxi", "", "<script>articleList = []</script>"),
    ],
)
def test_an_empty_list_is_empty(family: str, url: str, answer: str) -> None:
    page = read(family, answer, url)
    assert (page.rows, page.next) == ((), ())


def test_claims_are_capped() -> None:
    article = {"url": "/gkmlpt/content/1/post_1.html", "title": "甲"}
    answers = {
        "gkmlpt": (API, {"articles": [article] * 100, "classify": {"post_count": 999999999}}),
        "ucap": (SEARCH, {"data": {"total": "999999999", "results": [article]}}),
    }
    for family, (url, answer) in answers.items():
        page = read(family, json.dumps(answer), url)
        assert [asked.number for asked in page.next] == list(range(2, MOST_LIST_PAGES + 2))
        assert page.total == 999999999
    link = "<a href='/public/1/2.html'>甲</a>"
    texts = {
        "lonsun": (LABEL, f"{link}pageCount:999999999"),
        "ucap": ("", "<ul></ul><script>createPageHTML('page_div',99999,1,'l','shtml')</script>"),
    }
    for family, (url, text) in texts.items():
        page = read(family, text, url)
        assert [asked.number for asked in page.next] == list(range(2, MOST_LIST_PAGES + 2))
        assert read(family, text, url, number=2).next == ()


def test_gkmlpt_pages_are_promised_only_when_full() -> None:
    article = {"url": "/gkmlpt/content/1/post_1.html", "title": "甲"}
    for rows, tentative in ((100, False), (20, True)):
        answer = {"articles": [article] * rows, "classify": {"post_count": 120}}
        page = read("gkmlpt", json.dumps(answer), API)
        assert {asked.tentative for asked in page.next} == {tentative}
        assert page.next[0].url == API.replace("page=1", "page=2")


def test_gkmlpt_finds_its_category() -> None:
    nodes = [
        {"id": 1, "name": "年报统计表"},
        {"id": 2, "name": "其他", "children": [{"id": "31", "name": "年度报告"}]},
        {"id": 4, "name": "政策"},
    ]
    tree = json.dumps(nodes)
    text = f"window._CONFIG = {{SID: '755041', 'TREE': {tree}}}"
    column = "http://a.gov.cn/jyj/gkmlpt/annualreport"
    api = "http://a.gov.cn/jyj/gkmlpt/api/all/{}?page=1&sid={}"

    def asked(url: str, column: str, **params: str | int) -> str:
        portal = entry("gkmlpt", column, **params)
        (found,) = FAMILIES["gkmlpt"].parse_list(text, ListRequest(url), portal).next
        return found.url

    assert asked(column, column) == api.format(31, 755041)
    assert asked(column, f"{column}#2473") == api.format(2473, 755041)
    assert asked(f"{column}#8", f"{column}#2473") == api.format(8, 755041)
    assert asked(column, f"{column}#2473", catId=5, sid="1") == api.format(5, 1)
    # Of a branch the column's fragment says nothing.
    assert asked(column, "http://a.gov.cn/gkmlpt/index#9") == api.format(31, 755041)
    (start,) = FAMILIES["gkmlpt"].start(entry("gkmlpt", f"{column}#2473"))
    assert start.url == column


def test_dates_in_json_may_be_seconds() -> None:
    article = {"url": "/1.html", "title": "甲\n 乙\ud800", "display_publish_time": 1705680000}
    answer = {"articles": [article], "classify": {"post_count": "1"}}
    (row,) = read("gkmlpt", json.dumps(answer), API).rows
    assert (row.date, row.title) == ("2024-01-20", "甲 乙\N{REPLACEMENT CHARACTER}")
    article |= {"display_publish_time": 0, "created_at": "2024-01-19 09:00:00"}
    (row,) = read("gkmlpt", json.dumps(answer), API).rows
    assert row.date == "2024-01-19"


def test_nfcms_keeps_a_mobile_copy_that_stands_alone() -> None:
    text = """<li><a href="content/post_1.html">甲</a><a href="content/mpost_1.html">手机</a></li>
    <li><a href="content/mpost_2.html">乙</a></li>"""
    rows = read("nfcms", text).rows
    assert [urlsplit(row.url).path for row in rows] == [
        "/x/nb/content/post_1.html", "/x/nb/content/mpost_2.html",
    ]  # fmt: skip


def test_ucap_asks_the_endpoint_that_its_script_names() -> None:
    head = '<meta name="channelId" content="abc"><ul></ul>'
    for script, path in (
        ("", "/common/search/abc"),
        ("<script>url = '/searchList/' + id</script>", "/searchList/abc"),
        ("<script>url = '/xjyj/common/search/' + id</script>", "/xjyj/common/search/abc"),
    ):
        (asked,) = read("ucap", head + script).next
        assert urlsplit(asked.url).path == path
    rows = '<li><a href="/x/202401/174240943.shtml">甲</a></li>'
    page = read("ucap", head + rows)
    assert (len(page.rows), page.next) == (1, ()), "rows of its own, and no endpoint named"


def test_ucap_says_how_many_rows_its_pager_counts() -> None:
    pager = "<script>createPageHTML('page_div', '2', 1, 'list', 'shtml', '31')</script>"
    page = read("ucap", f"<ul></ul>{pager}")
    assert ([asked.url for asked in page.next], page.total) == (
        ["http://a.gov.cn/x/nb/list_2.shtml"], 31,
    )  # fmt: skip
    commented = pager.replace("createPage", "// createPage")
    assert read("ucap", f"<ul></ul>{commented}").total is None


def test_lonsun_asks_for_what_it_does_not_know() -> None:
    url = "http://a.gov.cn/public/column/661?type=4&catId=7&action=list"
    text = '<meta name="SiteId" content="42"><a href="/public/661/1.html">甲</a>'
    page = read("lonsun", text, url)
    assert page.rows == (), "rows of nobody knows which page"
    assert ["pageIndex=1&" in asked.url for asked in page.next] == [True]
    counted = read("lonsun", f"{text}<script>pageCount:3</script>", url)
    assert len(counted.rows) == 1
    assert [asked.number for asked in counted.next] == [2, 3]
    (following,) = read("lonsun", text, LABEL).next
    assert following.tentative
    assert following.url == LABEL.replace("pageIndex=1", "pageIndex=2")


def test_lonsun_below_a_path_and_with_a_file_of_its_own() -> None:
    text = """<meta name="SiteId" content="42">
    <script>list({file:"/c2/hsxxgk/publicInfoList_newest_hs"})</script>"""
    url = "http://a.gov.cn/zwgk/public/column/661?type=6&catId=7&action=list"
    (asked,) = read("lonsun", text, url).next
    assert asked.url.startswith("http://a.gov.cn/zwgk/site/label/8888?IsAjax=1&")
    assert "file=%2Fc2%2Fhsxxgk%2FpublicInfoList_newest_hs" in asked.url
    assert "organId=661&type=6&catId=7" in asked.url


def test_zigong_files_have_domains_of_their_own() -> None:
    files = [
        {"fileName": "甲.pdf", "filePath": "/f/1.pdf", "domainName": "http://b.gov.cn/"},
        {"fileName": "乙.pdf", "filePath": "f/2.pdf", "domainName": "c.gov.cn"},
        {"fileName": "丙.pdf", "filePath": "/f/3.pdf", "domainName": None},
        {"fileName": "丁.pdf", "filePath": "http://d.gov.cn/4.pdf", "domainName": "c.gov.cn"},
        {"fileName": "戊.pdf", "filePath": ""},
    ]
    rows = [{"title": "甲", "urls": {"pc": "1.html"}, "articleFiles": json.dumps(files)}]
    text = f"<base href='/zgs/'><script>var articleList = {json.dumps(rows)};</script>"
    (row,) = read("jiangxi", text).rows
    assert row.url == "http://a.gov.cn/zgs/1.html"
    assert [url for url, _ in row.files] == [
        "http://b.gov.cn/f/1.pdf", "http://c.gov.cn/f/2.pdf", "http://a.gov.cn/f/3.pdf",
        "http://d.gov.cn/4.pdf",
    ]  # fmt: skip


# -- generic -----------------------------------------------------------------------------


def rows_of(text: str) -> list[tuple[str, str, str]]:
    return [(urlsplit(row.url).path, row.title, row.date) for row in read("generic", text).rows]


def test_the_main_list_is_offered_whatever_its_titles_say() -> None:
    text = """<ul class="nav"><li><a href="/a/">首页</a></li><li><a href="/b/">机构</a></li></ul>
    <ul><li><a href="/news/20240101.html">示例县开会</a><i>2024-01-01</i></li>
    <li><a href="/news/20240102.html">示例县又开会</a><i>2024-01-02</i></li>
    <li><a href="/news/20240103.html">示例县再开会</a><i>2024-01-03</i></li></ul>
    <table><tr><td>1</td><td>2022年年报</td><td><a href="/d/show.php?id=7">查看</a></td>
    <td>2023-01-05</td></tr>
    <tr><td>2</td><td><a href="2021.html">高岭镇_2021年</a></td><td>2022年1月4日</td></tr>
    <tr><td colspan="3"><a href="/more/">更多</a> 2022-01-01</td></tr>
    <tr><td colspan="3"><b>1</b> <a href="list_10086_2.html">2</a></td></tr></table>"""
    assert rows_of(text) == [
        ("/d/show.php", "2022年年报", "2023-01-05"),
        ("/x/nb/2021.html", "高岭镇_2021年", "2022年1月4日"),
    ]


def test_a_list_without_lists_and_a_single_row() -> None:
    items = "".join(
        f"<div><div><a href='/s/{year}.html'>{year}年度</a></div><p>{year + 1}-01-02</p></div>"
        for year in (2021, 2022)
    )
    assert [path for path, *_ in rows_of(f"<div>{items}</div>")] == ["/s/2021.html", "/s/2022.html"]
    single = "<ul><li><a href='{}'>年度</a>2022-01-02</li></ul>"
    assert rows_of(single.format("t1.html")) == [("/x/nb/t1.html", "年度", "2022-01-02")]
    assert rows_of(single.format("/y/t1.html")) == []


@pytest.mark.parametrize(
    ("pager", "number", "following"),
    [
        ("<a href='2.html'>下一页</a>", 1, "2.html"),
        ("<a href='2.html'>[下页]</a>", 1, "2.html"),
        ("<a href='2.html' title='下一页'><img src='x.png'></a>", 1, "2.html"),
        ("<a href='javascript:void(0)'>下一页</a>", 1, ""),
        ("<a href='#'>下一页</a>", 1, ""),
        ("<p><b>1</b> <a href='2.html'>2</a> <a href='3.html'>3</a></p>", 1, "2.html"),
        ("<p><a href='./'>1</a> <b>2</b> <a href='3.html'>3</a></p>", 2, "3.html"),
        ("<p><a href='./'>1</a> <a href='2.html'>2</a> <b>3</b></p>", 3, ""),
        ("<p><a href='2.html'>2</a></p>", 1, ""),
        (f"<p>1 {''.join(f'<a href={day}.html>{day}</a> ' for day in range(2, 32))}</p>", 1, ""),
    ],
)
def test_the_next_page(pager: str, number: int, following: str) -> None:
    found = [asked.url for asked in read("generic", pager, number=number).next]
    assert found == ([f"http://a.gov.cn/x/nb/{following}"] if following else [])


@pytest.mark.parametrize("family", ["generic", "nfcms"])
def test_a_pager_that_cannot_be_followed_is_no_short_list(family: str) -> None:
    rows = "".join(
        f"<li><a href='content/post_{number}.html'>{number}年度</a>2022-01-02</li>"
        for number in range(2015, 2021)
    )
    pager = "<div>共3页 <a href='javascript:go(2)'>下一页</a></div>"
    page = f"<ul>{rows}</ul>{pager}"
    assert read(family, page).next == ()
    shown = promise(page, "http://a.gov.cn/x/nb/", 1, 6, lambda address: False)
    assert shown is not None
    assert shown.pages == 3, "the witness tells what the family cannot turn"
    one = page.replace("3", "1")
    assert promise(one, "http://a.gov.cn/x/nb/", 1, 6, lambda address: False) is None
    followed = read(family, page.replace("javascript:go(2)", "2.html"))
    assert len(followed.next) == 1


# -- whatever the bytes ------------------------------------------------------------------


@pytest.mark.parametrize("family", MINE)
def test_whatever_the_bytes_nothing_but_a_list_error(family: str) -> None:
    pages = [column_page(place) for place in COUNTIES if SKELETONS[place.kind].family == family]
    answer = {"articles": [{"url": "/1", "attachment": []}], "classify": {"post_count": 1}}
    search = {"data": {"total": 9, "results": [{"url": "/1", "source": {"urls": "{}"}}]}}
    pages += [(url, json.dumps(answer | search)) for url in (API, SEARCH, LABEL, BLOCK)]
    rng = dice("bytes", family)
    junk = ["\0", "\ud800", "[" * 3000, "<div>" * 2000, "9" * 5000, "href='http://[x'", "null",
            "{", "}", '"', "]]>", "<!--", "\N{FULLWIDTH DIGIT ONE}", "1e999", "-1"]  # fmt: skip
    for _ in range(150):
        url, text = rng.choice(pages)
        text = text[:9000]
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(text) + 1)
            text = text[:at] + rng.choice(junk) + text[at + rng.choice((0, 1, 30)) :]
        form = (("current", "1"),) if family == "jiangxi" and rng.random() < 0.5 else ()
        asked = ListRequest(url, form)
        FAMILIES[family].detect(text, url)
        try:
            page = FAMILIES[family].parse_list(text, asked, entry(family, url))
        except ListError:
            continue
        assert all(row.url.startswith("http") for row in page.rows)


# -- pagers that are not the family's own ------------------------------------------------

HEX, UUID = "0" * 32, "01234567-89ab-cdef-0123-456789abcdef"


@pytest.mark.parametrize(
    ("pager", "number", "found"),
    [
        ("共3页<script src='/js/pagination.js'></script>", 1, "list_2.shtml?"),
        ("<script src='/js/pagination.js'></script>", 1, "list_2.shtml?"),
        ("共3页<a href='javascript:void(0)'>下一页</a>", 2, "list_3.shtml?"),
        ("共3页<a href='javascript:void(0)'>下一页</a>", 3, ""),
        ("<script src='/js/app.js'></script>", 1, ""),
    ],
)
def test_ucap_pages_are_named_after_the_column(pager: str, number: int, found: str) -> None:
    name = "list.shtml" if number == 1 else f"list_{number}.shtml"
    row = f'<li><a href="/x/nb/202401/{HEX}.shtml">甲</a></li>'
    page = read("ucap", row + pager, f"http://a.gov.cn/x/nb/{name}", number)
    assert [each.url[21:] + "?" * each.tentative for each in page.next] == [found] * bool(found)
    assert page.total == (3 if found and "共3页" in pager and number == 1 else page.total)


def test_epoint_addresses_in_a_script() -> None:
    row = f'<li><a href="/zwgk/002005/20240120/{UUID}.html">甲</a></li>'
    turn = (
        "<a href='javascript:void(0)' onclick=\"window.location='secondpage_2.html'\">下页 &gt;</a>"
    )
    assert [each.url[21:] for each in read("epoint", f"{row}{turn}<i>1/3</i>").next] == [
        "secondpage_2.html"
    ]
    last = read("epoint", f"{row}<i>共3页</i>", "http://a.gov.cn/x/nb/3.html", 3)
    assert last.next == (), "no page after the last one is tried"


@pytest.mark.parametrize(
    ("pager", "following"),
    [
        ("<a href='2.html'><img src='x.gif' alt='下一页'></a>", "2.html"),
        ("<p><b>1</b> <a href='2.html'>&gt;</a></p>", "2.html"),
        ("<p>1 <a href='2.html'>»</a></p>", "2.html"),
        ("<p>1 <a href='9.html'>&gt;&gt;</a></p>", ""),
        ("<p>图片 <a href='2.html'>&gt;</a></p>", ""),
        ("<div>总页数：3 <a onclick='next()'>下一页</a></div>", ""),
    ],
)
def test_a_next_page_without_words(pager: str, following: str) -> None:
    found = [asked.url[21:] for asked in read("generic", pager).next]
    assert found == [following] * bool(following)


def test_lists_of_one_shape_are_one_list() -> None:
    def year(number: int) -> str:
        link = f"<a href='/c/{number}12345.html'>某委{number}年度</a>"
        return f"<ul><li>{link} {number}-1-20</li></ul>"

    paths = [f"/c/{number}12345.html" for number in (2021, 2022, 2023)]
    side = "".join(year(number) for number in (2021, 2022, 2023))
    assert [path for path, *_ in rows_of(side)] == paths
    boxes = "".join(
        f"<div class='y'><h3>年</h3>{year(number)}</div>" for number in (2021, 2022, 2023)
    )
    assert [path for path, *_ in rows_of(f"<div>{boxes}</div>")] == paths
    notices = "<ul><li><a href='/t/202412345.html'>放假通告</a> 2024-1-20</li></ul>"
    assert [path for path, *_ in rows_of(side + notices)] == paths, "what has no year is no kin"
    assert [path for path, *_ in rows_of(year(2021) + notices)] == []
