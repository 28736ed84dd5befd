"""What belongs to an article page, what is one address, and what a body is."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from crawler.families.base import is_file
from crawler.hubs import branches
from crawler.links import MOST_IMAGES, attached
from crawler.magic import kind_of_bytes, wrong_type
from crawler.places import folder, is_article, is_below, is_directory, is_mobile, key, twin
from crawler.registry import Portal
from extract.filetypes import FILE_TYPES
from extract.formats import html

PAGE = "http://a.gov.cn/x/nb/t1.html"


def files(text: str, url: str = PAGE, charset: str = "utf-8") -> list[str]:
    return [address for address, _ in attached(text.encode(charset), url).files]


def images(text: str) -> list[str]:
    return [urlsplit(address).path for address, _ in attached(text.encode(), PAGE).images]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('<a href="P0.pdf">附件</a>', "/x/nb/P0.pdf"),
        ('<a href="../P0.RTF">附件</a>', "/x/P0.RTF"),
        ('<a href="/d.jsp?id=1" download="年报.docx">下</a>', "/d.jsp?id=1"),
        ('<a href="/d?id=1" title="年报.pdf">下载</a>.pdf', "/d?id=1"),
        ('<a href="/down.do?id=1">附件1</a>', "/down.do?id=1"),
        ('<a href="/attachment/0/77">下载</a>', "/attachment/0/77"),
        ('<iframe src="v/viewer.html?file=/up/a.pdf#page=1"></iframe>', "/up/a.pdf"),
        ('<iframe src="/pdfjs/web/viewer.html?file=..%2Fa.pdf"></iframe>', "/pdfjs/a.pdf"),
        ('<iframe src="/pdfjs/web/v.html?file=%252Fup%252Fa.pdf"></iframe>', "/up/a.pdf"),
        ('<a href="/pdfjs/web/viewer.html?file=http%3A%2F%2Fa.gov.cn%2Fb.pdf">看</a>', "/b.pdf"),
        ('<embed src="b.ofd">', "/x/nb/b.ofd"),
        ('<object data="b.xls"></object>', "/x/nb/b.xls"),
        ('<object data="/show/9" type="application/pdf"></object>', "/show/9"),
        ("""<b onclick="down3('/up/年报.PDF')">年报</b>""", "/up/年报.PDF"),
        ("""<a href="javascript:open('c.doc')">年报</a>""", "/x/nb/c.doc"),
        ('<div data-file="/up/d.pdf"></div>', "/up/d.pdf"),
        ("""<script>var a='<a href="./P02.doc">x</a>';</script>""", "/x/nb/P02.doc"),
        (r"""<script>var a="<a href=\"./P02.doc\">x</a>";</script>""", "/x/nb/P02.doc"),
        (r"""<script>var a={"u":"\/up\/e.wps"};</script>""", "/up/e.wps"),
        ('<base href="/up/"><a href="f.zip">全部</a>', "/up/f.zip"),
        ('<base href="http://b.gov.cn/u/"><a href="f.rar">全部</a>', "http://b.gov.cn/u/f.rar"),
    ],
)
def test_a_file_is_found(text: str, path: str) -> None:
    expected = path if path.startswith("http") else f"http://a.gov.cn{path}"
    assert files(f"<div>{text}</div>") == [expected]
    assert files(f"<div>{text}</div>", charset="gb18030") == [expected]
    if "<base" not in text:
        assert files(f'<div class="footer">{text}</div>') == [], "the frame of the site"


@pytest.mark.parametrize(
    "text",
    [
        '<a href="mailto:a@b.pdf">信</a>',
        '<a href="page.html">关于年报.pdf的说明页</a>',
        '<a href="/download/">下载中心</a><a href="/down.jsp?id=3">下一篇</a>',
        '<iframe src="/share.html?x=.pdf"></iframe>',
        "<script>if (e == '.pdf' || name + '.doc') {}</script>",
        '<a href="http://[broken/a.pdf">x</a>',
        "<p>见 a.pdf</p>",
    ],
)
def test_what_is_no_file_is_left_alone(text: str) -> None:
    assert files(text) == []


def test_a_file_has_its_name_and_stands_once() -> None:
    text = '<a href="a.pdf">2021年\n年报</a><a href="a.pdf">又</a><embed src="a.pdf">'
    assert attached(text.encode(), PAGE).files == (("http://a.gov.cn/x/nb/a.pdf", "2021年 年报"),)
    assert files('<a href="a.pdf">x</a>', "http://a.gov.cn/a.pdf") == [], "the page itself"
    assert attached(b"%PDF-1.4 <a href='b.pdf'>", PAGE).files == ()


def test_a_body_of_images_alone_is_kept() -> None:
    body = '<div class="TRS_Editor"><p>扫描件</p>{}</div>'
    two = '<img src="./W020220120001.jpg"><img src="/up/2.png"><img src="/images/icon.gif">'
    assert images(body.format(two)) == ["/x/nb/W020220120001.jpg", "/up/2.png"]
    assert images(body.format(two + "<p>年度报告的正文在此</p>" * 20)) == [], "there is text"
    assert images(body.format(two + "<p>行政复议</p>")) == [], "a report says that"
    assert images(f"<div>{two}</div>") == ["/x/nb/W020220120001.jpg"], "no body: TRS' names alone"
    assert images(body.format('<img src="a.jpg" width="16px"><img src="/skin/logo.png">')) == []
    assert images(body.format('<a href="a.pdf">附件</a>' + two)) == [], "the file is the body"
    many = "".join(f'<img src="{number}.jpg">' for number in range(MOST_IMAGES + 5))
    found = attached(body.format(many).encode(), PAGE)
    assert (len(found.images), found.more_images) == (MOST_IMAGES, 5)


def test_reader_and_crawler_know_the_same_files() -> None:
    names = ["pdf", "doc", "docx", "wps", "xls", "xlsx", "et", "ofd", "rtf", "zip", "rar"]
    assert len(FILE_TYPES.replace("?", "").split("|")) + 2 == len(names)
    for name in names:
        assert is_file(f"{PAGE}/a.{name.upper()}")
        page = f"<p><a href='a.{name}'>附件</a></p>"
        assert [href for href, _ in next(html.layouts(page, "utf-8")).links] == [f"a.{name}"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"%PDF-1.7", "pdf"), (b"\n\n%PDF-1.4", "pdf"), (b"PK\x03\x04..", "zip"),
        (b"\xd0\xcf\x11\xe0..", "ole"), (b"{\\rtf1", "rtf"), (b"\xff\xd8\xff\xe0", "image"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html><html>", "html"), (b"<script>alert(1)</script>", "html"),
        (b"<HTML><body>", "html"), (b"", "empty"), (b" \r\n", "empty"), (b"unknown", ""),
        (b'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table>', "office"),
    ],
)  # fmt: skip
def test_a_body_is_what_its_bytes_say(body: bytes, kind: str) -> None:
    assert kind_of_bytes(body) == kind
    assert bool(wrong_type(body)) == (kind in ("html", "empty"))


HOSTS = ("a.gov.cn", "www.a.gov.cn", "www.b.gov.cn")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://a.gov.cn/x", "https://a.gov.cn/x", True),
        ("http://www.a.gov.cn/x", "http://a.gov.cn:80/x", True),
        ("http://a.gov.cn/x/", "http://a.gov.cn/x/index.shtml", True),
        ("http://a.gov.cn", "http://a.gov.cn/", True),
        ("http://www.b.gov.cn/x", "http://b.gov.cn/x", False),
        ("http://a.gov.cn/x", "http://a.gov.cn/X", False),
        ("http://a.gov.cn/x", "http://a.gov.cn/x/", False),
        ("http://a.gov.cn/x?a=1", "http://a.gov.cn/x?a=2", False),
        ("http://a.gov.cn:8080/x", "http://a.gov.cn/x", False),
        ("http://a.gov.cn/index.jsp?a=1", "http://a.gov.cn/?a=1", False),
    ],
)
def test_which_two_addresses_are_one(one: str, other: str, same: bool) -> None:
    assert (key(one, HOSTS) == key(other, HOSTS)) is same


@pytest.mark.parametrize(
    ("mobile", "desktop"),
    [
        ("http://a/t20220101_1_wap.html", "http://a/t20220101_1.html"),
        ("http://a/x/mobile/content_1.html", "http://a/x/pc/content_1.html"),
        ("http://a/wap/x/t1.html", "http://a/x/t1.html"),
        ("http://a/content/mpost_77.html", "http://a/content/post_77.html"),
    ],
)
def test_a_mobile_copy_is_known_by_its_address(mobile: str, desktop: str) -> None:
    assert (is_mobile(mobile), is_mobile(desktop)) == (True, False)
    assert twin(key(mobile, ())) == twin(key(desktop, ()))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/zfxxgknb/", True), ("/zfxxgknb.htm", True), ("/2024n78", True),
        ("/gknb2018.shtml", True),
        ("/col/col12/index.html", True), ("/list.jsp?wbtreeid=1", True),
        ("/xxgkAnnualReport.jsp?fbtime=2017", True), ("/39633/index.htm", True),
        ("/202101/t20210129_1.html", False), ("/info/1/976112.htm", False), ("/1.html", False),
        ("/2021.html", False), ("/gknb_show.php?id=1", False), ("/a.pdf", False),
        ("/art_c2e48bd3-77b2-0f54-56b5-4d2d48eb5b7e.html", False), ("/content_1.html", False),
        ("/0cc175b9c0f1b6a831c399e269772661.shtml", False),
    ],
)  # fmt: skip
def test_a_folder_or_list_is_told_from_an_article(path: str, expected: bool) -> None:
    assert is_directory(f"http://a.gov.cn{path}") is expected


def test_a_row_may_be_a_page_of_a_query() -> None:
    assert is_article("http://a.gov.cn/xxgkAnnualReport.jsp?fbtime=2017")
    assert is_article("http://a.gov.cn/202101/t20210129_1.html")
    for path in ("/2017/", "/list.jsp?id=1", "/2017n.htm", "/auto1/?id=1"):
        assert not is_article(f"http://a.gov.cn{path}"), path


def test_what_is_below_a_column() -> None:
    for column, place in (
        ("/nb/", "/nb/"), ("/nb/index.html", "/nb/"), ("/nb.htm", "/nb/"),
        ("/nb/list.shtml", "/nb/"), ("/nb/1.html", "/nb/"), ("/nb", "/nb/"),
    ):  # fmt: skip
        assert folder(f"http://a.gov.cn{column}") == f"//a.gov.cn{place}", column
        assert is_below("http://a.gov.cn/nb/2023n/", folder(f"http://a.gov.cn{column}"))
    assert folder("http://a.gov.cn/list.jsp?id=1") == ""
    above = folder("http://a.gov.cn/nb/")
    for path in ("/nb/", "/nb/index.html", "/nbx/", "/"):
        assert not is_below(f"http://a.gov.cn{path}", above), path


def portal(kind: str = "hub", column: str = "http://a.gov.cn/zw/nb/") -> Portal:
    return Portal("x", "", "", "", column, "trs", ("a.gov.cn", "b.gov.cn"), kind=kind)


def found(text: str, page: str = "", depth: int = 0, kind: str = "hub") -> list[str]:
    """Paths of the branches of a page: the column's, unless another is given."""
    url = f"http://a.gov.cn{page or '/zw/nb/'}"
    return [urlsplit(row.url).path for row in branches(text, url, portal(kind), depth)]


@pytest.mark.parametrize(
    ("link", "as_list", "as_hub"),
    [
        ('<a href="2023n/">2023年</a>', True, True),
        ('<a href="bm/">部门年报</a>', True, True),
        ('<option value="2023n/">2023</option>', True, True),
        ('<div class="sidebar"><a href="2023n/">2023年</a></div>', True, True),
        ('<a href="/bm/czj/nb/">财政局</a>', False, True),
        ('<a href="/bm/czj/nb/">示例县财政局（新）政府信息公开年报</a>', False, True),
        ('<a href="http://b.gov.cn/nb/">示例镇</a>', False, True),
        ('<a href="/szf/2021nb/">2021年度</a>', False, True),
        ('<a href="/bm/czj/nb/"><img></a>', False, False),
        ('<a href="/">示例县人民政府</a>', False, False),
        ('<a href="/zw/">政务公开</a>', False, False),
        ('<a href="/zw/">人民政府办公室</a>', False, False),
        ('<a href="/bsdt/">办事大厅</a>', False, False),
        ('<a href="/news/">政务动态</a>', False, False),
        ('<div class="nav"><a href="/bm/czj/">财政局</a></div>', False, False),
        ('<p class="crumbs"><a href="/bm/czj/">财政局</a></p>', False, False),
        ('<a href="http://c.gov.cn/nb/">示例镇</a>', False, False),
        ('<a href="zn/">政府信息公开指南</a>', False, False),
        ('<a href="index_1.html">下一页</a>', False, False),
        ('<a href="2.htm">2</a>', False, False),
        ('<a href="2/">2</a>', False, False),
        ('<a href="202101/t20210129_1.html">2020年年报</a>', False, False),
        ('<a href="a.pdf">2020年</a>', False, False),
        ('<!-- <a href="2019n/">2019年</a> -->', False, False),
        ("", False, False),
    ],
)
def test_which_links_are_sub_columns(link: str, as_list: bool, as_hub: bool) -> None:
    assert bool(found(f"<div>{link}</div>", kind="list")) is as_list
    assert bool(found(f"<div>{link}</div>")) is as_hub


def test_only_the_hubs_own_pages_are_believed_about_others() -> None:
    text = '<a href="/bm/jyj/">教育局</a><a href="2023n/">2023年</a><a href="../2022n/">2022年</a>'
    assert found(text, "/bm/czj/nb/", 1) == ["/bm/czj/nb/2023n/", "/bm/czj/2022n/"]
    assert found(text, "/zw/nb/2023/", 1)[0] == "/bm/jyj/"


def frames(text: str, url: str = PAGE) -> list[str]:
    return [urlsplit(address).path for address, _ in attached(text.encode(), url).frames]


def test_the_frames_of_a_body_belong_to_it() -> None:
    body = "<div id='zoom'><p>年度报告</p>{}</div>"
    assert frames(body.format("<iframe src='./frag.html'></iframe>")) == ["/x/nb/frag.html"]
    assert frames(body.format("<IFRAME SRC='/up/frag.shtml'></IFRAME>")) == ["/up/frag.shtml"]
    assert frames("<p>年度报告</p><iframe src='f/a.htm'></iframe>") == ["/x/nb/f/a.htm"]
    for other in (
        "<iframe src='http://b.gov.cn/x/nb/a.html'></iframe>",
        "<iframe src='t1.html'></iframe>",
        "<iframe src='map.jsp'></iframe>",
        "<iframe src='v/viewer.html?file=/up/a.pdf'></iframe>",
        "<div class='footer'><iframe src='a.html'></iframe></div>",
    ):
        assert frames(body.format(other)) == [], other
    outside = "<div id='zoom'>报告</div><iframe src='a.html'></iframe>"
    assert frames(outside) == [], "the body is known, and the frame is none of its"
    assert frames("<iframe src='/share.html'></iframe>") == []
    chapters = "一、总体情况 二、主动公开政府信息情况 四、政府信息公开行政复议、行政诉讼情况"
    assert frames(body.format(f"{chapters}<iframe src='a.html'></iframe>")) == []
    assert files(body.format("<iframe src='a.html'></iframe>")) == [], "a list's node is no article"


@pytest.mark.parametrize(
    ("name", "is_frame"),
    [
        ("footer", True), ("nav", True), ("top menu", True), ("main-nav", True),
        ("footer_box", True), ("friendlink", True), ("navbar", True),
        ("site-footer", True), ("left-menu", True),
        ("article-footer", False), ("content-nav", False), ("news-menu-con", False),
        ("footerless", False), ("text", False),
    ],
)  # fmt: skip
def test_the_sites_frame_is_told_by_whole_class_names(name: str, is_frame: bool) -> None:
    for attribute in ("class", "id"):
        text = f'<div {attribute}="{name}"><a href="a.pdf">附件</a></div>'
        assert (files(text) == []) is is_frame


def test_a_picture_says_what_its_link_is() -> None:
    text = '<a href="/d?id=1"><img src="a.png" alt="2021年报.pdf"></a>'
    assert attached(f"{text}<!-- .pdf -->".encode(), PAGE).files == (
        ("http://a.gov.cn/d?id=1", "2021年报.pdf"),
    )
